//! Elementwise operations of one input: a row each. Depends on `algebra`, the map kernels and `record`.
//!
//! `f` computes the output; `d` is the derivative times `g`, which is VJP, JVP and fused backward at once. What `d`
//! names besides `g` is kept: `x` the input, `y` the output.

use crate::algebra::{Algebra, Scope};
use crate::array::{Array, DType};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, OUTPUT, Op, OpRef, PlainGrads};
use crate::ops::binary::output_for;
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::record::apply1;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{with_float, with_int};
use smallvec::{SmallVec, smallvec};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{IMap1, Int, Map1, Map2, Map3, Real, map};

/// What a row of the table says.
pub trait Rule: Debug + Send + Sync + Sized + 'static {
    /// Public name.
    const NAME: &'static str;
    /// PyTorch's name of the node.
    const GRAD_NAME: &'static str;
    /// Whether `d` names the input, the output.
    const KEEPS: (bool, bool);
    /// Whether integers stay integers (else they become the default float).
    const INTEGER: bool;
    /// Formula of the output.
    fn f<R: Real>(x: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>;
    /// Formula for integers.
    fn i<I: Int>(x: I) -> I;
    /// Derivative times `g`.
    fn d<A: Algebra>(g: A, x: A, y: A) -> A
    where
        f64: Add<A, Output = A> + Sub<A, Output = A> + Mul<A, Output = A> + Div<A, Output = A>;
}

/// The op of a row.
#[derive(Debug)]
pub struct Unary<U>(PhantomData<U>);

struct Forward<U>(PhantomData<U>);
struct Integer<U>(PhantomData<U>);
struct Linear<U>(PhantomData<U>);
struct Fused<U>(PhantomData<U>);
struct FusedBoth<U>(PhantomData<U>);

impl<U: Rule> Map1 for Forward<U> {
    #[inline(always)]
    fn call<R: Real>(x: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        U::f(x)
    }
}
impl<U: Rule> IMap1 for Integer<U> {
    #[inline(always)]
    fn call<I: Int>(x: I) -> I {
        U::i(x)
    }
}
impl<U: Rule> Map1 for Linear<U> {
    #[inline(always)]
    fn call<R: Real>(g: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        U::d(g, g, g)
    }
}
impl<U: Rule> Map2 for Fused<U> {
    #[inline(always)]
    fn call<R: Real>(g: R, kept: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        U::d(g, kept, kept)
    }
}
impl<U: Rule> Map3 for FusedBoth<U> {
    #[inline(always)]
    fn call<R: Real>(g: R, x: R, y: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
    {
        U::d(g, x, y)
    }
}

impl<U: Rule> Unary<U> {
    /// The one instance.
    pub const OP: &'static Unary<U> = &Unary(PhantomData);

    /// The fused backward: one pass over `g` and what was kept, in place of `g` where that is better.
    #[inline(always)]
    fn fused(g: Array, kept: &[&Array]) -> Result<Array> {
        let out = output_for(&g)?;
        let flat = g.layout().is_contiguous() && kept.iter().all(|k| k.layout().is_contiguous());
        with_float!(g.dtype(), T => {
            // SAFETY: fresh output or that of `g` itself; all operands have the output's shape.
            unsafe {
                let (s, os, gs) = (out.shape(), out.layout().strides(), g.layout().strides());
                match kept {
                    [] if flat => map::map1_flat::<Linear<U>, T>(out.numel(), out.ptr(), g.ptr()),
                    [k] if flat => map::map2_flat::<Fused<U>, T>(out.numel(), out.ptr(), g.ptr(), k.ptr()),
                    [] => map::map1::<Linear<U>, T>(s, out.ptr(), os, g.ptr(), gs),
                    [k] => map::map2::<Fused<U>, T>(s, out.ptr(), os, g.ptr(), gs, k.ptr(), k.layout().strides()),
                    [x, y, ..] => map::map3::<FusedBoth<U>, T>(s, out.ptr(), os, g.ptr(), gs, x.ptr(), x.layout().strides(), y.ptr(), y.layout().strides()),
                }
            }
        }, else ());
        Ok(out)
    }

    /// The same formula recorded, for derivatives of any order.
    fn recorded(g: &Tensor, x: Option<&Tensor>, y: Option<&Tensor>) -> Result<Tensor> {
        let scope = Scope::new();
        let g = scope.enter(g.clone());
        let x = x.map_or(g, |x| scope.enter(x.clone()));
        let y = y.map_or(g, |y| scope.enter(y.clone()));
        scope.leave(U::d(g, x, y))
    }
}

impl<U: Rule> Op for Unary<U> {
    fn name(&self) -> &str {
        U::NAME
    }

