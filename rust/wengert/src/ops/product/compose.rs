//! outer, inner, tensordot, kron, vdot, chain_matmul, matrix_power, trace, cross, bilinear, cdist: made of products and
//! views. Depends on `product`.

use super::einsum;
use super::{mm, outer as outer_product, vdot};
use crate::array::layout::{broadcast, show, wrap_dim};
use crate::array::{Array, DType, Dims, Scalar, room};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::rows::rows;
use crate::ops::table::{Args, Body, Value};
use crate::ops::view::{diagonal, expand, permute, reshape, unsqueeze};
use crate::ops::{add, mul, sum};
use crate::record::{apply, apply1};
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::{SmallVec, smallvec};

fn outer(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if a.ndim() != 1 || b.ndim() != 1 {
        return Err(Error::runtime(format!(
            "outer: Expected 1-D argument self and vec2, but got {}-D and {}-D; try reshape(-1)",
            a.ndim(),
            b.ndim()
        )));
    }
    outer_product(a, b)
}

fn inner(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return mul(a, b);
    }
    if a.shape()[a.ndim() - 1] != b.shape()[b.ndim() - 1] {
        return Err(Error::runtime(format!(
            "inner() the last dimension must match on both input tensors but got shapes {} and {}",
            show(a.shape()),
            show(b.shape())
        )));
    }
    contract(a, b, &[a.ndim() - 1], &[b.ndim() - 1])
}

/// Sums of products over dimensions `da` of `a` and `db` of `b`, which have equal sizes; the others in their order.
fn contract(a: &Tensor, b: &Tensor, da: &[usize], db: &[usize]) -> Result<Tensor> {
    let free =
        |t: &Tensor, taken: &[usize]| (0..t.ndim()).filter(|d| !taken.contains(d)).collect::<SmallVec<[usize; 4]>>();
    let (fa, fb) = (free(a, da), free(b, db));
    let turned = |t: &Tensor, order: SmallVec<[i64; 4]>| {
        if order.iter().enumerate().all(|(i, &d)| i as i64 == d) { Ok(t.clone()) } else { permute(t, &order) }
    };
    let a_order = fa.iter().chain(da).map(|&d| d as i64).collect();
    let b_order = db.iter().chain(&fb).map(|&d| d as i64).collect();
    let sizes = |t: &Tensor, dims: &[usize]| dims.iter().map(|&d| t.shape()[d]).collect::<Dims>();
    let (rows, columns, k) = (sizes(a, &fa), sizes(b, &fb), sizes(a, da).iter().product::<usize>());
    let (m, n) = (rows.iter().product::<usize>(), columns.iter().product::<usize>());
    let y = mm(&reshape(&turned(a, a_order)?, &[m, k])?, &reshape(&turned(b, b_order)?, &[k, n])?)?;
    let shape: Dims = rows.iter().chain(&columns).copied().collect();
    reshape(&y, &shape)
}

fn tensordot(a: &Tensor, b: &Tensor, dims: &Value) -> Result<Tensor> {
    let list = |v: &Value| -> Result<SmallVec<[i64; 4]>> {
        Args { name: "tensordot", params: &["dims"], values: std::slice::from_ref(v) }.ints(0)
    };
    type Dims = SmallVec<[i64; 4]>;
    let count = |n: i64| -> Result<(Dims, Dims)> {
        if n < 0 {
            return Err(Error::runtime(format!("tensordot expects dims >= 0, but got dims={n}")));
        }
        if n as u64 > a.ndim().min(b.ndim()) as u64 {
            return Err(Error::runtime(format!(
                "tensordot: dims={n} is more than the dimensions of an input; got shapes {} and {}",
                show(a.shape()),
                show(b.shape())
            )));
        }
        Ok(((a.ndim() as i64 - n..a.ndim() as i64).collect(), (0..n).collect()))
    };
    let (da, db) = match dims {
        Value::None => count(2)?,
        Value::Int(n) => count(*n)?,
        Value::List(two) if two.len() == 2 => (list(&two[0])?, list(&two[1])?),
        Value::Tensor(t) if t.numel() == 1 => count(match t.item()? {
            Scalar::Int(n) => n,
            _ => return Err(Error::runtime("tensordot expects dims to be whole numbers")),
        })?,
        other => {
            return Err(Error::runtime(format!(
                "tensordot expects dims to be int or two lists of ints, one for each input; got {other:?}"
            )));
        }
    };
    if da.len() != db.len() {
        return Err(Error::runtime(format!(
            "tensordot: both dimension lists should have same length; got {da:?} and {db:?}"
        )));
    }
    let wrap = |dims: &[i64], t: &Tensor| -> Result<SmallVec<[usize; 4]>> {
        let dims: SmallVec<[usize; 4]> =
            dims.iter().map(|&d| wrap_dim("tensordot", d, t.ndim())).collect::<Result<_>>()?;
        if let Some(i) = (0..dims.len()).find(|&i| dims[..i].contains(&dims[i]) || t.ndim() == 0) {
            return Err(Error::runtime(format!(
                "tensordot: dim {} appears multiple times in the list of dims",
                dims[i]
            )));
        }
        Ok(dims)
    };
    let (da, db) = (wrap(&da, a)?, wrap(&db, b)?);
    let (mut x, mut y) = (a.clone(), b.clone());
    for (&i, &j) in da.iter().zip(&db) {
        // As PyTorch: a size of 1 stands for any.
        match (a.shape()[i], b.shape()[j]) {
            (m, n) if m == n => {}
            (1, _) => y = sum(&y, Some(&[j as i64]), true)?,
            (_, 1) => x = sum(&x, Some(&[i as i64]), true)?,
            (m, n) => {
                return Err(Error::runtime(format!(
                    "tensordot: contracted dimensions need to match, but first has size {m} in dim {i} and second has size {n} in dim {j}"
                )));
            }
        }
    }
    contract(&x, &y, &da, &db)
}

