//! Who looks at operations while they run: the log and the profiler. Free while nobody does: one test an operation.
//! Depends on arrays, errors, `trait Op`, sites, and the kernels' memory.

use crate::array::Array;
use crate::array::layout::show;
use crate::error::Result;
use crate::op::Op;
use crate::tape::site::{self, Site};
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use wengert_kernels::memory;

const LOG: u32 = 1;
const PROFILE: u32 = 2;
static WATCHED: AtomicU32 = AtomicU32::new(0);

/// Whether anybody looks.
#[inline(always)]
pub fn any() -> bool {
    WATCHED.load(Ordering::Relaxed) != 0
}

fn set(bit: u32, on: bool) {
    if on {
        WATCHED.fetch_or(bit, Ordering::Relaxed);
    } else {
        WATCHED.fetch_and(!bit, Ordering::Relaxed);
    }
}

/// Writes a line for every operation, and for every rule of a sweep, to standard error.
pub fn log_ops(on: bool) {
    set(LOG, on);
}

/// Writes a line for every node as it is recorded to standard error.
pub fn log_graph(on: bool) {
    crate::tape::witness::tell(on);
}

/// What a span of time went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// An operation, outside of sweeps.
    Forward,
    /// A rule of a sweep, or what it called.
    Backward,
    /// What the program named.
    Named,
}

/// A span that has ended.
#[derive(Clone, Debug)]
pub struct Event {
    /// Of the operation, of its node, or what the program called it.
    pub name: String,
    /// What it was.
    pub phase: Phase,
    /// Nanoseconds from the start of the profile to the start of the span.
    pub start: u64,
    /// Nanoseconds that it took.
    pub total: u64,
    /// The same without the spans inside it.
    pub own: u64,
    /// Of an operation: bytes of its result, unless that is a view. Otherwise: of the buffers of 1 KiB and more that
    /// were taken meanwhile.
    pub bytes: usize,
    /// Where the operation was called; of a rule, where its operation was.
    pub site: Site,
    /// A number for each thread.
    pub thread: u64,
    /// How many spans it lay in.
    pub depth: usize,
}

/// A profile under way: its start, and what has ended.
static PROFILE_NOW: Mutex<Option<(Instant, Vec<Event>)>> = Mutex::new(None);

/// A span under way.
struct Open {
    name: String,
    phase: Phase,
    begun: Instant,
    /// Nanoseconds of the spans inside it so far.
    inside: u64,
    served: usize,
    /// Bytes that are known, instead of counted.
    bytes: Option<usize>,
    site: Site,
    /// Of spans of the program's own: not another's end closes it.
    key: u64,
}

thread_local! {
    static OPEN: RefCell<Vec<Open>> = const { RefCell::new(Vec::new()) };
    static THREAD: Cell<u64> = const { Cell::new(0) };
}
static NEXT: AtomicU64 = AtomicU64::new(1);

fn number() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn thread() -> u64 {
    if THREAD.get() == 0 {
        THREAD.set(number());
    }
    THREAD.get()
}

/// Starts a profile; false if one is under way.
pub fn start() -> bool {
    let mut now = PROFILE_NOW.lock().unwrap_or_else(PoisonError::into_inner);
    if now.is_some() {
        return false;
    }
    *now = Some((Instant::now(), Vec::new()));
    set(PROFILE, true);
    true
}

/// Ends the profile; what has ended since it was started, in that order.
pub fn stop() -> Vec<Event> {
    set(PROFILE, false);
    PROFILE_NOW.lock().unwrap_or_else(PoisonError::into_inner).take().map_or_else(Vec::new, |(_, events)| events)
}

/// Opens a span of the program's own; pair with [`close`].
pub fn open(name: &str, site: Site) -> u64 {
    let key = number();
    push(name.to_owned(), Phase::Named, site, key);
    key
}

/// Closes a span of the program's own, and those left open inside it.
pub fn close(key: u64) {
    while OPEN.with_borrow(|all| all.iter().any(|o| o.key == key)) {
        let found = OPEN.with_borrow(|all| all.last().is_some_and(|o| o.key == key));
        pop();
        if found {
            return;
        }
    }
}

