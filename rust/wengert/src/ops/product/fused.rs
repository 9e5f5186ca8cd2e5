//! addmm, addmv, addbmm, baddbmm, addr and linear: a product and what is added to it, one node. Depends on `product`.

use super::{bmm, mm, mv, outer, strides2};
use crate::array::layout::{broadcast, show};
use crate::array::{Array, Dims, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::binary::number_beside;
use crate::ops::rows::rows;
use crate::ops::table::{Args, Body, Value};
use crate::ops::view::{expand, matrix_transpose, reshape, squeeze, unsqueeze};
use crate::ops::{add, matmul, mul, sum};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_float;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::gemm;

/// Which product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Mm,
    Mv,
    /// A batch of products.
    Bmm,
    /// The sum of a batch of products.
    SumBmm,
    Outer,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Mm => "addmm",
            Kind::Mv => "addmv",
            Kind::Bmm => "baddbmm",
            Kind::SumBmm => "addbmm",
            Kind::Outer => "addr",
        }
    }

    fn product(self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        match self {
            Kind::Mm => mm(a, b),
            Kind::Mv => mv(a, b),
            Kind::Bmm => bmm(a, b),
            Kind::SumBmm => sum(&bmm(a, b)?, Some(&[0]), false),
            Kind::Outer => outer(a, b),
        }
    }

    /// The product below one leading dimension of both.
    fn below(self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        match self {
            Kind::Mm | Kind::Bmm => matmul(a, b),
            Kind::Mv => squeeze(&matmul(a, &unsqueeze(b, -1)?)?, Some(&[-1])),
            Kind::SumBmm => sum(&matmul(a, b)?, Some(&[1]), false),
            Kind::Outer => mul(&unsqueeze(a, -1)?, &unsqueeze(b, -2)?),
        }
    }

    /// The cotangent `g` of the product as one of its first factor, given the second; and the other way round.
    fn left(self, g: &Tensor, b: &Tensor) -> Result<Tensor> {
        match self {
            Kind::Mm => mm(g, &matrix_transpose(b)?),
            Kind::Mv => outer(g, b),
            Kind::Bmm => bmm(g, &matrix_transpose(b)?),
            Kind::SumBmm => bmm(&each(g, b)?, &matrix_transpose(b)?),
            Kind::Outer => mv(g, b),
        }
    }

    fn right(self, g: &Tensor, a: &Tensor) -> Result<Tensor> {
        match self {
            Kind::Mm => mm(&matrix_transpose(a)?, g),
            Kind::Mv => mv(&matrix_transpose(a)?, g),
            Kind::Bmm => bmm(&matrix_transpose(a)?, g),
            Kind::SumBmm => bmm(&matrix_transpose(a)?, &each(g, a)?),
            Kind::Outer => mv(&matrix_transpose(g)?, a),
        }
    }
}

/// A matrix for each of a batch.
fn each(g: &Tensor, batch: &Tensor) -> Result<Tensor> {
    expand(g, &[batch.shape()[0], g.shape()[0], g.shape()[1]])
}

fn times(t: &Tensor, factor: f64) -> Result<Tensor> {
    if factor == 1.0 { Ok(t.clone()) } else { mul(t, &number_beside(t, Scalar::Float(factor))?) }
}

/// `beta c + alpha a b`: inputs c, a, b. With a beta of 0 the values of c do not matter, be they NaN.
#[derive(Clone, Debug)]
struct AddProduct {
    kind: Kind,
    beta: f64,
    alpha: f64,
}

impl AddProduct {
    fn combine(&self, c: &Tensor, product: &Tensor) -> Result<Tensor> {
        let product = times(product, self.alpha)?;
        if self.beta == 0.0 { Ok(product) } else { add(&product, &times(c, self.beta)?) }
    }
}

