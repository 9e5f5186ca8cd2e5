//! Creation: arange, linspace, logspace, eye. zeros, ones and full are `Tensor::full`. Depends on arrays.

use crate::array::{Array, Category, DType, Layout, Scalar};
use crate::error::{Error, Result};
use crate::tensor::Tensor;

pub use super::random::{manual_seed, rand, randn};

/// `start, start + step, ...` below `end`. The dtype: what is given, else int64 for whole arguments, else the default.
pub fn arange(start: Scalar, end: Scalar, step: Scalar, dtype: Option<DType>) -> Result<Tensor> {
    let whole = [start, end, step].iter().all(|s| !matches!(s, Scalar::Float(_)));
    let dtype = dtype.unwrap_or(if whole { DType::I64 } else { crate::array::default_dtype() });
    if dtype.category() == Category::Bool {
        return Err(Error::not_implemented("\"arange_cpu\" not implemented for 'Bool'; try int64 or uint8"));
    }
    let (a, b, d) = (start.as_f64(), end.as_f64(), step.as_f64());
    if d == 0.0 || d.is_nan() {
        return Err(Error::runtime("arange: step must be nonzero; got step 0; try a positive or negative step"));
    }
    if !(a.is_finite() && b.is_finite()) {
        return Err(Error::runtime(format!("arange: unsupported range: {a} -> {b}; wanted finite bounds")));
    }
    if (b - a) * d.signum() < 0.0 {
        return Err(Error::runtime(format!(
            "arange: upper bound and lower bound inconsistent with step sign; got start {a}, end {b}, step {d}"
        )));
    }
    let n = match (start, end, step) {
        // Exact where doubles are not.
        (Scalar::Int(a), Scalar::Int(b), Scalar::Int(d)) => {
            let (a, b, d) = (i128::from(a), i128::from(b), i128::from(d));
            ((b - a + d - d.signum()) / d) as f64
        }
        _ => ((b - a) / d).ceil(),
    };
    if n >= 9.0e18 {
        return Err(Error::runtime(format!(
            "arange: invalid size, possible overflow: {n:e} elements; try a larger step"
        )));
    }
    let layout = Layout::contiguous(&[n as usize])?;
    match dtype.category() {
        Category::Bool | Category::Int => {
            // As PyTorch: start and step are truncated first.
            let [a, d] = [start, step].map(<i64 as crate::array::Element>::from_scalar);
            progression(layout, dtype, |i| a.wrapping_add(d.wrapping_mul(i as i64)))
        }
        Category::Float => progression(layout, dtype, |i| a + d * i as f64),
    }
}

/// `value(i)` for each place of a vector, cast to `dtype`.
fn progression<T: crate::array::Element>(layout: Layout, dtype: DType, value: impl Fn(usize) -> T) -> Result<Tensor> {
    let values = Array::empty(layout, T::DTYPE)?;
    // SAFETY: fresh and row-major, of T.
    let slice = unsafe { std::slice::from_raw_parts_mut(values.ptr::<T>(), values.numel()) };
    for (i, v) in slice.iter_mut().enumerate() {
        *v = value(i);
    }
    let values = crate::tap::literal(Tensor::from_array(values));
    if T::DTYPE == dtype { Ok(values) } else { values.array().cast(dtype).map(Tensor::from_array) }
}

/// `steps` values from `start` to `end`, evenly apart, both ends included. The second half is counted from the end, so
/// that both ends are exact.
pub fn linspace(start: Scalar, end: Scalar, steps: usize, dtype: DType) -> Result<Tensor> {
    spaced("linspace", start, end, steps, dtype, |x| x)
}

/// `base` to the power of the values of [`linspace`].
pub fn logspace(start: Scalar, end: Scalar, steps: usize, base: f64, dtype: DType) -> Result<Tensor> {
    spaced("logspace", start, end, steps, dtype, |x| base.powf(x))
}

fn spaced(
    name: &str,
    start: Scalar,
    end: Scalar,
    steps: usize,
    dtype: DType,
    value: impl Fn(f64) -> f64,
) -> Result<Tensor> {
    if dtype.category() == Category::Bool {
        return Err(Error::not_implemented(format!(
            "\"{name}_cpu\" not implemented for 'Bool'; wanted an integer or floating-point dtype"
        )));
    }
    // As PyTorch: ends are cast to an integer dtype first.
    let whole = dtype.category() == Category::Int;
    let [a, b] = [start, end].map(|x| if whole { x.as_f64().trunc() } else { x.as_f64() });
    let step = if steps > 1 { (b - a) / (steps - 1) as f64 } else { 0.0 };
    // One rounding a value: where the exact one is just below a whole number, PyTorch's compilers fuse as well.
    let at = |i: usize| {
        if i < steps / 2 || steps == 1 { step.mul_add(i as f64, a) } else { step.mul_add(-((steps - 1 - i) as f64), b) }
    };
    progression(Layout::contiguous(&[steps])?, dtype, |i| value(at(i)))
}

/// `n` by `m` zeros with ones where row and column are the same.
pub fn eye(n: usize, m: usize, dtype: DType) -> Result<Tensor> {
    let out = Array::full(Layout::contiguous(&[n, m])?, dtype, Scalar::Int(0))?;
    let diagonal = Layout::strided(&[n.min(m)], &[m as isize + 1]);
    out.view(diagonal, 0).fill_unseen(Scalar::Int(1));
    Ok(Tensor::from_array(out))
}
