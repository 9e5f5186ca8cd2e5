//! Element types and PyTorch's promotion rules. Depends on nothing but the error type.

use crate::error::{Error, Result};
use std::sync::atomic::{AtomicU8, Ordering};

/// The type of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum DType {
    /// One byte, 0 or 1.
    Bool = 0,
    /// 64-bit signed integer.
    I64 = 1,
    /// IEEE binary32.
    F32 = 2,
    /// IEEE binary64.
    F64 = 3,
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
    /// All element types.
    pub const ALL: [DType; 4] = [DType::Bool, DType::I64, DType::F32, DType::F64];

    /// Bytes per element.
    #[inline(always)]
    pub const fn size(self) -> usize {
        match self {
            DType::Bool => 1,
            DType::F32 => 4,
            DType::I64 | DType::F64 => 8,
        }
    }

    /// PyTorch's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I64 => "int64",
            DType::F32 => "float32",
            DType::F64 => "float64",
        }
    }

    /// The name PyTorch's messages use ("Float", "Double", "Long", "Bool").
    pub const fn word(self) -> &'static str {
        match self {
            DType::Bool => "Bool",
            DType::I64 => "Long",
            DType::F32 => "Float",
            DType::F64 => "Double",
        }
    }

    /// Its kind.
    #[inline(always)]
    pub const fn category(self) -> Category {
        match self {
            DType::Bool => Category::Bool,
            DType::I64 => Category::Int,
            DType::F32 | DType::F64 => Category::Float,
        }
    }

    /// Whether derivatives exist for it.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64)
    }

    /// The inverse of `self as u8`.
    #[inline(always)]
    pub(crate) const fn from_code(code: u8) -> DType {
        match code & 3 {
            0 => DType::Bool,
            1 => DType::I64,
            2 => DType::F32,
            _ => DType::F64,
        }
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
            "set_default_dtype: only floating-point types are supported as the default type; got {}; try float32 or float64",
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

/// The dtype of an operation over operands, as `torch.result_type`: the highest category wins, and within it
/// the operands of the greatest weight decide.
pub fn promote(operands: &[(DType, Weight)]) -> DType {
    let mut best: Option<(Category, Weight, DType)> = None;
    for &(dtype, weight) in operands {
        let (category, dtype) = match (weight, dtype.category()) {
            (Weight::Number, Category::Float) => (Category::Float, default_dtype()),
            (_, category) => (category, dtype),
        };
        best = Some(match best {
            None => (category, weight, dtype),
            Some((c, w, d)) => match category.cmp(&c).then(weight.cmp(&w)) {
                std::cmp::Ordering::Greater => (category, weight, dtype),
                std::cmp::Ordering::Less => (c, w, d),
                std::cmp::Ordering::Equal => (c, w, d.max(dtype)),
            },
        });
    }
    best.map_or_else(default_dtype, |(_, _, dtype)| dtype)
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
    }
}
