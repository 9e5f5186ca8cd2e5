//! The log and the profiler as Python sees them: switches, spans, and what a profile has found. Depends on the core's
//! `spans`.

use pyo3::prelude::*;
use wengert::spans::{self, Phase};
use wengert::tape::site;

/// Has operations, nodes and misses of the buffer cache told on standard error.
#[pyfunction]
fn _set_log(ops: bool, graph: bool, memory: bool) {
    spans::log_ops(ops);
    spans::log_graph(graph);
    wengert_kernels::memory::tell(memory);
}

/// Starts a profile; False if one is under way.
#[pyfunction]
fn _profile_start() -> bool {
    spans::start()
}

type Row = (String, &'static str, u64, u64, u64, usize, Option<(String, u32)>, u64, usize);

/// Ends the profile: (name, phase, start, total, own, bytes, (file, line), thread, depth) of each span, times in
/// nanoseconds.
#[pyfunction]
fn _profile_stop() -> Vec<Row> {
    let row = |e: spans::Event| {
        let phase = match e.phase {
            Phase::Forward => "forward",
            Phase::Backward => "backward",
            Phase::Named => "named",
        };
        (e.name, phase, e.start, e.total, e.own, e.bytes, site::describe(e.site), e.thread, e.depth)
    };
    spans::stop().into_iter().map(row).collect()
}

/// Opens a named span; what closes it.
#[pyfunction]
fn _span_open(name: &str) -> u64 {
    spans::open(name, site::current())
}

/// Closes a named span.
#[pyfunction]
fn _span_close(key: u64) {
    spans::close(key);
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_set_log, m)?)?;
    m.add_function(wrap_pyfunction!(_profile_start, m)?)?;
    m.add_function(wrap_pyfunction!(_profile_stop, m)?)?;
    m.add_function(wrap_pyfunction!(_span_open, m)?)?;
    m.add_function(wrap_pyfunction!(_span_close, m)?)
}
