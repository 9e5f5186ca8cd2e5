//! `Tensor`: an array, the edge to the node that made it, and what few tensors have besides (an alias group, a gradient
//! cell, a transform's wrapping). Depends on arrays and the tape. Operations on it are in `ops/`.

use crate::array::{Array, DType, Element, Layout, Scalar};
use crate::count::{OnceShared, Shared};
use crate::error::{Error, Result};
use crate::history::{Chain, Group};
use crate::tape::leaf::CellHandle;
use crate::tape::{Edge, LeafCell, Node};
use crate::transform::Lifted;
use std::sync::{Arc, OnceLock};

/// Header flag: the tensor is wrapped by a transform (dual or batched).
pub(crate) const LIFTED: u8 = 1;

/// A value with its history: the handle that programs and rules compute with. Cloning shares storage and history.
#[derive(Clone, Debug)]
pub struct Tensor {
    array: Array,
    edge: Edge,
    /// The storage's count of recorded writes when `edge` was right.
    seen: u32,
    flags: u8,
    /// Made by `detach`: writes recorded by others do not change its history.
    detached: bool,
    ext: OnceShared<Ext>,
}

const _: () = assert!(std::mem::size_of::<Tensor>() == 32);

/// What few tensors have.
#[derive(Debug, Default)]
pub(crate) struct Ext {
    group: OnceLock<Shared<Group>>,
    chain: Option<Box<Chain>>,
    cell: OnceLock<CellHandle>,
    lifted: Option<Box<Lifted>>,
}

impl Ext {
    pub(crate) fn parts(&self) -> (Option<&Shared<Group>>, Option<&Arc<LeafCell>>, Option<&Lifted>) {
        (self.group.get(), self.cell.get().map(CellHandle::cell), self.lifted.as_deref())
    }
}

impl Tensor {
    /// A constant.
    #[inline(always)]
    pub fn from_array(array: Array) -> Tensor {
        let seen = array.history();
        Tensor { array, edge: Edge::NONE, seen, flags: 0, detached: false, ext: OnceShared::new() }
    }

    /// A value made by a node.
    #[inline(always)]
    pub(crate) fn from_parts(array: Array, edge: Edge) -> Tensor {
        let seen = array.history();
        Tensor { array, edge, seen, flags: 0, detached: false, ext: OnceShared::new() }
    }

    /// A value with a given history, for rules and functions that are not the library's own.
    pub fn with_edge(array: Array, edge: Edge) -> Tensor {
        Tensor::from_parts(array, edge)
    }

    /// A view in the alias group of its base.
    pub(crate) fn from_view(array: Array, edge: Edge, group: Shared<Group>, chain: Chain) -> Tensor {
        let seen = array.history();
        let slot = OnceLock::new();
        let _ = slot.set(group);
        let ext = OnceShared::of(Shared::new(Ext { group: slot, chain: Some(Box::new(chain)), ..Ext::default() }));
        Tensor { array, edge, seen, flags: 0, detached: false, ext }
    }

    /// The same elements with the history of `edge`, a view of itself by `op`: for functions that are not the library's own.
    pub fn view_of_itself(&self, edge: Edge, op: crate::op::OpRef) -> Tensor {
        let mut chain: Chain = self.chain().iter().cloned().collect();
        chain.push(op);
        Tensor::from_view(self.array.clone(), edge, self.group_or_new().clone(), chain)
    }

    /// Takes the history of `edge`, for a value that a function not the library's own has made.
    pub fn adopt(&mut self, edge: Edge) {
        self.rebase(edge);
        self.tell_group();
    }

    /// A tensor wrapped by a transform; `array` gives the logical shape and dtype only.
    pub(crate) fn from_lifted(array: Array, lifted: Lifted) -> Tensor {
        let seen = array.history();
        let ext = OnceShared::of(Shared::new(Ext { lifted: Some(Box::new(lifted)), ..Ext::default() }));
        Tensor { array, edge: Edge::NONE, seen, flags: LIFTED, detached: false, ext }
    }

    /// A lifted result of a view op, in its base's group.
    pub(crate) fn as_lifted_view(&self, base: &Tensor, op: crate::op::OpRef, lifted: Lifted) -> Tensor {
        let mut chain: Chain = base.chain().iter().cloned().collect();
        chain.push(op);
        let group = base.group_or_new();
        Tensor::from_lifted(self.array.clone(), lifted).in_group(group, &chain, group.get().1)
    }

