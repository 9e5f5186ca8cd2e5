//! Random numbers from counter-based generators: uniform, normal, whole, permutations, categories. Depends on arrays and
//! kernels.

use crate::array::{Array, Category, DType, Layout, room};
use crate::error::{Error, Result};
use crate::tap;
use crate::tensor::Tensor;
use crate::with_float;
use smallvec::{SmallVec, smallvec};
use std::sync::{Arc, Mutex, PoisonError};
use wengert_kernels::random;

/// The state of a counter-based generator: a key and how many words of 32 bits were drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RandomState {
    /// The seed.
    pub seed: u64,
    /// Words drawn so far.
    pub drawn: u64,
}

/// A counter-based generator (Philox4x32-10, Salmon et al. 2011). What it gives depends on seed and position only, so the
/// numbers are the same at any thread count.
#[derive(Debug)]
pub struct Generator(Mutex<RandomState>);

/// The generator that is used where none is given.
pub static DEFAULT: Generator = Generator::new(67_280_421_310_721);

impl Generator {
    /// A generator at the start of the numbers of a seed.
    pub const fn new(seed: u64) -> Generator {
        Generator(Mutex::new(RandomState { seed, drawn: 0 }))
    }

    /// Where it is.
    pub fn state(&self) -> RandomState {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts it into a state.
    pub fn set_state(&self, state: RandomState) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The state for a draw of `words`; the next draw starts on fresh counters, which give four words each.
    fn take(&self, words: usize) -> RandomState {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = *state;
        state.drawn = state.drawn.wrapping_add((words as u64).next_multiple_of(4));
        now
    }

    /// `n` words of 64 bits.
    fn bits(&self, n: usize) -> Result<Array> {
        let out = Array::empty(Layout::contiguous(&[n])?, DType::I64)?;
        let state = self.take(2 * n);
        // SAFETY: fresh and row-major; a signed and an unsigned integer are laid out alike.
        let values = unsafe { std::slice::from_raw_parts_mut(out.ptr::<i64>().cast::<u64>(), n) };
        random::fill_bits(state.seed, state.drawn / 2, values);
        Ok(out)
    }
}

/// A generator that is held: the default one, or one of the program's.
#[derive(Clone, Debug)]
pub enum Source {
    /// The one that is used where none is given.
    Default,
    /// Another.
    Own(Arc<Generator>),
}

impl Source {
    /// The generator.
    pub fn get(&self) -> &Generator {
        match self {
            Source::Default => &DEFAULT,
            Source::Own(generator) => generator,
        }
    }

    /// Whether both are the same generator.
    pub(crate) fn same(&self, other: &Source) -> bool {
        std::ptr::eq(self.get(), other.get())
    }

