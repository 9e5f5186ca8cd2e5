//! Creation: arange and random numbers. zeros, ones and full are `Tensor::full`. Depends on arrays and kernels.

use crate::array::{Array, Category, DType, Layout, Scalar};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::with_float;
use std::sync::Mutex;
use std::sync::PoisonError;
use wengert_kernels::random;

/// `start, start + step, ...` below `end`. The dtype: what is given, else int64 for whole arguments, else the default.
pub fn arange(start: Scalar, end: Scalar, step: Scalar, dtype: Option<DType>) -> Result<Tensor> {
    let whole = [start, end, step].iter().all(|s| !matches!(s, Scalar::Float(_)));
    let dtype = dtype.unwrap_or(if whole { DType::I64 } else { crate::array::default_dtype() });
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
        Category::Bool => Err(Error::not_implemented("\"arange_cpu\" not implemented for 'Bool'; try int64 or uint8")),
        Category::Int => {
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
    if T::DTYPE == dtype { Ok(Tensor::from_array(values)) } else { values.cast(dtype).map(Tensor::from_array) }
}

/// The state of a counter-based generator: a key and how many numbers were drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomState {
    /// The seed.
    pub seed: u64,
    /// Numbers drawn so far.
    pub drawn: u64,
}

static RANDOM: Mutex<RandomState> = Mutex::new(RandomState { seed: 67_280_421_310_721, drawn: 0 });

/// Restarts the default generator.
pub fn manual_seed(seed: u64) {
    *RANDOM.lock().unwrap_or_else(PoisonError::into_inner) = RandomState { seed, drawn: 0 };
}

/// The default generator's state.
pub fn random_state() -> RandomState {
    *RANDOM.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the default generator into a state.
pub fn set_random_state(state: RandomState) {
    *RANDOM.lock().unwrap_or_else(PoisonError::into_inner) = state;
}

/// Standard normal numbers from the default generator (Philox4x32-10, Salmon et al. 2011; Box-Muller). Element `i`
/// depends only on seed and position, so the numbers are the same at any thread count.
pub fn randn(shape: &[usize], dtype: DType) -> Result<Tensor> {
    random_with("randn", shape, dtype, |state, out| {
        with_float!(out.dtype(), T => {
            // SAFETY: fresh and row-major.
            let values = unsafe { std::slice::from_raw_parts_mut(out.ptr::<T>(), out.numel()) };
            random::fill_normal::<T>(state.seed, state.drawn, values);
        }, else ());
    })
}

/// Uniform numbers in [0, 1) from the default generator.
pub fn rand(shape: &[usize], dtype: DType) -> Result<Tensor> {
    random_with("rand", shape, dtype, |state, out| {
        with_float!(out.dtype(), T => {
            // SAFETY: fresh and row-major.
            let values = unsafe { std::slice::from_raw_parts_mut(out.ptr::<T>(), out.numel()) };
            random::fill_uniform::<T>(state.seed, state.drawn, values);
        }, else ());
    })
}

fn random_with(name: &str, shape: &[usize], dtype: DType, fill: impl FnOnce(RandomState, &Array)) -> Result<Tensor> {
    if !dtype.is_float() {
        return Err(Error::not_implemented(format!(
            "{name}: not implemented for '{}'; wanted float32 or float64",
            dtype.word()
        )));
    }
    let out = Array::empty(Layout::contiguous(shape)?, dtype)?;
    let state = {
        let mut random = RANDOM.lock().unwrap_or_else(PoisonError::into_inner);
        let state = *random;
        // A whole number of blocks: the next draw starts on fresh counters.
        random.drawn = random.drawn.wrapping_add((out.numel() as u64).next_multiple_of(4));
        state
    };
    fill(state, &out);
    Ok(Tensor::from_array(out))
}
