//! Elements in and out of arrays: typed pointers, scalars, filling, copying, casting. Depends on storage and kernels.

use super::dtype::{Category, DType};
use super::layout::{Layout, checked_numel};
use super::storage::Array;
use crate::error::{Error, Result};
use crate::{with_dtype, with_width};
use std::sync::OnceLock;
use wengert_kernels::copy as kernel;

/// A vector with room for `n` entries, or the error that says that there is none.
pub(crate) fn room<T>(what: &str, n: usize) -> Result<Vec<T>> {
    let mut out = Vec::new();
    match out.try_reserve_exact(n) {
        Ok(()) => Ok(out),
        Err(_) => Err(Error::memory(format!(
            "{what}: cannot allocate {} bytes for {n} entries; try smaller sizes",
            n.saturating_mul(size_of::<T>())
        ))),
    }
}

/// A Rust type that elements can have.
pub trait Element: wengert_kernels::Element {
    /// Its dtype.
    const DTYPE: DType;
    /// Widens to a scalar.
    fn to_scalar(self) -> Scalar;
    /// Narrows a scalar, as a cast does.
    fn from_scalar(s: Scalar) -> Self;
}

/// One value of any dtype.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
}

impl Scalar {
    /// The dtype whose category it has (floats: the default dtype decides elsewhere, this is f64).
    pub fn dtype(self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::Int(_) => DType::I64,
            Scalar::Float(_) => DType::F64,
        }
    }

    /// Refuses a number that a tensor of `dtype` cannot hold, as PyTorch does where a number is all that is written:
    /// out of range (an unsigned type takes negative numbers that wrap), or NaN for an integer.
    pub fn check_fits(self, dtype: DType) -> Result<()> {
        if self.fits(dtype) {
            return Ok(());
        }
        Err(Error::runtime(format!(
            "value cannot be converted to type {} without overflow; got {}; try a wider dtype",
            dtype.c_name(),
            self.text()
        )))
    }

    /// Whether [`Scalar::check_fits`] accepts it.
    pub fn fits(self, dtype: DType) -> bool {
        with_dtype!(dtype, T => {
            let (lowest, highest) = (<T as wengert_kernels::Element>::LOWEST, <T as wengert_kernels::Element>::HIGHEST);
            match (dtype.category(), self) {
                (Category::Bool, _) | (_, Scalar::Bool(_)) | (Category::Float, Scalar::Int(_)) => true,
                (Category::Int, Scalar::Int(i)) => {
                    use wengert_kernels::Element as _;
                    let low = if dtype.is_signed() { lowest.to_i64() } else { -highest.to_i64() };
                    (low..=highest.to_i64()).contains(&i)
                }
                (Category::Int, Scalar::Float(x)) => {
                    use wengert_kernels::Element as _;
                    // What truncates to the highest value fits. (That of int64 and 1 is 2^63, before and after the sum.)
                    x >= lowest.to_f64() && x < highest.to_f64() + 1.0
                }
                (Category::Float, Scalar::Float(x)) => dtype != DType::F32 || !x.is_finite() || x.abs() <= f64::from(f32::MAX),
            }
        })
    }

    /// As Python shows it.
    pub fn text(self) -> String {
        match self {
            Scalar::Bool(b) => if b { "True" } else { "False" }.to_owned(),
            Scalar::Int(i) => i.to_string(),
            Scalar::Float(x) => format!("{x:?}"),
        }
    }

    /// As f64.
    pub fn as_f64(self) -> f64 {
        match self {
            Scalar::Bool(b) => f64::from(u8::from(b)),
            Scalar::Int(i) => i as f64,
            Scalar::Float(x) => x,
        }
    }
}

