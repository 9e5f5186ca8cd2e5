//! tril and triu, and the indices of triangles. Depends on `arrange`.

use super::*;
use crate::array::{DType, Scalar};
use crate::ops::table::Args;

/// The elements on one side of a diagonal of the last two dimensions, zeros on the other.
#[derive(Clone, Debug)]
struct Triangle {
    lower: bool,
    diagonal: i64,
}

impl Triangle {
    /// The columns kept in a row.
    fn kept(&self, row: usize, columns: usize) -> std::ops::Range<usize> {
        let place = |extra: i64| {
            (row as i64).saturating_add(self.diagonal).saturating_add(extra).clamp(0, columns as i64) as usize
        };
        if self.lower { 0..place(1) } else { place(0)..columns }
    }

    /// The elements kept of a matrix, counted without a look at each row: their number grows or falls by one a row
    /// between two rows where it is none or all.
    fn count(&self, rows: usize, columns: usize) -> usize {
        let below = |row: i128| row.clamp(0, columns as i128);
        let (first, rows, columns) = (i128::from(self.diagonal), rows as i128, columns as i128);
        // The sum of below(row + diagonal + 1) for all rows: a ramp from 0 to `columns`, and what is beyond it.
        let ramp = |rows: i128| {
            let end = below(rows);
            end * (end + 1) / 2 + (rows - end).max(0) * columns
        };
        let (from, to) = (first, first + rows);
        let lower = ramp(to) - ramp(from);
        let upper = rows * columns - (ramp(to - 1) - ramp(from - 1));
        usize::try_from(if self.lower { lower } else { upper }).unwrap_or(usize::MAX)
    }
}

impl Arrangement for Triangle {
    const NAME: &'static str = "triangle";
    fn grad_name(&self) -> String {
        if self.lower { "TrilBackward0" } else { "TriuBackward0" }.to_owned()
    }
    fn forward(&self, x: &Array) -> Result<Array> {
        let out = Array::full(Layout::contiguous(x.shape())?, x.dtype(), Scalar::Int(0))?;
        let n = x.shape().len();
        let (rows, columns) = (x.shape()[n - 2], x.shape()[n - 1]);
        if out.numel() == 0 {
            return Ok(out);
        }
        for row in 0..rows {
            let kept = self.kept(row, columns);
            if kept.is_empty() {
                continue;
            }
            // The row of all matrices of the stack at once.
            let part = |array: &Array| {
                let mut shape: Dims = SmallVec::from_slice(array.shape());
                (shape[n - 2], shape[n - 1]) = (1, kept.len());
                let s = array.layout().strides();
                array.view(Layout::strided(&shape, s), row as isize * s[n - 2] + kept.start as isize * s[n - 1])
            };
            part(&out).write_unseen(&part(x));
        }
        Ok(out)
    }
    fn adjoint(&self, g: &Tensor, _: &[usize]) -> Result<Tensor> {
        arranged(self.clone(), g)
    }
    fn below(&self) -> Self {
        self.clone()
    }
}

#[track_caller]
fn triangle(name: &str, x: &Tensor, diagonal: i64, lower: bool) -> Result<Tensor> {
    if x.ndim() < 2 {
        return Err(Error::runtime(format!(
            "{name}: input tensor must have at least 2 dimensions; got shape {:?}",
            x.shape()
        )));
    }
    arranged(Triangle { lower, diagonal }, x)
}

/// The lower triangle: elements up to the given diagonal, zeros above.
#[track_caller]
pub fn tril(x: &Tensor, diagonal: i64) -> Result<Tensor> {
    triangle("tril", x, diagonal, true)
}

/// The upper triangle: elements from the given diagonal, zeros below.
#[track_caller]
pub fn triu(x: &Tensor, diagonal: i64) -> Result<Tensor> {
    triangle("triu", x, diagonal, false)
}

fn indices(a: &Args<'_>, lower: bool) -> Result<Value> {
    let (rows, columns, diagonal) = (a.int(0)?, a.int(1)?, a.int(2)?);
    let (Ok(rows), Ok(columns)) = (usize::try_from(rows), usize::try_from(columns)) else {
        return Err(Error::runtime(format!("{}: row and col must be non-negative; got {rows} and {columns}", a.name)));
    };
    if let device @ (Value::Str(_) | Value::Other(_)) = a.get(4)
        && !matches!(device, Value::Str(s) if s.split(':').next() == Some("cpu"))
    {
        return Err(Error::runtime(format!("{}: device must be 'cpu': wengert runs on CPUs", a.name)));
    }
    let dtype = a.maybe_dtype(3)?.unwrap_or(DType::I64);
    let side = Triangle { lower, diagonal };
    // Refuses what cannot be had before the loops below try to.
    let shape = [2, side.count(rows, columns)];
    let out = Array::empty(Layout::contiguous(&shape)?, DType::I64)?;
    // SAFETY: fresh, row-major int64, and ours alone.
    let (first, second) =
        unsafe { std::slice::from_raw_parts_mut(out.ptr::<i64>(), out.numel()) }.split_at_mut(shape[1]);
    // Rows of which nothing is kept are not looked at: there may be any number of them.
    let (columns_end, below) = (columns as i128 - i128::from(diagonal), -i128::from(diagonal));
    let clip = |row: i128| row.clamp(0, rows as i128) as usize;
    let kept_rows = if shape[1] == 0 {
        0..0
    } else if lower {
        clip(below)..rows
    } else {
        0..clip(columns_end)
    };
    let places = kept_rows.flat_map(|row| side.kept(row, columns).map(move |column| (row, column)));
    for (i, (row, column)) in places.enumerate() {
        (first[i], second[i]) = (row as i64, column as i64);
    }
    crate::ops::cast(&crate::tap::literal(Tensor::from_array(out)), dtype).map(Value::from)
}

