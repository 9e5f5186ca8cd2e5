//! Where a sweep keeps its counts: in the nodes, or in a table of its own. Depends on nodes.

use super::node::Node;
use std::collections::HashMap;
use std::ptr::NonNull;

/// The first pass has seen the node.
pub(super) const COUNTED: u8 = 1;
/// Its cotangent is asked for.
pub(super) const TARGET: u8 = 2;
/// It leads to a target.
pub(super) const NEEDED: u8 = 4;

/// Per-node state of a sweep: marks, consumers yet to contribute, slot of cotangents (0: none).
pub(super) trait Marks {
    /// Whether the state outlives the sweep unless cleared.
    const IN_NODE: bool;
    fn mark(&self, p: NonNull<Node>) -> u8;
    fn set_mark(&mut self, p: NonNull<Node>, bit: u8);
    /// Marks as counted; true the first time, with fresh counts.
    fn first_visit(&mut self, p: NonNull<Node>) -> bool;
    fn pending(&self, p: NonNull<Node>) -> u32;
    fn add_pending(&mut self, p: NonNull<Node>);
    /// One consumer has contributed; true when it was the last.
    fn take_pending(&mut self, p: NonNull<Node>) -> bool;
    fn slot(&self, p: NonNull<Node>) -> u32;
    fn set_slot(&mut self, p: NonNull<Node>, slot: u32);
    fn reset(&mut self, p: NonNull<Node>);
}

/// State in the nodes themselves.
pub(super) struct InNode;

#[inline(always)]
fn at<'n>(p: NonNull<Node>) -> &'n Node {
    // SAFETY: a sweep's roots and targets keep every node that it looks at alive.
    unsafe { p.as_ref() }
}

impl Marks for InNode {
    const IN_NODE: bool = true;
    #[inline(always)]
    fn mark(&self, p: NonNull<Node>) -> u8 {
        at(p).mark.get()
    }
    #[inline(always)]
    fn set_mark(&mut self, p: NonNull<Node>, bit: u8) {
        let node = at(p);
        node.mark.set(node.mark.get() | bit);
    }
    #[inline(always)]
    fn first_visit(&mut self, p: NonNull<Node>) -> bool {
        let node = at(p);
        let mark = node.mark.get();
        if mark & COUNTED != 0 {
            return false;
        }
        node.mark.set(mark | COUNTED);
        node.pending.set(0);
        node.slot.set(0);
        true
    }
    #[inline(always)]
    fn pending(&self, p: NonNull<Node>) -> u32 {
        at(p).pending.get()
    }
    #[inline(always)]
    fn add_pending(&mut self, p: NonNull<Node>) {
        let node = at(p);
        node.pending.set(node.pending.get() + 1);
    }
    #[inline(always)]
    fn take_pending(&mut self, p: NonNull<Node>) -> bool {
        let node = at(p);
        let left = node.pending.get() - 1;
        node.pending.set(left);
        left == 0
    }
    #[inline(always)]
    fn slot(&self, p: NonNull<Node>) -> u32 {
        at(p).slot.get()
    }
    #[inline(always)]
    fn set_slot(&mut self, p: NonNull<Node>, slot: u32) {
        at(p).slot.set(slot);
    }
    #[inline(always)]
    fn reset(&mut self, p: NonNull<Node>) {
        at(p).mark.set(0);
    }
}

/// State in a table: for a sweep that meets another one under way.
#[derive(Default)]
pub(super) struct SideTable(HashMap<NonNull<Node>, (u8, u32, u32)>);

impl Marks for SideTable {
    const IN_NODE: bool = false;
    fn mark(&self, p: NonNull<Node>) -> u8 {
        self.0.get(&p).map_or(0, |s| s.0)
    }
    fn set_mark(&mut self, p: NonNull<Node>, bit: u8) {
        self.0.entry(p).or_default().0 |= bit;
    }
    fn first_visit(&mut self, p: NonNull<Node>) -> bool {
        let state = self.0.entry(p).or_default();
        let first = state.0 & COUNTED == 0;
        state.0 |= COUNTED;
        first
    }
    fn pending(&self, p: NonNull<Node>) -> u32 {
        self.0.get(&p).map_or(0, |s| s.1)
    }
    fn add_pending(&mut self, p: NonNull<Node>) {
        self.0.entry(p).or_default().1 += 1;
    }
    fn take_pending(&mut self, p: NonNull<Node>) -> bool {
        let state = self.0.entry(p).or_default();
        state.1 -= 1;
        state.1 == 0
    }
    fn slot(&self, p: NonNull<Node>) -> u32 {
        self.0.get(&p).map_or(0, |s| s.2)
    }
    fn set_slot(&mut self, p: NonNull<Node>, slot: u32) {
        self.0.entry(p).or_default().2 = slot;
    }
    fn reset(&mut self, p: NonNull<Node>) {
        self.0.remove(&p);
    }
}