impl Op for AddProduct {
    fn name(&self) -> &str {
        self.kind.name()
    }
    fn grad_name(&self) -> String {
        let (first, rest) = self.kind.name().split_at(1);
        format!("{}{rest}Backward0", first.to_uppercase())
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        // On tensors without history nothing is recorded.
        let [c, a, b] = [0, 1, 2].map(|i| Tensor::from_array(inputs[i].clone()));
        Ok(self.combine(&c, &self.kind.product(&a, &b)?)?.into_array())
    }
    fn keep(&self, needs: u32) -> u32 {
        ((needs & 2) << 1) | ((needs & 4) >> 1)
    }
    fn vjp(&self, saved: &Saved<'_>, mut cotangents: Cotangents) -> Result<Grads> {
        let Some(g) = cotangents.first_mut().and_then(Option::take) else { return Ok(Grads::new()) };
        let c =
            if saved.needs(0) { Some(crate::ops::sum_to(times(&g, self.beta)?, saved.input_layout(0))?) } else { None };
        let scaled = times(&g, self.alpha)?;
        let a = if saved.needs(1) { Some(self.kind.left(&scaled, &saved.input(2)?)?) } else { None };
        let b = if saved.needs(2) { Some(self.kind.right(&scaled, &saved.input(1)?)?) } else { None };
        Ok(smallvec![c, a, b])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let c = match &tangents[0] {
            Some(t) if self.beta != 0.0 => Some(expand(&times(t, self.beta)?, out.shape())?),
            _ => None,
        };
        let a = tangents[1].as_ref().map(|t| times(&self.kind.product(t, inputs[2])?, self.alpha)).transpose()?;
        let b = tangents[2].as_ref().map(|t| times(&self.kind.product(inputs[1], t)?, self.alpha)).transpose()?;
        sum_of([c, a, b])
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let (a, b) = (crate::transform::spread(&inputs[1], size)?, crate::transform::spread(&inputs[2], size)?);
        let product = (self.kind.below(&a, &b)?, Some(0));
        let (c, product) = crate::transform::align(&inputs[0], &product)?;
        Ok(Some((self.combine(&c, &product)?, Some(0))))
    }
}

/// The sum of what is there.
fn sum_of(terms: [Option<Tensor>; 3]) -> Result<Option<Tensor>> {
    let mut all = terms.into_iter().flatten();
    let Some(first) = all.next() else { return Ok(None) };
    all.try_fold(first, |sum, t| add(&sum, &t)).map(Some)
}

#[track_caller]
fn add_product(a: &Args<'_>, kind: Kind) -> Result<Tensor> {
    let (c, x, y) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
    let (beta, alpha) = (a.number_or(3, Scalar::Int(1))?, a.number_or(4, Scalar::Int(1))?);
    if c.dtype() != x.dtype() {
        return Err(Error::runtime(format!(
            "{}: expected all inputs to have the same dtype; got {} and {}; try to()",
            a.name,
            c.dtype().name(),
            x.dtype().name()
        )));
    }
    if kind == Kind::Outer && (x.ndim() != 1 || y.ndim() != 1 || x.dtype() != y.dtype()) {
        return Err(Error::runtime(format!(
            "addr: expected 1-D vec1 and vec2 of one dtype; got shapes {} and {}",
            show(x.shape()),
            show(y.shape())
        )));
    }
    let whole = !x.dtype().is_float();
    if whole && [beta, alpha].iter().any(|s| matches!(s, Scalar::Float(_))) {
        return Err(Error::runtime(format!(
            "{}: For integral input tensors, argument beta and alpha must not be a floating point number.",
            a.name
        )));
    }
    let fits = |shape: &[usize]| {
        if broadcast(c.shape(), shape).as_deref() == Some(shape) {
            return Ok(());
        }
        Err(Error::runtime(format!(
            "{}: The expanded size of the tensor must match the existing size: input of shape {} does not broadcast to the product's, {}",
            a.name,
            show(c.shape()),
            show(shape)
        )))
    };
    if whole {
        let product = kind.product(x, y)?;
        fits(product.shape())?;
        let product = mul(&product, &number_beside(&product, alpha)?)?;
        return if beta.as_f64() == 0.0 { Ok(product) } else { add(&product, &mul(c, &number_beside(c, beta)?)?) };
    }
    let (s, t) = (x.shape(), y.shape());
    match kind {
        Kind::Mm if s.len() == 2 && t.len() == 2 => fits(&[s[0], t[1]])?,
        Kind::Mv if s.len() == 2 => fits(&s[..1])?,
        Kind::Bmm if s.len() == 3 && t.len() == 3 => fits(&[s[0], s[1], t[2]])?,
        Kind::SumBmm if s.len() == 3 && t.len() == 3 => fits(&[s[1], t[2]])?,
        Kind::Outer => fits(&[s[0], t[0]])?,
        // The product itself says what is wrong.
        _ => {}
    }
    apply(OpRef::new(AddProduct { kind, beta: beta.as_f64(), alpha: alpha.as_f64() }), &[c, x, y])
}

