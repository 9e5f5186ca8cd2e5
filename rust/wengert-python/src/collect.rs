//! How the garbage collector sees Python objects through the tape. Depends on `foreign`, `watch` and the core's `trace`.
//!
//! The collector asks every object of the generations under collection for its references twice: first to subtract them
//! from reference counts, then, of objects found alive, to mark what they reach. A Python object in the tape is held once,
//! by a node or a cell, but may be reached from many tensors. While the collector subtracts, the references to each part of
//! the tape are counted over all objects asked; the part's Python objects are shown when the last reference to it was met,
//! thus once, and only if every holder is under collection. While it marks, each object shows what it reaches of such parts.

use crate::foreign::objects;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::os::raw::{c_int, c_void};
use std::ptr::null_mut;
use wengert::trace::Part;

/// Parts of the tape that a collection of each generation follows.
const MOST: [usize; 3] = [1_000, 10_000, 1_000_000];
/// The same for a look outside a collection.
const MOST_ALONE: usize = 10_000;

/// Shows the parts of the tape that an object refers to.
type Show<'a> = &'a dyn Fn(&mut dyn FnMut(Part));
type Found = Vec<*mut ffi::PyObject>;

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Idle,
    Subtract,
    /// The visitor and its argument: the same ones through one pass.
    Mark(usize, usize),
}

#[derive(Default)]
struct Met {
    references: usize,
    /// All its references come from objects under collection.
    owned: bool,
    marked: bool,
}

/// Addresses are as good as hashes, once their low zeros are moved out of the way.
#[derive(Default)]
struct ByAddress(u64);

