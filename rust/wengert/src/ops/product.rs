//! Products: dot, mv, mm, bmm and matmul, which is made of them. Depends on the GEMM kernel, views and `record`.

use crate::array::layout::{broadcast, show};
use crate::array::{Array, Dims, Layout};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::ops::view::{expand, matrix_transpose, reshape, squeeze, unsafe_view, unsqueeze};
use crate::record::apply2;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{with_float, with_int};
use smallvec::{SmallVec, smallvec};
use wengert_kernels::{gemm, int_gemm, reduce};

pub mod compose;
pub mod einsum;
pub mod fused;

/// `out (m x n) = a (m x k) b (k x n)` over the last two dimensions given as (stride of rows, stride of columns).
fn multiply(
    out: *mut u8,
    m: usize,
    n: usize,
    k: usize,
    a: (*const u8, [isize; 2]),
    b: (*const u8, [isize; 2]),
    dtype: crate::DType,
) {
    with_float!(dtype, T => {
        // SAFETY: callers pass pointers and strides of arrays of these sizes; the output is fresh and row-major.
        unsafe {
            gemm::gemm::<T>(m, n, k, out.cast(), n as isize, 1, a.0.cast(), a.1[0], a.1[1], b.0.cast(), b.1[0], b.1[1], false);
        }
    }, else with_int!(dtype, T => {
        // SAFETY: as above.
        unsafe { int_gemm::<T>(m, n, k, out.cast(), a.0.cast(), a.1[0], a.1[1], b.0.cast(), b.1[0], b.1[1]) }
    }, else ()));
}

fn strides2(l: &Layout) -> [isize; 2] {
    let s = l.strides();
    [s[s.len() - 2], s[s.len() - 1]]
}

macro_rules! products {
    ($($(#[doc = $doc:literal])* $Type:ident $name:literal $grad:literal;
        forward |$fa:ident, $fb:ident| $forward:expr;
        da |$ga:ident, $kb:ident| $da:expr;
        db |$gb:ident, $ka:ident| $db:expr;
        batch |$ba:ident, $bb:ident| $batch:expr;
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        struct $Type;
        impl Op for $Type {
            fn name(&self) -> &str {
                $name
            }
            fn grad_name(&self) -> String {
                $grad.to_owned()
            }
            fn forward(&self, inputs: &[&Array]) -> Result<Array> {
                let ($fa, $fb) = (inputs[0], inputs[1]);
                $forward
            }
            fn keep(&self, needs: u32) -> u32 {
                // A product's derivative by one factor is the other.
                ((needs & 1) << 1) | ((needs >> 1) & 1)
            }
            fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
                let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
                let a = if saved.needs(0) {
                    let ($ga, $kb) = (g, &saved.input(1)?);
                    Some($da?)
                } else {
                    None
                };
                let b = if saved.needs(1) {
                    let ($gb, $ka) = (g, &saved.input(0)?);
                    Some($db?)
                } else {
                    None
                };
                Ok(smallvec![a, b])
            }
            fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
                let a = tangents[0].as_ref().map(|t| apply2(&$Type, t, inputs[1])).transpose()?;
                let b = tangents[1].as_ref().map(|t| apply2(&$Type, inputs[0], t)).transpose()?;
                match (a, b) {
                    (Some(a), Some(b)) => crate::ops::add(&a, &b).map(Some),
                    (a, b) => Ok(a.or(b)),
                }
            }
            fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
                // What is the same for all examples stays as it is and broadcasts: a stack times one matrix is one product.
                let front = |i: usize| crate::transform::to_front(&inputs[i]);
                let ($ba, $bb) = (&front(0)?, &front(1)?);
                Ok(Some(($batch?, Some(0))))
            }
        }
    )*};
}

