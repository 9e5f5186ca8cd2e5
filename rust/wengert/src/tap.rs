//! The tap: while a thread records a graph, operations, writes, steps of sweeps and reads of values are noted here, at the
//! core's ways in. Depends on arrays, `op`, the tape's edges and leaves. What becomes of the notes is `graph`'s.
//!
//! Notes are of memory: an operand is a storage and where in it the elements lie. A storage is an argument's, was made
//! before the recording (then it is read by reference), or was written by a step; a value that none of these explains
//! is an error where it is used.

use crate::array::{Array, Scalar};
use crate::error::{Error, Result};
use crate::op::OpRef;
use crate::ops::random::Source;
use crate::tape::site::{self, Site};
use crate::tape::{Edge, LeafCell, Node};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Operands of a step.
pub(crate) type Operands = SmallVec<[Array; 3]>;
/// Results of a step that has several.
pub(crate) type Results = SmallVec<[Array; 2]>;
/// What computes several arrays from others, the same way each time.
pub(crate) type Compute = Arc<dyn Fn(&[&Array]) -> Result<Results> + Send + Sync>;

/// What was asked of a value by a program that goes on by the answer.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    /// What are the elements?
    Elements(Box<[u8]>),
    /// Does it contain a number?
    Contains(i64, bool),
}

