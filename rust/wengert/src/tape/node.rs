//! `Node`: one recorded operation, 96 bytes of plain data in the small-block pool (chunks that never move).
//! Depends on `edge`, `trait Op` and arrays. The unsafe of node memory lives here.
//!
//! A node keeps arrays (values), never tensors (handles): no reference cycle, and freeing never recurses.

use super::edge::Edge;
use super::hooks::Hooks;
use super::kept::{KeptMany, keep_array};
use super::leaf::LeafCell;
use super::packing::PackedValue;
use super::site::Site;
use super::witness;
use crate::array::{Array, DType, Layout};
use crate::count::Count;
use crate::error::Result;
use crate::op::{Cotangents, Grads, Op, OpRef};
use crate::saved::Saved;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wengert_kernels::memory;

pub(super) const SPENT: u8 = 1;
const OWNED_OP: u8 = 2;
const LEAF: u8 = 4;
pub(super) const MANY: u8 = 8;
/// A hook was registered once.
pub(super) const HOOKED: u8 = 16;
/// Hooks on saved tensors have packed a kept value.
pub(super) const PACKED: u8 = 32;

/// A recorded operation. Reached through an [`Edge`].
#[repr(C)]
pub struct Node {
    pub(super) count: Count,
    /// Number of inputs (2 bits; 3 means: in the extension) and dtype of the first output.
    arity: u8,
    pub(super) flags: Cell<u8>,
    /// Which inputs (bits 0..7) and whether the output (bit 7) is kept.
    pub(super) keep: Cell<u8>,
    /// The sweep's marks: 0 unseen, else the bits of `marks.rs`.
    pub(super) mark: Cell<u8>,
    site: Site,
    /// Larger than that of every input.
    seq: u32,
    /// The sweep's count of consumers yet to contribute.
    pub(super) pending: Cell<u32>,
    /// The sweep's slot of accumulated cotangents, plus one.
    pub(super) slot: Cell<u32>,
    op: *const dyn Op,
    layout: Layout,
    inputs: [Edge; 2],
    pub(super) kept: UnsafeCell<[Option<Array>; 2]>,
    pub(super) versions: [Cell<u32>; 2],
    ext: AtomicPtr<Extension>,
}

const _: () = assert!(std::mem::size_of::<Node>() == 96);

// SAFETY: `mark`, `pending`, `slot`, `flags` and kept values change only inside a sweep (one at a time: see sweep.rs) or
// before the node is published; everything else is immutable or counted.
unsafe impl Send for Node {}
// SAFETY: as above.
unsafe impl Sync for Node {}

/// What few nodes have.
#[derive(Default)]
pub(super) struct Extension {
    inputs: Vec<Edge>,
    pub(super) kept: Mutex<KeptMany>,
    pub(super) packed: Mutex<SmallVec<[Option<PackedValue>; 2]>>,
    outputs: Vec<(Layout, DType)>,
    leaf: Option<Arc<LeafCell>>,
    pub(super) hooks: Mutex<Hooks>,
    pub(super) payload: Mutex<Option<Arc<dyn Any + Send + Sync>>>,
    /// What the embedding language notes of it.
    notes: Mutex<Option<Arc<dyn Any + Send + Sync>>>,
}

impl Node {
    /// Records `op` over `inputs` with the output `out`; keeps those inputs that the op's rule names. The output, where
    /// the rule names it, is kept by [`Node::keep_output`] once it has its value.
    #[inline]
    pub(crate) fn record(op: OpRef, site: Site, inputs: &[&Tensor], layout: &Layout, dtype: DType) -> Edge {
        let mut needs = 0u32;
        let mut seq = 0;
        for (i, t) in inputs.iter().enumerate() {
            if let Some(node) = t.edge().node() {
                needs |= 1 << i.min(31);
                seq = seq.max(node.seq);
            }
        }
        let keep = op.get().keep(needs);
        if inputs.len() > 2 || keep.count_ones() > 2 {
            return Self::record_wide(op, site, inputs, layout, dtype, seq, keep);
        }
        let mut kept = [None, None];
        let mut versions = [Cell::new(0), Cell::new(0)];
        let mut at = 0;
        for (i, t) in inputs.iter().enumerate() {
            if keep & (1 << i) != 0 {
                let (array, version) = keep_array(t.array());
                kept[at] = Some(array);
                versions[at] = Cell::new(version);
                at += 1;
            }
        }
        let edge = |i: usize| inputs.get(i).map_or(Edge::NONE, |t| t.edge().clone());
        let (op, owned) = op.into_raw();
        let block = Self::block();
        // SAFETY: a fresh block of a node's size. The literal is written where it is to stand: a node made on the stack
        // and copied costs a stall for each field.
        unsafe {
            block.write(Node {
                count: Count::new(1),
                arity: ((dtype as u8) << 2) | inputs.len() as u8,
                flags: Cell::new(if owned { OWNED_OP } else { 0 }),
                keep: Cell::new(keep as u8),
                mark: Cell::new(0),
                site,
                seq: seq.saturating_add(1),
                pending: Cell::new(0),
                slot: Cell::new(0),
                op,
                layout: layout.clone(),
                inputs: [edge(0), edge(1)],
                kept: UnsafeCell::new(kept),
                versions,
                ext: AtomicPtr::new(std::ptr::null_mut()),
            });
        }
        Self::shown(Edge::from_counted(block, 0))
    }

