//! The element types arrays are made of, and what formulas of integers may use; a further integer type is one line at
//! the end.
//! Depends on nothing.

use std::fmt::Debug;
use std::ops::{BitAnd, BitOr, BitXor, Not, Shl, Shr};

/// What sort of number an element is; casts are chosen by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Bool,
    Int,
    Float,
}

/// A value that can stand in an array.
pub trait Element: Copy + PartialEq + PartialOrd + Default + Debug + Send + Sync + 'static {
    const KIND: Kind;
    const NAME: &'static str;
    const ZERO: Self;
    const ONE: Self;
    /// Identity of `max`.
    const LOWEST: Self;
    /// Identity of `min`.
    const HIGHEST: Self;
    fn to_f64(self) -> f64;
    /// Truncates; NaN and values out of range give `i64::MIN`, as C compilers and torch do on x86.
    fn to_i64(self) -> i64;
    /// Truncates; NaN and floats out of range give `i32::MIN`, integers keep their low bits.
    fn to_i32(self) -> i32;
    /// Integers truncate as a cast does: through `i32` where that is wide enough, so that a loop stays in vector
    /// registers and values out of range become what they become in torch on x86.
    fn from_f64(v: f64) -> Self;
    fn from_i64(v: i64) -> Self;
    /// `+`; wraps for integers, `or` for bool.
    fn plus(self, other: Self) -> Self;
    /// `*`; wraps for integers, `and` for bool.
    fn times(self, other: Self) -> Self;
    #[inline(always)]
    #[allow(clippy::eq_op)]
    fn is_nan(self) -> bool {
        self != self
    }
    #[inline(always)]
    fn from_bool(v: bool) -> Self {
        if v { Self::ONE } else { Self::ZERO }
    }
}

/// What formulas of integers are written in. Arithmetic wraps, so that no value can panic.
pub trait Int:
    Element
    + Ord
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
{
    /// Bits of the type.
    const BITS: u32;
    /// Whether there are negative values.
    const SIGNED: bool;
    fn wrapping_add(self, other: Self) -> Self;
    fn wrapping_sub(self, other: Self) -> Self;
    fn wrapping_mul(self, other: Self) -> Self;
    /// Quotient towards 0; 0 for a divisor of 0, which callers refuse.
    fn wrapping_div(self, other: Self) -> Self;
    /// Remainder with the sign of self; 0 for a divisor of 0.
    fn wrapping_rem(self, other: Self) -> Self;
    fn wrapping_neg(self) -> Self;
    /// The value itself where there is no sign; the lowest value stays what it is.
    fn wrapping_abs(self) -> Self;
    /// -1, 0 or 1.
    fn signum(self) -> Self;
}

macro_rules! truncate {
    ($name:ident, $f:ident, $i:ident, $limit:literal) => {
        /// Both arms are cheap and neither is undefined, so that loops vectorise.
        #[inline(always)]
        fn $name(v: $f) -> $i {
            let fits = (-$limit..$limit).contains(&v);
            // SAFETY: not NaN, and the integral part fits.
            let whole = unsafe { (if fits { v } else { 0.0 }).to_int_unchecked::<$i>() };
            if fits { whole } else { $i::MIN }
        }
    };
}
truncate!(f32_i32, f32, i32, 2_147_483_648.0);
truncate!(f32_i64, f32, i64, 9_223_372_036_854_775_808.0);
truncate!(f64_i64, f64, i64, 9_223_372_036_854_775_808.0);

/// The one whose limits are no powers of two in its type.
#[inline(always)]
fn f64_i32(v: f64) -> i32 {
    let fits = v > -2_147_483_649.0 && v < 2_147_483_648.0;
    // SAFETY: not NaN, and the integral part fits.
    let whole = unsafe { (if fits { v } else { 0.0 }).to_int_unchecked::<i32>() };
    if fits { whole } else { i32::MIN }
}

