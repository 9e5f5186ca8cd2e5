//! `Saved`: what a VJP rule sees of its node. Depends on the tape and tensors.

use crate::array::{Array, DType, Layout};
use crate::error::Result;
use crate::op::OUTPUT;
use crate::tape::{Edge, Node, kept::Look as Kept};
use crate::tensor::Tensor;

/// A node as its rule sees it. Kept values come attached to their nodes when the backward itself is recorded.
pub struct Saved<'n> {
    node: &'n Node,
    edge: &'n Edge,
    create_graph: bool,
    /// What was kept, where it is not what the node holds now.
    kept: Option<&'n [(u32, Array)]>,
}

impl<'n> Saved<'n> {
    pub(crate) fn new(edge: &'n Edge, node: &'n Node, create_graph: bool) -> Self {
        Saved { node, edge, create_graph, kept: None }
    }

    /// The node with other kept values than its own, for a rule that is run by a recorded graph.
    pub(crate) fn replayed(edge: &'n Edge, node: &'n Node, kept: &'n [(u32, Array)]) -> Self {
        Saved { node, edge, create_graph: false, kept: Some(kept) }
    }

    #[inline(always)]
    fn value(&self, bit: u32) -> Result<Kept<'n>> {
        match self.kept {
            None => self.node.look(bit),
            Some(kept) => self.node.replayed(bit, kept),
        }
    }

    /// Whether the rule's own operations are recorded.
    #[inline(always)]
    pub fn create_graph(&self) -> bool {
        self.create_graph
    }

    /// Whether input `i` needs a gradient.
    #[inline(always)]
    pub fn needs(&self, i: usize) -> bool {
        self.node.inputs().get(i).is_some_and(Edge::is_some)
    }

    /// How many inputs there are.
    pub fn arity(&self) -> usize {
        self.node.inputs().len()
    }

    /// The kept value of input `i`.
    #[inline]
    pub fn input(&self, i: usize) -> Result<Tensor> {
        if self.kept.is_some() {
            return Ok(Tensor::from_array(self.value(1 << i)?.clone()));
        }
        let array = self.node.kept(1 << i)?;
        Ok(if self.create_graph {
            Tensor::from_parts(array, self.node.inputs().get(i).cloned().unwrap_or_default())
        } else {
            Tensor::from_array(array)
        })
    }

    /// The kept value of input `i`, bare: for fused rules.
    #[inline(always)]
    pub(crate) fn kept_input(&self, i: usize) -> Result<Kept<'n>> {
        self.value(1 << i)
    }

    /// The kept value of the output, bare.
    #[inline(always)]
    pub(crate) fn kept_output(&self) -> Result<Kept<'n>> {
        self.value(OUTPUT)
    }

    /// The kept value of the output.
    #[inline]
    pub fn output(&self) -> Result<Tensor> {
        if self.kept.is_some() {
            return Ok(Tensor::from_array(self.value(OUTPUT)?.clone()));
        }
        let array = self.node.kept(OUTPUT)?;
        Ok(if self.create_graph { Tensor::from_parts(array, self.edge.with_out(0)) } else { Tensor::from_array(array) })
    }

    /// Layout of input `i`; only for inputs that need a gradient.
    #[inline(always)]
    pub fn input_layout(&self, i: usize) -> &Layout {
        match self.node.inputs().get(i).and_then(|e| e.node().map(|n| n.out_layout(e.out()))) {
            Some(layout) => layout,
            None => self.node.out_layout(0),
        }
    }

    /// dtype of input `i`; only for inputs that need a gradient.
    pub fn input_dtype(&self, i: usize) -> DType {
        match self.node.inputs().get(i).and_then(|e| e.node().map(|n| n.out_dtype(e.out()))) {
            Some(dtype) => dtype,
            None => self.node.out_dtype(0),
        }
    }

    /// The node itself.
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// The edge to the node.
    pub fn edge(&self) -> &'n Edge {
        self.edge
    }
}