/// `x w^T + bias` over the last dimension of `x`; inputs x, w (out x in) and perhaps bias (out).
#[derive(Clone, Debug)]
struct Linear {
    /// How many dimensions x has.
    rank: usize,
    bias: bool,
}

impl Linear {
    fn flat(t: &Tensor, columns: usize) -> Result<Tensor> {
        if t.ndim() == 2 {
            return Ok(t.clone());
        }
        let rows: usize = t.shape()[..t.ndim() - 1].iter().product();
        reshape(t, &[rows, columns])
    }
}

impl Op for Linear {
    fn name(&self) -> &str {
        "linear"
    }
    fn grad_name(&self) -> String {
        match (self.rank, self.bias) {
            (2, true) => "AddmmBackward0",
            (2, false) => "MmBackward0",
            _ => "UnsafeViewBackward0",
        }
        .to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (x, w) = (inputs[0], inputs[1]);
        let (n, k) = (w.shape()[0], w.shape()[1]);
        let lead = &x.shape()[..self.rank - 1];
        let rows: usize = lead.iter().product();
        let mut shape: Dims = SmallVec::from_slice(lead);
        shape.push(n);
        let out = Array::empty(Layout::contiguous(&shape)?, x.dtype())?;
        let dense = if self.rank == 2 { x.clone() } else { x.contiguous()? };
        let from = if self.rank == 2 { strides2(dense.layout()) } else { [k as isize, 1] };
        let turned = strides2(w.layout());
        if self.bias {
            out.write_unseen(inputs[2]);
        }
        with_float!(x.dtype(), T => {
            // SAFETY: `rows` x `k` elements of x (row-major, or a matrix with its strides), `k` x `n` of w by its strides
            // exchanged; the output is fresh and row-major.
            unsafe {
                gemm::gemm::<T>(
                    rows, n, k, out.ptr(), n as isize, 1, dense.ptr(), from[0], from[1], w.ptr(), turned[1], turned[0], self.bias,
                );
            }
        }, else ());
        Ok(out)
    }
    fn keep(&self, needs: u32) -> u32 {
        ((needs & 1) << 1) | ((needs & 2) >> 1)
    }
    fn vjp(&self, saved: &Saved<'_>, mut cotangents: Cotangents) -> Result<Grads> {
        let Some(g) = cotangents.first_mut().and_then(Option::take) else { return Ok(Grads::new()) };
        let n = g.shape()[g.ndim() - 1];
        let g = Linear::flat(&g, n)?;
        let x = if saved.needs(0) {
            let x = mm(&g, &saved.input(1)?)?;
            Some(if self.rank == 2 { x } else { reshape(&x, saved.input_layout(0).shape())? })
        } else {
            None
        };
        let w = if saved.needs(1) {
            let x = saved.input(0)?;
            let k = x.shape()[x.ndim() - 1];
            Some(mm(&matrix_transpose(&g)?, &Linear::flat(&x, k)?)?)
        } else {
            None
        };
        if !self.bias {
            return Ok(smallvec![x, w]);
        }
        let bias = if saved.needs(2) { Some(sum(&g, Some(&[0]), false)?) } else { None };
        Ok(smallvec![x, w, bias])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let x = tangents[0].as_ref().map(|t| linear(t, inputs[1], None)).transpose()?;
        let w = tangents[1].as_ref().map(|t| linear(inputs[0], t, None)).transpose()?;
        let bias = tangents.get(2).and_then(Option::as_ref).map(|t| expand(t, out.shape())).transpose()?;
        sum_of([x, w, bias])
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        if inputs[1..].iter().all(|b| b.1.is_none()) {
            let x = crate::transform::to_front(&inputs[0])?;
            return Ok(Some((linear(&x, &inputs[1].0, inputs.get(2).map(|b| &b.0))?, Some(0))));
        }
        // The weights of each against its own rows.
        let w = match inputs[1].1 {
            Some(_) => crate::transform::to_front(&inputs[1])?,
            None => unsqueeze(&inputs[1].0, 0)?,
        };
        let x = match inputs[0].1 {
            Some(_) => crate::transform::to_front(&inputs[0])?,
            None => unsqueeze(&inputs[0].0, 0)?,
        };
        let (lead, k) = (&x.shape()[1..x.ndim() - 1], x.shape()[x.ndim() - 1]);
        let rows: usize = lead.iter().product();
        let y = matmul(&reshape(&x, &[x.shape()[0], rows, k])?, &matrix_transpose(&w)?)?;
        let mut shape: Dims = smallvec![y.shape()[0]];
        shape.extend_from_slice(lead);
        shape.push(y.shape()[2]);
        let y = (reshape(&y, &shape)?, Some(0));
        let Some(bias) = inputs.get(2) else { return Ok(Some(y)) };
        let (bias, y) = crate::transform::align(bias, &y)?;
        Ok(Some((add(&y, &bias)?, Some(0))))
    }
}

