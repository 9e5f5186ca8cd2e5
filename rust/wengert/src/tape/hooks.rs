//! Hooks on nodes: foreign code that a sweep runs, and where it is registered. Depends on `node`.

use super::leaf::LeafSink;
use super::node::{HOOKED, Node, lock};
use crate::error::Result;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::any::Any;
use std::sync::Arc;

/// Foreign code run by the sweep.
pub trait Hook: Send + Sync {
    /// Called with a complete cotangent; may replace it. A post-accumulate hook gets the accumulated gradient.
    fn call(&self, grad: &Tensor) -> Result<Option<Tensor>>;
    /// Called with all cotangents of a node before it runs, or with the gradients of its inputs and its cotangents after;
    /// may replace the first.
    fn call_node(
        &self,
        grads: &[Option<Tensor>],
        cotangents: Option<&[Option<Tensor>]>,
    ) -> Result<Option<Vec<Option<Tensor>>>> {
        let _ = (grads, cotangents);
        Ok(None)
    }
    /// The foreign object behind it, for garbage collectors.
    fn foreign(&self) -> Option<&(dyn Any + Send + Sync)> {
        None
    }
}

/// A hook, its id and the output that it watches.
pub type Watch = (u64, u16, Arc<dyn Hook>);

/// Registered hooks, each with its id and the output that it watches.
#[derive(Default, Clone)]
pub struct Hooks {
    next: u64,
    /// On the cotangent of an output, before the rule runs (or the leaf accumulates).
    pub pre: SmallVec<[Watch; 1]>,
    /// On a leaf, after its gradient was accumulated.
    pub post: SmallVec<[(u64, Arc<dyn Hook>); 1]>,
    /// On all cotangents, just before the rule runs.
    pub before: Vec<(u64, Arc<dyn Hook>)>,
    /// On the gradients of the inputs, just after the rule ran.
    pub after: Vec<(u64, Arc<dyn Hook>)>,
    /// Where `retain_grad` wants the cotangent of an output.
    pub retain: SmallVec<[(u16, LeafSink); 1]>,
}

impl Node {
    /// Hooks, if any were ever registered.
    #[inline(always)]
    pub(super) fn hooks(&self) -> Option<Hooks> {
        if self.flags.get() & HOOKED == 0 { None } else { self.hooks_registered() }
    }

    #[cold]
    fn hooks_registered(&self) -> Option<Hooks> {
        let ext = self.ext()?;
        let hooks = lock(&ext.hooks);
        let of_node = hooks.before.is_empty() && hooks.after.is_empty();
        if hooks.pre.is_empty() && hooks.post.is_empty() && hooks.retain.is_empty() && of_node {
            None
        } else {
            Some(hooks.clone())
        }
    }

    /// Whether a sweep through it runs the user's code: hooks, unpacking of what was kept, or the rules of an op of theirs.
    pub fn calls_back(&self) -> bool {
        self.hooks().is_some()
            || self.flags.get() & super::node::PACKED != 0
            || (!self.is_leaf() && self.op().calls_back())
    }

    /// A look at the registered hooks, for garbage collectors.
    pub fn hooks_snapshot(&self) -> Option<Hooks> {
        self.hooks()
    }

    /// Registers a hook on the cotangent of output `out`; returns its id.
    pub fn add_pre_hook(&self, out: u16, hook: Arc<dyn Hook>) -> u64 {
        let mut hooks = lock(&self.ext_for_hooks().hooks);
        hooks.next += 1;
        let id = hooks.next;
        hooks.pre.push((id, out, hook));
        id
    }

    /// Registers a hook to run after a leaf's gradient was accumulated; returns its id.
    pub fn add_post_hook(&self, hook: Arc<dyn Hook>) -> u64 {
        let mut hooks = lock(&self.ext_for_hooks().hooks);
        hooks.next += 1;
        let id = hooks.next;
        hooks.post.push((id, hook));
        id
    }

    /// Registers a hook on the whole node, to run before its rule or after it; returns its id.
    pub fn add_node_hook(&self, before: bool, hook: Arc<dyn Hook>) -> u64 {
        let mut hooks = lock(&self.ext_for_hooks().hooks);
        hooks.next += 1;
        let id = hooks.next;
        if before {
            hooks.before.push((id, hook));
        } else {
            hooks.after.push((id, hook));
        }
        id
    }

    /// Removes a hook by id.
    pub fn remove_hook(&self, id: u64) {
        if let Some(ext) = self.ext() {
            let mut hooks = lock(&ext.hooks);
            let old = hooks.clone();
            hooks.pre.retain(|h| h.0 != id);
            hooks.post.retain(|h| h.0 != id);
            hooks.before.retain(|h| h.0 != id);
            hooks.after.retain(|h| h.0 != id);
            drop(hooks);
            drop(old);
        }
    }

    /// Removes every hook: for embeddings that break cycles themselves.
    pub fn clear_hooks(&self) {
        if let Some(ext) = self.ext() {
            let old = std::mem::take(&mut *lock(&ext.hooks));
            drop(old);
        }
    }

    /// Takes back what `add_retain` did.
    pub(crate) fn remove_retain(&self, out: u16, sink: &LeafSink) {
        if let Some(ext) = self.ext() {
            lock(&ext.hooks).retain.retain(|(o, s)| *o != out || !s.ptr_eq(sink));
        }
    }

    /// Has the cotangent of output `out` stored in `sink` as well.
    pub(crate) fn add_retain(&self, out: u16, sink: LeafSink) {
        let mut hooks = lock(&self.ext_for_hooks().hooks);
        if !hooks.retain.iter().any(|(o, s)| *o == out && s.ptr_eq(&sink)) {
            hooks.retain.push((out, sink));
        }
    }
}
