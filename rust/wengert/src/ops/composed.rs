//! Elementwise functions that are made of others: their derivatives of every order follow. Depends on ops.

use crate::array::{Array, DType, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::rows::rows;
use crate::ops::table::{Args, Body};
use crate::ops::{cast, eq, gt, isnan, lt, ne, where_};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::smallvec;

fn like(x: &Tensor, v: f64) -> Result<Tensor> {
    Tensor::scalar(x.dtype(), Scalar::Float(v))
}

/// NaN and infinities by numbers: 0 and the ends of the dtype's range unless told.
fn nan_to_num(a: &Args<'_>) -> Result<Tensor> {
    let x = a.tensor(0)?;
    if !x.dtype().is_float() {
        return crate::ops::clone(x);
    }
    let most = if x.dtype() == DType::F32 { f64::from(f32::MAX) } else { f64::MAX };
    let number = |i: usize, v: f64| a.number_or(i, Scalar::Float(v)).and_then(|v| like(x, v.as_f64()));
    let value = where_(&isnan(x)?, &number(1, 0.0)?, x)?;
    let value = where_(&eq(x, &like(x, f64::INFINITY)?)?, &number(2, most)?, &value)?;
    where_(&eq(x, &like(x, f64::NEG_INFINITY)?)?, &number(3, -most)?, &value)
}

/// log(x / (1 - x)), x first brought into eps..1 - eps if there is an eps.
fn logit(a: &Args<'_>) -> Result<Tensor> {
    let x = a.tensor(0)?;
    let x = if x.dtype().is_float() { x.clone() } else { cast(x, crate::array::default_dtype())? };
    if matches!(a.get(1), crate::ops::Value::None) {
        return crate::ops::log_odds(&x);
    }
    // Chosen rather than clamped: the ends keep their gradient, and where they cross the lower one counts first.
    let (low, high) = (like(&x, a.number(1)?.as_f64())?, like(&x, 1.0 - a.number(1)?.as_f64())?);
    let (below, above) = (lt(&x.detach(), &low)?, gt(&x.detach(), &high)?);
    crate::ops::log_odds(&where_(&below, &low, &where_(&above, &high, &x)?)?)
}

/// The step function: a constant to reverse mode, as in PyTorch, and an error in forward mode.
#[derive(Debug)]
struct Heaviside;

impl Op for Heaviside {
    fn name(&self) -> &str {
        "heaviside"
    }
    fn grad_name(&self) -> String {
        "torch::autograd::NotImplemented".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let [x, values] = [inputs[0], inputs[1]].map(|a| Tensor::from_array(a.clone()));
        let zero = Tensor::scalar(x.dtype(), Scalar::Int(0))?;
        let step = cast(&gt(&x, &zero)?, x.dtype())?;
        // NaN gives NaN.
        let step = if x.dtype().is_float() { where_(&isnan(&x)?, &x, &step)? } else { step };
        Ok(where_(&ne(&x, &zero)?, &step, &values)?.into_array())
    }
    fn keep(&self, _: u32) -> u32 {
        0
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(smallvec![None, None])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Err(Error::not_implemented(
            "Trying to use forward AD with heaviside that does not support it because it has not been implemented yet; got \
             an input with a tangent, wanted one without; try detach()",
        ))
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let parts = crate::transform::align_all(inputs)?;
        Ok(Some((apply(OpRef::new(Heaviside), &[&parts[0], &parts[1]])?, Some(0))))
    }
}

/// 0 below 0, 1 above, `values` at 0.
fn heaviside(a: &Args<'_>) -> Result<Tensor> {
    let (x, values) = (a.tensor(0)?, a.tensor(1)?);
    if x.dtype() != values.dtype() {
        return Err(Error::runtime(format!(
            "heaviside is not yet implemented for tensors with different dtypes; got {} and {}, try to()",
            x.dtype().name(),
            values.dtype().name()
        )));
    }
    let [x, values] = [x, values].map(|t| if t.is_lifted() { t.clone() } else { t.detach() });
    apply(OpRef::new(Heaviside), &[&x, &values])
}

rows! {
    /// NaN replaced by `nan`, infinities by `posinf` and `neginf`: the largest and smallest number of the dtype if None.
    /// No gradient flows where something was replaced.
    ///
    /// >>> import wengert
    /// >>> wengert.nan_to_num(wengert.tensor([1.0, wengert.nan, wengert.inf]), posinf=9.0)
    /// tensor([1., 0., 9.])
    "nan_to_num", "input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None", "Tensor", ELEMENTWISE, true,
        &["f(2, 3)", "f(2, 3), 1.0, 2.0, 3.0", "i(3)"];
        Body::Call(|a| nan_to_num(a).map(Into::into));

    /// Inverse of the logistic function, log(x / (1 - x)); with `eps`, of x brought into eps..1 - eps.
    ///
    /// >>> import wengert
    /// >>> wengert.logit(wengert.tensor([0.5, 0.75]))
    /// tensor([0.0000, 1.0986])
    "logit", "input: Tensor, eps: float | None = None", "Tensor", ELEMENTWISE, true,
        &["f(2, 3, lo=0.1, hi=0.9)", "f(2, 3, lo=0.1, hi=0.9), 0.2", "f(lo=0.1, hi=0.9)"];
        Body::Call(|a| logit(a).map(Into::into));

    /// Step function: 0 where the input is negative, 1 where it is positive, `values` where it is 0 (both of one dtype).
    ///
    /// >>> import wengert
    /// >>> wengert.heaviside(wengert.tensor([-1.5, 0.0, 2.0]), wengert.tensor([0.5]))
    /// tensor([0.0000, 0.5000, 1.0000])
    "heaviside", "input: Tensor, values: Tensor", "Tensor", ELEMENTWISE, false,
        &["f(2, 3), f(2, 3)", "i(4, lo=-2), i(4)"];
        Body::Call(|a| heaviside(a).map(Into::into));

    /// The input itself; a bool is refused (RuntimeError).
    ///
    /// >>> import wengert
    /// >>> wengert.positive(wengert.tensor([-1.0]))
    /// tensor([-1.])
    "positive", "input: Tensor", "Tensor", BOTH, true,
        &["f(2, 3)", "i(3)"];
        Body::Call(|a| {
            let x = a.tensor(0)?;
            if x.dtype() == DType::Bool {
                return Err(Error::runtime("The `+` operator, on a bool tensor is not supported; try to(int64)"));
            }
            Ok(x.clone().into())
        });
}
