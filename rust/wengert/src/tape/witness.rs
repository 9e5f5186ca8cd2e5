//! Who looks on while nodes are recorded: one test for all of them at each node. Depends on `node` and `packing`.

use super::edge::Edge;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How many look on, on any thread.
static WITNESSES: AtomicU32 = AtomicU32::new(0);
thread_local! {
    static RECORDED: RefCell<Vec<HashSet<u64>>> = const { RefCell::new(Vec::new()) };
}

/// Whether anybody looks on.
#[inline(always)]
pub(super) fn any() -> bool {
    WITNESSES.load(Ordering::Relaxed) != 0
}

/// One more looks on, or one fewer.
pub(super) fn change(more: bool) {
    if more {
        WITNESSES.fetch_add(1, Ordering::Relaxed);
    } else {
        WITNESSES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether nodes are told on standard error.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Tells every node on standard error, or no longer.
pub(crate) fn tell(on: bool) {
    if TOLD.swap(on, Ordering::Relaxed) != on {
        change(on);
    }
}

/// Shows a node that was just recorded to those who look on.
#[cold]
#[inline(never)]
pub(super) fn show(edge: &Edge) {
    RECORDED.with_borrow_mut(|sets| {
        for set in sets {
            set.insert(edge.key());
        }
    });
    super::packing::note(edge);
    if TOLD.load(Ordering::Relaxed)
        && let Some(node) = edge.node()
    {
        eprintln!("wengert graph: {}", line(edge, node));
    }
}

/// A node in one line: its key, name and outputs, the keys of its inputs' nodes, where it was recorded.
fn line(edge: &Edge, node: &super::Node) -> String {
    let inputs: Vec<String> = node.inputs().iter().filter(|e| e.is_some()).map(|e| format!("#{}", e.key())).collect();
    let out = node.out_layout(0);
    format!(
        "#{} {} {} {} <- {}{}",
        edge.key(),
        node.name(),
        node.out_dtype(0).name(),
        crate::array::layout::show(out.shape()),
        if inputs.is_empty() { "-".to_owned() } else { inputs.join(", ") },
        super::site::suffix(node.site())
    )
}

/// Runs `f`; returns what it returned and the keys (those of edges to their first outputs) of nodes that this thread
/// recorded meanwhile.
pub fn recorded_during<T>(f: impl FnOnce() -> T) -> (T, HashSet<u64>) {
    struct Watch;
    impl Drop for Watch {
        fn drop(&mut self) {
            change(false);
        }
    }
    change(true);
    let watch = Watch;
    let depth = RECORDED.with_borrow_mut(|sets| {
        sets.push(HashSet::new());
        sets.len()
    });
    let out = f();
    let keys = RECORDED.with_borrow_mut(|sets| {
        sets.truncate(depth);
        sets.pop().unwrap_or_default()
    });
    drop(watch);
    (out, keys)
}