/// One thing that was done.
#[derive(Clone)]
pub(crate) enum Step {
    /// An operation; `alias` says that its result was memory of an input, though it is no view.
    Forward { op: OpRef, inputs: Operands, out: Array, alias: bool },
    /// A view, for listings.
    View { op: OpRef, input: Array, out: Array },
    /// An operation into the memory of `target`.
    Into { op: OpRef, inputs: Operands, target: Array },
    /// Elements copied, broadcast and cast.
    Copy { source: Array, target: Array },
    /// Every element overwritten with one value.
    Fill { target: Array, value: Scalar },
    /// A whole storage copied before it was written.
    Freeze { source: Array, copy: Array },
    /// A cotangent added to another in place.
    Add { sum: Array, grad: Array },
    /// The rule of a node: what it kept (by bits of `op::OUTPUT`'s mask), cotangents, gradients.
    Vjp {
        edge: Edge,
        kept: SmallVec<[(u32, Array); 2]>,
        cotangents: SmallVec<[Option<Array>; 1]>,
        grads: SmallVec<[Option<Array>; 2]>,
    },
    /// Anything else; `source` is the generator that it draws from, `varies` whether shapes may be others next time.
    Call { name: &'static str, run: Compute, inputs: Operands, outs: Results, source: Option<Source>, varies: bool },
    /// A value that the program looked at.
    Look { array: Array, question: Question },
    /// Numbers that must lie in `low..high`, or be `except`.
    Within { array: Array, low: i64, high: i64, except: Option<i64>, what: &'static str },
}

/// What a storage is.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// An argument's: which, the first of those that share it.
    Input(usize),
    /// Made before the recording, or somebody else's.
    Outside,
    /// A constant of the program: its elements then.
    Literal(Array),
    /// Made by a step.
    Made,
    /// The gradient that a cell held before.
    Cell(usize),
}

/// A storage of the recording.
pub(crate) struct Slot {
    pub origin: Origin,
    /// A handle that keeps it, as it was first seen.
    pub array: Array,
    /// Whether a step has written it (but for the one that made it).
    pub written: bool,
    /// A handle with history, for what lies outside.
    pub tensor: Option<Tensor>,
}

/// A place of a gradient that was looked at or set.
pub(crate) struct CellNote {
    pub cell: Arc<LeafCell>,
    /// What it held when it was first looked at; None if it was set first.
    pub before: Option<Option<Array>>,
    /// What it was set to last, if it was.
    pub after: Option<Option<Array>>,
}

/// Storages by address.
#[derive(Default)]
pub(crate) struct Address(u64);
impl Hasher for Address {
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_usize(b as usize);
        }
    }
    fn write_usize(&mut self, n: usize) {
        self.0 = (self.0 ^ n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
type ByAddress<V> = HashMap<usize, V, BuildHasherDefault<Address>>;

/// What was noted so far.
#[derive(Default)]
pub(crate) struct Notes {
    pub steps: Vec<(Site, Step)>,
    pub slots: Vec<Slot>,
    pub by_storage: ByAddress<usize>,
    pub cells: Vec<CellNote>,
    born: HashSet<usize, BuildHasherDefault<Address>>,
    failed: Option<Error>,
}

/// How many threads record.
static TAPPED: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static NOTES: RefCell<Option<Box<Notes>>> = const { RefCell::new(None) };
}

/// Whether any thread records: the one test of every operation.
#[inline(always)]
pub(crate) fn on() -> bool {
    TAPPED.load(Ordering::Relaxed) != 0
}

/// Whether this thread records what is done now: not what an operation does inside.
#[inline(always)]
pub(crate) fn listening() -> bool {
    on() && listens()
}

#[cold]
fn listens() -> bool {
    ACTIVE.get() && DEPTH.get() == 0
}

/// Whether this thread records a graph.
pub fn is_recording() -> bool {
    on() && ACTIVE.get()
}

/// Runs `f` unheard: what it does is one step, or nothing that matters.
pub(crate) fn aside<T>(f: impl FnOnce() -> T) -> T {
    struct Up;
    impl Drop for Up {
        fn drop(&mut self) {
            DEPTH.set(DEPTH.get() - 1);
        }
    }
    DEPTH.set(DEPTH.get() + 1);
    let _up = Up;
    f()
}

fn with<T>(f: impl FnOnce(&mut Notes) -> T) -> Option<T> {
    NOTES.with(|n| n.try_borrow_mut().ok().and_then(|mut n| n.as_deref_mut().map(f)))
}

/// Begins to record on this thread, with the arguments of the function.
pub(crate) fn start(inputs: &[Tensor]) -> Result<()> {
    if ACTIVE.get() {
        return Err(Error::runtime(
            "record() inside a function that is being recorded: got a second recording on this thread; record one after the other",
        ));
    }
    let mut notes = Box::<Notes>::default();
    for (i, t) in inputs.iter().enumerate() {
        let at = notes.slots.len();
        let id = t.array().storage_id();
        if let std::collections::hash_map::Entry::Vacant(place) = notes.by_storage.entry(id) {
            place.insert(at);
            notes.slots.push(Slot { origin: Origin::Input(i), array: t.array().clone(), written: false, tensor: None });
        }
    }
    NOTES.set(Some(notes));
    ACTIVE.set(true);
    TAPPED.fetch_add(1, Ordering::Relaxed);
    crate::mode::watch(true);
    Ok(())
}

/// Ends it; what was noted.
pub(crate) fn stop() -> Result<Box<Notes>> {
    if !ACTIVE.get() {
        return Err(Error::runtime("no recording is under way on this thread"));
    }
    ACTIVE.set(false);
    TAPPED.fetch_sub(1, Ordering::Relaxed);
    crate::mode::watch(false);
    let Some(mut notes) = NOTES.take() else { return Err(Error::runtime("no recording is under way on this thread")) };
    match notes.failed.take() {
        Some(e) => Err(e),
        None => Ok(notes),
    }
}

/// A storage was made while somebody records.
#[cold]
pub(crate) fn born(storage: usize) {
    if ACTIVE.get() {
        with(|n| n.born.insert(storage));
    }
}

impl Notes {
    /// The slot of a value that is read.
    fn read(&mut self, who: &dyn std::fmt::Display, array: &Array) -> Result<usize> {
        let id = array.storage_id();
        if let Some(&at) = self.by_storage.get(&id) {
            return Ok(at);
        }
        if self.born.contains(&id) && array.numel() > 0 {
            return Err(Error::runtime(format!(
                "record: {who} reads a value of shape {:?} that no recorded operation made (it was computed by an operation \
                 that cannot be recorded, or came from NumPy or another library){}; try to compute it before recording and \
                 use it as a captured tensor or an argument",
                array.shape(),
                site::suffix(site::current())
            )));
        }
        Ok(self.add(array, Origin::Outside))
    }

    fn add(&mut self, array: &Array, origin: Origin) -> usize {
        let at = self.slots.len();
        self.by_storage.insert(array.storage_id(), at);
        self.slots.push(Slot { origin, array: array.clone(), written: false, tensor: None });
        at
    }

    fn reads(&mut self, who: &dyn std::fmt::Display, arrays: &[&Array]) -> Result<()> {
        arrays.iter().try_for_each(|a| self.read(who, a).map(drop))
    }

    /// A value that a step has made; whether its storage is new.
    fn made(&mut self, array: &Array) -> bool {
        let known = self.by_storage.contains_key(&array.storage_id());
        if !known {
            self.add(array, Origin::Made);
        }
        !known
    }

    /// The slot of memory that a step writes to.
    fn write(&mut self, target: &Array) {
        let id = target.storage_id();
        match self.by_storage.get(&id) {
            Some(&at) => self.slots[at].written = true,
            None if self.born.contains(&id) => drop(self.add(target, Origin::Made)),
            None => {
                let at = self.add(target, Origin::Outside);
                self.slots[at].written = true;
            }
        }
    }

    fn push(&mut self, step: Step) {
        self.steps.push((site::current(), step));
    }

    fn fail(&mut self, e: Error) {
        self.failed.get_or_insert(e);
    }

    fn or_fail(&mut self, done: Result<()>) -> bool {
        done.map_err(|e| self.fail(e)).is_ok()
    }
}

/// Notes an operation on tensors with its result.
#[track_caller]
pub(crate) fn forward(op: &OpRef, inputs: &[&Tensor], out: &Array) -> Result<()> {
    with(|n| {
        let name = op.get().name();
        for t in inputs {
            let at = n.read(&name, t.array())?;
            let slot = &mut n.slots[at];
            if slot.tensor.is_none() && t.edge().is_some() && matches!(slot.origin, Origin::Outside) {
                slot.tensor = Some((*t).clone());
            }
        }
        if op.get().is_view() {
            n.push(Step::View { op: op.clone(), input: inputs[0].array().clone(), out: out.clone() });
            return Ok(());
        }
        let alias = !n.made(out);
        let inputs = inputs.iter().map(|t| t.array().clone()).collect();
        n.push(Step::Forward { op: op.clone(), inputs, out: out.clone(), alias });
        Ok(())
    })
    .unwrap_or(Ok(()))
}

/// Notes an operation into memory.
pub(crate) fn into(op: &OpRef, inputs: &[&Array], target: &Array) -> Result<()> {
    with(|n| {
        n.reads(&op.get().name(), inputs)?;
        n.write(target);
        n.push(Step::Into {
            op: op.clone(),
            inputs: inputs.iter().map(|a| (*a).clone()).collect(),
            target: target.clone(),
        });
        Ok(())
    })
    .unwrap_or(Ok(()))
}

/// Notes a copy.
#[cold]
pub(crate) fn copy(source: &Array, target: &Array) {
    with(|n| {
        let read = n.read(&"copy", source).map(drop);
        if n.or_fail(read) {
            n.write(target);
            n.push(Step::Copy { source: source.clone(), target: target.clone() });
        }
    });
}

/// Notes a fill.
#[cold]
pub(crate) fn fill(target: &Array, value: Scalar) {
    with(|n| {
        n.write(target);
        n.push(Step::Fill { target: target.clone(), value });
    });
}

/// Notes that a storage was copied as a whole.
#[cold]
pub(crate) fn freeze(source: &Array, copy: &Array) {
    with(|n| {
        let read = n.read(&"copy", source).map(drop);
        if n.or_fail(read) {
            n.made(copy);
            n.push(Step::Freeze { source: source.clone(), copy: copy.clone() });
        }
    });
}

/// Notes a sum in place.
#[cold]
pub(crate) fn add(sum: &Array, grad: &Array) {
    with(|n| {
        let read = n.reads(&"add", &[sum, grad]);
        if n.or_fail(read) {
            n.write(sum);
            n.push(Step::Add { sum: sum.clone(), grad: grad.clone() });
        }
    });
}

/// Notes a constant of the program.
#[cold]
pub(crate) fn literal_array(array: &Array) {
    with(|n| {
        if !n.by_storage.contains_key(&array.storage_id()) {
            match aside(|| array.copied()) {
                Ok(then) => drop(n.add(array, Origin::Literal(then))),
                Err(e) => n.fail(e),
            }
        }
    });
}

/// A tensor whose values the program itself gives: the same each time that it comes this way.
pub fn literal(t: Tensor) -> Tensor {
    if listening() && !t.is_lifted() {
        literal_array(t.array());
    }
    t
}

/// A tensor over somebody else's memory, which is read by reference.
pub fn foreign(t: &Tensor) {
    if listening() {
        with(|n| {
            if !n.by_storage.contains_key(&t.array().storage_id()) {
                n.add(t.array(), Origin::Outside);
            }
        });
    }
}

/// Refuses what cannot be recorded.
#[track_caller]
pub fn refuse(what: &str, instead: &str) -> Result<()> {
    if !listening() {
        return Ok(());
    }
    Err(Error::runtime(format!("record: {what} cannot be recorded{}; {instead}", site::suffix(site::current()))))
}

/// Computes several arrays from others in a way that no operation stands for, and notes it.
pub(crate) fn call(
    name: &'static str,
    inputs: &[&Array],
    run: impl Fn(&[&Array]) -> Result<Results> + Send + Sync + 'static,
) -> Result<Results> {
    if listening() { noted(name, inputs, Arc::new(run), None, false) } else { run(inputs) }
}

/// [`call`] where shapes of results depend on values.
pub(crate) fn call_varying(
    name: &'static str,
    inputs: &[&Array],
    run: impl Fn(&[&Array]) -> Result<Results> + Send + Sync + 'static,
) -> Result<Results> {
    if listening() { noted(name, inputs, Arc::new(run), None, true) } else { run(inputs) }
}

/// [`call`] with random numbers.
pub(crate) fn draw(name: &'static str, source: Source, inputs: &[&Array], run: Compute) -> Result<Results> {
    noted(name, inputs, run, Some(source), false)
}

#[cold]
fn noted(name: &'static str, inputs: &[&Array], run: Compute, source: Option<Source>, varies: bool) -> Result<Results> {
    let outs = aside(|| run(inputs))?;
    with(|n| {
        n.reads(&name, inputs)?;
        for out in &outs {
            n.made(out);
        }
        let inputs = inputs.iter().map(|a| (*a).clone()).collect();
        n.push(Step::Call { name, run, inputs, outs: outs.clone(), source, varies });
        Ok(())
    })
    .unwrap_or(Ok(()))?;
    Ok(outs)
}

/// Notes that the program has read a value.
#[cold]
pub(crate) fn look(array: &Array) {
    with(|n| {
        let at = match n.read(&"reading a value", array) {
            Ok(at) => at,
            Err(e) => return n.fail(e),
        };
        // What the program wrote down itself is no news.
        if !matches!(n.slots[at].origin, Origin::Literal(_)) || n.slots[at].written {
            match aside(|| bytes(array)) {
                Ok(now) => n.push(Step::Look { array: array.clone(), question: Question::Elements(now) }),
                Err(e) => n.fail(e),
            }
        }
    });
}

/// Notes that the program has read all elements of a tensor, by `f`.
pub fn looked_at<T>(t: &Tensor, f: impl FnOnce() -> T) -> T {
    if listening() {
        look(t.array());
        return aside(f);
    }
    f()
}

/// The elements of an array, row by row, as bytes.
pub(crate) fn bytes(array: &Array) -> Result<Box<[u8]>> {
    let dense = array.contiguous()?;
    // SAFETY: row-major, alive, and of so many bytes.
    let all = unsafe { std::slice::from_raw_parts(dense.data_ptr(), dense.numel() * dense.dtype().size()) };
    let mut out = crate::array::room::<u8>("record", all.len())?;
    out.extend_from_slice(all);
    Ok(out.into_boxed_slice())
}

/// Notes that int64 numbers were found to lie in `low..high` but for `except`, and whether `except` is among them.
pub(crate) fn within(
    array: &Array,
    low: i64,
    high: i64,
    except: Option<(i64, bool)>,
    what: &'static str,
) -> Result<()> {
    with(|n| {
        n.read(&what, array)?;
        if let Some((value, found)) = except {
            n.push(Step::Look { array: array.clone(), question: Question::Contains(value, found) });
        }
        n.push(Step::Within { array: array.clone(), low, high, except: except.map(|e| e.0), what });
        Ok(())
    })
    .unwrap_or(Ok(()))
}

/// Runs the rule of a node on bare arrays and notes it.
pub(crate) fn vjp(edge: &Edge, node: &Node, cotangents: crate::op::Cotangents) -> Result<crate::op::Grads> {
    let mut kept: SmallVec<[(u32, Array); 2]> = SmallVec::new();
    for bit in (0..8).map(|i| 1 << i).filter(|bit| node.keeps() & bit != 0) {
        kept.push((bit, node.kept(bit)?));
    }
    let given: SmallVec<[Option<Array>; 1]> =
        cotangents.iter().map(|c| c.as_ref().map(|t| t.array().clone())).collect();
    let grads = aside(|| node.op().vjp(&crate::saved::Saved::replayed(edge, node, &kept), cotangents))?;
    with(|n| {
        let name = node.op().grad_name();
        n.reads(&name, &kept.iter().map(|(_, a)| a).chain(given.iter().flatten()).collect::<SmallVec<[&Array; 4]>>())?;
        let out: SmallVec<[Option<Array>; 2]> = grads.iter().map(|g| g.as_ref().map(|t| t.array().clone())).collect();
        for grad in out.iter().flatten() {
            n.made(grad);
        }
        n.steps.push((node.site(), Step::Vjp { edge: edge.clone(), kept, cotangents: given, grads: out }));
        Ok(())
    })
    .unwrap_or(Ok(()))?;
    Ok(grads)
}

/// Notes that a gradient was looked at, or looked for.
#[cold]
pub(crate) fn cell_read(cell: &Arc<LeafCell>) {
    let now = cell.get();
    with(|n| {
        if n.cells.iter().any(|c| Arc::ptr_eq(&c.cell, cell)) {
            return;
        }
        if now.as_ref().is_some_and(|t| t.requires_grad() || t.is_lifted()) {
            n.fail(Error::runtime(
                "record: a .grad with a graph of its own cannot be recorded; try detach() or zero_grad()",
            ));
            return;
        }
        let before = now.map(|t| t.array().clone());
        if let Some(a) = &before
            && !n.by_storage.contains_key(&a.storage_id())
        {
            let at = n.cells.len();
            n.add(a, Origin::Cell(at));
        }
        n.cells.push(CellNote { cell: cell.clone(), before: Some(before), after: None });
    });
}

/// Notes that a gradient was set.
#[cold]
pub(crate) fn cell_set(cell: &Arc<LeafCell>, grad: Option<&Tensor>) {
    with(|n| {
        if grad.is_some_and(|t| t.requires_grad() || t.is_lifted()) {
            n.fail(Error::runtime(
                "record: a gradient with a graph of its own (create_graph=True) cannot be left in .grad by a recorded \
                 function; try autograd.grad()",
            ));
            return;
        }
        if let Some(t) = grad {
            let read = n.read(&"setting .grad", t.array()).map(drop);
            if !n.or_fail(read) {
                return;
            }
        }
        let after = Some(grad.map(|t| t.array().clone()));
        match n.cells.iter_mut().find(|c| Arc::ptr_eq(&c.cell, cell)) {
            Some(note) => note.after = after,
            None => n.cells.push(CellNote { cell: cell.clone(), before: None, after }),
        }
    });
}

/// Refuses what may be done to tensors of the recording only: not to memory that it did not make.
#[track_caller]
pub(crate) fn own(target: &Array, what: &str, instead: &str) -> Result<()> {
    let foreign = with(|n| match n.by_storage.get(&target.storage_id()) {
        Some(&at) => !matches!(n.slots[at].origin, Origin::Made | Origin::Literal(_)),
        None => true,
    });
    if foreign == Some(true) { refuse(what, instead) } else { Ok(()) }
}

impl Notes {
    /// Whether a step has written the memory of an array.
    pub fn is_written(&self, array: &Array) -> bool {
        self.by_storage.get(&array.storage_id()).is_some_and(|&at| self.slots[at].written)
    }

    /// The slot of a value that leaves the function.
    pub fn leaves(&mut self, array: &Array) -> Result<usize> {
        self.read(&"the result", array)
    }
}