macro_rules! element {
    ($($T:ty, $D:ident, $V:ident, |$s:ident| $b:expr, $i:expr, $x:expr;)*) => {$(
        impl Element for $T {
            const DTYPE: DType = DType::$D;
            #[inline(always)]
            fn to_scalar(self) -> Scalar {
                Scalar::$V(self.into())
            }
            #[inline(always)]
            fn from_scalar(s: Scalar) -> Self {
                match s {
                    Scalar::Bool($s) => $b,
                    Scalar::Int($s) => $i,
                    Scalar::Float($s) => $x,
                }
            }
        }
    )*};
}
element! {
    bool, Bool, Bool, |v| v, v != 0, v != 0.0;
    u8, U8, Int, |v| u8::from(v), v as u8, wengert_kernels::Element::from_f64(v);
    i8, I8, Int, |v| i8::from(v), v as i8, wengert_kernels::Element::from_f64(v);
    i16, I16, Int, |v| i16::from(v), v as i16, wengert_kernels::Element::from_f64(v);
    i32, I32, Int, |v| i32::from(v), v as i32, wengert_kernels::Element::from_f64(v);
    i64, I64, Int, |v| i64::from(v), v, wengert_kernels::Element::from_f64(v);
    f32, F32, Float, |v| f32::from(u8::from(v)), v as f32, v as f32;
    f64, F64, Float, |v| f64::from(u8::from(v)), v as f64, v;
}

/// `with_dtype` with types of the caller's choice.
macro_rules! by {
    ($dtype:expr, $T:ident => $body:expr; $($($D:ident)|+ => $t:ty),*) => {
        match $dtype {
            $($(DType::$D)|+ => {
                type $T = $t;
                $body
            })*
        }
    };
}

impl Array {
    /// Typed address of the first element.
    #[inline(always)]
    pub(crate) fn ptr<T: Element>(&self) -> *mut T {
        debug_assert_eq!(self.dtype(), T::DTYPE);
        self.data_ptr().cast()
    }

