//! What a thread that watches sees of its own operations: each on plain tensors, recorded on the tape or not, with what
//! went in and what came out. Depends on arrays, the tape and `trait Op`. Who does not watch pays one test an operation.

use crate::array::Array;
use crate::mode::grad_enabled;
use crate::op::OpRef;
use crate::tape::site::{self, Site};
use crate::tape::{Edge, Kept};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What was done.
#[derive(Debug)]
pub enum What {
    /// An operation with a result of its own.
    Op(OpRef),
    /// An operation that overwrote its first input.
    Write(OpRef),
    /// A handle without history was made of a tensor.
    Detach,
    /// A tensor's values left the library, by a method of this name.
    Left(&'static str),
    /// Values from outside became a tensor, by a function of this name.
    Made(&'static str),
}

/// A tensor that was seen: its array tells it from others, as does the key of its edge (0 where it has no history).
#[derive(Debug)]
pub struct Seen {
    /// Its array, held so that no other takes its place in memory.
    pub array: Array,
    /// Version of the storage then.
    pub version: u32,
    /// Key of its edge.
    pub key: u64,
}

impl Seen {
    fn of(t: &Tensor) -> Seen {
        Seen { array: t.array().clone(), version: t.array().version(), key: t.edge().key() }
    }
}

/// One thing that was done.
#[derive(Debug)]
pub struct Event {
    /// What.
    pub what: What,
    /// Where in the program.
    pub site: Site,
    /// Whether this thread recorded operations then.
    pub recording: bool,
    /// What went in.
    pub inputs: SmallVec<[Seen; 2]>,
    /// What came out, if it is a tensor.
    pub output: Option<Seen>,
    value: Option<Value>,
}

#[derive(Debug)]
enum Value {
    Kept(Kept),
    Copy(Array),
}

impl Event {
    /// The output's value as it was.
    pub fn value(&self) -> Option<Array> {
        match self.value.as_ref()? {
            Value::Kept(kept) => Some(kept.value()),
            Value::Copy(array) => Some(array.clone()),
        }
    }
}

/// What was seen: events, and the edges of outputs that have a history, each with the number of its event.
#[derive(Debug, Default)]
pub struct Log {
    /// In the order in which they happened.
    pub events: Vec<Arc<Event>>,
    /// Kept so that no other node takes the place of one of them in memory.
    pub edges: Vec<(usize, Edge)>,
}

#[derive(Default)]
struct Watch {
    log: Log,
    /// Where each watch that is under way began, among events and edges.
    starts: Vec<(usize, usize)>,
}

impl Watch {
    fn since(&self, event: usize, edge: usize) -> Log {
        Log {
            events: self.log.events[event..].to_vec(),
            edges: self.log.edges[edge..].iter().map(|(at, e)| (at - event, e.clone())).collect(),
        }
    }
}

/// How many threads watch.
static WATCHING: AtomicU32 = AtomicU32::new(0);
thread_local! {
    static WATCH: RefCell<Watch> = RefCell::default();
}

/// Whether any thread watches.
#[inline(always)]
pub fn any() -> bool {
    WATCHING.load(Ordering::Relaxed) != 0
}

/// Begins to watch this thread; watches may be nested.
pub fn begin() {
    WATCHING.fetch_add(1, Ordering::Relaxed);
    WATCH.with_borrow_mut(|w| w.starts.push((w.log.events.len(), w.log.edges.len())));
}

/// Ends the innermost watch of this thread and returns what it saw; None where there is none.
pub fn end() -> Option<Log> {
    let log = WATCH.with_borrow_mut(|w| {
        let (event, edge) = w.starts.pop()?;
        if w.starts.is_empty() {
            return Some(std::mem::take(&mut w.log));
        }
        Some(w.since(event, edge))
    })?;
    WATCHING.fetch_sub(1, Ordering::Relaxed);
    Some(log)
}

/// What the innermost watch of this thread has seen so far.
pub fn so_far() -> Option<Log> {
    WATCH.with_borrow(|w| w.starts.last().map(|&(event, edge)| w.since(event, edge)))
}

/// Shows what was done to whoever watches this thread.
#[cold]
#[inline(never)]
#[track_caller]
pub fn show(what: What, inputs: &[&Tensor], output: Option<&Tensor>) {
    if !WATCH.with_borrow(|w| !w.starts.is_empty()) {
        return;
    }
    let value = output.and_then(|t| {
        if t.array().is_inference() {
            t.array().copied().ok().map(Value::Copy)
        } else {
            Kept::new(t.array()).ok().map(Value::Kept)
        }
    });
    let event = Event {
        what,
        site: site::current(),
        recording: grad_enabled(),
        inputs: inputs.iter().map(|t| Seen::of(t)).collect(),
        output: output.map(Seen::of),
        value,
    };
    let edge = output.map(|t| t.edge().clone()).filter(Edge::is_some);
    WATCH.with_borrow_mut(|w| {
        let at = w.log.events.len();
        w.log.events.push(Arc::new(event));
        w.log.edges.extend(edge.map(|edge| (at, edge)));
    });
}