products! {
    /// Inner product of two vectors.
    Dot "dot" "DotBackward0";
    forward |a, b| {
        let out = Array::empty(Layout::contiguous(&[])?, a.dtype())?;
        with_float!(a.dtype(), T => {
            // SAFETY: two vectors of one length; a fresh output of one element.
            unsafe { *out.ptr::<T>() = reduce::dot::<T>(a.numel(), a.ptr(), a.layout().strides()[0], b.ptr(), b.layout().strides()[0]) }
        }, else multiply(
            out.data_ptr(), 1, 1, a.numel(),
            (a.data_ptr(), [0, a.layout().strides()[0]]),
            (b.data_ptr(), [b.layout().strides()[0], 1]),
            a.dtype(),
        ));
        Ok(out)
    };
    da |g, b| crate::ops::mul(g, b);
    db |g, a| crate::ops::mul(g, a);
    batch |a, b| crate::ops::sum(&crate::ops::mul(a, b)?, Some(&[-1]), false);

    /// Inner product of two vectors, under the name that it has for complex numbers.
    Vdot "vdot" "VdotBackward0";
    forward |a, b| {
        let out = Array::empty(Layout::contiguous(&[])?, a.dtype())?;
        with_float!(a.dtype(), T => {
            // SAFETY: two vectors of one length; a fresh output of one element.
            unsafe { *out.ptr::<T>() = reduce::dot::<T>(a.numel(), a.ptr(), a.layout().strides()[0], b.ptr(), b.layout().strides()[0]) }
        }, else ());
        Ok(out)
    };
    da |g, b| crate::ops::mul(g, b);
    db |g, a| crate::ops::mul(g, a);
    batch |a, b| crate::ops::sum(&crate::ops::mul(a, b)?, Some(&[-1]), false);

    /// Matrix times vector.
    Mv "mv" "MvBackward0";
    forward |a, b| {
        let (m, k) = (a.shape()[0], a.shape()[1]);
        let out = Array::empty(Layout::contiguous(&[m])?, a.dtype())?;
        multiply(out.data_ptr(), m, 1, k, (a.data_ptr(), strides2(a.layout())), (b.data_ptr(), [b.layout().strides()[0], 1]), a.dtype());
        Ok(out)
    };
    da |g, b| outer(g, b);
    db |g, a| mv(&matrix_transpose(a)?, g);
    batch |a, b| match a.ndim() {
        2 => matmul(b, &matrix_transpose(a)?),
        _ => squeeze(&matmul(a, &unsqueeze(b, -1)?)?, Some(&[-1])),
    };

    /// Matrix times matrix.
    Mm "mm" "MmBackward0";
    forward |a, b| {
        let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
        let out = Array::empty(Layout::contiguous(&[m, n])?, a.dtype())?;
        multiply(out.data_ptr(), m, n, k, (a.data_ptr(), strides2(a.layout())), (b.data_ptr(), strides2(b.layout())), a.dtype());
        Ok(out)
    };
    da |g, b| mm(g, &matrix_transpose(b)?);
    db |g, a| mm(&matrix_transpose(a)?, g);
    batch |a, b| matmul(a, b);

    /// Batch of matrix products.
    Bmm "bmm" "BmmBackward0";
    forward |a, b| {
        let (batch, m, k, n) = (a.shape()[0], a.shape()[1], a.shape()[2], b.shape()[2]);
        let out = Array::empty(Layout::contiguous(&[batch, m, n])?, a.dtype())?;
        let strides3 = |l: &Layout| [l.strides()[0], l.strides()[1], l.strides()[2]];
        let (os, sa, sb) = ([(m * n) as isize, n as isize, 1], strides3(a.layout()), strides3(b.layout()));
        with_float!(a.dtype(), T => {
            // SAFETY: strides of arrays of these sizes; the output is fresh and row-major.
            unsafe { gemm::batch::<T>(batch, m, n, k, out.ptr(), os, a.ptr(), sa, b.ptr(), sb, false) };
        }, else {
            let size = a.dtype().size() as isize;
            let at = |p: *mut u8, strides: &[isize; 3], i: usize| p.wrapping_offset(i as isize * strides[0] * size);
            for i in 0..batch {
                let (x, y) = (at(a.data_ptr(), &sa, i), at(b.data_ptr(), &sb, i));
                multiply(at(out.data_ptr(), &os, i), m, n, k, (x, [sa[1], sa[2]]), (y, [sb[1], sb[2]]), a.dtype());
            }
        });
        Ok(out)
    };
    da |g, b| bmm(g, &matrix_transpose(b)?);
    db |g, a| bmm(&matrix_transpose(a)?, g);
    batch |a, b| matmul(a, b);
}

fn outer(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    crate::ops::mul(&unsqueeze(a, -1)?, b)
}

/// Checks what all products ask: equal dtypes, of numbers.
fn check_dtypes(name: &str, a: &Tensor, b: &Tensor) -> Result<()> {
    if a.dtype() != b.dtype() {
        return Err(Error::runtime(format!(
            "{name}: expected both inputs to have the same dtype; got {} and {}; try to()",
            a.dtype().name(),
            b.dtype().name()
        )));
    }
    if a.dtype() == crate::DType::Bool {
        return Err(Error::not_implemented(format!("\"{name}\" not implemented for 'Bool'; try to(uint8)")));
    }
    Ok(())
}

fn wrong_shapes(name: &str, wanted: &str, a: &Tensor, b: &Tensor) -> Error {
    Error::runtime(format!("{name}: wanted {wanted}; got shapes {} and {}", show(a.shape()), show(b.shape())))
}

