//! The reverse sweep: a loop over the nodes a root reaches, no recursion and no sort. Depends on nodes and tensors.
//!
//! A first pass counts each node's consumers (Kahn) and finds what cannot be used before any gradient is touched; the
//! second runs rules as nodes become ready. Counts live in the nodes; a sweep inside another one (a backward in a hook,
//! or on another thread while a callback runs) keeps them in a table of its own.

use super::called::{refuse_nan, run_after, run_before, run_pre_hooks};
use super::edge::Edge;
use super::finale;
use super::leaf::LeafCell;
use super::marks::{COUNTED, InNode, Marks, NEEDED, SideTable, TARGET};
use super::node::Node;
use super::slots::{Slot, Slots};
use super::turn::Claim;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::mode;
use crate::op::Cotangents;
use crate::saved::Saved;
use crate::spans;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;
use wengert_kernels::interrupt;

/// What a sweep is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Keep the values that rules need, for another sweep.
    pub retain_graph: bool,
    /// Record the sweep itself, for higher derivatives.
    pub create_graph: bool,
    /// Accumulate into leaves (into the targets only, where targets are given).
    pub accumulate: bool,
    /// A target's cotangent is what comes without passing through another target.
    pub cut: bool,
    /// Cotangents are wrapped by a transform: rules compute on tensors, recorded or not.
    pub lifted: bool,
}

impl Options {
    /// Whether rules are to compute on tensors only.
    fn on_tensors(self) -> bool {
        self.create_graph || self.lifted
    }
}

static CHECKS: AtomicBool = AtomicBool::new(false);
static SWEEPS: AtomicU64 = AtomicU64::new(0);

/// How many sweeps were begun so far.
pub fn count() -> u64 {
    SWEEPS.load(Ordering::Relaxed)
}

/// Whether the sweep under way has yet to reach a node, and asks for its cotangent; of a sweep inside another one nothing
/// is known.
pub fn is_awaited(node: &Node) -> bool {
    let mark = node.mark.get();
    mark & COUNTED != 0 && (!TARGETED.load(Ordering::Relaxed) || mark & (NEEDED | TARGET) != 0)
}

static TARGETED: AtomicBool = AtomicBool::new(false);

/// Has every rule's gradients looked at: NaN among them is an error.
pub fn set_check_nan(on: bool) {
    CHECKS.store(on, Ordering::Relaxed);
}

/// A check for interruption (Ctrl-C), set by the embedding; runs between nodes.
pub type Interrupt = fn() -> Result<()>;
static INTERRUPT: std::sync::OnceLock<Interrupt> = std::sync::OnceLock::new();

/// Sets the check for interruption, once.
pub fn set_interrupt(check: Interrupt) {
    let _ = INTERRUPT.set(check);
}

/// Where a sweep starts, and the cotangents that it starts with.
pub type Roots = SmallVec<[(Edge, Tensor); 1]>;

/// Runs the sweep from `roots` with their cotangents. With `targets`, returns each target's cotangent and visits only
/// what leads to one; without, every leaf reached.
pub fn sweep(roots: Roots, targets: Option<&[Edge]>, options: Options) -> Result<Vec<Option<Tensor>>> {
    let guard = Claim::take();
    SWEEPS.fetch_add(1, Ordering::Relaxed);
    if guard.in_node {
        TARGETED.store(targets.is_some(), Ordering::Relaxed);
    }
    let _mode = mode::GradMode::set(options.create_graph);
    let queue = finale::Queue::open();
    let found = if guard.in_node {
        run(InNode, roots, targets, options)
    } else {
        run(SideTable::default(), roots, targets, options)
    };
    let last = queue.close();
    let found = found?;
    if !last.is_empty() {
        drop((guard, _mode));
        finale::run(last)?;
    }
    Ok(found)
}

/// A node that has been given all it will get. One value from one consumer comes along, and needs no slot.
struct Ready {
    node: NonNull<Node>,
    given: Option<Array>,
}