fn kron(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let n = a.ndim().max(b.ndim());
    let padded =
        |t: &Tensor| -> Dims { std::iter::repeat_n(1, n - t.ndim()).chain(t.shape().iter().copied()).collect() };
    let (sa, sb) = (padded(a), padded(b));
    let (mut ia, mut ib, mut shape) = (Dims::new(), Dims::new(), Dims::new());
    for (&x, &y) in sa.iter().zip(&sb) {
        ia.extend([x, 1]);
        ib.extend([1, y]);
        shape.push(x * y);
    }
    let products = mul(&reshape(a, &ia)?, &reshape(b, &ib)?)?;
    // Products of permuted factors lie permuted.
    crate::ops::view::unsafe_view(&crate::ops::contiguous(&products)?, &shape)
}

/// The product of matrices in the order that takes the fewest multiplications (Cormen et al., matrix-chain order).
#[track_caller]
pub fn chain_matmul(name: &str, tensors: &[&Tensor]) -> Result<Tensor> {
    let n = tensors.len();
    if n == 0 {
        return Err(Error::runtime(format!("{name}(): Expected one or more matrices; got none")));
    }
    for (i, t) in tensors.iter().enumerate() {
        if t.ndim() != 2 {
            return Err(Error::runtime(format!("{name}(): tensor {i} must be 2D but got {}D", t.ndim())));
        }
        if i > 0 && tensors[i - 1].shape()[1] != t.shape()[0] {
            return Err(Error::runtime(format!(
                "{name}(): tensors {} and {i} with shapes {} and {} cannot be multiplied",
                i - 1,
                show(tensors[i - 1].shape()),
                show(t.shape())
            )));
        }
    }
    let sizes: Vec<f64> =
        std::iter::once(tensors[0].shape()[0]).chain(tensors.iter().map(|t| t.shape()[1])).map(|s| s as f64).collect();
    // Before the tables below are made.
    room::<(f64, usize)>(name, n.saturating_mul(n))?;
    // cost[i][j] of the product of i..=j, and where it is cut.
    let mut cost = vec![vec![0.0f64; n]; n];
    let mut cut = vec![vec![0usize; n]; n];
    for len in 1..n {
        for i in 0..n - len {
            let j = i + len;
            cost[i][j] = f64::INFINITY;
            for k in i..j {
                let c = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1];
                if c < cost[i][j] {
                    (cost[i][j], cut[i][j]) = (c, k);
                }
            }
        }
    }
    // Without recursion: a stack of ranges, products made when both halves are there.
    let mut ready: Vec<Tensor> = Vec::new();
    let mut todo = vec![(0, n - 1, false)];
    while let Some((i, j, halves)) = todo.pop() {
        if i == j {
            ready.push(tensors[i].clone());
        } else if halves {
            if let (Some(right), Some(left)) = (ready.pop(), ready.pop()) {
                ready.push(mm(&left, &right)?);
            }
        } else {
            todo.extend([(i, j, true), (cut[i][j] + 1, j, false), (i, cut[i][j], false)]);
        }
    }
    ready.pop().ok_or_else(|| Error::runtime(format!("{name}(): nothing to multiply")))
}