macro_rules! float {
    ($($t:ident $i32:ident $i64:ident;)*) => {$(
        impl Element for $t {
            const KIND: Kind = Kind::Float;
            const NAME: &'static str = stringify!($t);
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const LOWEST: Self = $t::NEG_INFINITY;
            const HIGHEST: Self = $t::INFINITY;
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn to_i64(self) -> i64 { $i64(self) }
            #[inline(always)]
            fn to_i32(self) -> i32 { $i32(self) }
            #[inline(always)]
            fn from_f64(v: f64) -> Self { v as $t }
            #[inline(always)]
            fn from_i64(v: i64) -> Self { v as $t }
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self + other }
            #[inline(always)]
            fn times(self, other: Self) -> Self { self * other }
        }
    )*};
}

macro_rules! int {
    ($($t:ident $signed:literal |$x:ident| $abs:expr, $sign:expr;)*) => {$(
        impl Element for $t {
            const KIND: Kind = Kind::Int;
            const NAME: &'static str = stringify!($t);
            const ZERO: Self = 0;
            const ONE: Self = 1;
            const LOWEST: Self = $t::MIN;
            const HIGHEST: Self = $t::MAX;
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn to_i64(self) -> i64 { self as i64 }
            #[inline(always)]
            fn to_i32(self) -> i32 { self as i32 }
            #[inline(always)]
            fn from_f64(v: f64) -> Self { if $t::BITS <= 32 { f64_i32(v) as $t } else { f64_i64(v) as $t } }
            #[inline(always)]
            fn from_i64(v: i64) -> Self { v as $t }
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self.wrapping_add(other) }
            #[inline(always)]
            fn times(self, other: Self) -> Self { self.wrapping_mul(other) }
        }
        impl Int for $t {
            const BITS: u32 = $t::BITS;
            const SIGNED: bool = $signed;
            #[inline(always)]
            fn wrapping_add(self, other: Self) -> Self { $t::wrapping_add(self, other) }
            #[inline(always)]
            fn wrapping_sub(self, other: Self) -> Self { $t::wrapping_sub(self, other) }
            #[inline(always)]
            fn wrapping_mul(self, other: Self) -> Self { $t::wrapping_mul(self, other) }
            #[inline(always)]
            fn wrapping_div(self, other: Self) -> Self { if other == 0 { 0 } else { $t::wrapping_div(self, other) } }
            #[inline(always)]
            fn wrapping_rem(self, other: Self) -> Self { if other == 0 { 0 } else { $t::wrapping_rem(self, other) } }
            #[inline(always)]
            fn wrapping_neg(self) -> Self { $t::wrapping_neg(self) }
            #[inline(always)]
            fn wrapping_abs(self) -> Self { let $x = self; $abs }
            #[inline(always)]
            fn signum(self) -> Self { let $x = self; $sign }
        }
    )*};
}

impl Element for bool {
    const KIND: Kind = Kind::Bool;
    const NAME: &'static str = "bool";
    const ZERO: Self = false;
    const ONE: Self = true;
    const LOWEST: Self = false;
    const HIGHEST: Self = true;
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self as u8 as f64
    }
    #[inline(always)]
    fn to_i64(self) -> i64 {
        self as i64
    }
    #[inline(always)]
    fn to_i32(self) -> i32 {
        self as i32
    }
    #[inline(always)]
    fn from_f64(v: f64) -> Self {
        v != 0.0
    }
    #[inline(always)]
    fn from_i64(v: i64) -> Self {
        v != 0
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self | other
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self & other
    }
}

float! {
    f32 f32_i32 f32_i64;
    f64 f64_i32 f64_i64;
}
int! {
    u8 false |x| x, x.min(1);
    i8 true |x| i8::wrapping_abs(x), i8::signum(x);
    i16 true |x| i16::wrapping_abs(x), i16::signum(x);
    i32 true |x| i32::wrapping_abs(x), i32::signum(x);
    i64 true |x| i64::wrapping_abs(x), i64::signum(x);
}