    fn grad_name(&self) -> String {
        U::GRAD_NAME.to_owned()
    }

    fn refuse(&self, dtypes: &[DType]) -> Result<()> {
        if U::INTEGER && dtypes == [DType::Bool] && !KEEP_BOOL.contains(&U::NAME) {
            Err(of_bool(U::NAME))
        } else {
            Ok(())
        }
    }

    fn compute_dtype(&self, dtype: DType) -> DType {
        if U::INTEGER || dtype.is_float() { dtype } else { crate::array::default_dtype() }
    }

    #[inline]
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let x = inputs[0];
        let layout = if x.layout().is_contiguous() {
            x.layout().clone()
        } else {
            crate::Layout::over(&[x.layout()], x.shape())?
        };
        let out = Array::empty(layout, x.dtype())?;
        self.forward_into(inputs, &out)?;
        Ok(out)
    }

    #[inline]
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        let x = inputs[0];
        with_float!(x.dtype(), T => {
            // SAFETY: same shape; the same elements or disjoint.
            unsafe {
                if x.layout().is_contiguous() && out.layout().is_contiguous() {
                    map::map1_flat::<Forward<U>, T>(out.numel(), out.ptr(), x.ptr());
                } else {
                    map::map1::<Forward<U>, T>(out.shape(), out.ptr(), out.layout().strides(), x.ptr(), x.layout().strides());
                }
            }
        }, else {
            return integer_forward::<U>(x, out);
        });
        Ok(())
    }

    #[inline]
    fn keep(&self, _needs: u32) -> u32 {
        u32::from(U::KEEPS.0) | if U::KEEPS.1 { OUTPUT } else { 0 }
    }

    fn vjp_plain(&self, saved: &Saved<'_>, g: &mut Option<Array>, grads: &mut PlainGrads) -> Result<()> {
        let Some(g) = g.take() else { return Ok(()) };
        grads[0] = Some(match U::KEEPS {
            (false, false) => Self::fused(g, &[])?,
            (true, false) => Self::fused(g, &[&*saved.kept_input(0)?])?,
            (false, true) => Self::fused(g, &[&*saved.kept_output()?])?,
            (true, true) => Self::fused(g, &[&*saved.kept_input(0)?, &*saved.kept_output()?])?,
        });
        Ok(())
    }

    fn vjp(&self, saved: &Saved<'_>, mut cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first_mut().map(Option::take) else { return Ok(Grads::new()) };
        if !saved.create_graph() {
            return crate::op::vjp_by_plain(self, saved, g);
        }
        let x = if U::KEEPS.0 { Some(saved.input(0)?) } else { None };
        let y = if U::KEEPS.1 { Some(saved.output()?) } else { None };
        Ok(smallvec![Some(Self::recorded(&g, x.as_ref(), y.as_ref())?)])
    }

    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        match &tangents[0] {
            None => Ok(None),
            // With nothing to record the fused backward is the tangent too.
            Some(t) if is_plain(t) && is_plain(inputs[0]) && is_plain(out) => {
                let kept: SmallVec<[&Array; 2]> = [(U::KEEPS.0, inputs[0]), (U::KEEPS.1, out)]
                    .into_iter()
                    .filter_map(|(keeps, v)| keeps.then_some(v.array()))
                    .collect();
                Self::fused(t.array().clone(), &kept).map(|a| Some(Tensor::from_array(a)))
            }
            Some(t) => Self::recorded(t, Some(inputs[0]), Some(out)).map(Some),
        }
    }

    fn batch(&self, inputs: &[Batched], _size: usize) -> Result<Option<Batched>> {
        let (x, dim) = &inputs[0];
        Ok(Some((crate::record::apply(OpRef::Static(Self::OP), &[x])?, *dim)))
    }
}

/// A tensor that no transform has wrapped and no tape knows.
pub(crate) fn is_plain(t: &Tensor) -> bool {
    !t.is_lifted() && !t.requires_grad()
}

#[inline(never)]
fn integer_forward<U: Rule>(x: &Array, out: &Array) -> Result<()> {
    let refused = || Error::runtime(format!("{}: not implemented for {}; try to(float32)", U::NAME, x.dtype().name()));
    if !U::INTEGER {
        return Err(refused());
    }
    if x.dtype() == DType::Bool && KEEP_BOOL.contains(&U::NAME) {
        if !out.same(x) {
            out.write_unseen(x);
        }
        return Ok(());
    }
    with_int!(x.dtype(), T => {
        // SAFETY: same shape and dtype; the same elements or disjoint.
        unsafe { map::imap1::<Integer<U>, T>(out.shape(), out.ptr(), out.layout().strides(), x.ptr(), x.layout().strides()) }
    }, else return Err(refused()));
    Ok(())
}

