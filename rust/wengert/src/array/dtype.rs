//! Element types and PyTorch's promotion rules. Depends on nothing but the error type.

use crate::error::{Error, Result};
use std::sync::atomic::{AtomicU8, Ordering};

/// The type of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DType {
    /// One byte, 0 or 1.
    Bool = 0,
    /// 8-bit unsigned integer.
    U8 = 1,
    /// 8-bit signed integer.
    I8 = 2,
    /// 16-bit signed integer.
    I16 = 3,
    /// 32-bit signed integer.
    I32 = 4,
    /// 64-bit signed integer.
    I64 = 5,
    /// IEEE binary32.
    F32 = 6,
    /// IEEE binary64.
    F64 = 7,
}

/// The kinds among which promotion climbs: a wider kind always wins, whatever the operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Truth values.
    Bool,
    /// Whole numbers.
    Int,
    /// Real numbers.
    Float,
}

impl DType {
    /// All element types; `ALL[d as usize]` is `d`.
    pub const ALL: [DType; 8] =
        [DType::Bool, DType::U8, DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::F64];

    /// Bytes per element.
    #[inline(always)]
    pub const fn size(self) -> usize {
        match self {
            DType::Bool | DType::U8 | DType::I8 => 1,
            DType::I16 => 2,
            DType::I32 | DType::F32 => 4,
            DType::I64 | DType::F64 => 8,
        }
    }

    /// PyTorch's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::U8 => "uint8",
            DType::I8 => "int8",
            DType::I16 => "int16",
            DType::I32 => "int32",
            DType::I64 => "int64",
            DType::F32 => "float32",
            DType::F64 => "float64",
        }
    }

    /// The name most of PyTorch's messages use ("Float", "Long", "Byte").
    pub const fn word(self) -> &'static str {
        match self {
            DType::Bool => "Bool",
            DType::U8 => "Byte",
            DType::I8 => "Char",
            DType::I16 => "Short",
            DType::I32 => "Int",
            DType::I64 => "Long",
            DType::F32 => "Float",
            DType::F64 => "Double",
        }
    }

    /// The name its messages about numbers use: C's.
    pub const fn c_name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::U8 => "uint8_t",
            DType::I8 => "int8_t",
            DType::I16 => "int16_t",
            DType::I32 => "int",
            DType::I64 => "int64_t",
            DType::F32 => "float",
            DType::F64 => "double",
        }
    }

    /// Its kind.
    #[inline(always)]
    pub const fn category(self) -> Category {
        match self {
            DType::Bool => Category::Bool,
            DType::U8 | DType::I8 | DType::I16 | DType::I32 | DType::I64 => Category::Int,
            DType::F32 | DType::F64 => Category::Float,
        }
    }

    /// Whether it has negative values.
    pub const fn is_signed(self) -> bool {
        !matches!(self, DType::Bool | DType::U8)
    }

    /// Whether a value may be written into `to` without leaving its kind for a narrower one: `torch.can_cast`.
    pub const fn can_cast(self, to: DType) -> bool {
        self.category() as u8 <= to.category() as u8
    }

    /// Whether derivatives exist for it.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64)
    }

    /// The inverse of `self as u8`.
    #[inline(always)]
    pub(crate) const fn from_code(code: u8) -> DType {
        DType::ALL[(code & 7) as usize]
    }
}

static DEFAULT: AtomicU8 = AtomicU8::new(DType::F32 as u8);

/// The dtype of floating-point tensors made without one.
pub fn default_dtype() -> DType {
    DType::from_code(DEFAULT.load(Ordering::Relaxed))
}

/// Sets [`default_dtype`]; only a floating-point type will do.
pub fn set_default_dtype(dtype: DType) -> Result<()> {
    if !dtype.is_float() {
        return Err(Error::type_(format!(
            "only floating-point types are supported as the default type; got {}; try float32 or float64",
            dtype.name()
        )));
    }
    DEFAULT.store(dtype as u8, Ordering::Relaxed);
    Ok(())
}

/// How strongly an operand insists on its dtype: tensors with dimensions over 0-d tensors over Python numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A bare number: only its category counts.
    Number,
    /// A 0-d tensor.
    ZeroDim,
    /// A tensor with dimensions.
    Dims,
}

/// The narrowest dtype that both can be cast to, as `torch.promote_types`.
pub const fn promote_types(a: DType, b: DType) -> DType {
    let (ka, kb) = (a.category() as u8, b.category() as u8);
    if ka != kb {
        return if ka > kb { a } else { b };
    }
    let (wide, narrow) = if a.size() >= b.size() { (a, b) } else { (b, a) };
    if wide.is_signed() || !narrow.is_signed() {
        // uint8 and int8 are equally wide, and neither holds the other.
        return match (wide, narrow) {
            (DType::I8, DType::U8) => DType::I16,
            _ => wide,
        };
    }
    match wide {
        DType::U8 => DType::I16,
        _ => wide,
    }
}

