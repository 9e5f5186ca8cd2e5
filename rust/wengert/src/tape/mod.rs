//! The tape: nodes, the edges between them, and the reverse sweep. Knows arrays and `trait Op`; knows no op.

mod called;
mod commit;
pub mod edge;
pub mod finale;
pub mod hooks;
pub mod kept;
pub mod leaf;
mod marks;
pub mod node;
pub mod packing;
mod renamed;
pub mod site;
mod slots;
pub mod sweep;
mod turn;
pub mod walk;
pub mod witness;

pub use edge::Edge;
pub use hooks::Hook;
pub use kept::Kept;
pub use leaf::LeafCell;
pub use node::Node;
pub use walk::Walk;
