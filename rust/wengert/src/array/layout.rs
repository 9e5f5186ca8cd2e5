//! `Layout`: shape and strides, counted and shared by all arrays that have the same. Depends on `count` and `error`.

use crate::count::Shared;
use crate::error::{Error, Result};
use smallvec::SmallVec;
use std::sync::OnceLock;

/// Sizes of dimensions.
pub type Dims = SmallVec<[usize; 4]>;
/// Strides in elements.
pub type Strides = SmallVec<[isize; 4]>;

/// Shape and strides of an array; a counted handle, so that equal layouts are mostly the same pointer.
#[derive(Clone, Debug)]
pub struct Layout(Shared<Data>);

#[derive(Debug)]
struct Data {
    numel: usize,
    contiguous: bool,
    shape: Dims,
    strides: Strides,
}

/// Row-major strides of `shape`; beside a size of 0 they may wrap around, and nobody follows them.
pub fn row_major(shape: &[usize]) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(1, shape.len());
    for d in (1..shape.len()).rev() {
        strides[d - 1] = strides[d].wrapping_mul(shape[d].max(1) as isize);
    }
    strides
}

/// Number of elements of `shape`, refusing what cannot be addressed.
pub fn checked_numel(shape: &[usize]) -> Result<usize> {
    // Sizes are multiplied as if none were zero: strides must not overflow either.
    let mut full: usize = 1;
    for &n in shape {
        full = full.checked_mul(n.max(1)).filter(|&n| n <= isize::MAX as usize / 16).ok_or_else(|| {
            Error::runtime(format!("size {} holds more elements than can be addressed; try smaller sizes", show(shape)))
        })?;
    }
    Ok(if shape.contains(&0) { 0 } else { full })
}

/// A shape as PyTorch prints it: `[2, 3]`.
pub fn show(shape: &[usize]) -> String {
    format!("{shape:?}")
}

impl Layout {
    /// A row-major layout. Fails when the size cannot be addressed.
    pub fn contiguous(shape: &[usize]) -> Result<Layout> {
        // Small vectors meet each other all the time: one layout for each length makes equality a pointer's.
        if let &[n] = shape
            && n < SMALL
        {
            return Ok(small(n));
        }
        let numel = checked_numel(shape)?;
        Ok(Layout(Shared::new(Data {
            numel,
            contiguous: true,
            shape: SmallVec::from_slice(shape),
            strides: row_major(shape),
        })))
    }

    /// A layout with given strides; the caller answers for their staying inside the storage.
    pub fn strided(shape: &[usize], strides: &[isize]) -> Layout {
        debug_assert_eq!(shape.len(), strides.len());
        if let (&[n], &[1]) = (shape, strides)
            && n < SMALL
        {
            return small(n);
        }
        let numel = if shape.contains(&0) { 0 } else { shape.iter().product() };
        Layout(Shared::new(Data {
            numel,
            contiguous: is_row_major(shape, strides),
            shape: SmallVec::from_slice(shape),
            strides: SmallVec::from_slice(strides),
        }))
    }

    /// The layout of an elementwise result over `operands`, which broadcast to `shape`: without gaps, dimensions in the
    /// order in which the operands lie in memory, so that whoever computes with a transposed matrix gets one and both
    /// are read in a row (as PyTorch's TensorIterator; the first operand to tell two dimensions apart decides).
    #[inline(never)]
    pub fn over(operands: &[&Layout], shape: &[usize]) -> Result<Layout> {
        let same = |l: &&&Layout| l.is_contiguous() && l.shape() == shape;
        if operands.iter().all(|l| same(&l)) && !operands.is_empty() {
            return Ok(operands[0].clone());
        }
        let numel = checked_numel(shape)?;
        if shape.len() < 2 || numel == 0 || operands.iter().all(|l| l.is_contiguous() && l.shape() != shape) {
            return Layout::contiguous(shape);
        }
        let strides: SmallVec<[Strides; 4]> = operands.iter().map(|l| aligned_strides(l, shape)).collect();
        // From the fastest dimension to the slowest; insertion, as not every pair of dimensions can be compared.
        let mut order: SmallVec<[usize; 8]> = (0..shape.len()).rev().collect();
        for i in 1..order.len() {
            let mut at = i;
            for before in (0..i).rev() {
                match slower(&strides, shape, order[before], order[at]) {
                    std::cmp::Ordering::Greater => {
                        order.swap(before, at);
                        at = before;
                    }
                    std::cmp::Ordering::Less => break,
                    std::cmp::Ordering::Equal => {}
                }
            }
        }
        let mut dense: Strides = SmallVec::from_elem(1, shape.len());
        let mut step = 1isize;
        for &d in &order {
            dense[d] = step;
            step *= shape[d] as isize;
        }
        Ok(Layout::strided(shape, &dense))
    }

