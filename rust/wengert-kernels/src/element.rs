//! The element types arrays are made of; a further integer type is one line at the end.
//! Depends on nothing.

use std::fmt::Debug;

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

#[inline(always)]
fn truncate(v: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&v) {
        // SAFETY: v is not NaN and its integral part fits i64.
        unsafe { v.to_int_unchecked::<i64>() }
    } else {
        i64::MIN
    }
}

macro_rules! float {
    ($($t:ident)*) => {$(
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
            fn to_i64(self) -> i64 { truncate(self as f64) }
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
    ($($t:ident)*) => {$(
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
            fn from_f64(v: f64) -> Self { truncate(v) as $t }
            #[inline(always)]
            fn from_i64(v: i64) -> Self { v as $t }
            #[inline(always)]
            fn plus(self, other: Self) -> Self { self.wrapping_add(other) }
            #[inline(always)]
            fn times(self, other: Self) -> Self { self.wrapping_mul(other) }
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

float!(f32 f64);
int!(i64);