    /// The same value in no group.
    pub(crate) fn without_group(&self) -> Tensor {
        match self.lifted() {
            Some(lifted) => Tensor::from_lifted(self.array.clone(), lifted.clone()),
            None => Tensor::from_parts(self.array.clone(), self.edge.clone()),
        }
    }

    /// The same value as a member of a group that `chain` leads to.
    pub(crate) fn in_group(&self, group: &Shared<Group>, chain: &[crate::op::OpRef], seen: u32) -> Tensor {
        let slot = OnceLock::new();
        let _ = slot.set(group.clone());
        let chain = (!chain.is_empty()).then(|| Box::new(chain.iter().cloned().collect::<Chain>()));
        let lifted = self.lifted().map(|l| Box::new(l.clone()));
        let ext = Ext { group: slot, chain, lifted, ..Ext::default() };
        Tensor { ext: OnceShared::of(Shared::new(ext)), seen, ..self.clone() }
    }

    /// Whether its group has a value that is not what lies in storage: writes go the way of transforms.
    pub fn is_rebound(&self) -> bool {
        self.group().is_some_and(|g| g.present().is_some())
    }

    /// The leaf whose node an edge leads to, made again from what the tape knows of it: value, gradient and history.
    pub fn leaf_of(edge: &Edge) -> Option<Tensor> {
        let cell = edge.node()?.leaf_cell()?;
        let leaf = Tensor::from_parts(cell.value()?, edge.clone());
        let _ = leaf.ext().cell.set(CellHandle::new(cell.clone()));
        Some(leaf)
    }

    /// Its values. Of a lifted tensor only shape and dtype mean anything.
    #[inline(always)]
    pub fn array(&self) -> &Array {
        &self.array
    }

    /// Its values, without the rest.
    #[inline(always)]
    pub(crate) fn into_array(self) -> Array {
        self.array
    }

    /// The edge to its node, as last seen (see [`Tensor::current`]).
    #[inline(always)]
    pub(crate) fn edge(&self) -> &Edge {
        &self.edge
    }

    /// The node that made it, if it needs a gradient.
    pub fn node(&self) -> Option<&Node> {
        self.edge.node()
    }

    /// The edge to its node, for looking only.
    pub fn edge_ref(&self) -> &Edge {
        &self.edge
    }

    /// Itself, its node called `grad_name`: for functions that are made of several operations. Only a result that was
    /// just computed is renamed; one that others refer to keeps its name.
    #[must_use]
    pub fn named(mut self, grad_name: &'static str) -> Tensor {
        self.rename(grad_name);
        self
    }

    /// [`Tensor::named`] in place.
    pub fn rename(&mut self, grad_name: &'static str) {
        Node::rename(&mut self.edge, grad_name);
    }

    /// A counted reference to its node.
    pub fn gradient_edge(&self) -> Edge {
        self.edge.clone()
    }

    /// Sizes.
    #[inline(always)]
    pub fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    /// Shape and strides.
    #[inline(always)]
    pub fn layout(&self) -> &Layout {
        self.array.layout()
    }

    /// Number of dimensions.
    #[inline(always)]
    pub fn ndim(&self) -> usize {
        self.array.layout().ndim()
    }

    /// Number of elements.
    #[inline(always)]
    pub fn numel(&self) -> usize {
        self.array.numel()
    }

    /// Element type.
    #[inline(always)]
    pub fn dtype(&self) -> DType {
        self.array.dtype()
    }

    /// Whether a transform has wrapped it.
    #[inline(always)]
    pub fn is_lifted(&self) -> bool {
        self.flags & LIFTED != 0
    }

