//! bincount and histc: how often values occur. No derivatives.

use super::search::{elements, elements_mut};
use crate::array::{Array, Category, DType, Element, Layout, Scalar};
use crate::error::{Error, Result};
use crate::ops::table::{Body, Face, OpInfo, Value};
use crate::tensor::Tensor;
use crate::{with_dtype, with_float};
use wengert_kernels::search as kernel;

/// How often each whole number occurs, or the sums of the weights of its places, in order.
pub fn bincount(x: &Tensor, weights: Option<&Tensor>, minlength: i64) -> Result<Tensor> {
    crate::tap::refuse("bincount()", "compute it before recording")?;
    let x = &x.one_value("bincount")?;
    if x.dtype().category() != Category::Int {
        return Err(Error::not_implemented(format!(
            "\"bincount_cpu\" not implemented for '{}'; try long()",
            x.dtype().word()
        )));
    }
    if minlength < 0 {
        return Err(Error::runtime(format!("minlength should be >= 0; got {minlength}")));
    }
    let only = || Error::runtime("bincount only supports 1-d non-negative integral inputs.");
    if x.ndim() != 1 {
        return Err(only());
    }
    let values = crate::ops::cast(&x.detach(), DType::I64)?.array().contiguous()?;
    let values = elements::<i64>(&values);
    if values.iter().any(|&v| v < 0) {
        return Err(only());
    }
    let length = values.iter().max().map_or(0, |&m| m as usize + 1).max(minlength as usize);
    let Some(weights) = weights else {
        let mut out = Array::full(Layout::contiguous(&[length])?, DType::I64, Scalar::Int(0))?;
        kernel::count(values, elements_mut(&mut out));
        return Ok(Tensor::from_array(out));
    };
    let weights = &weights.one_value("bincount")?;
    if weights.shape() != x.shape() {
        return Err(Error::runtime(format!(
            "weights should be 1-d and have the same length as input; got {:?} and {:?}",
            weights.shape(),
            x.shape()
        )));
    }
    let dtype = if weights.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    let weights = crate::ops::cast(&weights.detach(), dtype)?.array().contiguous()?;
    let mut out = Array::full(Layout::contiguous(&[length])?, dtype, Scalar::Int(0))?;
    with_float!(dtype, W => kernel::count_weighted::<W>(values, elements(&weights), elements_mut(&mut out)), else ());
    Ok(Tensor::from_array(out))
}

/// How many elements lie in each of `bins` equal parts of lo..=hi.
fn counts<T: Element>(x: &[T], lo: f64, hi: f64, bins: usize, out: &mut [T]) {
    // The arithmetic of the element type, as PyTorch's.
    let (low, high) = (T::from_scalar(Scalar::Float(lo)), T::from_scalar(Scalar::Float(hi)));
    let single = size_of::<T>() == 4;
    let width = high.to_f64() - low.to_f64();
    for &v in x {
        if !(v >= low && v <= high) {
            continue;
        }
        let place = if single {
            (v.to_f64() as f32 - low.to_f64() as f32) * bins as f32 / (high.to_f64() as f32 - low.to_f64() as f32)
        } else {
            0.0
        };
        let place = if single { place as usize } else { ((v.to_f64() - low.to_f64()) * bins as f64 / width) as usize };
        let c = &mut out[place.min(bins - 1)];
        *c = c.plus(T::ONE);
    }
}

/// How many elements lie in each of `bins` equal parts of lo..=hi; where these are equal, of the range of `x`.
pub fn histc(x: &Tensor, bins: i64, lo: f64, hi: f64) -> Result<Tensor> {
    crate::tap::refuse("histc()", "compute it before recording")?;
    let x = &x.one_value("histc")?;
    if !x.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "\"histogram_cpu\" not implemented for '{}'; try float()",
            x.dtype().word()
        )));
    }
    if bins <= 0 {
        return Err(Error::runtime(format!("torch.histc(): bins must be > 0, but got {bins}")));
    }
    let x = x.detach().array().contiguous()?;
    let mut out = Array::full(Layout::contiguous(&[bins as usize])?, x.dtype(), Scalar::Int(0))?;
    with_dtype!(x.dtype(), T => {
        let values = elements::<T>(&x);
        let (mut lo, mut hi) = (lo, hi);
        if lo == hi && !values.is_empty() {
            use wengert_kernels::Element as _;
            let spread = |f: fn(f64, f64) -> f64, from: f64| {
                values.iter().fold(from, |m, v| if v.to_f64().is_nan() || m.is_nan() { f64::NAN } else { f(m, v.to_f64()) })
            };
            (lo, hi) = (spread(f64::min, f64::INFINITY), spread(f64::max, f64::NEG_INFINITY));
        }
        if lo == hi {
            (lo, hi) = (lo - 1.0, hi + 1.0);
        }
        if !(lo.is_finite() && hi.is_finite()) {
            return Err(Error::runtime(format!("torch.histc: range of [{lo}, {hi}] is not finite")));
        }
        if lo > hi {
            return Err(Error::runtime(format!("torch.histc: max must be larger than min; got min {lo} and max {hi}")));
        }
        counts(values, lo, hi, bins as usize, elements_mut::<T>(&mut out));
    });
    Ok(Tensor::from_array(out))
}

/// The row of the table.
pub static BINCOUNT: OpInfo = OpInfo {
    name: "bincount",
    doc: "How often each of 0, 1, 2, ... occurs in a vector of non-negative integers; at least `minlength` numbers.\n\n\
          With `weights`, of as many elements, their sums instead: float32 for float32, else float64. RuntimeError for \
          negative numbers.\n\n\
          >>> import wengert\n\
          >>> wengert.bincount(wengert.tensor([0, 2, 2]))\n\
          tensor([1, 0, 2])\n",
    signature: "input: Tensor, weights: Tensor | None = None, minlength: int = 0",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| bincount(a.tensor(0)?, a.maybe_tensor(1)?, a.maybe_int(2)?.unwrap_or(0)).map(Value::from)),
    samples: &["i(6)", "i(6), minlength=8", "i(4), f(4)"],
};

/// The row of the table.
pub static HISTC: OpInfo = OpInfo {
    name: "histc",
    doc: "How many elements lie in each of `bins` equal parts of `min` to `max`, in the dtype of `input`.\n\n\
          Elements outside are left out. Where `min` equals `max` the range is that of the elements.\n\n\
          >>> import wengert\n\
          >>> wengert.histc(wengert.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)\n\
          tensor([0., 2., 1., 0.])\n",
    signature: "input: Tensor, bins: int = 100, min: Number = 0, max: Number = 0",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: false,
    body: Body::Call(|a| {
        let number = |i: usize| a.number_or(i, Scalar::Int(0)).map(Scalar::as_f64);
        histc(a.tensor(0)?, a.maybe_int(1)?.unwrap_or(100), number(2)?, number(3)?).map(Value::from)
    }),
    samples: &["f(2, 3), bins=4, min=-2, max=2", "f(5), 3"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&BINCOUNT, &HISTC];