/// Inner product of two vectors of one length.
#[track_caller]
pub fn dot(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    check_vectors("dot", a, b)?;
    apply2(&Dot, a, b)
}

/// The same: for real numbers nothing is conjugated.
#[track_caller]
pub(crate) fn vdot(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    check_vectors("vdot", a, b)?;
    // `Dot` is the one that counts in integers.
    if a.dtype().is_float() { apply2(&Vdot, a, b) } else { apply2(&Dot, a, b) }
}

fn check_vectors(name: &str, a: &Tensor, b: &Tensor) -> Result<()> {
    if a.ndim() != 1 || b.ndim() != 1 {
        return Err(Error::runtime(format!(
            "1D tensors expected, but got {}D and {}D tensors; {name} takes two vectors, try (a * b).sum() or matmul",
            a.ndim(),
            b.ndim()
        )));
    }
    check_dtypes(name, a, b)?;
    if a.numel() != b.numel() {
        return Err(Error::runtime(format!(
            "inconsistent tensor size, expected tensor {} and src {} to have the same number of elements, but got {} and {} elements respectively ({name})",
            show(a.shape()),
            show(b.shape()),
            a.numel(),
            b.numel()
        )));
    }
    Ok(())
}

/// Matrix times vector.
#[track_caller]
pub fn mv(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    check_dtypes("mv", a, b)?;
    if a.ndim() != 2 || b.ndim() != 1 || a.shape()[1] != b.shape()[0] {
        return Err(wrong_shapes("mv", "a matrix (n x m) and a vector (m), size mismatch", a, b));
    }
    apply2(&Mv, a, b)
}

/// Matrix times matrix.
#[track_caller]
pub fn mm(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    check_dtypes("mm", a, b)?;
    if a.ndim() != 2 || b.ndim() != 2 {
        return Err(wrong_shapes("mm", "two matrices; try matmul for other shapes", a, b));
    }
    if a.shape()[1] != b.shape()[0] {
        return Err(inner_mismatch("mm", a, b));
    }
    apply2(&Mm, a, b)
}

/// Products of two batches of matrices.
#[track_caller]
pub fn bmm(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    check_dtypes("bmm", a, b)?;
    if a.ndim() != 3 || b.ndim() != 3 || a.shape()[0] != b.shape()[0] {
        return Err(wrong_shapes(
            "bmm",
            "batch1 and batch2 of shapes (b x n x m) and (b x m x p): 3D tensors with one batch size",
            a,
            b,
        ));
    }
    if a.shape()[2] != b.shape()[1] {
        return Err(inner_mismatch("bmm", a, b));
    }
    apply2(&Bmm, a, b)
}

fn inner_mismatch(name: &str, a: &Tensor, b: &Tensor) -> Error {
    let (x, y) = (a.shape(), b.shape());
    let k = y[y.len().saturating_sub(2)];
    let shapes = if x.len() == 2 && y.len() == 2 {
        format!("mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", x[0], x[1], y[0], y[1])
    } else {
        "shapes cannot be multiplied".to_owned()
    };
    Error::runtime(format!(
        "{name}: {shapes}: last dimension of the first input ({}) must equal the second-to-last of the second ({k}); got {} and {}",
        x[x.len() - 1],
        show(x),
        show(y)
    ))
}

/// NumPy's matmul: vectors, matrices, and stacks of matrices whose leading dimensions broadcast.
#[track_caller]
pub fn matmul(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    match (a.ndim(), b.ndim()) {
        (0, _) | (_, 0) => Err(Error::runtime(format!(
            "both arguments to matmul need to be at least 1D, but they are {}D and {}D; try a * b",
            a.ndim(),
            b.ndim()
        ))),
        (1, 1) => dot(a, b),
        (2, 1) => mv(a, b),
        (1, 2) => crate::ops::view::squeeze_in_place(&mm(&unsqueeze(a, 0)?, b)?, 0),
        (2, 2) => mm(a, b),
        (1, _) => squeeze(&matmul(&unsqueeze(a, 0)?, b)?, Some(&[-2])),
        (n, 1) if !a.is_lifted() && !b.is_lifted() && a.shape()[n - 1] == b.shape()[0] => {
            let (lead, k) = (&a.shape()[..n - 1], b.shape()[0]);
            unsafe_view(&mv(&reshape(a, &[lead.iter().product(), k])?, b)?, lead)
        }
        (_, 1) => squeeze(&matmul(a, &unsqueeze(b, 1)?)?, Some(&[-1])),
        _ => stacked(a, b),
    }
}