/// `x w^T + bias` over the last dimension of `x`, as `torch.nn.functional.linear`: w is (out, in) or a vector (in).
#[track_caller]
pub fn linear(x: &Tensor, w: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (s, t) = (x.shape(), w.shape());
    if s.is_empty() || t.is_empty() || t.len() > 2 || s[s.len() - 1] != t[t.len() - 1] {
        let columns = s.last().copied().unwrap_or(1);
        return Err(Error::runtime(format!(
            "linear: mat1 and mat2 shapes cannot be multiplied ({}x{columns} and {}x{}): wanted input (*, in) and weight (out, in), got {} and {}",
            s.iter().rev().skip(1).product::<usize>(),
            t.last().copied().unwrap_or(1),
            t.first().copied().unwrap_or(1),
            show(s),
            show(t)
        )));
    }
    if let Some(other) = std::iter::once(w).chain(bias).find(|other| other.dtype() != x.dtype()) {
        return Err(Error::runtime(format!(
            "linear: expected input, weight and bias to have the same dtype; got {} and {}; try to()",
            x.dtype().name(),
            other.dtype().name()
        )));
    }
    let plain = t.len() == 2 && x.dtype().is_float() && bias.is_none_or(|b| b.shape() == &t[..1]);
    if plain {
        let op = OpRef::new(Linear { rank: s.len(), bias: bias.is_some() });
        return match bias {
            Some(b) => apply(op, &[x, w, b]),
            None => apply(op, &[x, w]),
        };
    }
    let y = if t.len() == 1 { matmul(x, w)? } else { matmul(x, &matrix_transpose(w)?)? };
    let Some(b) = bias else { return Ok(y) };
    if broadcast(b.shape(), y.shape()).as_deref() != Some(y.shape()) {
        return Err(Error::runtime(format!(
            "linear: bias of shape {} does not broadcast to the output's shape {}; wanted (out)",
            show(b.shape()),
            show(y.shape())
        )));
    }
    add(&y, b)
}

