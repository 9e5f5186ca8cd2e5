//! as_strided and unfold: views whose elements may overlap, so that their adjoints add. Depends on views and `index`.

use super::*;
use crate::array::Scalar;
use crate::ops::rows::rows;

/// Any sizes and strides over the storage. Knows the layout of its input: what it shows depends on it.
#[derive(Debug, Clone)]
struct AsStrided {
    input: Layout,
    out: Layout,
    /// From the input's first element, in elements.
    offset: isize,
}

/// Where elements lie in a row of `len` places that holds those of input and output.
struct Places {
    input: Tensor,
    output: Tensor,
    len: usize,
    /// How many elements of the input lie in each place, where some place has several.
    shared: Option<Tensor>,
}

impl AsStrided {
    fn places(&self) -> Result<Places> {
        let mut input = self.input.places()?;
        let mut output = self.out.places()?;
        for p in &mut output {
            *p += self.offset as i64;
        }
        let ends = || input.iter().chain(&output);
        let low = ends().copied().min().unwrap_or(0);
        let len = ends().copied().max().map_or(0, |high| (high - low + 1) as usize);
        for p in input.iter_mut().chain(&mut output) {
            *p -= low;
        }
        let shared = if self.input.overlaps() {
            let mut counts: Vec<f64> = Vec::new();
            counts
                .try_reserve_exact(len)
                .map_err(|_| Error::memory("as_strided: not enough memory for the storage's places"))?;
            counts.resize(len, 0.0);
            for &p in &input {
                counts[p as usize] += 1.0;
            }
            counts.iter_mut().for_each(|n| *n = n.max(1.0));
            Some(Tensor::literal(&counts, &[len])?)
        } else {
            None
        };
        let index = |places: &[i64]| Tensor::literal(places, &[places.len()]);
        Ok(Places { input: index(&input)?, output: index(&output)?, len, shared })
    }

    /// The linear map from input to output, or its adjoint. An element of an input that lies in one place with others
    /// stands for an equal share of what is seen there, as PyTorch has it.
    fn map(&self, t: &Tensor, adjoint: bool) -> Result<Tensor> {
        let places = self.places()?;
        let (from, to, shape) = match adjoint {
            true => (&places.output, &places.input, self.input.shape()),
            false => (&places.input, &places.output, self.out.shape()),
        };
        let flat = reshape(t, &[from.numel()])?;
        let mut row = crate::ops::index::put_along(&flat, from, 0, &[places.len])?;
        if let Some(shared) = &places.shared {
            row = crate::ops::div(&row, &crate::ops::cast(shared, t.dtype())?)?;
        }
        reshape(&crate::ops::index::take_along(&row, to, 0)?, shape)
    }
}

impl Op for AsStrided {
    fn name(&self) -> &str {
        "as_strided"
    }
    fn grad_name(&self) -> String {
        "AsStridedBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        if !(x.layout().same_shape(&self.input) && x.layout().strides() == self.input.strides()) {
            return Err(Error::runtime(format!(
                "as_strided: the view is of a tensor of shape {:?} with strides {:?}, and cannot be taken of one with strides {:?}; \
                 try contiguous() before as_strided()",
                self.input.shape(),
                self.input.strides(),
                x.layout().strides()
            )));
        }
        check_bounds(x, &self.out, self.offset)?;
        Ok(x.view(self.out.clone(), self.offset))
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(self.map(g, true)?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| self.map(t, false)).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let x = crate::transform::to_front(&inputs[0])?;
        let mut shape: Dims = smallvec![size];
        let mut strides: Strides = SmallVec::from_slice(&x.layout().strides()[..1]);
        shape.extend_from_slice(self.out.shape());
        strides.extend_from_slice(self.out.strides());
        let below =
            AsStrided { input: x.layout().clone(), out: Layout::strided(&shape, &strides), offset: self.offset };
        Ok(Some((apply(OpRef::new(below), &[&x])?, Some(0))))
    }
    fn is_view(&self) -> bool {
        true
    }
}