    /// A row-major array of `shape` with the elements of `values`.
    pub fn from_slice<T: Element>(values: &[T], shape: &[usize]) -> Result<Array> {
        let n = checked_numel(shape)?;
        if n != values.len() {
            return Err(Error::value(format!("got {} values for shape {shape:?}, wanted {n}", values.len())));
        }
        let out = Array::empty(Layout::contiguous(shape)?, T::DTYPE)?;
        // SAFETY: `out` is fresh and has `n` elements of T.
        unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), out.ptr::<T>(), n) };
        Ok(out)
    }

    /// A fresh array of one value.
    pub fn full(layout: Layout, dtype: DType, value: Scalar) -> Result<Array> {
        let layout = if layout.is_contiguous() { layout } else { Layout::contiguous(layout.shape())? };
        let out = Array::empty(layout, dtype)?;
        out.fill_unseen(value);
        Ok(out)
    }

    /// One value in the very order of a layout without gaps.
    pub(crate) fn full_over(layout: Layout, dtype: DType, value: Scalar) -> Result<Array> {
        let out = Array::empty(layout, dtype)?;
        out.fill_unseen(value);
        Ok(out)
    }

    /// A fresh 0-d array.
    #[inline]
    pub fn scalar(dtype: DType, value: Scalar) -> Result<Array> {
        let out = Array::empty(scalar_layout(), dtype)?;
        with_dtype!(dtype, T => {
            // SAFETY: `out` is fresh and has one element.
            unsafe { *out.ptr::<T>() = T::from_scalar(value) }
        });
        if crate::tap::listening() {
            crate::tap::literal_array(&out);
        }
        Ok(out)
    }

    /// Overwrites every element without a new version: for arrays nobody else has seen, or after `prepare_write`.
    pub(crate) fn fill_unseen(&self, value: Scalar) {
        if crate::tap::listening() {
            crate::tap::fill(self, value);
        }
        with_dtype!(self.dtype(), T => {
            // SAFETY: the layout stays inside the storage.
            unsafe { kernel::fill::<T>(self.shape(), self.ptr(), self.layout().strides(), T::from_scalar(value)) }
        });
    }

    /// Whether any element is 0 (false).
    pub(crate) fn contains_zero(&self) -> bool {
        if crate::tap::listening() {
            crate::tap::look(self);
        }
        let Ok(dense) = self.contiguous() else { return true };
        with_dtype!(self.dtype(), T => {
            // SAFETY: dense and of T.
            unsafe { std::slice::from_raw_parts(dense.ptr::<T>(), dense.numel()) }.contains(&T::from_scalar(Scalar::Int(0)))
        })
    }

    /// The elements in row-major order.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        if self.dtype() != T::DTYPE {
            return Err(Error::type_(format!(
                "got dtype {}, wanted {}; try to()",
                self.dtype().name(),
                T::DTYPE.name()
            )));
        }
        if crate::tap::listening() {
            crate::tap::look(self);
            return crate::tap::aside(|| self.to_vec());
        }
        let dense = self.contiguous()?;
        // SAFETY: dense and of T.
        let values = unsafe { std::slice::from_raw_parts(dense.ptr::<T>(), dense.numel()) };
        let mut out = room("to_vec", values.len())?;
        out.extend_from_slice(values);
        Ok(out)
    }

    /// Whether an element is NaN.
    pub fn has_nan(&self) -> Result<bool> {
        Ok(match self.dtype() {
            DType::F32 => self.to_vec::<f32>()?.iter().any(|x| x.is_nan()),
            DType::F64 => self.to_vec::<f64>()?.iter().any(|x| x.is_nan()),
            _ => false,
        })
    }

    /// Its one value.
    pub fn item(&self) -> Result<Scalar> {
        if self.numel() != 1 {
            return Err(Error::runtime(format!(
                "a Tensor with {} elements cannot be converted to Scalar; got shape {:?}, wanted one element; try tolist() or an index",
                self.numel(),
                self.shape()
            )));
        }
        if crate::tap::listening() {
            crate::tap::look(self);
        }
        // SAFETY: there is one element.
        Ok(with_dtype!(self.dtype(), T => unsafe { *self.ptr::<T>() }.to_scalar()))
    }

    /// Itself when row-major, else a row-major copy.
    pub(crate) fn contiguous(&self) -> Result<Array> {
        if self.layout().is_contiguous() { Ok(self.clone()) } else { self.copied() }
    }

    /// A fresh row-major copy.
    pub(crate) fn copied(&self) -> Result<Array> {
        let layout =
            if self.layout().is_contiguous() { self.layout().clone() } else { Layout::contiguous(self.shape())? };
        let out = Array::empty(layout, self.dtype())?;
        out.write_unseen(self);
        Ok(out)
    }

    /// A fresh copy whose elements lie in the same order.
    pub(crate) fn duplicate(&self) -> Result<Array> {
        self.cast(self.dtype())
    }

    /// A fresh copy in another dtype, the elements in the same order.
    pub(crate) fn cast(&self, dtype: DType) -> Result<Array> {
        let out = Array::empty(Layout::over(&[self.layout()], self.shape())?, dtype)?;
        out.write_unseen(self);
        Ok(out)
    }

    /// Overwrites the elements with those of `source` (broadcast, cast), without a new version.
    pub(crate) fn write_unseen(&self, source: &Array) {
        if crate::tap::listening() {
            crate::tap::copy(source, self);
        }
        let strides = super::layout::broadcast_strides(source.layout(), self.shape());
        let (shape, to) = (self.shape(), self.layout().strides());
        if self.dtype() == source.dtype() {
            with_width!(self.dtype(), T => {
                // SAFETY: layouts stay inside their storages; overlapping callers copy the source first.
                unsafe { kernel::copy::<T>(shape, self.data_ptr().cast(), to, source.data_ptr().cast(), &strides) }
            });
            return;
        }
        // A bool reads as a uint8, and an int8 is written as a uint8 is: fewer casts to compile.
        by!(self.dtype(), T => {
            by!(source.dtype(), U => {
                // SAFETY: as above; the types are as wide as the dtypes and allow every value in them.
                unsafe { kernel::cast::<U, T>(shape, self.data_ptr().cast(), to, source.data_ptr().cast(), &strides) }
            }; Bool | U8 => u8, I8 => i8, I16 => i16, I32 => i32, I64 => i64, F32 => f32, F64 => f64)
        }; Bool => bool, U8 | I8 => u8, I16 => i16, I32 => i32, I64 => i64, F32 => f32, F64 => f64);
    }
}

static SCALAR: OnceLock<Layout> = OnceLock::new();

/// The shared layout of 0-d arrays.
#[inline]
pub(crate) fn scalar_layout() -> Layout {
    SCALAR.get_or_init(|| Layout::contiguous(&[]).expect("one element can be addressed")).clone()
}
