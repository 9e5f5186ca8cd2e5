//! `Edge`: a counted reference to one output of a node; and the release of nodes that nothing can reach any more.
//! Depends on `node`.

use super::node::Node;
use std::ptr::NonNull;

const OUT_SHIFT: u32 = 48;
const ADDRESS: u64 = (1 << OUT_SHIFT) - 1;

/// One output of a node, counted; or none. The output's index rides in the upper 16 bits of the address.
pub struct Edge(u64);

// SAFETY: node counts are atomic or guarded by the embedding's lock.
unsafe impl Send for Edge {}
// SAFETY: as above.
unsafe impl Sync for Edge {}

impl Edge {
    /// No node.
    pub const NONE: Edge = Edge(0);

    /// Takes over one count of `node`.
    #[inline(always)]
    pub(super) fn from_counted(node: NonNull<Node>, out: u16) -> Edge {
        let address = node.as_ptr().expose_provenance() as u64;
        debug_assert_eq!(address & !ADDRESS, 0);
        Edge(address | (u64::from(out) << OUT_SHIFT))
    }

    /// Whether there is a node.
    #[inline(always)]
    pub fn is_some(&self) -> bool {
        self.0 != 0
    }

    /// The node.
    #[inline(always)]
    pub fn node(&self) -> Option<&Node> {
        // SAFETY: this edge holds a count of the node.
        self.pointer().map(|p| unsafe { p.as_ref() })
    }

    #[inline(always)]
    pub(super) fn pointer(&self) -> Option<NonNull<Node>> {
        NonNull::new(std::ptr::with_exposed_provenance_mut::<Node>((self.0 & ADDRESS) as usize))
    }

    /// Which output of the node.
    #[inline(always)]
    pub fn out(&self) -> u16 {
        (self.0 >> OUT_SHIFT) as u16
    }

    /// The same node, another output.
    pub fn with_out(&self, out: u16) -> Edge {
        match self.node() {
            None => Edge::NONE,
            Some(node) => {
                node.count.inc();
                Edge((self.0 & ADDRESS) | (u64::from(out) << OUT_SHIFT))
            }
        }
    }

    /// Whether both are the same output of the same node (or both none).
    #[inline(always)]
    pub fn same(&self, other: &Edge) -> bool {
        self.0 == other.0
    }

    /// A number that identifies node and output.
    pub fn key(&self) -> u64 {
        self.0
    }
}

impl Clone for Edge {
    #[inline(always)]
    fn clone(&self) -> Self {
        if let Some(node) = self.node() {
            node.count.inc();
        }
        Edge(self.0)
    }
}

impl Drop for Edge {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(p) = self.pointer() {
            // SAFETY: this edge holds a count of the node.
            if unsafe { p.as_ref() }.count.dec() {
                release(p);
            }
        }
    }
}

impl Default for Edge {
    fn default() -> Self {
        Edge::NONE
    }
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.node() {
            None => f.write_str("Edge(none)"),
            Some(n) => write!(f, "Edge({}, {})", n.name(), self.out()),
        }
    }
}

/// The work list of nodes whose count fell to zero: dropping a graph is a loop, whatever its depth.
struct WorkList {
    head: std::cell::Cell<Option<NonNull<Node>>>,
    active: std::cell::Cell<bool>,
}

#[cfg(feature = "gil")]
struct Guarded(WorkList);
// SAFETY: under feature `gil` the embedding's lock guards every access.
#[cfg(feature = "gil")]
unsafe impl Sync for Guarded {}

#[cfg(feature = "gil")]
static LIST: Guarded = Guarded(WorkList { head: std::cell::Cell::new(None), active: std::cell::Cell::new(false) });

#[cfg(not(feature = "gil"))]
thread_local! {
    static LIST: WorkList = const { WorkList { head: std::cell::Cell::new(None), active: std::cell::Cell::new(false) } };
}

#[cfg(feature = "gil")]
fn with_list<R>(f: impl FnOnce(&WorkList) -> R) -> R {
    f(&LIST.0)
}
#[cfg(not(feature = "gil"))]
fn with_list<R>(f: impl FnOnce(&WorkList) -> R) -> R {
    LIST.with(f)
}

/// Frees `first` and all that it alone held. A release inside a release (a kept value's owner ran foreign code) only
/// adds to the list of the outer one.
#[cold]
#[inline(never)]
fn release(first: NonNull<Node>) {
    with_list(|list| {
        // SAFETY: the node's count is zero: it is ours until freed.
        unsafe { Node::set_next(first, list.head.get()) };
        list.head.set(Some(first));
        if list.active.replace(true) {
            return;
        }
        while let Some(node) = list.head.get() {
            // SAFETY: as above; edges and kept values dropped here may push further nodes onto the list.
            unsafe {
                list.head.set(Node::next(node));
                Node::free(node);
            }
        }
        list.active.set(false);
    });
}
