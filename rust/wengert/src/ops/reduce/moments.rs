//! var, std, var_mean, std_mean: from moments that are joined in a fixed order.

use super::*;
use crate::Scalar;
use crate::ops::lines::Lines;
use crate::ops::table::Args;
use crate::ops::{div, mul, sub, where_};
use wengert_kernels::moments::{Moments, moments};

/// Variance, or its root, over dimensions: squares / max(0, n - correction).
#[derive(Clone, Debug)]
struct Var {
    root: bool,
    correction: f64,
    over: Reduced,
}

impl Var {
    /// What the sum of squares is divided by.
    fn degrees(&self, input: &[usize]) -> f64 {
        (self.over.count(input) as f64 - self.correction).max(0.0)
    }

    fn centered(&self, x: &Tensor) -> Result<Tensor> {
        let over = Reduced { keepdim: true, ..self.over.clone() };
        sub(x, &apply(OpRef::new(Mean(over)), &[x])?)
    }

    /// The factor that makes a gradient of the variance of one of the root: 1 / (2 std), 0 where that is 0.
    fn of_root(&self, g: &Tensor, y: &Tensor) -> Result<Tensor> {
        if !self.root {
            return Ok(g.clone());
        }
        let zero = Tensor::scalar(y.dtype(), Scalar::Int(0))?;
        let one = Tensor::scalar(y.dtype(), Scalar::Int(1))?;
        let flat = crate::ops::eq(&y.detach(), &zero)?;
        let safe = where_(&flat, &one, y)?;
        where_(&flat, &zero, &div(g, &crate::ops::add(&safe, &safe)?)?)
    }
}

impl Op for Var {
    fn name(&self) -> &str {
        if self.root { "std" } else { "var" }
    }
    fn grad_name(&self) -> String {
        if self.root { "StdBackward0" } else { "VarBackward0" }.to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = Lines::over(inputs[0], &self.over.dims)?;
        let out = Array::empty(Layout::contiguous(&self.over.shape(inputs[0].shape()))?, x.array.dtype())?;
        let by = self.degrees(inputs[0].shape());
        let mut found = crate::array::room("var", out.numel())?;
        found.resize(out.numel(), Moments::default());
        with_float!(out.dtype(), T => {
            // SAFETY: row-major lines, one result for each; a fresh output of as many elements.
            unsafe {
                if x.n > 0 {
                    moments::<T>(x.sizes(), x.array.ptr(), found.as_mut_ptr());
                }
                for (i, m) in found.iter().enumerate() {
                    let v = m.squares / by;
                    out.ptr::<T>().add(i).write(if self.root { v.sqrt() } else { v } as T);
                }
            }
        }, else ());
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        1 | if self.root { crate::op::OUTPUT } else { 0 }
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let x = saved.input(0)?;
        let g = if self.root { self.of_root(g, &saved.output()?)? } else { g.clone() };
        let factor = Tensor::scalar(g.dtype(), Scalar::Float(2.0 / self.degrees(x.shape())))?;
        let g = self.over.spread(&mul(&g, &factor)?, x.shape())?;
        Ok(smallvec![Some(mul(&g, &self.centered(&x)?)?)])
    }
    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let (Some(t), x) = (&tangents[0], inputs[0]) else { return Ok(None) };
        let along = apply(OpRef::new(Sum(self.over.clone())), &[&mul(t, &self.centered(x)?)?])?;
        let factor = Tensor::scalar(t.dtype(), Scalar::Float(2.0 / self.degrees(x.shape())))?;
        self.of_root(&mul(&along, &factor)?, out).map(Some)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        Ok(Some((apply(OpRef::new(Var { over: self.over.below(), ..self.clone() }), &[&x])?, Some(0))))
    }
}