/// Refuses a layout that leaves the storage of `x`.
fn check_bounds(x: &Array, out: &Layout, offset: isize) -> Result<()> {
    let size = x.dtype().size();
    let (low, high) = reach(out, offset).unwrap_or((-1, isize::MAX));
    let start = x.storage_offset() as isize;
    let held = (x.storage_bytes() / size) as isize;
    if out.numel() > 0
        && (low.checked_add(start).is_none_or(|l| l < 0) || high.checked_add(start).is_none_or(|h| h >= held))
    {
        return Err(Error::runtime(format!(
            "as_strided: sizes {:?}, strides {:?}, storage offset {}, and itemsize {size} are out of bounds for storage of size {}; \
             wanted elements that lie in the storage",
            out.shape(),
            out.strides(),
            start.saturating_add(offset),
            x.storage_bytes()
        )));
    }
    Ok(())
}

/// The lowest and the highest place of an element; None where they cannot be counted.
fn reach(l: &Layout, offset: isize) -> Option<(isize, isize)> {
    let (mut low, mut high) = (offset, offset);
    for (&n, &s) in l.shape().iter().zip(l.strides()) {
        let far = s.checked_mul(isize::try_from(n).ok()? - 1)?;
        let end = if far < 0 { &mut low } else { &mut high };
        *end = end.checked_add(far)?;
    }
    Some((low, high))
}

/// View of `size` with `stride`, from element `storage_offset` of the storage (by default the tensor's own first).
///
/// Fails with a runtime error where an element would lie outside the storage.
#[track_caller]
pub fn as_strided(x: &Tensor, size: &[i64], stride: &[i64], storage_offset: Option<i64>) -> Result<Tensor> {
    if size.len() != stride.len() {
        return Err(Error::runtime(format!(
            "as_strided: mismatch in length of strides and shape; got size {size:?} and stride {stride:?}"
        )));
    }
    if stride.iter().any(|&s| s < 0) {
        return Err(Error::runtime(format!(
            "as_strided: Negative strides are not supported at the moment, got strides: {stride:?}; try flip()"
        )));
    }
    if let Some(n) = size.iter().find(|&&n| n < 0) {
        return Err(Error::runtime(format!(
            "as_strided: Trying to create tensor with negative dimension {n}: {size:?}"
        )));
    }
    let own = x.array().storage_offset() as i64;
    let from = storage_offset.unwrap_or(own);
    if from < 0 {
        return Err(Error::runtime(format!("as_strided: Tensor: invalid storage offset {from}; wanted 0 or more")));
    }
    let shape: Dims = size.iter().map(|&n| n as usize).collect();
    let strides: Strides = stride.iter().map(|&s| s as isize).collect();
    crate::array::layout::checked_numel(&shape)?;
    let offset = from as isize - own as isize;
    let out = Layout::strided(&shape, &strides);
    // Before any list of places is made: sizes may be anything.
    check_bounds(x.array(), &out, offset)?;
    apply(OpRef::new(AsStrided { input: x.layout().clone(), out, offset }), &[x])
}

/// All windows of `size` of a dimension, `step` apart, in a new last dimension.
#[derive(Debug, Clone)]
struct Unfold {
    dim: usize,
    size: usize,
    step: usize,
}

impl Rule for Unfold {
    const NAME: &'static str = "unfold";
    fn grad_name(&self) -> String {
        "UnfoldBackward0".to_owned()
    }
    fn geometry(&self, l: &Layout) -> Result<(Layout, isize)> {
        let mut shape: Dims = SmallVec::from_slice(l.shape());
        let mut strides: Strides = SmallVec::from_slice(l.strides());
        shape[self.dim] = (shape[self.dim] - self.size) / self.step + 1;
        shape.push(self.size);
        strides.push(strides[self.dim]);
        strides[self.dim] *= self.step as isize;
        Ok((Layout::strided(&shape, &strides), 0))
    }
    fn adjoint(&self, g: &Tensor, input: &[usize]) -> Result<Tensor> {
        apply(OpRef::new(Fold { windows: self.clone(), shape: SmallVec::from_slice(input) }), &[g])
    }
    fn below(&self, _: usize) -> Self {
        Unfold { dim: self.dim + 1, ..self.clone() }
    }
}

/// The adjoint of [`Unfold`]: windows added into zeros of `shape`.
#[derive(Debug, Clone)]
struct Fold {
    windows: Unfold,
    shape: Dims,
}