struct Sweep<'t, M: Marks> {
    marks: M,
    slots: Slots,
    ready: SmallVec<[Ready; 32]>,
    options: Options,
    targets: Option<&'t [Edge]>,
    found: Vec<Option<Tensor>>,
    staged: SmallVec<[(NonNull<Node>, Tensor); 4]>,
    /// What `retain_grad` asked for.
    retained: Vec<(Arc<LeafCell>, Tensor)>,
    entries: SmallVec<[NonNull<Node>; 4]>,
    /// The node whose rule or hooks run now.
    running: Option<NonNull<Node>>,
    failed: bool,
    check_nan: bool,
    /// Whether a graph is recorded meanwhile.
    tapped: bool,
}

fn run<M: Marks>(marks: M, roots: Roots, targets: Option<&[Edge]>, options: Options) -> Result<Vec<Option<Tensor>>> {
    // Cotangents are handed over, so that the first rules may compute in place; the edges keep the graph.
    let (roots, cotangents): (SmallVec<[Edge; 1]>, SmallVec<[Tensor; 1]>) = roots.into_iter().unzip();
    let mut s = Sweep {
        marks,
        slots: Slots::default(),
        ready: SmallVec::new(),
        options,
        targets,
        found: targets.map_or_else(Vec::new, |t| vec![None; t.len()]),
        staged: SmallVec::new(),
        retained: Vec::new(),
        entries: roots.iter().filter_map(Edge::pointer).collect(),
        running: None,
        failed: true,
        check_nan: CHECKS.load(Ordering::Relaxed),
        tapped: crate::tap::listening(),
    };
    s.count()?;
    if let Err(error) = s.process(&roots, cotangents) {
        // SAFETY: the roots' edges keep all that they reach alive.
        let node = s.running.map(|p| unsafe { p.as_ref() });
        return Err(node.map_or(error.clone(), |n| error.during(n.name(), n.site())));
    }
    s.failed = false;
    s.commit()?;
    Ok(std::mem::take(&mut s.found))
}