    /// Sizes.
    #[inline(always)]
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// Strides in elements.
    #[inline(always)]
    pub fn strides(&self) -> &[isize] {
        &self.0.strides
    }

    /// Number of dimensions.
    #[inline(always)]
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    /// Number of elements.
    #[inline(always)]
    pub fn numel(&self) -> usize {
        self.0.numel
    }

    /// Whether elements lie in row-major order without gaps.
    #[inline(always)]
    pub fn is_contiguous(&self) -> bool {
        self.0.contiguous
    }

    /// Whether elements lie without gaps, in whatever order.
    pub fn is_dense(&self) -> bool {
        if self.is_contiguous() || self.numel() == 0 {
            // Strides beside a size of 0 may be any numbers.
            return true;
        }
        let reach = |(&n, &s): (&usize, &isize)| (n - 1) * s.unsigned_abs();
        let end: usize = self.shape().iter().zip(self.strides()).map(reach).sum();
        end + 1 == self.numel() && !self.overlaps()
    }

    /// Whether two elements lie in one place.
    pub fn overlaps(&self) -> bool {
        let mut dims: SmallVec<[(usize, usize); 4]> = SmallVec::new();
        for (&n, &s) in self.shape().iter().zip(self.strides()) {
            if n > 1 {
                dims.push((s.unsigned_abs(), n));
            }
        }
        if self.numel() == 0 {
            return false;
        }
        // Each stride steps over all that lies within: no overlap, and so it is with nearly all layouts.
        dims.sort_unstable();
        let mut reach = 0;
        let mut nested = true;
        for &(s, n) in &dims {
            nested &= s > reach;
            reach += s * (n - 1);
        }
        if nested {
            return false;
        }
        if dims.first().is_some_and(|&(s, _)| s == 0) || self.numel() > reach + 1 {
            return true;
        }
        // Where there is no memory to look, the write is refused as if they did.
        if Vec::<i64>::new().try_reserve_exact(self.numel().saturating_mul(2)).is_err() {
            return true;
        }
        let Ok(mut places) = self.places() else { return true };
        places.sort_unstable();
        places.windows(2).any(|w| w[0] == w[1])
    }

    /// Where the elements lie from the first, in row-major order.
    pub fn places(&self) -> Result<Vec<i64>> {
        let mut places = Vec::new();
        places.try_reserve_exact(self.numel()).map_err(|_| {
            Error::memory(format!(
                "not enough memory for the places of {} elements; try contiguous() first",
                self.numel()
            ))
        })?;
        if self.numel() == 0 {
            return Ok(places);
        }
        places.push(0);
        for (&n, &s) in self.shape().iter().zip(self.strides()).rev() {
            // From the last dimension on, so that what is there is repeated behind itself.
            let done = places.len();
            for i in 1..n as i64 {
                for k in 0..done {
                    places.push(places[k] + i * s as i64);
                }
            }
        }
        Ok(places)
    }

    /// Whether both are the same shared layout: the cheap test before comparing shapes.
    #[inline(always)]
    pub fn same(&self, other: &Layout) -> bool {
        self.0.same(&other.0)
    }

    /// Whether shapes and strides are equal.
    pub fn alike(&self, other: &Layout) -> bool {
        self.same(other) || (self.shape() == other.shape() && self.strides() == other.strides())
    }

    /// Whether shapes are equal.
    #[inline(always)]
    pub fn same_shape(&self, other: &Layout) -> bool {
        self.same(other) || self.shape() == other.shape()
    }
}

/// Lengths of vectors whose layouts are shared by all.
const SMALL: usize = 17;
static VECTORS: OnceLock<[Layout; SMALL]> = OnceLock::new();