fn push(name: String, phase: Phase, site: Site, key: u64) {
    let served = memory::stats().served;
    OPEN.with_borrow_mut(|all| {
        let inside = all.iter().any(|o| o.phase == Phase::Backward);
        let phase = if inside && phase == Phase::Forward { Phase::Backward } else { phase };
        all.push(Open { name, phase, begun: Instant::now(), inside: 0, served, bytes: None, site, key });
    });
}

/// Ends the innermost span; nanoseconds that it took.
fn pop() -> u64 {
    let Some((o, depth)) = OPEN.with_borrow_mut(|all| all.pop().map(|o| (o, all.len()))) else { return 0 };
    let total = o.begun.elapsed().as_nanos() as u64;
    OPEN.with_borrow_mut(|all| {
        if let Some(outer) = all.last_mut() {
            outer.inside += total;
        }
    });
    if let Some((start, events)) = &mut *PROFILE_NOW.lock().unwrap_or_else(PoisonError::into_inner)
        && let Some(since) = o.begun.checked_duration_since(*start)
    {
        events.push(Event {
            bytes: o.bytes.unwrap_or_else(|| memory::stats().served.saturating_sub(o.served)),
            name: o.name,
            phase: o.phase,
            start: since.as_nanos() as u64,
            total,
            own: total.saturating_sub(o.inside),
            site: o.site,
            thread: thread(),
            depth,
        });
    }
    total
}

/// Closes its span when it goes, by whatever way.
struct Span {
    height: usize,
}

impl Span {
    fn open(name: String, phase: Phase, site: Site) -> Span {
        let height = OPEN.with_borrow(Vec::len);
        push(name, phase, site, 0);
        Span { height }
    }

    fn end(&self) -> u64 {
        let mut total = 0;
        while OPEN.with_borrow(Vec::len) > self.height {
            total = pop();
        }
        total
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs `f` as a span.
#[cold]
#[inline(never)]
pub(crate) fn span<R>(name: &str, phase: Phase, site: Site, f: impl FnOnce() -> R) -> R {
    let span = Span::open(name.to_owned(), phase, site);
    let out = f();
    let total = span.end();
    if WATCHED.load(Ordering::Relaxed) & LOG != 0 {
        tell(&format!("{name}{}{}", took(total), at(site)));
    }
    out
}

/// Runs a call of the embedding's that may be made of several operations; nothing is told of those that are one.
#[track_caller]
pub fn call<R>(name: &str, f: impl FnOnce() -> R) -> R {
    let span = Span::open(name.to_owned(), Phase::Forward, site::current());
    let out = f();
    span.end();
    out
}

/// The forward rule of an operation. If it is all that a call of the same name is made of, it is that call.
#[cold]
#[inline(never)]
pub(crate) fn forward(op: &dyn Op, site: Site, inputs: &[&Array]) -> Result<Array> {
    let within = OPEN.with_borrow(|all| all.last().is_some_and(|o| o.name == op.name() && o.phase != Phase::Named));
    let span = (!within).then(|| Span::open(op.name().to_owned(), Phase::Forward, site));
    let begun = Instant::now();
    let out = op.forward(inputs);
    if let Ok(out) = &out {
        let bytes = if op.is_view() { 0 } else { out.numel() * out.dtype().size() };
        OPEN.with_borrow_mut(|all| {
            if let Some(o) = all.last_mut() {
                o.bytes = Some(o.bytes.unwrap_or(0) + bytes);
            }
        });
    }
    drop(span);
    if WATCHED.load(Ordering::Relaxed) & LOG != 0 {
        let from: Vec<String> = inputs.iter().map(|a| of(a)).collect();
        let to = out.as_ref().map_or_else(|e| format!("error: {e}"), of);
        let took = took(begun.elapsed().as_nanos() as u64);
        tell(&format!("{} {} -> {to}{took}{}", op.name(), from.join(", "), at(site)));
    }
    out
}

fn of(a: &Array) -> String {
    format!("{} {}", a.dtype().name(), show(a.shape()))
}

fn took(nanoseconds: u64) -> String {
    format!("  {:.1} us", nanoseconds as f64 / 1e3)
}

fn at(site: Site) -> String {
    site::describe(site).map_or_else(String::new, |(file, line)| format!("  {file}:{line}"))
}

fn tell(line: &str) {
    eprintln!("wengert ops: {line}");
}
