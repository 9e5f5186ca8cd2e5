//! The algebra in which derivative formulas are written: machine lanes (the fused kernel) and recordable expressions
//! (the rule of any order) both satisfy it. Depends on tensors and elementwise ops.

use crate::array::{Scalar, Weight};
use crate::error::{Error, Result};
use crate::ops;
use crate::tensor::Tensor;
use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};
use wengert_kernels::Real;

/// What a derivative formula may use.
pub trait Algebra:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// A number.
    fn lit(v: f64, like: Self) -> Self;
    /// Natural exponential.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn log(self) -> Self;
    /// Sine.
    fn sin(self) -> Self;
    /// Cosine.
    fn cos(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Hyperbolic sine.
    fn sinh(self) -> Self;
    /// Hyperbolic cosine.
    fn cosh(self) -> Self;
    /// log(1 + x).
    fn log1p(self) -> Self;
    /// Error function.
    fn erf(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// 1 / (1 + e^-x).
    fn sigmoid(self) -> Self;
    /// Largest integer not above; a constant to further derivatives.
    fn floor(self) -> Self;
    /// Integral part; a constant to further derivatives.
    fn trunc(self) -> Self;
    /// -1, 0 or 1, 0 for NaN.
    fn sign(self) -> Self;
    /// `self` where `m > 0`, else 0: unlike a product with a mask, right for infinite values.
    fn gate(self, m: Self) -> Self;
    /// `self` where `a > b`, else 0.
    fn gate_gt(self, a: Self, b: Self) -> Self;
    /// 0 where `a > b`, else `self`: also where one of them is NaN.
    fn drop_gt(self, a: Self, b: Self) -> Self;
    /// 0 where `m <= 0`, else `self`: also where `m` is NaN.
    fn drop_le(self, m: Self) -> Self;
    /// `self` where `a == b`, else 0.
    fn gate_eq(self, a: Self, b: Self) -> Self;
    /// `self` where `a != b`, else 0.
    fn gate_ne(self, a: Self, b: Self) -> Self;
}

impl<R: Real> Algebra for R {
    #[inline(always)]
    fn lit(v: f64, _: Self) -> Self {
        R::lit(v)
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Real::exp(self)
    }
    #[inline(always)]
    fn log(self) -> Self {
        Real::log(self)
    }
    #[inline(always)]
    fn sin(self) -> Self {
        Real::sin(self)
    }
    #[inline(always)]
    fn cos(self) -> Self {
        Real::cos(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Real::sqrt(self)
    }
    #[inline(always)]
    fn sinh(self) -> Self {
        Real::sinh(self)
    }
    #[inline(always)]
    fn cosh(self) -> Self {
        Real::cosh(self)
    }
    #[inline(always)]
    fn log1p(self) -> Self {
        Real::log1p(self)
    }
    #[inline(always)]
    fn erf(self) -> Self {
        Real::erf(self)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        Real::tanh(self)
    }
    #[inline(always)]
    fn sigmoid(self) -> Self {
        Real::sigmoid(self)
    }
    #[inline(always)]
    fn floor(self) -> Self {
        Real::floor(self)
    }
    #[inline(always)]
    fn trunc(self) -> Self {
        Real::trunc(self)
    }
    #[inline(always)]
    fn sign(self) -> Self {
        R::pick(self.eq(self), Real::sign(self), R::lit(0.0))
    }
    #[inline(always)]
    fn gate(self, m: Self) -> Self {
        R::pick(m.gt(R::lit(0.0)), self, R::lit(0.0))
    }
    #[inline(always)]
    fn gate_gt(self, a: Self, b: Self) -> Self {
        R::pick(a.gt(b), self, R::lit(0.0))
    }
    #[inline(always)]
    fn drop_gt(self, a: Self, b: Self) -> Self {
        R::pick(a.gt(b), R::lit(0.0), self)
    }
    #[inline(always)]
    fn drop_le(self, m: Self) -> Self {
        R::pick(m.lt(R::lit(0.0)) | m.eq(R::lit(0.0)), R::lit(0.0), self)
    }
    #[inline(always)]
    fn gate_eq(self, a: Self, b: Self) -> Self {
        R::pick(a.eq(b), self, R::lit(0.0))
    }
    #[inline(always)]
    fn gate_ne(self, a: Self, b: Self) -> Self {
        R::pick(a.eq(b), R::lit(0.0), self)
    }
}

/// A scope in which expressions live: each result is a recorded tensor, the first error ends it.
pub struct Scope {
    values: RefCell<Vec<Tensor>>,
    error: RefCell<Option<Error>>,
}

/// A recordable expression: a `Copy` handle to a tensor of a scope, so that formulas read like mathematics.
#[derive(Clone, Copy)]
pub struct Expr<'s> {
    scope: &'s Scope,
    at: usize,
}

impl Scope {
    /// An empty scope.
    pub fn new() -> Scope {
        Scope { values: RefCell::new(Vec::with_capacity(8)), error: RefCell::new(None) }
    }

    /// Brings a tensor into the scope.
    pub fn enter(&self, t: Tensor) -> Expr<'_> {
        let mut values = self.values.borrow_mut();
        values.push(t);
        Expr { scope: self, at: values.len() - 1 }
    }

    /// The tensor of an expression, or the first error met on the way.
    pub fn leave(&self, e: Expr<'_>) -> Result<Tensor> {
        match self.error.borrow_mut().take() {
            Some(error) => Err(error),
            None => Ok(e.get()),
        }
    }
}