/// The dtype of an operation over operands, as `torch.result_type`: the highest category wins, and within it
/// the operands of the greatest weight decide.
pub fn promote(operands: &[(DType, Weight)]) -> DType {
    let mut best: Option<DType> = None;
    for weight in [Weight::Dims, Weight::ZeroDim, Weight::Number] {
        let all = operands.iter().filter(|o| o.1 == weight).map(|&(dtype, _)| match (weight, dtype.category()) {
            (Weight::Number, Category::Float) => default_dtype(),
            _ => dtype,
        });
        let Some(dtype) = all.reduce(promote_types) else { continue };
        if best.is_none_or(|b| dtype.category() > b.category()) {
            best = Some(dtype);
        }
    }
    best.unwrap_or_else(default_dtype)
}

/// Runs `$body` with `$T` bound to the Rust type of a dtype.
#[macro_export]
#[doc(hidden)]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::DType::Bool => {
                type $T = bool;
                $body
            }
            $crate::DType::U8 => {
                type $T = u8;
                $body
            }
            $crate::DType::I8 => {
                type $T = i8;
                $body
            }
            $crate::DType::I16 => {
                type $T = i16;
                $body
            }
            $crate::DType::I32 => {
                type $T = i32;
                $body
            }
            $crate::DType::I64 => {
                type $T = i64;
                $body
            }
            $crate::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::DType::F64 => {
                type $T = f64;
                $body
            }
        }
    };
}

/// Runs `$body` with `$T` bound to an integer type as wide as the dtype: for what moves elements and reads none, so
/// that it is compiled once for each width. Take addresses by `data_ptr().cast()`.
#[macro_export]
#[doc(hidden)]
macro_rules! with_width {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype.size() {
            1 => {
                type $T = u8;
                $body
            }
            2 => {
                type $T = i16;
                $body
            }
            4 => {
                type $T = i32;
                $body
            }
            _ => {
                type $T = i64;
                $body
            }
        }
    };
}

/// Runs `$body` with `$T` bound to the Rust type of an integer dtype (bool is none), `$other` for the rest.
#[macro_export]
#[doc(hidden)]
macro_rules! with_int {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        match $dtype {
            $crate::DType::U8 => {
                type $T = u8;
                $body
            }
            $crate::DType::I8 => {
                type $T = i8;
                $body
            }
            $crate::DType::I16 => {
                type $T = i16;
                $body
            }
            $crate::DType::I32 => {
                type $T = i32;
                $body
            }
            $crate::DType::I64 => {
                type $T = i64;
                $body
            }
            _ => $other,
        }
    };
}

/// Runs `$body` with `$T` bound to f32 or f64, `$other` for the rest.
#[macro_export]
#[doc(hidden)]
macro_rules! with_float {
    ($dtype:expr, $T:ident => $body:expr, else $other:expr) => {
        match $dtype {
            $crate::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::DType::F64 => {
                type $T = f64;
                $body
            }
            _ => $other,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use DType::*;

    #[test]
    fn numbers_and_0d_tensors_do_not_promote_within_a_category() {
        assert_eq!(promote(&[(F32, Weight::Dims), (F64, Weight::Number)]), F32);
        assert_eq!(promote(&[(F32, Weight::Dims), (F64, Weight::ZeroDim)]), F32);
        assert_eq!(promote(&[(F32, Weight::Dims), (F64, Weight::Dims)]), F64);
        assert_eq!(promote(&[(I64, Weight::Dims), (F64, Weight::ZeroDim)]), F64);
        assert_eq!(promote(&[(I64, Weight::Dims), (F64, Weight::Number)]), F32);
        assert_eq!(promote(&[(Bool, Weight::Dims), (I64, Weight::Number)]), I64);
        assert_eq!(promote(&[(F64, Weight::ZeroDim), (F32, Weight::ZeroDim)]), F64);
        assert_eq!(promote(&[(I8, Weight::Dims), (I64, Weight::ZeroDim)]), I8);
        assert_eq!(promote(&[(Bool, Weight::Dims), (U8, Weight::ZeroDim), (I64, Weight::Number)]), U8);
    }

    #[test]
    fn both_signs_of_8_bits_need_16() {
        assert_eq!(promote_types(U8, I8), I16);
        assert_eq!(promote_types(I8, U8), I16);
        assert_eq!(promote_types(U8, I16), I16);
        assert_eq!(promote_types(I32, U8), I32);
        assert_eq!(promote_types(U8, U8), U8);
        assert_eq!(promote_types(Bool, I8), I8);
        assert_eq!(promote_types(I64, F32), F32);
    }

    #[test]
    fn codes_are_places() {
        for (i, d) in DType::ALL.into_iter().enumerate() {
            assert_eq!((d as usize, DType::from_code(i as u8)), (i, d));
        }
    }
}
