//! The tape: nodes, the edges between them, and the reverse sweep. Knows arrays and `trait Op`; knows no op.

mod called;
mod commit;
pub mod edge;
pub mod leaf;
mod marks;
pub mod node;
mod renamed;
pub mod site;
pub mod sweep;

pub use edge::Edge;
pub use leaf::LeafCell;
pub use node::{Hook, Kept, Node};