impl Op for Fold {
    fn name(&self) -> &str {
        "unfold_backward"
    }
    fn grad_name(&self) -> String {
        "UnfoldBackwardBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let g = inputs[0];
        let out = Array::full(Layout::contiguous(&self.shape)?, g.dtype(), Scalar::Int(0))?;
        let Unfold { dim, size, step } = self.windows;
        let last = g.shape().len() - 1;
        for k in 0..size {
            // The k-th elements of all windows lie apart from each other.
            let len = g.shape()[dim];
            let mut strides: Strides = SmallVec::from_slice(out.layout().strides());
            let offset = k as isize * strides[dim];
            strides[dim] *= step as isize;
            let mut shape = self.shape.clone();
            shape[dim] = len;
            let part = out.view(Layout::strided(&shape, &strides), offset);
            let from = g.view(
                Layout::strided(&g.shape()[..last], &g.layout().strides()[..last]),
                k as isize * g.layout().strides()[last],
            );
            crate::ops::binary::add_unseen(&part, &from);
        }
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        Ok(smallvec![Some(run(self.windows.clone(), g)?)])
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| apply(OpRef::new(self.clone()), &[t])).transpose()
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        let g = crate::transform::to_front(&inputs[0])?;
        let shape = std::iter::once(size).chain(self.shape.iter().copied()).collect();
        Ok(Some((apply(OpRef::new(Fold { windows: self.windows.below(size), shape }), &[&g])?, Some(0))))
    }
}

fn unfold(x: &Tensor, dim: i64, size: i64, step: i64) -> Result<Tensor> {
    let dim = wrap_dim("unfold", dim, x.ndim())?;
    let most = x.shape().get(dim).copied().unwrap_or(1);
    if size < 0 || size as u64 > most as u64 {
        return Err(Error::runtime(format!(
            "unfold: maximum size for tensor at dimension {dim} is {most} but size is {size}; wanted 0 <= size <= {most}"
        )));
    }
    if step <= 0 {
        return Err(Error::runtime(format!("unfold: step is {step} but must be > 0")));
    }
    if x.ndim() == 0 {
        return slice(&reshape(x, &[1])?, 0, 0, size as usize, 1);
    }
    // A step past the end leaves one window, and must not overflow as a stride.
    let step = (step as usize).min(most + 1);
    run(Unfold { dim, size: size as usize, step }, x)
}

rows! {
    /// View with the given `size` and `stride` (in elements), from element `storage_offset` of the storage; by default
    /// from the tensor's own first element. Elements may overlap: their gradients add.
    ///
    /// Raises RuntimeError where strides are negative or an element would lie outside the storage.
    ///
    /// >>> import wengert
    /// >>> wengert.arange(4).as_strided((3, 2), (1, 1)).tolist()
    /// [[0, 1], [1, 2], [2, 3]]
    "as_strided", "input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None", "Tensor",
        BOTH, true, &["f(2, 3), (2, 2), (1, 1)", "f(6), (2, 2), (3, 2)", "f(6), (3, 3), (1, 1)", "f(4), (), ()", "f(4), (2, 3), (0, 1)", "f(4), (0, 2), (2, 1)"];
    Body::Call(|a| as_strided(a.tensor(0)?, &a.ints(1)?, &a.ints(2)?, a.maybe_int(3)?).map(Value::from));

    /// View of all windows of `size` elements of a dimension, `step` apart: one more dimension, the last. Windows may
    /// overlap: their gradients add.
    ///
    /// Raises RuntimeError where a window is longer than the dimension.
    ///
    /// >>> import wengert
    /// >>> wengert.arange(5).unfold(0, 3, 2).tolist()
    /// [[0, 1, 2], [2, 3, 4]]
    "unfold", "input: Tensor, dimension: int, size: int, step: int", "Tensor", METHOD, true,
        &["f(5), 0, 3, 1", "f(5, 2), 0, 2, 2", "f(2, 4), -1, 3, 1", "f(4), 0, 2, 3", "f(3), 0, 0, 1", "f(), 0, 1, 1"];
    Body::Call(|a| unfold(a.tensor(0)?, a.int(1)?, a.int(2)?, a.int(3)?).map(Value::from));
}