#[track_caller]
fn stacked(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    check_dtypes("matmul", a, b)?;
    let (x, y) = (a.shape(), b.shape());
    let ([xl @ .., m, k], [yl @ .., k2, n]) = (x, y) else { return Err(inner_mismatch("matmul", a, b)) };
    if k != k2 {
        return Err(inner_mismatch("matmul", a, b));
    }
    if yl.is_empty() && (a.is_lifted() || a.layout().is_contiguous()) {
        // A stack times one matrix is one product of taller matrices.
        let rows: usize = xl.iter().product::<usize>() * m;
        let mut shape: Dims = SmallVec::from_slice(xl);
        shape.extend([*m, *n]);
        let product = mm(&reshape(a, &[rows, *k])?, b)?;
        return if product.is_lifted() { reshape(&product, &shape) } else { unsafe_view(&product, &shape) };
    }
    let lead = broadcast(xl, yl).ok_or_else(|| wrong_shapes("matmul", "leading dimensions that broadcast", a, b))?;
    let batch: usize = lead.iter().product();
    let flat = |t: &Tensor, r: usize, c: usize| -> Result<Tensor> {
        let mut full = lead.clone();
        full.extend([r, c]);
        let t = if t.shape() == &*full { t.clone() } else { expand(t, &full)? };
        reshape(&t, &[batch, r, c])
    };
    let y = bmm(&flat(a, *m, *k)?, &flat(b, *k, *n)?)?;
    let mut shape = lead.clone();
    shape.extend([*m, *n]);
    unsafe_view(&y, &shape)
}

fn call(f: fn(&Tensor, &Tensor) -> Result<Tensor>, a: &Args<'_>) -> Result<Value> {
    f(a.tensor(0)?, a.tensor(1)?).map(Value::from)
}

macro_rules! rows {
    ($($info:ident $name:literal $f:ident $signature:literal $doc:literal $samples:expr;)*) => {$(
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: $signature,
            returns: "Tensor",
            face: Face::BOTH,
            differentiable: true,
            body: Body::Call(|a| call($f, a)),
            samples: $samples,
        };
    )*};
}
rows! {
    DOT "dot" dot "input: Tensor, tensor: Tensor"
        "Inner product of two vectors of one length.\n\n\
         >>> import wengert\n\
         >>> wengert.dot(wengert.tensor([1.0, 2.0]), wengert.tensor([3.0, 4.0]))\n\
         tensor(11.)\n"
        &["f(3), f(3)", "f(0), f(0)"];
    MV "mv" mv "input: Tensor, vec: Tensor"
        "Product of a matrix (n, m) and a vector (m).\n\n\
         >>> import wengert\n\
         >>> wengert.mv(wengert.tensor([[1.0, 2.0], [3.0, 4.0]]), wengert.tensor([1.0, 1.0]))\n\
         tensor([3., 7.])\n"
        &["f(2, 3), f(3)", "f(2, 0), f(0)"];
    MM "mm" mm "input: Tensor, mat2: Tensor"
        "Product of matrices (n, m) and (m, p).\n\n\
         >>> import wengert\n\
         >>> wengert.mm(wengert.tensor([[1.0, 2.0]]), wengert.tensor([[3.0], [4.0]]))\n\
         tensor([[11.]])\n"
        &["f(2, 3), f(3, 4)", "f(2, 0), f(0, 3)"];
    BMM "bmm" bmm "input: Tensor, mat2: Tensor"
        "Products of two batches of matrices, (b, n, m) and (b, m, p).\n\n\
         >>> import wengert\n\
         >>> wengert.bmm(wengert.ones(2, 3, 4), wengert.ones(2, 4, 5)).shape\n\
         torch.Size([2, 3, 5])\n"
        &["f(2, 3, 4), f(2, 4, 2)"];
    MATMUL "matmul" matmul "input: Tensor, other: Tensor"
        "Matrix product as NumPy's: vectors, matrices, and stacks of matrices whose leading dimensions broadcast.\n\n\
         >>> import wengert\n\
         >>> wengert.matmul(wengert.tensor([[1.0, 2.0], [3.0, 4.0]]), wengert.tensor([1.0, 1.0]))\n\
         tensor([3., 7.])\n"
        &["f(2, 3), f(3, 4)", "f(3), f(3)", "f(2, 3), f(3)", "f(3), f(3, 2)", "f(2, 3, 4), f(4, 2)", "f(2, 1, 2, 3), f(4, 3, 2)", "f(3), f(2, 3, 2)"];
}

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&DOT, &MV, &MM, &BMM, &MATMUL];
