//! Arrays: dtype, layout, storage and the views of it. Knows kernels, counts and errors; no tape.

pub mod dtype;
pub mod layout;
mod storage;
mod values;

pub use dtype::{Category, DType, Weight, default_dtype, promote, promote_types, set_default_dtype};
pub use layout::{Dims, Layout, Strides};
pub use storage::Array;
pub(crate) use values::room;
pub use values::{Element, Scalar};