    /// Plain and up to date: the fast path's one test.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.flags == 0 && self.seen == self.array.history()
    }

    pub(crate) fn lifted(&self) -> Option<&Lifted> {
        self.ext.get().and_then(|e| e.lifted.as_deref())
    }

    /// Whether derivatives with respect to it (or through it) are recorded.
    #[inline(always)]
    pub fn requires_grad(&self) -> bool {
        if self.is_lifted() { crate::transform::requires_grad(self) } else { self.edge.is_some() }
    }

    /// Whether it is a leaf: made by the program, not by a recorded op.
    pub fn is_leaf(&self) -> bool {
        self.edge.node().is_none_or(Node::is_leaf)
    }

    /// Makes it a leaf that needs a gradient, or a constant again.
    #[track_caller]
    pub fn set_requires_grad(&mut self, on: bool) -> Result<()> {
        if on && !self.dtype().is_float() {
            return Err(Error::runtime(format!(
                "only Tensors of floating point dtype can require gradients; got {}; try to(float32) or a literal such as 1.0",
                self.dtype().name()
            )));
        }
        if on == self.requires_grad() {
            return Ok(());
        }
        if on && self.array.is_inference() && !crate::mode::is_inference() {
            return Err(Error::runtime(
                "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed; try clone() first",
            ));
        }
        if !self.is_leaf() {
            return Err(Error::runtime(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a \
                 subgraph that doesn't require differentiation use var_no_grad = var.detach()",
            ));
        }
        if self.is_lifted() {
            return Err(Error::runtime(
                "requires_grad_() is not allowed inside a function transform; differentiate with func.grad",
            ));
        }
        self.edge = if on {
            self.cell().set_value(self.array.clone());
            Node::leaf(self.array.layout(), self.dtype(), self.cell().clone(), crate::tape::site::current())
        } else {
            Edge::NONE
        };
        self.seen = self.array.history();
        self.tell_group();
        Ok(())
    }

    /// Builder form of [`Tensor::set_requires_grad`].
    #[track_caller]
    pub fn requiring_grad(mut self) -> Result<Tensor> {
        self.set_requires_grad(true)?;
        Ok(self)
    }

    /// What it refers to that is counted and can lead to nodes, for `trace`.
    pub(crate) fn counted(&self) -> (Option<&Node>, Option<&Shared<Ext>>) {
        (self.edge.node(), self.ext.shared())
    }

    fn ext(&self) -> &Ext {
        self.ext.get_or_init(Ext::default)
    }

    /// A clone that joins the same alias group even if the first view is yet to be taken, of either.
    pub fn share(&self) -> Tensor {
        self.ext();
        self.clone()
    }

    /// The place of its gradient.
    pub fn cell(&self) -> &Arc<LeafCell> {
        self.ext().cell.get_or_init(|| CellHandle::new(LeafCell::new())).cell()
    }

    /// The place of its gradient, if it has one yet.
    pub fn cell_if_any(&self) -> Option<&Arc<LeafCell>> {
        self.ext.get()?.cell.get().map(CellHandle::cell)
    }

    /// The gradient accumulated so far.
    pub fn grad(&self) -> Option<Tensor> {
        if crate::tap::listening() && !self.is_lifted() {
            crate::tap::cell_read(self.cell());
        }
        self.cell_if_any()?.get()
    }

    /// Replaces the accumulated gradient.
    pub fn set_grad(&self, grad: Option<Tensor>) {
        if grad.is_some() || self.cell_if_any().is_some() {
            if crate::tap::listening() {
                crate::tap::cell_set(self.cell(), grad.as_ref());
            }
            self.cell().set(grad);
        }
    }

    /// Has the gradient of a non-leaf kept as well.
    pub fn retain_grad(&self) -> Result<()> {
        let Some(node) = self.edge.node() else {
            return Err(Error::runtime("can't retain_grad on Tensor that has requires_grad=False"));
        };
        if !node.is_leaf() {
            node.add_retain(self.edge.out(), Arc::downgrade(self.cell()));
        }
        Ok(())
    }

    /// Forgets its own history; other handles keep theirs.
    pub fn detach_(&mut self) {
        if self.is_lifted() {
            *self = crate::transform::detach(self);
            return;
        }
        self.edge = Edge::NONE;
        self.seen = self.array.history();
        self.tell_group();
    }

    /// Makes its edge that of its alias group, if it is the base; the history of a view says nothing of its base.
    fn tell_group(&self) {
        if let Some(group) = self.group()
            && self.chain().is_empty()
        {
            group.set(self.edge.clone(), self.seen);
        }
    }

    /// Whether a sweep leaves the gradient of this non-leaf in its cell.
    pub fn retains_grad(&self) -> bool {
        let Some(cell) = self.cell_if_any() else { return false };
        let hooks = self.node().filter(|n| !n.is_leaf()).and_then(Node::hooks_snapshot);
        hooks
            .is_some_and(|h| h.retain.iter().any(|(out, s)| *out == self.edge.out() && s.as_ptr() == Arc::as_ptr(cell)))
    }

    /// The same storage (and version) without history.
    pub fn detach(&self) -> Tensor {
        if self.is_lifted() {
            return crate::transform::detach(self);
        }
        let layout = self.array.layout().clone();
        let out = Tensor { detached: true, ..Tensor::from_array(self.array.view(layout, 0)) };
        if crate::watch::any() {
            crate::watch::show(crate::watch::What::Detach, &[self], Some(&out));
        }
        out
    }

    /// Its alias group, once a view was taken of it.
    pub(crate) fn group(&self) -> Option<&Shared<Group>> {
        self.ext.get().and_then(|e| e.group.get())
    }

    /// The group that views of it join.
    pub(crate) fn group_or_new(&self) -> &Shared<Group> {
        self.ext().group.get_or_init(|| {
            let group = Group::new(self.array.clone(), self.edge.clone(), self.seen);
            if self.is_lifted() {
                group.set_present(self.without_group(), self.seen);
            }
            Shared::new(group)
        })
    }

    /// The view ops that lead from the base of its group to it.
    pub(crate) fn chain(&self) -> &[crate::op::OpRef] {
        self.ext.get().and_then(|e| e.chain.as_deref()).map_or(&[], |c| c)
    }

    /// Whether it is a view of another tensor.
    pub fn is_view(&self) -> bool {
        !self.chain().is_empty()
    }

    /// The tensor it is a view of, with its present history.
    pub fn base(&self) -> Option<Tensor> {
        if self.chain().is_empty() {
            return None;
        }
        let group = self.group()?;
        let (edge, seen) = group.get();
        let mut base = Tensor::from_parts(group.base().clone(), edge);
        base.seen = seen.max(base.seen);
        let _ = base.ext().group.set(group.clone());
        Some(base)
    }

    /// Brings its history up to date after recorded writes through aliases.
    #[inline(always)]
    pub fn refresh(&mut self) -> Result<()> {
        if self.is_plain() { Ok(()) } else { self.refresh_slowly() }
    }

    #[cold]
    fn refresh_slowly(&mut self) -> Result<()> {
        if let Some(present) = crate::history::current_present(self)? {
            *self = present;
            return Ok(());
        }
        if self.is_lifted() {
            return Ok(());
        }
        let edge = crate::history::current_edge(self)?;
        self.seen = self.array.history();
        if let Some(edge) = edge {
            self.move_retained(&edge);
            self.edge = edge;
        }
        Ok(())
    }

    /// Has the gradient kept where `edge` leads, if it is where its own edge does.
    fn move_retained(&self, edge: &Edge) {
        if self.cell_if_any().is_some() && !self.edge.same(edge) && self.retains_grad() {
            let sink = Arc::downgrade(self.cell());
            if let Some(node) = self.edge.node() {
                node.remove_retain(self.edge.out(), &sink);
            }
            if let Some(node) = edge.node().filter(|n| !n.is_leaf()) {
                node.add_retain(edge.out(), sink);
            }
        }
    }

    /// Itself with an up-to-date history.
    pub(crate) fn current(&self) -> Result<Tensor> {
        let mut t = self.clone();
        t.refresh()?;
        Ok(t)
    }

    #[inline(always)]
    pub(crate) fn seen(&self) -> u32 {
        self.seen
    }

    pub(crate) fn is_detached(&self) -> bool {
        self.detached
    }

    /// After a recorded write: the node that now stands for its value. What `retain_grad` asked for goes along.
    pub(crate) fn rebase(&mut self, edge: Edge) {
        self.move_retained(&edge);
        self.edge = edge;
        self.seen = self.array.history();
    }

    /// Replaces the array (PyTorch's `x.data = y`); the history stays.
    pub fn set_array(&mut self, array: Array) -> Result<()> {
        if self.dtype() != array.dtype() && self.edge.is_some() && !array.dtype().is_float() {
            return Err(Error::runtime(format!(
                "data set to a tensor that requires gradients must be floating point or complex dtype; got dtype {}",
                array.dtype().name()
            )));
        }
        self.array = array;
        self.seen = self.array.history();
        if let Some(node) = self.edge.node()
            && node.is_leaf()
            && (!node.out_layout(0).same_shape(self.array.layout()) || node.out_dtype(0) != self.dtype())
        {
            // The leaf's node says what a gradient must look like: another shape needs another node.
            self.edge = Node::leaf(self.array.layout(), self.dtype(), self.cell().clone(), node.site());
        }
        if let Some(cell) = self.cell_if_any().filter(|cell| cell.value().is_some()) {
            cell.set_value(self.array.clone());
        }
        Ok(())
    }

    /// A tensor of `shape` with the given elements.
    pub fn from_slice<T: Element>(values: &[T], shape: &[usize]) -> Result<Tensor> {
        Ok(Tensor::from_array(Array::from_slice(values, shape)?))
    }

    /// [`Tensor::from_slice`] of values that are the same whenever the program comes here.
    pub fn literal<T: Element>(values: &[T], shape: &[usize]) -> Result<Tensor> {
        Tensor::from_slice(values, shape).map(crate::tap::literal)
    }

    /// A 0-d tensor.
    pub fn scalar(dtype: DType, value: Scalar) -> Result<Tensor> {
        Ok(Tensor::from_array(Array::scalar(dtype, value)?))
    }

    /// A tensor of one value.
    pub fn full(shape: &[usize], dtype: DType, value: Scalar) -> Result<Tensor> {
        Ok(Tensor::from_array(Array::full(Layout::contiguous(shape)?, dtype, value)?))
    }

    /// Zeros with the shape of `layout`.
    pub(crate) fn zeros(layout: &Layout, dtype: DType) -> Result<Tensor> {
        let layout = if layout.is_contiguous() { layout.clone() } else { Layout::contiguous(layout.shape())? };
        Ok(Tensor::from_array(Array::full(layout, dtype, Scalar::Int(0))?))
    }

    /// A copy of the whole storage as a vector of this dtype, and the way to find this tensor's elements in it.
    pub fn copy_storage(&self) -> Result<Tensor> {
        self.no_transform("copy")?;
        let n = self.array.storage_bytes() / self.dtype().size();
        let whole = self.array.view(Layout::contiguous(&[n])?, -(self.array.storage_offset() as isize));
        Ok(Tensor::from_array(whole.copied()?))
    }

    /// The elements of `storage` (from [`Tensor::copy_storage`] of a tensor that shares this one's) at this place.
    pub fn placed_in(&self, storage: &Tensor) -> Result<Tensor> {
        if storage.dtype() != self.dtype() || storage.numel() * self.dtype().size() > self.array.storage_bytes() {
            return Err(Error::value("the storage given is no copy of this tensor's"));
        }
        let array = storage.array.view(self.layout().clone(), self.array.storage_offset() as isize);
        Ok(Tensor { detached: true, ..Tensor::from_array(array) })
    }

    /// Its elements in row-major order.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        self.no_transform("to_vec")?;
        self.array.to_vec()
    }

    /// Its one value.
    pub fn item(&self) -> Result<Scalar> {
        if self.is_lifted() { self.one_value("item")?.array.item() } else { self.array.item() }
    }

    /// The plain tensor of its values, for what depends on them: below tangents there is one, in a batch there is none.
    pub fn one_value(&self, what: &str) -> Result<Tensor> {
        match crate::transform::plain_value(self) {
            Some(value) => Ok(value),
            None => self.no_transform(what).map(|()| self.clone()),
        }
    }

    /// Refuses values that a transform hides.
    pub fn no_transform(&self, what: &str) -> Result<()> {
        if self.is_lifted() {
            let first = match what {
                "item" => "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a \
                    Tensor"
                    .to_owned(),
                "bool" => "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't \
                    support that yet"
                    .to_owned(),
                "nonzero" | "argwhere" | "where" | "unique" | "unique_consecutive" | "masked_select" | "bincount" | "histc" => {
                    format!(
                        "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over \
                         aten::{what}"
                    )
                }
                _ => what.to_owned(),
            };
            return Err(Error::runtime(format!(
                "{first}: the tensor is being transformed (jvp or vmap) and has no single value; \
                 got {}, wanted a plain tensor; try where() instead of a Python branch, or move this outside the transform",
                crate::transform::describe(self)
            )));
        }
        Ok(())
    }
}