    /// A node for more inputs or kept values than fit in it.
    #[inline(never)]
    fn record_wide(
        op: OpRef,
        site: Site,
        inputs: &[&Tensor],
        layout: &Layout,
        dtype: DType,
        seq: u32,
        keep: u32,
    ) -> Edge {
        let mut node = Self::blank(op, site, seq.saturating_add(1), layout.clone(), dtype);
        node.keep.set(keep as u8);
        node.arity |= 3;
        node.flags.set(node.flags.get() | MANY);
        let mut kept = KeptMany::with_capacity(keep.count_ones() as usize);
        for (i, t) in inputs.iter().enumerate() {
            if i < 7 && keep & (1 << i) != 0 {
                kept.push(Some(keep_array(t.array())));
            }
        }
        let inputs = inputs.iter().map(|t| t.edge().clone()).collect();
        node.install(Extension { inputs, kept: Mutex::new(kept), ..Extension::default() });
        node.publish()
    }

    /// A node for a leaf: no op to run, a place to accumulate into.
    pub(crate) fn leaf(layout: &Layout, dtype: DType, cell: Arc<LeafCell>, site: Site) -> Edge {
        let node = Self::blank(OpRef::Static(&crate::op::ACCUMULATE), site, 0, layout.clone(), dtype);
        node.flags.set(node.flags.get() | LEAF);
        node.install(Extension { leaf: Some(cell), ..Extension::default() });
        node.publish()
    }

    /// A node with any number of outputs, for ops that keep what they need in a payload of their own.
    pub fn record_many(
        op: OpRef,
        site: Site,
        inputs: &[&Tensor],
        outputs: Vec<(Layout, DType)>,
        payload: Option<Arc<dyn Any + Send + Sync>>,
    ) -> Option<Edge> {
        let (layout, dtype) = outputs.first().cloned()?;
        let seq = inputs.iter().filter_map(|t| t.edge().node()).map(|n| n.seq).max().unwrap_or(0);
        let mut node = Self::blank(op, site, seq.saturating_add(1), layout, dtype);
        node.arity |= 3;
        node.flags.set(node.flags.get() | MANY);
        let inputs = inputs.iter().map(|t| t.edge().clone()).collect();
        node.install(Extension { inputs, outputs, payload: Mutex::new(payload), ..Extension::default() });
        Some(node.publish())
    }

