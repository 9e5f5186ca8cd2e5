//! Arrays seen as lines: outer x n x inner, row-major, with the axes at hand in the middle. Depends on arrays.

use crate::array::{Array, Dims, Layout, Strides};
use crate::error::Result;
use smallvec::SmallVec;

/// Below this many neighbouring columns, kernels that work on columns are slower than a copy in another order.
const FEW: usize = 16;

/// A row-major array, `n` elements of which along the middle axis make a line.
pub(crate) struct Lines {
    pub array: Array,
    pub outer: usize,
    pub n: usize,
    pub inner: usize,
}

impl Lines {
    /// Lines along one dimension (a 0-d array is a line of one), in the array's own order.
    pub fn along(x: &Array, dim: usize) -> Result<Lines> {
        let array = x.contiguous()?;
        let shape = array.shape();
        let n = shape.get(dim).copied().unwrap_or(1);
        let (outer, inner) = (shape.iter().take(dim).product(), shape.iter().skip(dim + 1).product());
        Ok(Lines { array, outer, n, inner })
    }

    /// Lines over several dimensions; copied in another order where they are not neighbours. What comes of them lies
    /// row-major over the other dimensions in either case.
    pub fn over(x: &Array, dims: &[bool]) -> Result<Lines> {
        let counted = |d: &usize| x.shape()[*d] != 1;
        let gone: SmallVec<[usize; 4]> = (0..dims.len()).filter(|&d| dims[d]).filter(counted).collect();
        let (first, last) = match (gone.first(), gone.last()) {
            (Some(&first), Some(&last)) => (first, last),
            _ => (dims.len(), 0),
        };
        let apart = (first..last).any(|d| !dims[d] && x.shape()[d] != 1);
        let inner: usize = x.shape().iter().skip(last + 1).product();
        if !gone.is_empty() && (apart || (inner > 1 && inner < FEW)) {
            let order = (0..dims.len()).filter(|&d| !dims[d]).chain((0..dims.len()).filter(|&d| dims[d]));
            let moved = in_order(x, order).contiguous()?;
            let n = gone.iter().map(|&d| x.shape()[d]).product::<usize>();
            let outer = (0..dims.len()).filter(|&d| !dims[d]).map(|d| x.shape()[d]).product();
            return Ok(Lines { array: moved, outer, n, inner: 1 });
        }
        let array = x.contiguous()?;
        if gone.is_empty() {
            return Ok(Lines { outer: array.numel(), n: 1, inner: 1, array });
        }
        let outer = x.shape()[..first].iter().product();
        let n = x.shape()[first..=last].iter().product();
        Ok(Lines { array, outer, n, inner })
    }

    /// The three sizes.
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.outer, self.n, self.inner)
    }
}

/// The dimensions in another order: a view.
fn in_order(x: &Array, order: impl Iterator<Item = usize> + Clone) -> Array {
    let shape: Dims = order.clone().map(|d| x.shape()[d]).collect();
    let strides: Strides = order.map(|d| x.layout().strides()[d]).collect();
    x.view(Layout::strided(&shape, &strides), 0)
}

/// Whether lines along `dim` have so few neighbours that they are better brought to the end first.
pub(crate) fn is_narrow(shape: &[usize], dim: usize) -> bool {
    let inner: usize = shape.iter().skip(dim + 1).product();
    inner > 1 && inner < FEW && shape.get(dim).is_some_and(|&n| n > 1)
}

/// The array with `dim` exchanged with the last dimension: a view, and its own inverse.
pub(crate) fn swapped(x: &Array, dim: usize) -> Array {
    let last = x.shape().len() - 1;
    in_order(
        x,
        (0..=last).map(move |d| {
            if d == dim {
                last
            } else if d == last {
                dim
            } else {
                d
            }
        }),
    )
}