fn small(n: usize) -> Layout {
    let make = |n: usize| {
        Layout(Shared::new(Data {
            numel: n,
            contiguous: true,
            shape: SmallVec::from_slice(&[n]),
            strides: SmallVec::from_slice(&[1]),
        }))
    };
    VECTORS.get_or_init(|| std::array::from_fn(make))[n].clone()
}

fn is_row_major(shape: &[usize], strides: &[isize]) -> bool {
    let mut expected = 1isize;
    for (&n, &s) in shape.iter().zip(strides).rev() {
        if n == 0 {
            return true;
        }
        if n != 1 {
            if s != expected {
                return false;
            }
            expected = expected.wrapping_mul(n as isize);
        }
    }
    true
}

/// The shape two shapes broadcast to (NumPy's rule); None when they do not fit.
pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Dims> {
    let n = a.len().max(b.len());
    let mut out: Dims = SmallVec::from_elem(1, n);
    for (i, slot) in out.iter_mut().enumerate() {
        let x = (i + a.len()).checked_sub(n).map_or(1, |k| a[k]);
        let y = (i + b.len()).checked_sub(n).map_or(1, |k| b[k]);
        *slot = match (x, y) {
            _ if x == y => x,
            (1, y) => y,
            (x, 1) => x,
            _ => return None,
        };
    }
    Some(out)
}

/// The error of shapes that do not broadcast, naming the first dimension from the left at fault, as PyTorch does.
#[cold]
pub fn broadcast_error(name: &str, a: &[usize], b: &[usize]) -> Error {
    let n = a.len().max(b.len());
    let at = |s: &[usize], i: usize| (i + s.len()).checked_sub(n).map_or(1, |k| s[k]);
    for i in (0..n).rev() {
        let (x, y) = (at(a, i), at(b, i));
        if x != y && x != 1 && y != 1 {
            return Error::runtime(format!(
                "{name}: The size of tensor a ({x}) must match the size of tensor b ({y}) at non-singleton dimension {i}; \
                 got shapes {} and {}, wanted sizes that are equal or 1; try unsqueeze, expand or reshape",
                show(a),
                show(b)
            ));
        }
    }
    Error::runtime(format!("{name}: shapes {} and {} do not broadcast", show(a), show(b)))
}

/// Strides of `layout` seen as the larger `shape`: 0 along broadcast dimensions.
pub fn broadcast_strides(layout: &Layout, shape: &[usize]) -> Strides {
    let lead = shape.len() - layout.ndim();
    let mut strides: Strides = SmallVec::from_elem(0, shape.len());
    for d in 0..layout.ndim() {
        strides[lead + d] = if layout.shape()[d] == 1 { 0 } else { layout.strides()[d] };
    }
    strides
}

/// Strides of `layout` for `shape`: 0 along dimensions that it does not have or is repeated along.
fn aligned_strides(layout: &Layout, shape: &[usize]) -> Strides {
    let lead = shape.len() - layout.ndim();
    let mut strides: Strides = SmallVec::from_elem(0, shape.len());
    for d in 0..layout.ndim() {
        let repeated = layout.shape()[d] == 1 && shape[lead + d] != 1;
        strides[lead + d] = if repeated { 0 } else { layout.strides()[d].abs() };
    }
    strides
}

/// How dimension `a` compares with `b` in memory: greater is slower. Equal where no operand tells.
fn slower(strides: &[Strides], shape: &[usize], a: usize, b: usize) -> std::cmp::Ordering {
    use std::cmp::Ordering::{Equal, Greater};
    for s in strides {
        if s[a] == 0 || s[b] == 0 {
            continue;
        }
        match s[a].cmp(&s[b]) {
            Equal if shape[a] > shape[b] => return Greater,
            Equal => {}
            told => return told,
        }
    }
    Equal
}

/// A dimension given from either end, wrapped into `0..ndim`. A 0-d tensor has one virtual dimension, as PyTorch's.
pub fn wrap_dim(name: &str, dim: i64, ndim: usize) -> Result<usize> {
    let n = ndim.max(1) as i64;
    if dim < -n || dim >= n {
        return Err(Error::index(format!(
            "{name}: Dimension out of range (expected to be in range of [{}, {}], but got {dim})",
            -n,
            n - 1
        )));
    }
    Ok((if dim < 0 { dim + n } else { dim }) as usize)
}