    /// What `f` draws; a recorded graph draws anew at each run, from the same generator.
    pub fn draw(
        &self,
        name: &'static str,
        inputs: &[&Tensor],
        f: impl Fn(&Generator, &[Tensor]) -> Result<Tensor> + Send + Sync + 'static,
    ) -> Result<Tensor> {
        if !tap::listening() {
            let inputs: SmallVec<[Tensor; 1]> = inputs.iter().map(|t| (*t).clone()).collect();
            return f(self.get(), &inputs);
        }
        for t in inputs {
            t.no_transform(name)?;
        }
        let (source, arrays) = (self.clone(), inputs.iter().map(|t| t.array()).collect::<SmallVec<[&Array; 1]>>());
        let run = move |inputs: &[&Array]| {
            let inputs: SmallVec<[Tensor; 1]> = inputs.iter().map(|a| Tensor::from_array((*a).clone())).collect();
            Ok(smallvec![f(source.get(), &inputs)?.into_array()])
        };
        let mut out = tap::draw(name, self.clone(), &arrays, Arc::new(run))?;
        out.pop().map(Tensor::from_array).ok_or_else(|| Error::runtime(format!("{name}: nothing was drawn")))
    }
}

/// Restarts the default generator.
pub fn manual_seed(seed: u64) {
    DEFAULT.set_state(RandomState { seed, drawn: 0 });
}

/// Standard normal numbers from the default generator (Box-Muller).
pub fn randn(shape: &[usize], dtype: DType) -> Result<Tensor> {
    let shape = SmallVec::<[usize; 4]>::from_slice(shape);
    Source::Default.draw("randn", &[], move |from, _| normal(from, &shape, dtype))
}

/// Uniform numbers in [0, 1) from the default generator.
pub fn rand(shape: &[usize], dtype: DType) -> Result<Tensor> {
    let shape = SmallVec::<[usize; 4]>::from_slice(shape);
    Source::Default.draw("rand", &[], move |from, _| uniform(from, &shape, dtype))
}

/// Standard normal numbers (Box-Muller).
pub fn normal(from: &Generator, shape: &[usize], dtype: DType) -> Result<Tensor> {
    random_with("randn", from, shape, dtype, |state, out| {
        with_float!(out.dtype(), T => {
            // SAFETY: fresh and row-major.
            let values = unsafe { std::slice::from_raw_parts_mut(out.ptr::<T>(), out.numel()) };
            random::fill_normal::<T>(state.seed, offset::<T>(state), values);
        }, else ());
    })
}

/// Uniform numbers in [0, 1).
pub fn uniform(from: &Generator, shape: &[usize], dtype: DType) -> Result<Tensor> {
    random_with("rand", from, shape, dtype, |state, out| {
        with_float!(out.dtype(), T => {
            // SAFETY: fresh and row-major.
            let values = unsafe { std::slice::from_raw_parts_mut(out.ptr::<T>(), out.numel()) };
            random::fill_uniform::<T>(state.seed, offset::<T>(state), values);
        }, else ());
    })
}

/// The position of a state in numbers of T.
fn offset<T>(state: RandomState) -> u64 {
    state.drawn / (size_of::<T>() as u64 / 4)
}

fn random_with(
    name: &str,
    from: &Generator,
    shape: &[usize],
    dtype: DType,
    fill: impl FnOnce(RandomState, &Array),
) -> Result<Tensor> {
    if !dtype.is_float() {
        return Err(Error::not_implemented(format!(
            "{name}: not implemented for '{}'; wanted float32 or float64",
            dtype.word()
        )));
    }
    let out = Array::empty(Layout::contiguous(shape)?, dtype)?;
    fill(from.take(out.numel() * dtype.size() / 4), &out);
    Ok(Tensor::from_array(out))
}

/// A whole number in `0..span` from 64 random bits, by their product; `None` stands for 2^64.
fn below(bits: u64, span: Option<u64>) -> u64 {
    span.map_or(bits, |span| ((u128::from(bits) * u128::from(span)) >> 64) as u64)
}

/// Whole numbers from `low` to `last`, both included, cast to `dtype`.
pub fn whole(from: &Generator, shape: &[usize], low: i64, last: i64, dtype: DType) -> Result<Tensor> {
    let layout = Layout::contiguous(shape)?;
    let bits = from.bits(layout.numel())?;
    let span = (last.wrapping_sub(low) as u64).checked_add(1);
    // SAFETY: fresh, row-major and nobody else's.
    for v in unsafe { std::slice::from_raw_parts_mut(bits.ptr::<i64>(), bits.numel()) } {
        *v = low.wrapping_add(below(*v as u64, span) as i64);
    }
    let shaped = bits.view(layout, 0);
    if dtype == DType::I64 { Ok(Tensor::from_array(shaped)) } else { shaped.cast(dtype).map(Tensor::from_array) }
}

/// The numbers below `n` in a random order (Fisher and Yates, as Durstenfeld 1964 does it in place).
pub fn permutation(from: &Generator, n: usize, dtype: DType) -> Result<Tensor> {
    if dtype.category() == Category::Bool {
        return Err(Error::not_implemented("\"randperm\" not implemented for 'Bool'; try int64"));
    }
    let bits = from.bits(n)?;
    let out = Array::empty(Layout::contiguous(&[n])?, DType::I64)?;
    // SAFETY: fresh, row-major, apart, and nobody else's.
    let (order, bits) = unsafe {
        (std::slice::from_raw_parts_mut(out.ptr::<i64>(), n), std::slice::from_raw_parts(bits.ptr::<i64>(), n))
    };
    for (i, v) in order.iter_mut().enumerate() {
        *v = i as i64;
    }
    for i in (1..n).rev() {
        order.swap(i, below(bits[i] as u64, Some(i as u64 + 1)) as usize);
    }
    if dtype == DType::I64 { Ok(Tensor::from_array(out)) } else { out.cast(dtype).map(Tensor::from_array) }
}

/// `count` places of each row of `weights`, drawn with probabilities in proportion to them. Without replacement: the
/// places of the smallest exponential numbers divided by their weights (Efraimidis and Spirakis 2006).
pub fn multinomial(from: &Generator, weights: &Tensor, count: usize, replacement: bool) -> Result<Tensor> {
    weights.no_transform("multinomial()")?;
    if !weights.dtype().is_float() {
        return Err(Error::runtime(format!(
            "multinomial only supports floating-point dtypes for input, got: {}; try float()",
            weights.dtype().word()
        )));
    }
    if !(1..=2).contains(&weights.ndim()) {
        return Err(Error::runtime(format!("prob_dist must be 1 or 2 dim; got {} dimensions", weights.ndim())));
    }
    if count == 0 {
        return Err(Error::runtime("cannot sample n_sample <= 0 samples; got 0, wanted at least 1"));
    }
    let shape = weights.shape();
    let (rows, n) = if shape.len() == 1 { (1, shape[0]) } else { (shape[0], shape[1]) };
    if !replacement && count > n {
        return Err(Error::runtime(format!(
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement; got n_sample {count} of {n}"
        )));
    }
    let values = weights.array().cast(DType::F64)?.to_vec::<f64>()?;
    let each = if replacement { count } else { n };
    let uniform = uniform(from, &[rows * each], DType::F64)?.array().to_vec::<f64>()?;
    let mut places = room("multinomial", rows.saturating_mul(count))?;
    for row in 0..rows {
        let row_values = &values[row * n..(row + 1) * n];
        let total: f64 = row_values.iter().sum();
        if !row_values.iter().all(|w| w.is_finite() && *w >= 0.0) {
            return Err(Error::runtime("probability tensor contains either `inf`, `nan` or element < 0"));
        }
        let drawn = &uniform[row * each..(row + 1) * each];
        let positive = row_values.iter().filter(|w| **w > 0.0).count();
        if positive == 0 || total.is_infinite() {
            return Err(Error::runtime(format!(
                "invalid multinomial distribution (sum of probabilities <= 0 or not finite); got {total}"
            )));
        }
        if replacement {
            with_replacement(row_values, drawn, &mut places)?;
        } else {
            if positive < count {
                return Err(Error::runtime(format!(
                    "invalid multinomial distribution (with replacement=False, not enough non-negative category to sample); \
                     got {positive} categories of positive weight for n_sample {count}"
                )));
            }
            // u lies in [0, 1): its exponential number is finite. A weight of 0 gives infinity, or NaN beside a 0.
            let key = |i: usize| if row_values[i] > 0.0 { -(-drawn[i]).ln_1p() / row_values[i] } else { f64::INFINITY };
            let mut order = room::<usize>("multinomial", n)?;
            order.extend(0..n);
            // In place, since a stable sort takes memory; equal ones by their place.
            order.sort_unstable_by(|&i, &j| {
                key(i).total_cmp(&key(j)).then(row_values[j].total_cmp(&row_values[i])).then(i.cmp(&j))
            });
            places.extend(order[..count].iter().map(|&i| i as i64));
        }
    }
    let out = Array::from_slice(&places, &if shape.len() == 1 { vec![count] } else { vec![rows, count] })?;
    Ok(Tensor::from_array(out))
}

fn with_replacement(weights: &[f64], drawn: &[f64], places: &mut Vec<i64>) -> Result<()> {
    let mut sums = room("multinomial", weights.len())?;
    let mut sum = 0.0;
    for w in weights {
        sum += w;
        sums.push(sum);
    }
    // The last place that can be drawn: rounding may not lead past it.
    let last = weights.iter().rposition(|w| *w > 0.0).unwrap_or(0);
    for u in drawn {
        let target = u * sum;
        places.push(sums.partition_point(|s| *s <= target).min(last) as i64);
    }
    Ok(())
}