/// `tril_` and `triu_`: the zeros are written into the tensor itself.
#[track_caller]
fn write(x: &mut Tensor, a: &Args<'_>, lower: bool) -> Result<()> {
    let diagonal = a.int(1)?;
    if x.ndim() < 2 {
        return triangle(a.name, x, diagonal, lower).map(drop);
    }
    crate::inplace::apply_inplace(OpRef::new(Arranged(Triangle { lower, diagonal })), x, &[])
}

rows! {
    /// Lower triangle of the last two dimensions: elements on and below the diagonal, zeros above. A positive `diagonal`
    /// is above the main one, a negative one below it.
    ///
    /// Raises RuntimeError for fewer than two dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.tril(wengert.tensor([[1, 2], [3, 4]])).tolist()
    /// [[1, 0], [3, 4]]
    "tril", "input: Tensor, diagonal: int = 0", "Tensor", BOTH, true,
        &["f(3, 3)", "f(2, 3), 1", "f(3, 2), -1", "f(2, 3, 3)", "f(2, 2), 9", "f(0, 3)"];
    Body::Call(|a| tril(a.tensor(0)?, a.int(1)?).map(Value::from));

    /// Upper triangle of the last two dimensions: elements on and above the diagonal, zeros below. A positive `diagonal`
    /// is above the main one, a negative one below it.
    ///
    /// Raises RuntimeError for fewer than two dimensions.
    ///
    /// >>> import wengert
    /// >>> wengert.triu(wengert.tensor([[1, 2], [3, 4]])).tolist()
    /// [[1, 2], [0, 4]]
    "triu", "input: Tensor, diagonal: int = 0", "Tensor", BOTH, true,
        &["f(3, 3)", "f(2, 3), 1", "f(3, 2), -1", "f(2, 3, 3)", "f(2, 2), -9", "f(0, 3)"];
    Body::Call(|a| triu(a.tensor(0)?, a.int(1)?).map(Value::from));

    /// Zeroes the tensor itself above the diagonal; returns the tensor.
    ///
    /// >>> import wengert
    /// >>> wengert.ones(2, 2).tril_().tolist()
    /// [[1.0, 0.0], [1.0, 1.0]]
    "tril_", "input: Tensor, diagonal: int = 0", "Tensor", WRITE, true, &[];
    Body::Write(|x, a| write(x, a, true));

    /// Zeroes the tensor itself below the diagonal; returns the tensor.
    ///
    /// >>> import wengert
    /// >>> wengert.ones(2, 2).triu_().tolist()
    /// [[1.0, 1.0], [0.0, 1.0]]
    "triu_", "input: Tensor, diagonal: int = 0", "Tensor", WRITE, true, &[];
    Body::Write(|x, a| write(x, a, false));

    /// Indices of the lower triangle of a `row` by `col` matrix: rows of indices first, then their columns.
    ///
    /// >>> import wengert
    /// >>> wengert.tril_indices(2, 2)
    /// tensor([[0, 1, 1],
    ///         [0, 0, 1]])
    "tril_indices", "row: int, col: int, offset: int = 0, *, dtype: dtype | None = None, device: object = None", "Tensor", FUNCTION,
        false, &["3, 3", "2, 4, 1", "4, 2, offset=-1", "0, 3"];
    Body::Call(|a| indices(a, true));

    /// Indices of the upper triangle of a `row` by `col` matrix: rows of indices first, then their columns.
    ///
    /// >>> import wengert
    /// >>> wengert.triu_indices(2, 2)
    /// tensor([[0, 0, 1],
    ///         [0, 1, 1]])
    "triu_indices", "row: int, col: int, offset: int = 0, *, dtype: dtype | None = None, device: object = None", "Tensor", FUNCTION,
        false, &["3, 3", "2, 4, 1", "4, 2, offset=-1", "0, 3"];
    Body::Call(|a| indices(a, false));
}
