//! Automatic differentiation on CPUs: arrays, a tape of operations, reverse mode by sweeping it, forward mode and maps
//! by wrapping tensors. Python-free; the binding crate gives it PyTorch's face.
//!
//! Rooms, each depending only on those before it: `array` <- `tape` <- `ops` <- `transform`.
//!
//! ```
//! use wengert::{Tensor, ops};
//! let x = Tensor::from_slice(&[1.0f64, 2.0, 3.0], &[3])?.requiring_grad()?;
//! let y = ops::sum(&ops::mul(&x, &x)?, None, false)?;
//! wengert::backward(&y)?;
//! assert_eq!(x.grad().unwrap().to_vec::<f64>()?, [2.0, 4.0, 6.0]);
//! # Ok::<(), wengert::Error>(())
//! ```

pub mod algebra;
pub mod array;
pub mod count;
pub mod error;
pub mod graph;
mod history;
pub mod inplace;
pub mod mode;
pub mod op;
pub mod ops;
pub mod record;
mod saved;
pub mod spans;
pub mod tap;
pub mod tape;
mod tensor;
pub mod trace;
pub mod transform;
pub mod warning;
pub mod watch;

pub use array::{Array, DType, Layout, Scalar};
pub use error::{Error, ErrorKind, Result};
pub use mode::{GradMode, grad_asked, grad_enabled, is_inference, no_grad, set_grad_enabled, set_inference};
pub use op::{Op, OpRef};
pub use saved::Saved;
pub use tensor::Tensor;

/// Accumulates the gradients of a scalar into the leaves that it depends on; the graph is spent.
pub fn backward(y: &Tensor) -> Result<()> {
    transform::backward(std::slice::from_ref(y), &[None], None, false, false)
}

/// What the kernels run on here.
pub fn build_info() -> Vec<(&'static str, String)> {
    vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("profile", if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned()),
        ("isa", format!("{:?}", wengert_kernels::isa())),
        ("cpu_features", wengert_kernels::isa::features()),
        ("threads", wengert_kernels::threads::num_threads().to_string()),
    ]
}
