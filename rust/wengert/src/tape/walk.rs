//! A walk over all that led to some places of the tape, in an order in which a node comes after its inputs: the Wengert
//! list. Depends on nodes and edges. A loop, whatever the depth, and beside the nodes themselves a few bytes for each.

use super::edge::Edge;
use super::node::Node;
use crate::op::OUTPUT;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr::NonNull;

/// Nodes lie at least this many bytes (a power of two) apart.
const APART: usize = 64;
/// Bytes of memory that share a page of places.
const PAGE: usize = 1 << 16;
const NONE: u32 = u32::MAX;
/// How far a short look-out goes.
const NEAR: usize = 256;

const _: () = assert!(std::mem::size_of::<Node>() >= APART);

/// Numbers of pages are spread by a multiplication.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_u64(u64::from(b)));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
}

/// How many nodes ahead memory is asked for.
const AHEAD: isize = 8;

/// Asks for the memory of a node that is likely to be looked at soon: nodes that were recorded one after the other lie at
/// like distances.
#[inline(always)]
fn ask_for(address: usize) {
    #[cfg(target_arch = "x86_64")]
    for at in [address, address + 48] {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint, which does nothing at an address that is not there.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::without_provenance(at)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

type Hashed<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// Where nodes stand in the order, by their addresses: 0 where one was not seen, 1 where it waits for its inputs.
#[derive(Default)]
struct Places {
    pages: Vec<Box<[u32; PAGE / APART]>>,
    at: Hashed<usize, u32>,
    /// The page looked at last, and its number.
    last: (usize, u32),
}

impl Places {
    #[inline]
    fn of(&mut self, p: NonNull<Node>) -> &mut u32 {
        let address = p.as_ptr() as usize;
        let page = address / PAGE + 1;
        if self.last.0 != page {
            let fresh = self.pages.len() as u32;
            let at = *self.at.entry(page).or_insert(fresh);
            if at == fresh {
                self.pages.push(Box::new([0; PAGE / APART]));
            }
            self.last = (page, at);
        }
        &mut self.pages[self.last.1 as usize][address % PAGE / APART]
    }

    fn look(&self, p: NonNull<Node>) -> Option<usize> {
        let address = p.as_ptr() as usize;
        let at = *self.at.get(&(address / PAGE + 1))?;
        (self.pages[at as usize][address % PAGE / APART] as usize).checked_sub(2)
    }
}

/// Everything that some places of the tape depend on, inputs first.
pub struct Walk {
    order: Vec<NonNull<Node>>,
    /// Where leaves stand.
    leaves: Vec<u32>,
    places: Places,
    /// For each node one that keeps the value of its first output as an input, once asked for.
    keepers: Vec<u32>,
    /// The same of further outputs.
    further: HashMap<(u32, u16), u32>,
}

impl Walk {
    /// Walks from `roots`, depth first, inputs in their order.
    ///
    /// # Safety
    /// The nodes of `roots` live as long as the walk is looked at; what they reach then does so too, because the inputs of
    /// a node never change.
    pub unsafe fn new(roots: &[Edge]) -> Walk {
        let mut order: Vec<NonNull<Node>> = Vec::new();
        let mut leaves = Vec::new();
        let mut places = Places::default();
        // Nodes whose inputs are under way, and which input is next; a node is not looked at again after its last one, since
        // by then it is no longer near.
        let mut stack: Vec<(NonNull<Node>, u32)> = Vec::new();
        for root in roots.iter().filter_map(Edge::pointer) {
            let place = places.of(root);
            if *place != 0 {
                continue;
            }
            *place = 1;
            let mut at = Some((root, 0));
            let mut before = root.as_ptr() as usize;
            while let Some((p, from)) = at.take().or_else(|| stack.pop()) {
                if from != NONE {
                    let address = p.as_ptr() as usize;
                    ask_for(address.wrapping_add_signed(address.wrapping_sub(before) as isize * AHEAD));
                    before = address;
                    // SAFETY: reached from a root.
                    let node = unsafe { p.as_ref() };
                    let inputs = node.inputs();
                    let mut fresh = None;
                    let mut next = from as usize;
                    while let Some(input) = inputs.get(next) {
                        next += 1;
                        let Some(q) = input.pointer() else { continue };
                        let place = places.of(q);
                        if *place == 0 {
                            *place = 1;
                            fresh = Some(q);
                            break;
                        }
                    }
                    if let Some(q) = fresh {
                        let more = inputs[next..].iter().any(Edge::is_some);
                        stack.push((p, if more { next as u32 } else { NONE }));
                        at = Some((q, 0));
                        continue;
                    }
                    if from == 0 && node.is_leaf() {
                        leaves.push(order.len() as u32);
                    }
                }
                *places.of(p) = order.len() as u32 + 2;
                order.push(p);
            }
        }
        Walk { order, leaves, places, keepers: Vec::new(), further: HashMap::new() }
    }

    /// How many nodes there are, leaves among them.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many of them are leaves.
    pub fn leaf_count(&self) -> usize {
        self.leaves.len()
    }

    /// Whether node `i` is a leaf, and its number among the leaves or among the others, from 1.
    pub fn number(&self, i: usize) -> (bool, usize) {
        match self.leaves.binary_search(&(i as u32)) {
            Ok(before) => (true, before + 1),
            Err(before) => (false, i + 1 - before),
        }
    }

    /// Node `i` of the order.
    pub fn node(&self, i: usize) -> Option<&Node> {
        // SAFETY: by the contract of `new`.
        self.order.get(i).map(|p| unsafe { p.as_ref() })
    }

    /// An edge to the first output of node `i`; none beyond the end.
    pub fn edge(&self, i: usize) -> Edge {
        let Some(&p) = self.order.get(i) else { return Edge::NONE };
        // Borrowed: the count that a clone takes is its own.
        let borrowed = std::mem::ManuallyDrop::new(Edge::from_counted(p, 0));
        Edge::clone(&borrowed)
    }

    /// Where the node of an edge stands.
    pub fn place(&self, edge: &Edge) -> Option<usize> {
        self.places.look(edge.pointer()?)
    }

    /// Who keeps the value of an output of node `i`, and under which bit; it may have been given back since. With `near` the
    /// look-out is short: what comes soon after the node, unless all were looked through before.
    pub fn keeper(&mut self, i: usize, out: u16, near: bool) -> Option<(usize, u32)> {
        if out == 0 && self.node(i).is_some_and(|n| n.keeps() & OUTPUT != 0 && !n.is_spent()) {
            return Some((i, OUTPUT));
        }
        if self.keepers.is_empty() && near {
            return (i + 1..self.order.len().min(i + NEAR)).find_map(|k| Some((k, self.bit_of(k, i, out)?)));
        }
        if self.keepers.is_empty() {
            self.find_keepers();
        }
        let keeper = if out == 0 { *self.keepers.get(i)? } else { *self.further.get(&(i as u32, out))? };
        Some((keeper as usize, self.bit_of(keeper as usize, i, out)?))
    }

    /// The bit under which node `k` keeps the value of an output of node `i`.
    fn bit_of(&self, k: usize, i: usize, out: u16) -> Option<u32> {
        let node = self.node(k).filter(|n| !n.is_spent())?;
        let keeps = |&b: &usize| {
            node.keeps() & 1 << b != 0
                && node.inputs().get(b).is_some_and(|e| e.out() == out && self.place(e) == Some(i))
        };
        (0..7).find(keeps).map(|b| 1 << b)
    }

    fn find_keepers(&mut self) {
        self.keepers = vec![NONE; self.order.len()];
        for (k, p) in self.order.iter().enumerate() {
            // SAFETY: by the contract of `new`.
            let node = unsafe { p.as_ref() };
            if node.is_spent() || node.keeps() & (OUTPUT - 1) == 0 {
                continue;
            }
            for (b, input) in node.inputs().iter().take(7).enumerate() {
                if node.keeps() & 1 << b == 0 {
                    continue;
                }
                if let Some(i) = input.pointer().and_then(|q| self.places.look(q)) {
                    if input.out() == 0 {
                        self.keepers[i] = k as u32;
                    } else {
                        self.further.insert((i as u32, input.out()), k as u32);
                    }
                }
            }
        }
    }
}
