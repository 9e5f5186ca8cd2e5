//! Random numbers: the generator's state as a Python object, and what is drawn from it. Depends on `creation`.

use crate::convert::{expect_tensor, raise, wrap_bound};
use crate::creation::{expect_dtype, finish};
use crate::interrupt::leavable;
use pyo3::prelude::*;
use std::sync::Arc;
use wengert::ops::random::{self, Generator, RandomState, Source};

/// Seed and position of a generator; without a seed that of the default one.
#[pyclass(frozen, module = "wengert._core")]
pub struct Stream {
    source: Source,
}

impl Stream {
    fn generator(&self) -> &Generator {
        self.source.get()
    }
}

#[pymethods]
impl Stream {
    #[new]
    #[pyo3(signature = (seed=None))]
    fn new(seed: Option<u64>) -> Stream {
        Stream { source: seed.map_or(Source::Default, |seed| Source::Own(Arc::new(Generator::new(seed)))) }
    }

    /// Seed, and words drawn so far.
    fn state(&self) -> (u64, u64) {
        let s = self.generator().state();
        (s.seed, s.drawn)
    }

    /// Goes to a place in the numbers of a seed.
    fn set_state(&self, seed: u64, drawn: u64) -> PyResult<()> {
        wengert::tap::refuse("setting a generator", "call it before the recorded function").map_err(raise)?;
        self.generator().set_state(RandomState { seed, drawn });
        Ok(())
    }
}

/// Standard normal or uniform numbers.
#[pyfunction]
fn _random<'py>(
    py: Python<'py>,
    shape: Vec<usize>,
    normal: bool,
    dtype: &Bound<'py, PyAny>,
    requires_grad: bool,
    stream: &Stream,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let dtype = expect_dtype(dtype, if normal { "randn" } else { "rand" })?;
        let t = if normal {
            stream.source.draw("randn", &[], move |from, _| random::normal(from, &shape, dtype))
        } else {
            stream.source.draw("rand", &[], move |from, _| random::uniform(from, &shape, dtype))
        };
        finish(py, t.map_err(raise)?, requires_grad)
    })
}

/// Whole numbers from `low` to `last`.
#[pyfunction]
fn _random_whole<'py>(
    py: Python<'py>,
    shape: Vec<usize>,
    low: i64,
    last: i64,
    dtype: &Bound<'py, PyAny>,
    requires_grad: bool,
    stream: &Stream,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let dtype = expect_dtype(dtype, "randint")?;
        let t = stream.source.draw("randint", &[], move |from, _| random::whole(from, &shape, low, last, dtype));
        finish(py, t.map_err(raise)?, requires_grad)
    })
}

/// The numbers below n in a random order.
#[pyfunction]
fn _random_order<'py>(
    py: Python<'py>,
    n: usize,
    dtype: &Bound<'py, PyAny>,
    requires_grad: bool,
    stream: &Stream,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let dtype = expect_dtype(dtype, "randperm")?;
        let t = stream.source.draw("randperm", &[], move |from, _| random::permutation(from, n, dtype));
        finish(py, t.map_err(raise)?, requires_grad)
    })
}

/// Places drawn with probabilities in proportion to weights.
#[pyfunction]
fn _random_places<'py>(
    py: Python<'py>,
    weights: &Bound<'py, PyAny>,
    count: usize,
    replacement: bool,
    stream: &Stream,
) -> PyResult<Bound<'py, PyAny>> {
    leavable(|| {
        let weights = expect_tensor(weights, "multinomial")?;
        let t = stream.source.draw("multinomial", &[&weights], move |from, inputs| {
            random::multinomial(from, &inputs[0], count, replacement)
        });
        wrap_bound(py, t.map_err(raise)?)
    })
}

/// Adds these to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Stream>()?;
    m.add_function(wrap_pyfunction!(_random, m)?)?;
    m.add_function(wrap_pyfunction!(_random_whole, m)?)?;
    m.add_function(wrap_pyfunction!(_random_order, m)?)?;
    m.add_function(wrap_pyfunction!(_random_places, m)?)?;
    Ok(())
}