impl<M: Marks> Sweep<'_, M> {
    /// First pass: counts consumers, checks every node that will run.
    fn count(&mut self) -> Result<()> {
        if let Some(targets) = self.targets {
            for p in targets.iter().filter_map(Edge::pointer) {
                // The mark of a target that the roots never reach is cleared by `clear` as well.
                self.marks.set_mark(p, TARGET);
            }
        }
        let mut exact = true;
        let mut order = Vec::new();
        let mut stack: SmallVec<[NonNull<Node>; 64]> = SmallVec::new();
        for &p in &self.entries {
            if self.marks.first_visit(p) {
                stack.push(p);
            }
        }
        while let Some(p) = stack.pop() {
            // SAFETY: the roots' edges keep all that they reach alive.
            let node = unsafe { p.as_ref() };
            if self.targets.is_some() {
                order.push(p);
                // Every node leads to some leaf: when all leaves are targets and nothing else is, all nodes are needed.
                exact &= node.is_leaf() == (self.marks.mark(p) & TARGET != 0);
            } else if node.is_unusable() {
                return Err(node.spent_error());
            }
            for q in node.inputs().iter().filter_map(Edge::pointer) {
                if self.marks.first_visit(q) {
                    stack.push(q);
                }
                self.marks.add_pending(q);
            }
        }
        if self.targets.is_some() {
            self.select(&order, exact)?;
        }
        Ok(())
    }

    /// Marks the nodes that lead to a target, and checks them.
    fn select(&mut self, reached: &[NonNull<Node>], exact: bool) -> Result<()> {
        if exact {
            for &p in reached {
                self.marks.set_mark(p, NEEDED);
            }
        } else {
            // Inputs have smaller sequence numbers than their consumers: in that order a node comes after its inputs.
            // SAFETY: the roots' edges keep all that they reach alive.
            let seq = |p: NonNull<Node>| unsafe { p.as_ref() }.seq();
            let mut by_seq: Vec<(u32, NonNull<Node>)> = reached.iter().map(|&p| (seq(p), p)).collect();
            by_seq.sort_by_key(|&(seq, _)| seq);
            for &(_, p) in &by_seq {
                // SAFETY: as above.
                let node = unsafe { p.as_ref() };
                let leads =
                    node.inputs().iter().filter_map(Edge::pointer).any(|q| self.marks.mark(q) & (NEEDED | TARGET) != 0);
                // A target itself runs its rule only if it leads to another target.
                if leads && !(self.options.cut && self.marks.mark(p) & TARGET != 0) {
                    self.marks.set_mark(p, NEEDED);
                }
            }
        }
        for &p in reached {
            // SAFETY: as above.
            let node = unsafe { p.as_ref() };
            if self.marks.mark(p) & NEEDED != 0 && node.is_unusable() {
                return Err(node.spent_error());
            }
        }
        Ok(())
    }

    /// Second pass: runs rules as nodes become ready.
    fn process(&mut self, roots: &[Edge], cotangents: SmallVec<[Tensor; 1]>) -> Result<()> {
        let mut starts: SmallVec<[NonNull<Node>; 4]> = SmallVec::new();
        for (edge, cotangent) in roots.iter().zip(cotangents) {
            let Some(p) = edge.pointer() else { continue };
            let on_tensors = self.options.on_tensors();
            self.slot_of(p).add(edge.out(), cotangent, on_tensors)?;
            if self.marks.pending(p) == 0 && !starts.contains(&p) {
                starts.push(p);
            }
        }
        self.ready.extend(starts.into_iter().map(|node| Ready { node, given: None }));
        let mut steps = 0u32;
        // A clock of its own: kernels that look for themselves would leave no look to others.
        let mut asked: Option<Instant> = None;
        let watched = spans::any();
        while let Some(Ready { node, given }) = self.ready.pop() {
            self.running = Some(node);
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(64)
                && asked.is_none_or(|before| before.elapsed() >= interrupt::PERIOD)
                && let Some(check) = INTERRUPT.get()
            {
                asked = Some(Instant::now());
                check()?;
            }
            if !watched {
                self.step(node, given)?;
                continue;
            }
            // SAFETY: the roots' edges keep all that they reach alive.
            let running = unsafe { node.as_ref() };
            spans::span(&running.name(), spans::Phase::Backward, running.site(), || self.step(node, given))?;
        }
        Ok(())
    }

    #[inline(always)]
    fn step(&mut self, p: NonNull<Node>, given: Option<Array>) -> Result<()> {
        // SAFETY: the roots' edges keep all that they reach alive; no borrow of the tape's memory is held across a rule.
        let node = unsafe { p.as_ref() };
        let mark = self.marks.mark(p);
        let slot = match given {
            Some(grad) => Slot::of(grad),
            None => self.slots.take(self.marks.slot(p)),
        };
        // A node runs once: what comes after the last one finds all marks cleared.
        self.marks.reset(p);
        let wanted = self.targets.is_none() || mark & (NEEDED | TARGET) == NEEDED;
        let short = !self.options.on_tensors() && !self.tapped;
        if !(wanted && node.is_bare() && short && slot.full.is_none()) {
            return self.step_slowly(p, node, mark, slot.into_cotangents());
        }
        let Slot { plain: mut g @ Some(_), .. } = slot else { return self.pass_nothing(node) };
        // Borrowed: whoever reached this node holds it throughout the rule.
        let edge = std::mem::ManuallyDrop::new(Edge::from_counted(p, 0));
        let mut grads = [None, None];
        let ran = node.op().vjp_plain(&Saved::new(&edge, node, false), &mut g, &mut grads);
        if self.check_nan {
            super::called::refuse_failed(node, &ran, &grads)?;
        }
        ran?;
        if let Some(g) = g {
            return self.step_slowly(p, node, mark, Slot::of(g).into_cotangents());
        }
        if !self.options.retain_graph {
            node.spend();
        }
        for (i, input) in node.inputs().iter().enumerate() {
            let Some(q) = input.pointer() else { continue };
            let last = self.marks.take_pending(q);
            // Taken out one by one: what was just written as words is not to be read as a vector.
            let Some(grad) = grads.get_mut(i).and_then(Option::take) else {
                if last {
                    self.ready.push(Ready { node: q, given: None });
                }
                continue;
            };
            // SAFETY: as above.
            let to = unsafe { q.as_ref() };
            if !grad.layout().same_shape(to.out_layout(input.out())) || grad.dtype() != to.out_dtype(input.out()) {
                return Err(wrong_gradient(node, &Tensor::from_array(grad), input));
            }
            if last && input.out() == 0 && self.marks.slot(q) == 0 {
                self.ready.push(Ready { node: q, given: Some(grad) });
                continue;
            }
            self.slot_of(q).add_plain(input.out(), grad, false)?;
            if last {
                self.ready.push(Ready { node: q, given: None });
            }
        }
        Ok(())
    }

    /// A step with hooks, several outputs, wrapped cotangents, or to be recorded.
    #[inline(never)]
    fn step_slowly(&mut self, p: NonNull<Node>, node: &Node, mark: u8, mut cotangents: Cotangents) -> Result<()> {
        // PyTorch's order: hooks come after what is asked for where the node itself runs, and before it where it does not.
        let runs = mark & NEEDED != 0 && !node.is_leaf();
        if mark & TARGET != 0 && runs {
            self.capture(p, &cotangents);
        }
        // Where inputs were named, what does not lead to one is not asked for, though a rule may have computed it.
        let asked = self.targets.is_none() || mark & (NEEDED | TARGET) != 0;
        let hooks = if asked { node.hooks() } else { None };
        if let Some(hooks) = &hooks {
            run_pre_hooks(node, hooks, &mut cotangents, &mut self.retained)?;
        }
        if mark & TARGET != 0 && !runs {
            self.capture(p, &cotangents);
        }
        if node.is_leaf() {
            return self.reach_leaf(p, node, mark, cotangents);
        }
        let wanted = self.targets.is_none() || mark & NEEDED != 0;
        if !wanted || cotangents.iter().all(Option::is_none) {
            return self.pass_nothing(node);
        }
        if let Some(hooks) = &hooks {
            run_before(node, hooks, &mut cotangents)?;
        }
        let given = hooks.as_ref().filter(|h| !h.after.is_empty()).map(|_| cotangents.clone());
        // Borrowed: whoever reached this node holds it throughout the rule.
        let edge = std::mem::ManuallyDrop::new(Edge::from_counted(p, 0));
        // Rules that record or run the user's code are heard operation by operation.
        let found = if self.tapped && !self.options.on_tensors() && !node.op().calls_back() {
            crate::tap::vjp(&edge, node, cotangents)
        } else {
            node.op().vjp(&Saved::new(&edge, node, self.options.on_tensors()), cotangents)
        };
        if self.check_nan && found.is_err() {
            super::called::tell(node)?;
        }
        let mut grads = found?;
        if let (Some(hooks), Some(given)) = (&hooks, given) {
            run_after(node, hooks, &mut grads, &given)?;
        }
        if self.check_nan {
            refuse_nan(node, &grads)?;
        }
        if !self.options.retain_graph {
            node.spend();
        }
        for (i, input) in node.inputs().iter().enumerate() {
            let Some(q) = input.pointer() else { continue };
            if let Some(grad) = grads.get_mut(i).and_then(Option::take) {
                // SAFETY: the roots' edges keep all that they reach alive.
                let to = unsafe { q.as_ref() };
                if !grad.layout().same_shape(to.out_layout(input.out())) || grad.dtype() != to.out_dtype(input.out()) {
                    return Err(wrong_gradient(node, &grad, input));
                }
                let on_tensors = self.options.on_tensors();
                self.slot_of(q).add(input.out(), grad, on_tensors)?;
            }
            if self.marks.take_pending(q) {
                self.ready.push(Ready { node: q, given: None });
            }
        }
        Ok(())
    }

    /// A node without a cotangent still counts down its inputs.
    fn pass_nothing(&mut self, node: &Node) -> Result<()> {
        for q in node.inputs().iter().filter_map(Edge::pointer) {
            if self.marks.take_pending(q) {
                self.ready.push(Ready { node: q, given: None });
            }
        }
        Ok(())
    }

    /// Where what a node is given comes together.
    #[inline(always)]
    fn slot_of(&mut self, p: NonNull<Node>) -> &mut Slot {
        let mut slot = self.marks.slot(p);
        if slot == 0 {
            slot = self.slots.new_slot();
            self.marks.set_slot(p, slot);
        }
        &mut self.slots.slots[slot as usize - 1]
    }

    fn capture(&mut self, p: NonNull<Node>, cotangents: &Cotangents) {
        let Some(targets) = self.targets else { return };
        for (target, found) in targets.iter().zip(&mut self.found) {
            if target.pointer() == Some(p) {
                found.clone_from(cotangents.get(target.out() as usize).unwrap_or(&None));
            }
        }
    }

    fn reach_leaf(&mut self, p: NonNull<Node>, node: &Node, mark: u8, mut cotangents: Cotangents) -> Result<()> {
        if !self.options.accumulate || (self.targets.is_some() && mark & TARGET == 0) {
            return Ok(());
        }
        let hooks = node.hooks();
        if let Some(hooks) = &hooks {
            run_before(node, hooks, &mut cotangents)?;
        }
        let given = hooks.as_ref().filter(|h| !h.after.is_empty()).map(|_| cotangents.clone());
        let Some(grad) = cotangents.first_mut().and_then(Option::take) else { return Ok(()) };
        match hooks {
            Some(hooks) if !hooks.post.is_empty() || !hooks.after.is_empty() => {
                if let Some(cell) = node.leaf_sink() {
                    interrupt::shielded(|| super::commit::accumulate(&cell, grad, self.options.create_graph))?;
                    for (_, hook) in &hooks.post {
                        if let Some(grad) = cell.get() {
                            hook.call(&grad)?;
                        }
                    }
                }
                if let Some(given) = given {
                    run_after(node, &hooks, &mut SmallVec::new(), &given)?;
                }
            }
            _ => self.staged.push((p, grad)),
        }
        Ok(())
    }

    /// Gradients become visible only when the whole sweep has succeeded.
    fn commit(&mut self) -> Result<()> {
        let staged = std::mem::take(&mut self.staged);
        // SAFETY: the caller of the sweep still holds the roots.
        let cells =
            staged.into_iter().filter_map(|(p, grad)| unsafe { p.as_ref() }.leaf_sink().map(|cell| (cell, grad)));
        let retained = std::mem::take(&mut self.retained);
        let create_graph = self.options.create_graph;
        // All of them, or none.
        interrupt::shielded(|| super::commit::accumulate_all(retained.into_iter().chain(cells).collect(), create_graph))
    }

    /// Clears the marks that are left: of targets never reached, and after an error of everything visited.
    fn clear(&mut self) {
        if !M::IN_NODE {
            return;
        }
        if !self.failed {
            for p in self.targets.into_iter().flatten().filter_map(Edge::pointer) {
                self.marks.reset(p);
            }
            return;
        }
        let mut stack: Vec<NonNull<Node>> = self.entries.to_vec();
        if let Some(p) = self.running {
            // Its mark is gone, but what it leads to may not have run.
            self.marks.set_mark(p, COUNTED);
            stack.push(p);
        }
        stack.extend(self.ready.iter().map(|r| r.node));
        stack.extend(self.targets.into_iter().flatten().filter_map(Edge::pointer));
        while let Some(p) = stack.pop() {
            if self.marks.mark(p) == 0 {
                continue;
            }
            let visited = self.marks.mark(p) & COUNTED != 0;
            self.marks.reset(p);
            if visited {
                // SAFETY: roots and targets keep all that they reach alive.
                stack.extend(unsafe { p.as_ref() }.inputs().iter().filter_map(Edge::pointer));
            }
        }
    }
}

/// Whether the sweep ended, failed or was cut short by a panic: marks left behind would mislead a later one.
impl<M: Marks> Drop for Sweep<'_, M> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Kernels trust shapes and dtypes, and a rule need not be the library's own.
#[cold]
fn wrong_gradient(node: &Node, grad: &Tensor, input: &Edge) -> Error {
    let wanted = input.node().map(|n| (n.out_layout(input.out()).shape(), n.out_dtype(input.out()).name()));
    let (shape, dtype) = wanted.unwrap_or((&[], ""));
    Error::runtime(format!(
        "{} returned an invalid gradient: got shape {:?} and dtype {}, wanted {shape:?} and {dtype}{}",
        node.name(),
        grad.shape(),
        grad.dtype().name(),
        super::site::suffix(node.site())
    ))
}