impl Hasher for ByAddress {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_usize(b as usize));
    }
    fn write_usize(&mut self, n: usize) {
        self.0 = (self.0 ^ n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
}

/// One pass over the objects under collection.
struct Round {
    phase: Phase,
    met: HashMap<usize, Met, BuildHasherDefault<ByAddress>>,
    left: usize,
}

impl Round {
    fn new(phase: Phase, most: usize) -> Round {
        Round { phase, met: HashMap::default(), left: most }
    }

    /// Whether an object is asked for the first time in this round.
    fn is_new(&mut self, object: *mut ffi::PyObject) -> bool {
        self.met.insert(object as usize, Met::default()).is_none()
    }

    /// Counts the references that an object has to parts, and follows parts of which that was the last.
    fn subtract(&mut self, show: Show<'_>, found: &mut Found) {
        let mut todo = Vec::new();
        let met = &mut self.met;
        // SAFETY: nothing changes while the collector asks. So for all calls of parts.
        let mut meet = |part: Part, todo: &mut Vec<Part>| unsafe {
            let m = met.entry(part.key()).or_default();
            m.references += 1;
            if m.references == part.references() && self.left > 0 {
                self.left -= 1;
                m.owned = true;
                todo.push(part);
            }
        };
        show(&mut |part| meet(part, &mut todo));
        while let Some(part) = todo.pop() {
            // SAFETY: as above.
            unsafe { part.look(&mut |p| meet(p, &mut todo), &mut |held| objects(held, &mut |o| found.push(o))) };
        }
    }

    /// Follows the owned parts that an object leads to. Every way to an owned part leads through owned parts.
    fn mark(&mut self, show: Show<'_>, found: &mut Found) {
        let mut todo = Vec::new();
        let met = &mut self.met;
        // SAFETY: as in `subtract`.
        let mut meet = |part: Part, todo: &mut Vec<Part>| unsafe {
            if let Some(m) = met.get_mut(&part.key())
                && m.owned
                && !m.marked
            {
                m.marked = true;
                todo.push(part);
            }
        };
        show(&mut |part| meet(part, &mut todo));
        while let Some(part) = todo.pop() {
            // SAFETY: as in `subtract`.
            unsafe { part.look(&mut |p| meet(p, &mut todo), &mut |held| objects(held, &mut |o| found.push(o))) };
        }
    }
}

struct Collector {
    round: RefCell<Option<Round>>,
    most: Cell<usize>,
    /// `gc.callbacks` and what stands there for us.
    list: Cell<*mut ffi::PyObject>,
    ours: Cell<*mut ffi::PyObject>,
}
// SAFETY: reached only with the GIL held.
unsafe impl Sync for Collector {}
static COLLECTOR: Collector = Collector {
    round: RefCell::new(None),
    most: Cell::new(0),
    list: Cell::new(null_mut()),
    ours: Cell::new(null_mut()),
};

impl Collector {
    /// Whether the end of this collection will be told us, as its begin was.
    fn is_told(&self) -> bool {
        // SAFETY: the GIL is held; both were kept at import, and reading a list allocates nothing.
        unsafe {
            (0..ffi::PyList_Size(self.list.get())).any(|i| ffi::PyList_GetItem(self.list.get(), i) == self.ours.get())
        }
    }

    fn look(&self, object: *mut ffi::PyObject, show: Show<'_>, visit: usize, arg: *mut c_void, found: &mut Found) {
        // Subtracting, the collector gives the object itself along.
        let subtracts = arg == object.cast();
        let mut round = self.round.borrow_mut();
        if let Some(r) = round.as_mut()
            && subtracts
            && (r.phase != Phase::Subtract || !r.is_new(object))
        {
            // The first object of a pass; there is a second pass when finalisers have run.
            if self.is_told() {
                *r = Round::new(Phase::Subtract, self.most.get());
                r.is_new(object);
            } else {
                *round = None;
            }
        }
        let Some(r) = round.as_mut().filter(|r| subtracts || r.phase != Phase::Idle) else {
            // Asked by somebody else, or by a collection that was not announced: what this object holds alone.
            return Round::new(Phase::Idle, MOST_ALONE).subtract(show, found);
        };
        if subtracts {
            return r.subtract(show, found);
        }
        let pass = Phase::Mark(visit, arg as usize);
        if r.phase != pass {
            r.phase = pass;
            r.met.values_mut().for_each(|m| m.marked = false);
        }
        r.mark(show, found);
    }
}

/// Visits the Python objects that the tape holds for an object.
///
/// # Safety
/// Called from the tp_traverse of `object`, which has the references that `show` shows.
pub unsafe fn visit(object: *mut ffi::PyObject, show: Show<'_>, visit: ffi::visitproc, arg: *mut c_void) -> c_int {
    let mut found = Found::new();
    COLLECTOR.look(object, show, visit as usize, arg, &mut found);
    for o in found {
        // SAFETY: held by the tape.
        let r = unsafe { visit(o, arg) };
        if r != 0 {
            return r;
        }
    }
    0
}

/// Told by the collector when it starts and stops.
#[pyfunction]
fn _collecting(py: Python<'_>, phase: &str, info: &Bound<'_, PyDict>) -> PyResult<()> {
    // What was met is dropped with the cell open.
    let old = COLLECTOR.round.take();
    drop(old);
    if phase != "start" || !crate::watch::FOREIGN.any() {
        return Ok(());
    }
    let generation: usize = info.get_item("generation")?.map_or(Ok(2), |g| g.extract())?;
    let most = MOST[generation.min(2)];
    COLLECTOR.most.set(most);
    if generation >= 2 {
        crate::watch::FOREIGN.track_all(py)?;
    }
    COLLECTOR.round.replace(Some(Round::new(Phase::Idle, most)));
    Ok(())
}

/// Has the collector tell us of its work.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let list = m.py().import("gc")?.getattr("callbacks")?;
    let ours = pyo3::wrap_pyfunction!(_collecting, m)?;
    list.call_method1("append", (&ours,))?;
    COLLECTOR.list.set(list.into_ptr());
    COLLECTOR.ours.set(ours.into_ptr());
    Ok(())
}
