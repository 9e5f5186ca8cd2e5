//! squeeze_, unsqueeze_, transpose_, t_: the tensor itself gets other dimensions over the same storage.
//! Depends on views and the rules for writes.

use super::reshape::squeezed;
use super::*;
use crate::mode::{GradMode, grad_enabled};
use crate::ops::rows::rows;

/// The tensor as `rule` shows it.
#[track_caller]
fn become_view<V: Rule>(name: &str, x: &mut Tensor, rule: V) -> Result<()> {
    if x.is_lifted() {
        *x = run(rule, x)?.without_group();
        return Ok(());
    }
    if crate::tap::listening() {
        crate::tap::own(
            x.array(),
            "giving a tensor from outside other dimensions in place",
            "use the view that is not in place",
        )?;
    }
    x.refresh()?;
    if x.requires_grad() {
        crate::inplace::check_writable(name, x, false)?;
    }
    if x.is_leaf() && x.requires_grad() {
        // Allowed without recording: the leaf stays a leaf, of another shape.
        let (layout, offset) = rule.geometry(x.layout())?;
        return x.set_array(x.array().view(layout, offset));
    }
    // Whatever the mode: the history must fit the shape.
    let _mode = GradMode::set(grad_enabled() || x.requires_grad());
    *x = run(rule, x)?;
    Ok(())
}

#[track_caller]
fn swap(name: &str, x: &mut Tensor, a: i64, b: i64, grad_name: &'static str) -> Result<()> {
    let (a, b) = (wrap_dim(name, a, x.ndim())?, wrap_dim(name, b, x.ndim())?);
    let mut dims: SmallVec<[usize; 4]> = (0..x.ndim()).collect();
    if !dims.is_empty() {
        dims.swap(a, b);
    }
    become_view(name, x, Permute { dims, grad_name })
}

rows! {
    /// Drops dimensions of size 1 of the tensor itself: all of them, or those of `dim`; returns the tensor.
    ///
    /// >>> import wengert
    /// >>> wengert.ones(1, 3).squeeze_().shape
    /// torch.Size([3])
    "squeeze_", "input: Tensor, dim: int | tuple[int, ...] | None = None", "Tensor", WRITE, true, &[];
    Body::Write(|x, a| {
        let dims = a.maybe_ints(1)?;
        let grad_name = match dims.as_deref() {
            None => "SqueezeBackward3",
            Some([_]) => "SqueezeBackward4",
            Some(_) => "SqueezeBackward5",
        };
        let dims = squeezed(x, dims.as_deref())?;
        become_view("squeeze_", x, Squeeze { dims, grad_name })
    });

    /// Inserts a dimension of size 1 at `dim` into the tensor itself; returns the tensor.
    ///
    /// >>> import wengert
    /// >>> wengert.ones(3).unsqueeze_(0).shape
    /// torch.Size([1, 3])
    "unsqueeze_", "input: Tensor, dim: int", "Tensor", WRITE, true, &[];
    Body::Write(|x, a| {
        let dim = wrap_dim("unsqueeze_", a.int(1)?, x.ndim() + 1)?;
        become_view("unsqueeze_", x, Unsqueeze { dim, grad_name: "UnsqueezeBackward1" })
    });

    /// Exchanges dimensions `dim0` and `dim1` of the tensor itself; returns the tensor.
    ///
    /// >>> import wengert
    /// >>> wengert.ones(2, 3).transpose_(0, 1).shape
    /// torch.Size([3, 2])
    "transpose_", "input: Tensor, dim0: int, dim1: int", "Tensor", WRITE, true, &[];
    Body::Write(|x, a| swap("transpose_", x, a.int(1)?, a.int(2)?, "TransposeBackward1"));

    /// Transposes the tensor itself, a matrix (vectors and 0-d tensors stay as they are); returns the tensor.
    ///
    /// Raises RuntimeError for more than two dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.ones(2, 3).t_().shape
    /// torch.Size([3, 2])
    "t_", "input: Tensor", "Tensor", WRITE, true, &[];
    Body::Write(|x, _| match x.ndim() {
        0 | 1 => swap("t_", x, 0, 0, "TBackward1"),
        2 => swap("t_", x, 0, 1, "TBackward1"),
        n => Err(Error::runtime(format!(
            "t_() expects a tensor with <= 2 dimensions, but self is {n}D; try transpose_(0, 1)"
        ))),
    });
}