/// Those with an integer formula that leave a bool what it is; the others refuse it, as in PyTorch.
const KEEP_BOOL: [&str; 1] = ["sign"];

#[cold]
fn of_bool(name: &str) -> Error {
    Error::not_implemented(match name {
        "neg" => {
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or \
             `logical_not()` operator instead."
                .to_owned()
        }
        _ => format!("\"{name}\" not implemented for 'Bool'; try to(uint8)"),
    })
}

/// Runs a row's op, making integers floats where it has no integer form.
#[inline]
#[track_caller]
pub fn run<U: Rule>(x: &Tensor) -> Result<Tensor> {
    if x.dtype().is_float() {
        return apply1(Unary::<U>::OP, x);
    }
    if U::INTEGER {
        Unary::<U>::OP.refuse(&[x.dtype()])?;
        return apply1(Unary::<U>::OP, x);
    }
    apply1(Unary::<U>::OP, &crate::ops::cast(x, crate::array::default_dtype())?)
}

fn call<U: Rule>(args: &Args<'_>) -> Result<Value> {
    run::<U>(args.tensor(0)?).map(Value::from)
}

/// Declares a unary op: name, PyTorch's node name, sample, formulas. Functions, methods, in-place twins, stubs, docs
/// and law tests follow.
macro_rules! unary {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident, $Type:ident, $info:ident, $grad:literal, samples $samples:expr $(, face $face:ident)?
            $(, signature $signature:literal by $call:path)?;
        f($fx:ident) = $f:expr;
        $(i($ix:ident) = $i:expr;)?
        d($g:ident $(, $k:ident)*) = $d:expr;
    )*) => {
        $(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $Type;
        impl Rule for $Type {
            const NAME: &'static str = stringify!($name);
            const GRAD_NAME: &'static str = $grad;
            const KEEPS: (bool, bool) = (keeps!(x; $($k)*), keeps!(y; $($k)*));
            const INTEGER: bool = integer!($($ix)?);
            #[inline(always)]
            fn f<R: Real>($fx: R) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                $f
            }
            #[inline(always)]
            fn i<I: Int>(x: I) -> I {
                integer!(x; $($ix = $i)?)
            }
            #[inline(always)]
            fn d<A: Algebra>($g: A, x: A, y: A) -> A
            where
                f64: Add<A, Output = A> + Sub<A, Output = A> + Mul<A, Output = A> + Div<A, Output = A>,
            {
                // A formula names what it keeps: `x`, `y` or neither.
                let _ = (x, y);
                bind!(x y; $($k)*; $d)
            }
        }
        $(#[doc = $doc])*
        #[inline]
        #[track_caller]
        pub fn $name(x: &Tensor) -> Result<Tensor> {
            run::<$Type>(x)
        }
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: stringify!($name),
            doc: concat!($($doc, "\n"),*),
            signature: signature!($($signature)?),
            returns: "Tensor",
            face: face!($($face)?),
            differentiable: true,
            body: body!($Type $($call)?),
            samples: $samples,
        };
        )*
        /// The rows of this file.
        pub(crate) static ROWS: &[&OpInfo] = &[$(&$info),*];
    };
}
macro_rules! face {
    () => {
        Face::ELEMENTWISE
    };
    ($face:ident) => {
        Face::$face
    };
}
macro_rules! signature {
    () => {
        "input: Tensor"
    };
    ($signature:literal) => {
        $signature
    };
}
macro_rules! body {
    ($Type:ident) => {
        Body::Unary(run::<$Type>, call::<$Type>, Unary::<$Type>::OP)
    };
    ($Type:ident $call:path) => {
        Body::Call($call)
    };
}
macro_rules! keeps {
    ($w:ident;) => { false };
    (x; x $($r:ident)*) => { true };
    (y; y $($r:ident)*) => { true };
    ($w:ident; $o:ident $($r:ident)*) => { keeps!($w; $($r)*) };
}
macro_rules! integer {
    () => {
        false
    };
    ($x:ident) => {
        true
    };
    ($x:ident;) => {
        $x
    };
    ($x:ident; $ix:ident = $i:expr) => {{
        let $ix = $x;
        $i
    }};
}
macro_rules! bind {
    ($x:ident $y:ident;; $d:expr) => {
        $d
    };
    ($x:ident $y:ident; $k:ident; $d:expr) => {{
        let $k = if Self::KEEPS.0 { $x } else { $y };
        $d
    }};
    ($x:ident $y:ident; $k:ident $l:ident; $d:expr) => {{
        let ($k, $l) = ($x, $y);
        $d
    }};
}
pub mod activation;
pub mod exponential;
pub mod rounding;
pub mod rows;
pub mod trigonometric;