rows! {
    /// `beta * input + alpha * (mat1 @ mat2)`; `input` broadcasts to the product's shape. With a beta of 0 the values of
    /// `input` do not matter.
    ///
    /// Raises RuntimeError where shapes or dtypes do not fit.
    ///
    /// >>> import wengert
    /// >>> wengert.addmm(wengert.ones(2), wengert.ones(2, 3), wengert.ones(3, 2), beta=2.0)
    /// tensor([[5., 5.],
    ///         [5., 5.]])
    "addmm", "input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1", "Tensor", ELEMENTWISE, true,
        &["f(2, 4), f(2, 3), f(3, 4)", "f(4), f(2, 3), f(3, 4), beta=0.5, alpha=2.0", "f(2, 1), f(2, 3), f(3, 4), beta=0", "i(2, 2), i(2, 3), i(3, 2), alpha=2"];
    Body::Call(|a| add_product(a, Kind::Mm).map(Value::from));

    /// `beta * input + alpha * (mat @ vec)`; `input` broadcasts to the product's shape.
    ///
    /// >>> import wengert
    /// >>> wengert.addmv(wengert.ones(2), wengert.ones(2, 3), wengert.ones(3))
    /// tensor([4., 4.])
    "addmv", "input: Tensor, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1", "Tensor", ELEMENTWISE, true,
        &["f(2), f(2, 3), f(3)", "f(1), f(2, 3), f(3), beta=0.5, alpha=2.0", "f(), f(2, 3), f(3), alpha=-1"];
    Body::Call(|a| add_product(a, Kind::Mv).map(Value::from));

    /// `beta * input + alpha * sum of batch1[i] @ batch2[i]`; `input` broadcasts to the product's shape.
    ///
    /// >>> import wengert
    /// >>> wengert.addbmm(wengert.ones(1), wengert.ones(2, 1, 3), wengert.ones(2, 3, 1))
    /// tensor([[7.]])
    "addbmm", "input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1", "Tensor", ELEMENTWISE, true,
        &["f(3, 4), f(2, 3, 2), f(2, 2, 4)", "f(4), f(2, 3, 2), f(2, 2, 4), beta=0.5, alpha=2.0"];
    Body::Call(|a| add_product(a, Kind::SumBmm).map(Value::from));

    /// `beta * input + alpha * (batch1 @ batch2)` for each of a batch; `input` broadcasts to the product's shape.
    ///
    /// >>> import wengert
    /// >>> wengert.baddbmm(wengert.ones(1), wengert.ones(2, 1, 3), wengert.ones(2, 3, 1)).tolist()
    /// [[[4.0]], [[4.0]]]
    "baddbmm", "input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1", "Tensor", ELEMENTWISE, true,
        &["f(2, 3, 4), f(2, 3, 2), f(2, 2, 4)", "f(3, 1), f(2, 3, 2), f(2, 2, 4), beta=0.5, alpha=2.0"];
    Body::Call(|a| add_product(a, Kind::Bmm).map(Value::from));

    /// `beta * input + alpha * outer(vec1, vec2)`; `input` broadcasts to the product's shape.
    ///
    /// >>> import wengert
    /// >>> wengert.addr(wengert.ones(1), wengert.ones(2), wengert.ones(2)).tolist()
    /// [[2.0, 2.0], [2.0, 2.0]]
    "addr", "input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1", "Tensor", ELEMENTWISE, true,
        &["f(2, 3), f(2), f(3)", "f(3), f(2), f(3), beta=0.5, alpha=2.0"];
    Body::Call(|a| add_product(a, Kind::Outer).map(Value::from));

    /// `input @ weight.T + bias` over the last dimension of `input` (*, in); `weight` is (out, in), `bias` (out) or None.
    ///
    /// Raises RuntimeError where shapes or dtypes do not fit.
    ///
    /// >>> import wengert
    /// >>> wengert._core._linear(wengert.ones(2, 3), wengert.ones(1, 3), wengert.ones(1)).tolist()
    /// [[4.0], [4.0]]
    "_linear", "input: Tensor, weight: Tensor, bias: Tensor | None = None", "Tensor", FUNCTION, true,
        &["f(2, 3), f(4, 3), f(4)", "f(2, 3), f(4, 3)", "f(2, 2, 3), f(4, 3), f(4)", "f(3), f(4, 3), f(4)", "f(2, 2, 3), f(4, 3)", "f(2, 3), f(3)", "f(0, 3), f(2, 3), f(2)"];
    Body::Call(|a| linear(a.tensor(0)?, a.tensor(1)?, a.maybe_tensor(2)?).map(Value::from));
}
