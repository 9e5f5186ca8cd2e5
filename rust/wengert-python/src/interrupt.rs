//! Ctrl-C in long work: whether one is waiting, and the KeyboardInterrupt that it becomes; and the interpreter's lock,
//! given up meanwhile. Depends on the kernels' `interrupt` and the C API.
//!
//! While a kernel runs no code of the program's may: a handler could change what the kernel reads. So it is only looked
//! whether SIGINT is waiting and Python's own handler would answer it, whose answer is known; the handler runs when the
//! operation has been left. Other handlers run after the operation, as they always did.

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::ffi;
use pyo3::prelude::*;
use std::os::raw::c_int;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use wengert::Tensor;
use wengert_kernels::interrupt;

/// What tells the handler of a signal, the number of SIGINT, and Python's own handler.
struct Handlers {
    getsignal: Py<PyAny>,
    sigint: Py<PyAny>,
    default: Py<PyAny>,
}
static HANDLERS: OnceLock<Handlers> = OnceLock::new();

unsafe extern "C" {
    // Stable C API; the bindings have neither on every version.
    fn PyOS_InterruptOccurred() -> c_int;
    fn PyErr_SetInterrupt();
}

/// Whether this thread is to leave its work because of a Ctrl-C.
fn waiting() -> bool {
    let Some(handlers) = HANDLERS.get() else { return false };
    // SAFETY: each call is made with the interpreter's lock held, which the first one makes sure of; `getsignal` is a
    // function of C that runs no Python code.
    unsafe {
        if ffi::PyGILState_Check() == 0 {
            return false;
        }
        let now = ffi::PyObject_CallOneArg(handlers.getsignal.as_ptr(), handlers.sigint.as_ptr());
        if now.is_null() {
            ffi::PyErr_Clear();
            return false;
        }
        ffi::Py_DECREF(now);
        if now != handlers.default.as_ptr() || PyOS_InterruptOccurred() == 0 {
            return false;
        }
        // It was taken by looking, and is put back for the handler.
        PyErr_SetInterrupt();
        true
    }
}

/// What the caller of work that was left gets.
#[cold]
pub fn raised() -> PyErr {
    // SAFETY: slots and functions run with the GIL held, and no core code is under way in them any more.
    unsafe {
        let py = Python::assume_attached();
        if ffi::PyErr_CheckSignals() != 0
            && let Some(e) = PyErr::take(py)
        {
            return e;
        }
    }
    PyKeyboardInterrupt::new_err(())
}

/// Runs the body of a function that may compute for long: the functions that are not slots.
pub fn leavable<T>(f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    interrupt::caught(f).unwrap_or_else(|| Err(raised()))
}

/// Elements from which on an operation may take long enough for other threads to have a turn.
const LARGE: usize = 1 << 14;

/// Whether an operation on `t` may run without the interpreter's lock, given a handle of its own.
#[inline(always)]
pub fn is_large(t: &Tensor) -> bool {
    t.numel() >= LARGE
}

/// Runs an operation on two tensors; other threads may run meanwhile, and do to the objects what they want.
#[cold]
#[inline(never)]
pub fn shared2<R>(a: &Tensor, b: &Tensor, f: impl FnOnce(&Tensor, &Tensor) -> R) -> R {
    if a.is_lifted() || b.is_lifted() {
        return f(a, b);
    }
    let (a, b) = (a.share(), b.share());
    interrupt::without_lock(|| f(&a, &b))
}

/// Runs an operation on one tensor, as [`shared2`] does.
#[cold]
#[inline(never)]
pub fn shared1<R>(a: &Tensor, f: impl FnOnce(&Tensor) -> R) -> R {
    if a.is_lifted() {
        return f(a);
    }
    let a = a.share();
    interrupt::without_lock(|| f(&a))
}

/// The interpreter is about to end: threads keep the lock, and those without it never take it again. A thread that
/// wanted it then would be ended by the interpreter in the middle of Rust code, which is no place for that.
static ENDING: AtomicBool = AtomicBool::new(false);
/// Threads that are taking the lock back.
static RETURNING: AtomicUsize = AtomicUsize::new(0);

fn give() -> *mut () {
    if ENDING.load(Ordering::SeqCst) {
        return std::ptr::null_mut();
    }
    // SAFETY: called with the lock held, by work that touches no Python object until `take`.
    unsafe { ffi::PyEval_SaveThread().cast() }
}

fn take(token: *mut ()) {
    RETURNING.fetch_add(1, Ordering::SeqCst);
    if ENDING.load(Ordering::SeqCst) {
        RETURNING.fetch_sub(1, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }
    // SAFETY: what `give` returned on this thread.
    unsafe { ffi::PyEval_RestoreThread(token.cast()) };
    RETURNING.fetch_sub(1, Ordering::SeqCst);
}

/// At exit, while the interpreter still runs: lets those that are taking the lock back have it, and no others.
#[pyfunction]
fn _ending(py: Python<'_>) {
    ENDING.store(true, Ordering::SeqCst);
    while RETURNING.load(Ordering::SeqCst) > 0 {
        py.detach(|| std::thread::sleep(std::time::Duration::from_micros(100)));
    }
}

/// In the child of a fork there is no thread that could be taking the lock back.
#[pyfunction]
fn _forked() {
    RETURNING.store(0, Ordering::SeqCst);
}

/// Has kernels look for Ctrl-C from now on.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let signal = py.import("_signal")?;
    let handlers = Handlers {
        getsignal: signal.getattr("getsignal")?.unbind(),
        sigint: signal.getattr("SIGINT")?.unbind(),
        default: signal.getattr("default_int_handler")?.unbind(),
    };
    let _ = HANDLERS.set(handlers);
    interrupt::set_check(waiting);
    interrupt::set_lock(interrupt::Lock { give, take });
    let module = py.import("wengert._core")?;
    py.import("atexit")?.call_method1("register", (module.getattr("_ending")?,))?;
    let os = py.import("os")?;
    if os.hasattr("register_at_fork")? {
        let named = pyo3::types::PyDict::new(py);
        named.set_item("after_in_child", module.getattr("_forked")?)?;
        os.call_method("register_at_fork", (), Some(&named))?;
    }
    Ok(())
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_ending, m)?)?;
    m.add_function(wrap_pyfunction!(_forked, m)?)
}