    #[inline(always)]
    fn blank(op: OpRef, site: Site, seq: u32, layout: Layout, dtype: DType) -> Node {
        let (op, owned) = op.into_raw();
        Node {
            count: Count::new(1),
            arity: (dtype as u8) << 2,
            flags: Cell::new(if owned { OWNED_OP } else { 0 }),
            keep: Cell::new(0),
            mark: Cell::new(0),
            site,
            seq,
            pending: Cell::new(0),
            slot: Cell::new(0),
            op,
            layout,
            inputs: [Edge::NONE, Edge::NONE],
            kept: UnsafeCell::new([None, None]),
            versions: [Cell::new(0), Cell::new(0)],
            ext: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    #[inline(always)]
    fn publish(self) -> Edge {
        let block = Self::block();
        // SAFETY: a fresh block of a node's size.
        unsafe { block.write(self) };
        Self::shown(Edge::from_counted(block, 0))
    }

    /// A node that was just recorded, once those who look on have seen it.
    #[inline(always)]
    fn shown(edge: Edge) -> Edge {
        if witness::any() {
            witness::show(&edge);
        }
        edge
    }

    #[inline(always)]
    fn block() -> NonNull<Node> {
        memory::small_alloc(std::mem::size_of::<Node>())
            .unwrap_or_else(|| std::alloc::handle_alloc_error(std::alloc::Layout::new::<Node>()))
            .cast()
    }

    fn install(&self, ext: Extension) -> &Extension {
        let fresh = Box::into_raw(Box::new(ext));
        match self.ext.compare_exchange(std::ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: published just now, freed with the node.
            Ok(_) => unsafe { &*fresh },
            Err(other) => {
                // SAFETY: `fresh` was never published; `other` lives as long as the node.
                unsafe {
                    drop(Box::from_raw(fresh));
                    &*other
                }
            }
        }
    }

    #[inline(always)]
    pub(super) fn ext(&self) -> Option<&Extension> {
        // SAFETY: set once, freed with the node.
        unsafe { self.ext.load(Ordering::Acquire).as_ref() }
    }

    pub(super) fn ext_or_new(&self) -> &Extension {
        self.ext().unwrap_or_else(|| self.install(Extension::default()))
    }

    pub(super) fn ext_for_hooks(&self) -> &Extension {
        self.flags.set(self.flags.get() | HOOKED);
        self.ext_or_new()
    }

    /// The op.
    #[inline(always)]
    pub fn op(&self) -> &dyn Op {
        // SAFETY: static, or a count of it is held by this node.
        unsafe { &*self.op }
    }

    /// Gives the node of an edge that was just recorded another name; one that others refer to keeps its own.
    pub(crate) fn rename(edge: &mut Edge, grad_name: &'static str) {
        let Some(mut node) = edge.pointer() else { return };
        // SAFETY: the edge holds a count; where that is the only one (but for those of hooks that wait for the operation to
        // end), nobody else can look at the node.
        let node = unsafe {
            if node.as_ref().count.get() != 1 + super::packing::holds(edge) || node.as_ref().is_leaf() {
                return;
            }
            node.as_mut()
        };
        let owned = node.flags.get() & OWNED_OP != 0;
        // SAFETY: the node's count of the op, if it has one, goes over to the new op; else the op is static.
        let op = unsafe { if owned { OpRef::Counted(Arc::from_raw(node.op)) } else { OpRef::Static(&*node.op) } };
        node.op = OpRef::new(super::renamed::Renamed { op, grad_name }).into_raw().0;
        node.flags.set(node.flags.get() | OWNED_OP);
    }

    /// PyTorch's name of the node: `MulBackward0`.
    pub fn name(&self) -> String {
        self.op().grad_name()
    }

    /// Where it was recorded.
    pub fn site(&self) -> Site {
        self.site
    }

    /// A number larger than that of every input.
    pub fn seq(&self) -> u32 {
        self.seq
    }

    /// The edges to its inputs; none where an input needs no gradient.
    #[inline(always)]
    pub fn inputs(&self) -> &[Edge] {
        match self.arity & 3 {
            3 => self.ext().map_or(&[], |e| &e.inputs),
            n => &self.inputs[..n as usize],
        }
    }

    /// Layout of output `out` as it was recorded.
    #[inline(always)]
    pub fn out_layout(&self, out: u16) -> &Layout {
        if self.flags.get() & MANY == 0 {
            return &self.layout;
        }
        self.ext().and_then(|e| e.outputs.get(out as usize)).map_or(&self.layout, |(l, _)| l)
    }

    /// dtype of output `out`.
    #[inline(always)]
    pub fn out_dtype(&self, out: u16) -> DType {
        if self.flags.get() & MANY == 0 {
            return DType::from_code(self.arity >> 2);
        }
        self.ext().and_then(|e| e.outputs.get(out as usize)).map_or(DType::from_code(self.arity >> 2), |&(_, d)| d)
    }

    /// How many outputs.
    pub fn out_count(&self) -> usize {
        self.ext().map_or(1, |e| e.outputs.len().max(1))
    }

    /// Whether it is an operation that all fits in the node: two inputs at most, one output, no hooks.
    #[inline(always)]
    pub(super) fn is_bare(&self) -> bool {
        self.ext.load(Ordering::Acquire).is_null()
    }

    /// Whether it is a leaf.
    #[inline(always)]
    pub fn is_leaf(&self) -> bool {
        self.flags.get() & LEAF != 0
    }

    /// The leaf's cell.
    pub fn leaf_sink(&self) -> Option<Arc<LeafCell>> {
        self.leaf_cell().cloned()
    }

    /// The leaf's cell, for looking only.
    pub(crate) fn leaf_cell(&self) -> Option<&Arc<LeafCell>> {
        self.ext().and_then(|e| e.leaf.as_ref())
    }

    /// Shows what foreign objects it alone holds: its payload's and its hooks'; nothing while somebody is at work on them.
    pub(crate) fn foreign(&self, each: &mut dyn FnMut(&(dyn Any + Send + Sync))) {
        let Some(ext) = self.ext() else { return };
        if let Some(payload) = ext.payload.try_lock().ok().as_deref().and_then(Option::as_ref)
            && Arc::strong_count(payload) == 1
        {
            each(&**payload);
        }
        if let Some(notes) = ext.notes.try_lock().ok().as_deref().and_then(Option::as_ref)
            && Arc::strong_count(notes) == 1
        {
            each(&**notes);
        }
        if let Ok(packed) = ext.packed.try_lock() {
            let own = packed.iter().flatten().filter(|p| Arc::strong_count(&p.packed) == 1);
            own.for_each(|p| p.packed.foreign(each));
        }
        if let Ok(hooks) = ext.hooks.try_lock() {
            let single = hooks.post.iter().chain(&hooks.before).chain(&hooks.after).map(|h| &h.1);
            for hook in hooks.pre.iter().map(|h| &h.2).chain(single) {
                if Arc::strong_count(hook) == 1
                    && let Some(f) = hook.foreign()
                {
                    each(f);
                }
            }
        }
    }

    /// What the embedding language noted of it, if anything.
    pub fn notes(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.ext().and_then(|e| lock(&e.notes).clone())
    }

    /// Leaves something with the node for the embedding language.
    pub fn set_notes(&self, notes: Arc<dyn Any + Send + Sync>) {
        let old = lock(&self.ext_or_new().notes).replace(notes);
        drop(old);
    }

    /// Runs its rule by itself: gradients of its inputs for cotangents of its outputs, recorded where this thread records.
    pub fn run(edge: &Edge, cotangents: Cotangents) -> Result<Grads> {
        match edge.node() {
            Some(node) if node.is_unusable() => Err(node.spent_error()),
            Some(node) => node.op().vjp(&Saved::new(edge, node, crate::mode::grad_enabled()), cotangents),
            None => Ok(Grads::new()),
        }
    }

    /// What a multi-output op keeps of its own.
    pub fn payload(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.ext().and_then(|e| lock(&e.payload).clone())
    }

    /// Whether its kept values were given back by a backward without `retain_graph`.
    pub fn is_spent(&self) -> bool {
        self.flags.get() & SPENT != 0
    }

    /// Whether a second backward through it cannot work.
    #[inline(always)]
    pub(super) fn is_unusable(&self) -> bool {
        self.flags.get() & SPENT != 0 && self.keep.get() != 0
    }

    /// How many handles and consumers it has.
    pub fn references(&self) -> u32 {
        self.count.get()
    }

    /// # Safety
    /// The count is zero and the node is on the work list only.
    pub(super) unsafe fn set_next(node: NonNull<Node>, next: Option<NonNull<Node>>) {
        // The cells of the sweep are free for reuse: no sweep reaches a node without references.
        let address = next.map_or(0, |p| p.as_ptr().expose_provenance() as u64);
        // SAFETY: by the contract.
        let n = unsafe { node.as_ref() };
        n.pending.set(address as u32);
        n.slot.set((address >> 32) as u32);
    }

    /// # Safety
    /// As for `set_next`, which was called before.
    pub(super) unsafe fn next(node: NonNull<Node>) -> Option<NonNull<Node>> {
        // SAFETY: by the contract.
        let n = unsafe { node.as_ref() };
        let address = u64::from(n.pending.get()) | (u64::from(n.slot.get()) << 32);
        NonNull::new(std::ptr::with_exposed_provenance_mut(address as usize))
    }

    /// # Safety
    /// The count is zero; nobody refers to the node any more.
    pub(super) unsafe fn free(node: NonNull<Node>) {
        // SAFETY: by the contract; the block came from the small pool with this size, and goes back after what it held.
        unsafe {
            node.as_ref().dismantle();
            std::ptr::drop_in_place(node.as_ptr());
            memory::small_free(node.cast(), std::mem::size_of::<Node>());
        }
    }

    /// Gives back what has no `Drop` of its own; called once, before the fields are dropped.
    #[inline(always)]
    unsafe fn dismantle(&self) {
        if self.flags.get() & SPENT == 0 || self.flags.get() & MANY != 0 {
            self.spend();
        }
        let ext = self.ext.load(Ordering::Acquire);
        if !ext.is_null() {
            // SAFETY: set once, owned by this node, freed here only.
            drop(unsafe { Box::from_raw(ext) });
        }
        if self.flags.get() & OWNED_OP != 0 {
            // SAFETY: this node held one count of the op.
            drop(unsafe { Arc::from_raw(self.op) });
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