impl Default for Scope {
    fn default() -> Self {
        Scope::new()
    }
}

impl<'s> Expr<'s> {
    fn get(self) -> Tensor {
        self.scope.values.borrow()[self.at].clone()
    }

    fn put(self, result: Result<Tensor>) -> Expr<'s> {
        match result {
            Ok(t) => self.scope.enter(t),
            Err(e) => {
                self.scope.error.borrow_mut().get_or_insert(e);
                self
            }
        }
    }

    fn unary(self, f: impl FnOnce(&Tensor) -> Result<Tensor>) -> Expr<'s> {
        if self.scope.error.borrow().is_some() {
            return self;
        }
        self.put(f(&self.get()))
    }

    fn binary(self, other: Expr<'s>, f: impl FnOnce(&Tensor, &Tensor) -> Result<Tensor>) -> Expr<'s> {
        if self.scope.error.borrow().is_some() {
            return self;
        }
        self.put(f(&self.get(), &other.get()))
    }
}

impl Expr<'_> {
    /// `self` where a comparison of `a` and `b` is `wanted`, else 0: unlike a product with a mask, right for infinite values.
    fn where_(self, wanted: bool, a: Self, b: Self, test: fn(&Tensor, &Tensor) -> Result<Tensor>) -> Self {
        if self.scope.error.borrow().is_some() {
            return self;
        }
        let (a, b) = (a.get(), b.get());
        self.unary(|g| {
            let zero = Tensor::scalar(g.dtype(), Scalar::Float(0.0))?;
            let holds = test(&a, &b)?;
            if wanted { ops::where_(&holds, g, &zero) } else { ops::where_(&holds, &zero, g) }
        })
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident $op:path;)*) => {$(
        impl<'s> $Trait for Expr<'s> {
            type Output = Expr<'s>;
            fn $method(self, other: Expr<'s>) -> Expr<'s> {
                self.binary(other, |a, b| $op(a, b))
            }
        }
        impl<'s> $Trait<f64> for Expr<'s> {
            type Output = Expr<'s>;
            fn $method(self, other: f64) -> Expr<'s> {
                let other = Expr::lit(other, self);
                self.binary(other, |a, b| $op(a, b))
            }
        }
        impl<'s> $Trait<Expr<'s>> for f64 {
            type Output = Expr<'s>;
            fn $method(self, other: Expr<'s>) -> Expr<'s> {
                Expr::lit(self, other).binary(other, |a, b| $op(a, b))
            }
        }
    )*};
}
operators! {
    Add add ops::add;
    Sub sub ops::sub;
    Mul mul ops::mul;
    Div div ops::div;
}

impl<'s> Neg for Expr<'s> {
    type Output = Expr<'s>;
    fn neg(self) -> Expr<'s> {
        self.unary(ops::neg)
    }
}

impl Algebra for Expr<'_> {
    fn lit(v: f64, like: Self) -> Self {
        like.unary(|t| Tensor::scalar(t.dtype(), Scalar::Float(v)))
    }
    fn exp(self) -> Self {
        self.unary(ops::exp)
    }
    fn log(self) -> Self {
        self.unary(ops::log)
    }
    fn sin(self) -> Self {
        self.unary(ops::sin)
    }
    fn cos(self) -> Self {
        self.unary(ops::cos)
    }
    fn sqrt(self) -> Self {
        self.unary(ops::sqrt)
    }
    fn sinh(self) -> Self {
        self.unary(ops::sinh)
    }
    fn cosh(self) -> Self {
        self.unary(ops::cosh)
    }
    fn log1p(self) -> Self {
        self.unary(ops::log1p)
    }
    fn erf(self) -> Self {
        self.unary(ops::erf)
    }
    fn tanh(self) -> Self {
        self.unary(ops::tanh)
    }
    fn sigmoid(self) -> Self {
        self.unary(ops::sigmoid)
    }
    fn floor(self) -> Self {
        self.unary(|x| ops::floor(&x.detach()))
    }
    fn trunc(self) -> Self {
        self.unary(|x| ops::trunc(&x.detach()))
    }
    fn sign(self) -> Self {
        self.unary(ops::sign)
    }
    fn gate(self, m: Self) -> Self {
        self.where_(true, m, Expr::lit(0.0, m), ops::gt)
    }
    fn gate_gt(self, a: Self, b: Self) -> Self {
        self.where_(true, a, b, ops::gt)
    }
    fn drop_gt(self, a: Self, b: Self) -> Self {
        self.where_(false, a, b, ops::gt)
    }
    fn drop_le(self, m: Self) -> Self {
        self.where_(false, m, Expr::lit(0.0, m), ops::le)
    }
    fn gate_eq(self, a: Self, b: Self) -> Self {
        self.where_(true, a, b, ops::eq)
    }
    fn gate_ne(self, a: Self, b: Self) -> Self {
        self.where_(true, a, b, ops::ne)
    }
}

/// Weight of an operand in promotion.
pub(crate) fn weight(t: &Tensor) -> Weight {
    if t.ndim() == 0 { Weight::ZeroDim } else { Weight::Dims }
}