/// Variance (with `root`, its root) over `dims` (all when None): squared deviations over max(0, n - correction).
#[track_caller]
pub fn var(root: bool, x: &Tensor, dims: Option<&[i64]>, correction: f64, keepdim: bool) -> Result<Tensor> {
    let name = if root { "std" } else { "var" };
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "std and var only support floating point and complex dtypes; {name} got {}; try to(float32)",
            x.dtype().name()
        )));
    }
    apply(OpRef::new(Var { root, correction, over: Reduced::new(name, x, dims, keepdim)? }), &[x])
}

/// Arguments as PyTorch takes them: (dim, unbiased, keepdim, correction), where a bool in place of `dim` is `unbiased`.
fn call(root: bool, with_mean: bool, a: &Args<'_>) -> Result<Value> {
    let x = a.tensor(0)?;
    let (dims, unbiased) = match a.get(1) {
        Value::Bool(unbiased) => (None, Some(*unbiased)),
        _ => (a.maybe_ints(1)?, if matches!(a.get(2), Value::None) { None } else { Some(a.flag(2)?) }),
    };
    let correction = match (unbiased, a.get(4)) {
        (Some(_), v) if !matches!(v, Value::None) => {
            return Err(Error::type_(format!("{}(): got both unbiased and correction; wanted one of them", a.name)));
        }
        (Some(unbiased), _) => f64::from(u8::from(unbiased)),
        (None, _) => a.number_or(4, Scalar::Int(1))?.as_f64(),
    };
    let keepdim = a.flag(3)?;
    let y = var(root, x, dims.as_deref(), correction, keepdim)?;
    if !with_mean {
        return Ok(Value::from(y));
    }
    Ok(Value::List(vec![Value::from(y), Value::from(mean(x, dims.as_deref(), keepdim)?)]))
}

macro_rules! rows {
    ($($info:ident $name:literal $root:literal $with_mean:literal $returns:literal $doc:expr;)*) => {$(
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: "input: Tensor, dim: int | tuple[int, ...] | bool | None = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: Number | None = None",
            returns: $returns,
            face: if $with_mean { Face::FUNCTION } else { Face::BOTH },
            differentiable: true,
            body: Body::Call(|a| call($root, $with_mean, a)),
            samples: &[
                "f(2, 3)",
                "f(2, 3), dim=1",
                "f(4, 3), 0, False",
                "f(3, 2, 4), dim=(0, 2), keepdim=True",
                "f(3, 4), dim=0, correction=0",
                "f(6), False",
            ],
        };
    )*};
}
rows! {
    VAR "var" false false "Tensor"
    "Variance over `dim` (all dimensions when None): squared deviations over max(0, n - `correction`).\n\n\
     `correction` is 1 unless given; `unbiased=False` means 0. Moments of blocks are joined in double precision (Chan,\n\
     Golub, LeVeque 1979). Raises NotImplementedError for integers.\n\n\
     >>> import wengert\n\
     >>> wengert.var(wengert.tensor([1.0, 2.0, 3.0]))\n\
     tensor(1.)\n";
    STD "std" true false "Tensor"
    "Standard deviation over `dim` (all dimensions when None): the root of `var`. Where it is 0 its derivative is 0.\n\n\
     `correction` is 1 unless given; `unbiased=False` means 0. Raises NotImplementedError for integers.\n\n\
     >>> import wengert\n\
     >>> wengert.std(wengert.tensor([1.0, 3.0, 5.0]))\n\
     tensor(2.)\n";
    VAR_MEAN "var_mean" false true "tuple[Tensor, Tensor]"
    "Variance and mean over `dim` (all dimensions when None), as a tuple; see `var`.\n\n\
     >>> import wengert\n\
     >>> wengert.var_mean(wengert.tensor([1.0, 2.0, 3.0]))\n\
     (tensor(1.), tensor(2.))\n";
    STD_MEAN "std_mean" true true "tuple[Tensor, Tensor]"
    "Standard deviation and mean over `dim` (all dimensions when None), as a tuple; see `std`.\n\n\
     >>> import wengert\n\
     >>> wengert.std_mean(wengert.tensor([1.0, 3.0, 5.0]))\n\
     (tensor(2.), tensor(3.))\n";
}