fn multi_dot(tensors: &[&Tensor]) -> Result<Tensor> {
    let (Some(first), Some(last)) = (tensors.first(), tensors.last()) else {
        return Err(Error::runtime("multi_dot(): expected at least 2 tensors but got 0"));
    };
    if tensors.len() < 2 {
        return Err(Error::runtime("multi_dot(): expected at least 2 tensors but got 1"));
    }
    let row = if first.ndim() == 1 { unsqueeze(first, 0)? } else { (*first).clone() };
    let column = if last.ndim() == 1 { unsqueeze(last, 1)? } else { (*last).clone() };
    let mut all: SmallVec<[&Tensor; 4]> = tensors.iter().copied().collect();
    (all[0], all[tensors.len() - 1]) = (&row, &column);
    let y = chain_matmul("multi_dot", &all)?;
    let mut shape = Dims::new();
    if first.ndim() > 1 {
        shape.push(y.shape()[0]);
    }
    if last.ndim() > 1 {
        shape.push(y.shape()[1]);
    }
    reshape(&y, &shape)
}

fn matrix_power(x: &Tensor, n: i64) -> Result<Tensor> {
    let &[.., rows, columns] = x.shape() else {
        return Err(Error::runtime(format!(
            "linalg.matrix_power: The input tensor must have at least 2 dimensions; got shape {}",
            show(x.shape())
        )));
    };
    if rows != columns {
        return Err(Error::runtime(format!(
            "linalg.matrix_power: A must be batches of square matrices, but they are {rows} by {columns} matrices"
        )));
    }
    if n < 0 {
        return Err(Error::not_implemented(format!(
            "linalg.matrix_power: got n = {n}, wanted n >= 0: negative powers need an inverse; invert first"
        )));
    }
    if n == 0 {
        let one = Tensor::full(&[rows], x.dtype(), Scalar::Int(1))?;
        let eye = crate::ops::view::diag_embed(&one, 0, -2, -1)?;
        // Written over a copy of the input: constant, and still on its tape.
        let mut out = crate::ops::clone(x)?;
        crate::inplace::copy_(&mut out, &expand(&eye, x.shape())?)?;
        return Ok(out);
    }
    // Squares for the binary digits of n, multiplied where there is a one.
    let (mut rest, mut square, mut out) = (n, x.clone(), None::<Tensor>);
    loop {
        if rest & 1 == 1 {
            out = Some(match out {
                None => square.clone(),
                Some(y) => crate::ops::matmul(&y, &square)?,
            });
        }
        rest >>= 1;
        if rest == 0 {
            break;
        }
        square = crate::ops::matmul(&square, &square)?;
    }
    match out {
        Some(y) if n > 1 => Ok(y),
        _ => crate::ops::clone(x),
    }
}

/// The sum of the main diagonal.
#[derive(Debug)]
struct Trace;

impl Op for Trace {
    fn name(&self) -> &str {
        "trace"
    }
    fn grad_name(&self) -> String {
        "TraceBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = Tensor::from_array(inputs[0].clone());
        Ok(sum(&diagonal(&x, 0, 0, 1)?, None, false)?.into_array())
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let shape = saved.input_layout(0).shape();
        let along = expand(g, &[shape[0].min(shape[1])])?;
        Ok(smallvec![Some(crate::ops::view::diagonal::on_diagonal(&along, shape)?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply1(&Trace, t)).transpose()
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((sum(&diagonal(&x, 0, 1, 2)?, Some(&[1]), false)?, Some(0))))
    }
}

fn trace(x: &Tensor) -> Result<Tensor> {
    if x.ndim() != 2 {
        return Err(Error::runtime(format!(
            "trace: expected a matrix, but got tensor with dim {}; try diagonal(dim1=-2, dim2=-1).sum(-1)",
            x.ndim()
        )));
    }
    if x.dtype() == DType::Bool {
        return Err(Error::not_implemented("\"trace\" not implemented for 'Bool'; try to(int64) first"));
    }
    let x = if x.dtype().is_float() { x.clone() } else { crate::ops::cast(x, DType::I64)? };
    apply1(&Trace, &x)
}

/// The vector product along a dimension of size 3; inputs of one shape.
#[derive(Clone, Debug)]
struct Cross {
    dim: usize,
}

impl Cross {
    fn run(&self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        apply(OpRef::new(self.clone()), &[a, b])
    }
}

impl Op for Cross {
    fn name(&self) -> &str {
        "cross"
    }
    fn grad_name(&self) -> String {
        "LinalgCrossBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let [a, b] = [0, 1].map(|i| Tensor::from_array(inputs[i].clone()));
        let turned = |t: &Tensor, by: i64| crate::ops::arrange::roll(t, &[by], &[self.dim as i64]);
        // (a x b)_i = a_{i+1} b_{i+2} - a_{i+2} b_{i+1}
        let one = mul(&turned(&a, -1)?, &turned(&b, -2)?)?;
        let other = mul(&turned(&a, -2)?, &turned(&b, -1)?)?;
        Ok(crate::ops::sub(&one, &other)?.into_array())
    }
    fn keep(&self, needs: u32) -> u32 {
        ((needs & 1) << 1) | ((needs >> 1) & 1)
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let a = if saved.needs(0) { Some(self.run(&saved.input(1)?, g)?) } else { None };
        let b = if saved.needs(1) { Some(self.run(g, &saved.input(0)?)?) } else { None };
        Ok(smallvec![a, b])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let a = tangents[0].as_ref().map(|t| self.run(t, inputs[1])).transpose()?;
        let b = tangents[1].as_ref().map(|t| self.run(inputs[0], t)).transpose()?;
        match (a, b) {
            (Some(a), Some(b)) => add(&a, &b).map(Some),
            (a, b) => Ok(a.or(b)),
        }
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let (a, b) = (crate::transform::spread(&inputs[0], size)?, crate::transform::spread(&inputs[1], size)?);
        Ok(Some((Cross { dim: self.dim + 1 }.run(&a, &b)?, Some(0))))
    }
}

/// The vector product along `dim`; without one along the first dimension of size 3.
#[track_caller]
pub fn cross(a: &Tensor, b: &Tensor, dim: Option<i64>) -> Result<Tensor> {
    if a.ndim() != b.ndim() {
        return Err(Error::runtime(format!(
            "linalg.cross: inputs must have the same number of dimensions; got {} and {}",
            a.ndim(),
            b.ndim()
        )));
    }
    let (a, b) = crate::ops::binary::unify(a, b, false)?;
    let shape = broadcast(a.shape(), b.shape())
        .ok_or_else(|| crate::array::layout::broadcast_error("cross", a.shape(), b.shape()))?;
    let dim = match dim {
        Some(d) => wrap_dim("cross", d, a.ndim())?,
        None => (0..a.ndim()).find(|&d| a.shape()[d] == 3).ok_or_else(|| {
            Error::runtime(format!("cross: no dimension of size 3 in input of shape {}", show(a.shape())))
        })?,
    };
    if a.shape().get(dim) != Some(&3) || b.shape()[dim] != 3 {
        return Err(Error::runtime(format!(
            "linalg.cross: inputs dimension {dim} must have length 3. Got {} and {}",
            a.shape().get(dim).unwrap_or(&1),
            b.shape().get(dim).unwrap_or(&1)
        )));
    }
    let full = |t: &Tensor| if t.shape() == &*shape { Ok(t.clone()) } else { expand(t, &shape) };
    Cross { dim }.run(&full(&a)?, &full(&b)?)
}

/// `x1_i W_oij x2_j + bias_o` over the last dimensions.
fn bilinear(x1: &Tensor, x2: &Tensor, w: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (s, t, u) = (x1.shape(), x2.shape(), w.shape());
    let fits = u.len() == 3 && !s.is_empty() && s.len() == t.len() && s[..s.len() - 1] == t[..t.len() - 1];
    if !fits || s[s.len() - 1] != u[1] || t[t.len() - 1] != u[2] {
        return Err(Error::runtime(format!(
            "bilinear(): wanted input1 (*, in1), input2 (*, in2) with the same leading dimensions and weight (out, in1, in2); got {}, {} and {}",
            show(s),
            show(t),
            show(u)
        )));
    }
    let text = Value::Str("...i,oij,...j->...o".to_owned());
    let operands = [text, x1.clone().into(), w.clone().into(), x2.clone().into()];
    let y = einsum::call(&operands)?;
    match bias {
        None => Ok(y),
        Some(b) => add(&y, b),
    }
}

fn cdist(a: &Tensor, b: &Tensor, p: f64) -> Result<Tensor> {
    if !(a.dtype().is_float() && b.dtype() == a.dtype()) {
        return Err(Error::runtime(format!(
            "cdist only supports floating-point dtypes, X1 got: {}, X2 got: {}",
            a.dtype().name(),
            b.dtype().name()
        )));
    }
    if a.ndim() < 2 || b.ndim() < 2 || a.shape()[a.ndim() - 1] != b.shape()[b.ndim() - 1] {
        return Err(Error::runtime(format!(
            "cdist: X1 and X2 must have the same number of columns and at least two dimensions; got {} and {}",
            show(a.shape()),
            show(b.shape())
        )));
    }
    if p.is_nan() || p < 0.0 {
        return Err(Error::runtime(format!("cdist only supports non-negative p values; got {p}")));
    }
    crate::ops::norm(&crate::ops::sub(&unsqueeze(a, -2)?, &unsqueeze(b, -3)?)?, p, Some(&[-1]), false)
}

rows! {
    /// Outer product of two vectors (n) and (m), an (n, m) matrix; dtypes promote.
    ///
    /// Raises RuntimeError where an input is no vector.
    ///
    /// >>> import wengert
    /// >>> wengert.outer(wengert.tensor([1, 2]), wengert.tensor([3, 4])).tolist()
    /// [[3, 4], [6, 8]]
    "outer", "input: Tensor, vec2: Tensor", "Tensor", BOTH, true, &["f(2), f(3)", "f(0), f(2)", "i(2), i(3)"];
    Body::Call(|a| outer(a.tensor(0)?, a.tensor(1)?).map(Value::from));

    /// Sums of products over the last dimensions; of a 0-d tensor the product.
    ///
    /// Raises RuntimeError where the last dimensions differ.
    ///
    /// >>> import wengert
    /// >>> wengert.inner(wengert.tensor([1.0, 2.0]), wengert.tensor([3.0, 4.0]))
    /// tensor(11.)
    "inner", "input: Tensor, other: Tensor", "Tensor", BOTH, true, &["f(3), f(3)", "f(2, 3), f(4, 3)", "f(2, 3), f(3)", "f(), f(2)"];
    Body::Call(|a| inner(a.tensor(0)?, a.tensor(1)?).map(Value::from));

    /// Sums of products over `dims`: the last so many of `a` and first of `b`, or those in two lists, one for each.
    ///
    /// Raises RuntimeError where contracted sizes differ.
    ///
    /// >>> import wengert
    /// >>> wengert.tensordot(wengert.ones(2, 3, 4), wengert.ones(4, 3), dims=([1, 2], [1, 0])).shape
    /// torch.Size([2])
    "tensordot", "a: Tensor, b: Tensor, dims: int | Sequence[Sequence[int]] | Tensor = 2", "Tensor", FUNCTION, true,
        &["f(2, 3, 4), f(3, 4, 2)", "f(2, 3), f(3, 2), 1", "f(2), f(3), dims=0", "f(2, 3, 4), f(4, 3), ([1, 2], [1, 0])", "f(2, 3), f(2, 3)"];
    Body::Call(|a| tensordot(a.tensor(0)?, a.tensor(1)?, a.get(2)).map(Value::from));

    /// Kronecker product: every element of `input` times all of `other`.
    ///
    /// >>> import wengert
    /// >>> wengert.kron(wengert.tensor([1, 10]), wengert.tensor([1, 2]))
    /// tensor([ 1,  2, 10, 20])
    "kron", "input: Tensor, other: Tensor", "Tensor", BOTH, true, &["f(2, 3), f(3, 2)", "f(2), f(2, 2)", "f(3), f(2)"];
    Body::Call(|a| kron(a.tensor(0)?, a.tensor(1)?).map(Value::from));

    /// Inner product of two vectors; for real numbers the same as `dot`.
    ///
    /// >>> import wengert
    /// >>> wengert.vdot(wengert.tensor([1.0, 2.0]), wengert.tensor([3.0, 4.0]))
    /// tensor(11.)
    "vdot", "input: Tensor, other: Tensor", "Tensor", BOTH, true, &["f(3), f(3)"];
    Body::Call(|a| vdot(a.tensor(0)?, a.tensor(1)?).map(Value::from));

    /// Product of matrices, multiplied in the order that takes the fewest multiplications.
    ///
    /// Raises RuntimeError where shapes do not chain.
    ///
    /// >>> import wengert
    /// >>> wengert.chain_matmul(wengert.ones(2, 3), wengert.ones(3, 4), wengert.ones(4, 1)).tolist()
    /// [[12.0], [12.0]]
    "chain_matmul", "*matrices: Tensor", "Tensor", FUNCTION, true, &["f(2, 3), f(3, 4), f(4, 2)", "f(2, 3)", "f(2, 3), f(3, 2)", "f(4, 1), f(1, 3), f(3, 2), f(2, 1)"];
    Body::Call(|a| chain_matmul("chain_matmul", &a.tensors(0)?).map(Value::from));

    /// Product of two or more matrices; the first and the last may be vectors.
    ///
    /// >>> import wengert
    /// >>> wengert._core._multi_dot([wengert.ones(2), wengert.ones(2, 2), wengert.ones(2)])
    /// tensor(4.)
    "_multi_dot", "tensors: Sequence[Tensor]", "Tensor", FUNCTION, true, &["[f(2, 3), f(3, 4), f(4, 2)]", "[f(3), f(3, 2), f(2)]", "[f(2, 3), f(3)]"];
    Body::Call(|a| multi_dot(&a.tensors(0)?).map(Value::from));

    /// Matrices to a whole power, by squaring.
    ///
    /// Raises NotImplementedError for negative powers, RuntimeError unless the matrices are square.
    ///
    /// >>> import wengert
    /// >>> wengert.matrix_power(wengert.tensor([[1.0, 1.0], [0.0, 1.0]]), 5).tolist()
    /// [[1.0, 5.0], [0.0, 1.0]]
    "matrix_power", "input: Tensor, n: int", "Tensor", BOTH, true, &["f(2, 2), 3", "f(2, 2), 1", "f(2, 3, 3), 2", "f(2, 2), 0", "f(2, 2), 6"];
    Body::Call(|a| matrix_power(a.tensor(0)?, a.int(1)?).map(Value::from));

    /// Sum of the main diagonal of a matrix.
    ///
    /// Raises RuntimeError unless there are two dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.trace(wengert.tensor([[1, 2], [3, 4]]))
    /// tensor(5)
    "trace", "input: Tensor", "Tensor", BOTH, true, &["f(3, 3)", "f(2, 3)", "f(3, 2)", "i(2, 2)"];
    Body::Call(|a| trace(a.tensor(0)?).map(Value::from));

    /// Vector product along `dim`, by default the first dimension of size 3.
    ///
    /// Raises RuntimeError where that dimension does not have size 3.
    ///
    /// >>> import wengert
    /// >>> wengert.cross(wengert.tensor([1, 0, 0]), wengert.tensor([0, 1, 0]))
    /// tensor([0, 0, 1])
    "cross", "input: Tensor, other: Tensor, dim: int | None = None", "Tensor", BOTH, true,
        &["f(3), f(3)", "f(2, 3), f(2, 3), 1", "f(3, 2), f(3, 2)", "f(2, 3), f(1, 3), dim=-1"];
    Body::Call(|a| cross(a.tensor(0)?, a.tensor(1)?, a.maybe_int(2)?).map(Value::from));

    /// `input1_i weight_oij input2_j + bias_o` over the last dimensions; `bias` may be None.
    ///
    /// >>> import wengert
    /// >>> wengert._core._bilinear(wengert.ones(1, 2), wengert.ones(1, 3), wengert.ones(4, 2, 3)).tolist()
    /// [[6.0, 6.0, 6.0, 6.0]]
    "_bilinear", "input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None", "Tensor", FUNCTION, true,
        &["f(2, 3), f(2, 2), f(4, 3, 2), f(4)", "f(3), f(2), f(2, 3, 2)"];
    Body::Call(|a| bilinear(a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.maybe_tensor(3)?).map(Value::from));

    /// Distances by the p-norm between the rows of `x1` (*, n, m) and those of `x2` (*, k, m): (*, n, k).
    ///
    /// Raises RuntimeError where the numbers of columns differ.
    ///
    /// >>> import wengert
    /// >>> wengert.cdist(wengert.tensor([[0.0, 0.0]]), wengert.tensor([[3.0, 4.0]]))
    /// tensor([[5.]])
    "cdist", "x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None", "Tensor", FUNCTION, true,
        &["f(2, 3), f(4, 3)", "f(2, 3), f(2, 3, lo=2.5, hi=4.0), 1.0", "f(2, 2, 3), f(3, 3), p=3.0"];
    Body::Call(|a| cdist(a.tensor(0)?, a.tensor(1)?, a.number_or(2, Scalar::Float(2.0))?.as_f64()).map(Value::from));
}
