//! Elementwise operations of two inputs, with broadcasting: a row each. Depends on `algebra`, kernels and `record`.
//!
//! `f` computes the output; `da` and `db` are the derivatives times `g`, which are VJP, JVP and fused backward at once.
//! What they name besides `g` is kept: `a`, `b` the inputs, `y` the output (two of them at most).

use crate::algebra::{Algebra, Scope, weight};
use crate::array::layout::{broadcast, broadcast_error, broadcast_strides};
use crate::array::{Array, DType, Layout, Scalar, Weight, default_dtype, promote};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, OUTPUT, Op, OpRef, PlainGrads};
use crate::ops::table::{Args, Body, Face, OpInfo, Operand, Value};
use crate::record::apply2;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::{with_float, with_int};
use smallvec::{SmallVec, smallvec};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Sub};
use wengert_kernels::{Base, IMap2, Int, Lane, Map1, Map2, Map3, Real, map};

/// What a derivative formula names: `a`, `b`, `y`.
pub type Keeps = [bool; 3];

/// What a row of the table says.
pub trait Rule: Debug + Send + Sync + Sized + 'static {
    /// Public name.
    const NAME: &'static str;
    /// PyTorch's name of the node.
    const GRAD_NAME: &'static str;
    /// What `da` and `db` name.
    const KEEPS: [Keeps; 2];
    /// Whether integers stay integers (else they become the default float).
    const INTEGER: bool;
    /// Whether `f`, `da` and `db` are made of IEEE's own operations only, so that any code gives the same bits.
    const EXACT: bool;
    /// Formula of the output.
    fn f<R: Real>(a: R, b: R) -> R
    where
        f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>;
    /// Formula for integers.
    fn i<I: Int>(a: I, b: I) -> I;
    /// Derivative with respect to `a` (0) or `b` (1), times `g`, of the two values that it names.
    fn d<A: Algebra>(which: usize, g: A, k: A, l: A) -> A
    where
        f64: Add<A, Output = A> + Sub<A, Output = A> + Mul<A, Output = A> + Div<A, Output = A>;
}

/// The op of a row.
#[derive(Debug)]
pub struct Binary<B>(PhantomData<B>);

struct Forward<B>(PhantomData<B>);
struct Integer<B>(PhantomData<B>);
struct Linear<B, const W: usize>(PhantomData<B>);
struct Fused<B, const W: usize>(PhantomData<B>);
struct FusedBoth<B, const W: usize>(PhantomData<B>);

macro_rules! bounded {
    (impl[$($p:tt)*] $Trait:ident for $T:ty { ($($x:ident),*) => $e:expr }) => {
        impl<$($p)*> $Trait for $T {
            #[inline(always)]
            fn call<R: Real>($($x: R),*) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                $e
            }
        }
    };
}
bounded!(impl[B: Rule] Map2 for Forward<B> { (a, b) => B::f(a, b) });
bounded!(impl[B: Rule, const W: usize] Map1 for Linear<B, W> { (g) => B::d(W, g, g, g) });
bounded!(impl[B: Rule, const W: usize] Map2 for Fused<B, W> { (g, k) => B::d(W, g, k, k) });
bounded!(impl[B: Rule, const W: usize] Map3 for FusedBoth<B, W> { (g, k, l) => B::d(W, g, k, l) });
impl<B: Rule> IMap2 for Integer<B> {
    #[inline(always)]
    fn call<I: Int>(a: I, b: I) -> I {
        B::i(a, b)
    }
}

/// The layout of a result over two operands: shared with one of them where it can be.
#[inline]
pub(crate) fn result_layout(name: &str, a: &Array, b: &Array) -> Result<Layout> {
    let (la, lb) = (a.layout(), b.layout());
    if la.is_contiguous() && (lb.ndim() == 0 || la.same_shape(lb)) {
        return Ok(la.clone());
    }
    if la.ndim() == 0 && lb.is_contiguous() {
        return Ok(lb.clone());
    }
    broadcast_layout(name, la, lb)
}

#[inline(never)]
fn broadcast_layout(name: &str, la: &Layout, lb: &Layout) -> Result<Layout> {
    let shape = if la.shape() == lb.shape() {
        SmallVec::from_slice(la.shape())
    } else {
        match broadcast(la.shape(), lb.shape()) {
            Some(shape) => shape,
            None => return Err(broadcast_error(name, la.shape(), lb.shape())),
        }
    };
    Layout::over(&[la, lb], &shape)
}

/// A float on which a formula of IEEE's own operations can run by itself.
trait One: crate::array::Element + wengert_kernels::Float {
    fn one2<F: Map2>(a: Self, b: Self) -> Self;
}
macro_rules! one {
    ($($t:ty)*) => {$(
        impl One for $t {
            #[inline(always)]
            fn one2<F: Map2>(a: Self, b: Self) -> Self {
                F::call(Lane::<$t, Base>::new(a), Lane::<$t, Base>::new(b)).0
            }
        }
    )*};
}
one!(f32 f64);

/// Runs a two-operand float kernel over broadcast operands.
///
/// # Safety
/// `out` has the broadcast shape and coincides with an operand exactly or is disjoint from it.
#[inline]
unsafe fn run_map2<F: Map2, T: One>(out: &Array, a: &Array, b: &Array, exact: bool) {
    let n = out.numel();
    // SAFETY: by the contract.
    unsafe {
        if n == 1 && exact {
            *out.ptr::<T>() = T::one2::<F>(*a.ptr::<T>(), *b.ptr::<T>());
            return;
        }
        if out.layout().is_contiguous() {
            let whole_a = a.numel() == n && a.layout().is_contiguous();
            let whole_b = b.numel() == n && b.layout().is_contiguous();
            if whole_a && whole_b {
                return map::map2_flat::<F, T>(n, out.ptr(), a.ptr(), b.ptr());
            }
            if whole_a && b.numel() == 1 {
                return map::map2_scalar_rhs::<F, T>(n, out.ptr(), a.ptr(), *b.ptr::<T>());
            }
            if whole_b && a.numel() == 1 {
                return map::map2_scalar_lhs::<F, T>(n, out.ptr(), *a.ptr::<T>(), b.ptr());
            }
        }
        let shape = out.shape();
        let (sa, sb) = (broadcast_strides(a.layout(), shape), broadcast_strides(b.layout(), shape));
        map::map2::<F, T>(shape, out.ptr(), out.layout().strides(), a.ptr(), &sa, b.ptr(), &sb);
    }
}

/// From this many bytes on a gradient is computed in the buffer of its cotangent, where nobody else has that: one buffer
/// less is in memory, and one stream less goes through it. Smaller ones stay in cache, where a staged loop costs more.
const IN_PLACE: usize = 1 << 18;

/// Where a fused backward writes: over `g` if that is nobody else's, or to a fresh array of its shape.
#[inline(always)]
pub(crate) fn output_for(g: &Array) -> Result<Array> {
    let layout = g.layout();
    if !layout.is_contiguous() {
        return Array::empty(Layout::over(&[layout], layout.shape())?, g.dtype());
    }
    let n = layout.numel();
    if g.is_unique() && (n == 1 || n * g.dtype().size() >= IN_PLACE) {
        return Ok(g.clone());
    }
    Array::empty(layout.clone(), g.dtype())
}

impl<B: Rule> Binary<B> {
    /// The one instance.
    pub const OP: &'static Binary<B> = &Binary(PhantomData);

    /// The fused backward: one pass over `g` and what was kept, in place of `g` where that is better.
    #[inline(always)]
    fn fused<const W: usize>(g: Array, kept: &[&Array]) -> Result<Array> {
        let out = output_for(&g)?;
        let s = out.shape();
        with_float!(g.dtype(), T => {
            // SAFETY: fresh output or that of `g` itself; every operand broadcasts to its shape.
            unsafe {
                match kept {
                    [] => map::map1::<Linear<B, W>, T>(s, out.ptr(), out.layout().strides(), g.ptr(), g.layout().strides()),
                    [k] => run_map2::<Fused<B, W>, T>(&out, &g, k, B::EXACT),
                    [k, l, ..] => map::map3::<FusedBoth<B, W>, T>(
                        s, out.ptr(), out.layout().strides(), g.ptr(), g.layout().strides(),
                        k.ptr(), &broadcast_strides(k.layout(), s), l.ptr(), &broadcast_strides(l.layout(), s)),
                }
            }
        }, else ());
        Ok(out)
    }

    fn recorded(which: usize, g: &Tensor, kept: &[Tensor]) -> Result<Tensor> {
        let scope = Scope::new();
        let g = scope.enter(g.clone());
        let k = kept.first().map_or(g, |k| scope.enter(k.clone()));
        let l = kept.get(1).map_or(k, |l| scope.enter(l.clone()));
        scope.leave(B::d(which, g, k, l))
    }

    /// The gradient of input `W` as a bare array.
    #[inline(always)]
    fn contribution<const W: usize>(saved: &Saved<'_>, g: Array) -> Result<Array> {
        let full = match B::KEEPS[W] {
            [false, false, false] if B::is_identity(W) => g,
            [false, false, false] => Self::fused::<W>(g, &[])?,
            [true, false, false] => Self::fused::<W>(g, &[&*saved.kept_input(0)?])?,
            [false, true, false] => Self::fused::<W>(g, &[&*saved.kept_input(1)?])?,
            [false, false, true] => Self::fused::<W>(g, &[&*saved.kept_output()?])?,
            [true, true, _] => Self::fused::<W>(g, &[&*saved.kept_input(0)?, &*saved.kept_input(1)?])?,
            [true, false, true] => Self::fused::<W>(g, &[&*saved.kept_input(0)?, &*saved.kept_output()?])?,
            [false, true, true] => Self::fused::<W>(g, &[&*saved.kept_input(1)?, &*saved.kept_output()?])?,
        };
        let layout = saved.input_layout(W);
        if full.layout().same_shape(layout) {
            return Ok(full);
        }
        crate::ops::sum_to(Tensor::from_array(full), layout).map(Tensor::into_array)
    }

    #[inline(never)]
    fn recorded_contribution(which: usize, saved: &Saved<'_>, g: &Tensor) -> Result<Tensor> {
        let mut kept: SmallVec<[Tensor; 2]> = SmallVec::new();
        for (i, &named) in B::KEEPS[which].iter().enumerate() {
            if named {
                kept.push(if i == 2 { saved.output()? } else { saved.input(i)? });
            }
        }
        crate::ops::sum_to(Self::recorded(which, g, &kept)?, saved.input_layout(which))
    }
}

/// Whether a derivative formula is just `g`.
trait Identity {
    fn is_identity(which: usize) -> bool;
}
impl<B: Rule> Identity for B {
    fn is_identity(which: usize) -> bool {
        matches!((B::NAME, which), ("add", _) | ("sub", 0) | ("rsub", 1))
    }
}

impl<B: Rule> Op for Binary<B> {
    fn name(&self) -> &str {
        B::NAME
    }

    fn grad_name(&self) -> String {
        B::GRAD_NAME.to_owned()
    }

    fn refuse(&self, dtypes: &[DType]) -> Result<()> {
        if B::NAME.ends_with("sub") && dtypes.contains(&DType::Bool) {
            return Err(no_difference(dtypes.iter().all(|&d| d == DType::Bool)));
        }
        Ok(())
    }

    fn compute_dtype(&self, dtype: DType) -> DType {
        if B::INTEGER || dtype.is_float() { dtype } else { crate::array::default_dtype() }
    }

    #[inline]
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (a, b) = (inputs[0], inputs[1]);
        let out = Array::empty(result_layout(B::NAME, a, b)?, a.dtype())?;
        self.forward_into(inputs, &out)?;
        Ok(out)
    }

    #[inline]
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        let (a, b) = (inputs[0], inputs[1]);
        with_float!(a.dtype(), T => {
            // SAFETY: the caller broadcast; the same elements or disjoint.
            unsafe { run_map2::<Forward<B>, T>(out, a, b, B::EXACT) }
        }, else {
            return integer_forward::<B>(a, b, out);
        });
        Ok(())
    }

    #[inline]
    fn keep(&self, needs: u32) -> u32 {
        let mut mask = 0;
        for which in 0..2 {
            if needs & (1 << which) != 0 {
                let [a, b, y] = B::KEEPS[which];
                mask |= u32::from(a) | (u32::from(b) << 1) | if y { OUTPUT } else { 0 };
            }
        }
        mask
    }

    fn vjp_plain(&self, saved: &Saved<'_>, g: &mut Option<Array>, grads: &mut PlainGrads) -> Result<()> {
        let Some(g) = g.take() else { return Ok(()) };
        if !saved.needs(1) {
            grads[0] = Some(Self::contribution::<0>(saved, g)?);
            return Ok(());
        }
        if saved.needs(0) {
            grads[0] = Some(Self::contribution::<0>(saved, g.clone())?);
        }
        grads[1] = Some(Self::contribution::<1>(saved, g)?);
        Ok(())
    }

    fn vjp(&self, saved: &Saved<'_>, mut cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first_mut().map(Option::take) else { return Ok(Grads::new()) };
        if !saved.create_graph() {
            return crate::op::vjp_by_plain(self, saved, g);
        }
        let gradient = |which| saved.needs(which).then(|| Self::recorded_contribution(which, saved, &g)).transpose();
        Ok(smallvec![gradient(0)?, gradient(1)?])
    }

    fn jvp(&self, inputs: &[&Tensor], out: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let mut sum: Option<Tensor> = None;
        for (which, tangent) in tangents.iter().enumerate().take(2) {
            let Some(t) = tangent else { continue };
            let all = [inputs[0], inputs[1], out];
            let kept: SmallVec<[Tensor; 2]> = (0..3).filter(|&i| B::KEEPS[which][i]).map(|i| all[i].clone()).collect();
            let term = Self::recorded(which, t, &kept)?;
            let term = if term.shape() == out.shape() { term } else { crate::ops::view::expand(&term, out.shape())? };
            sum = Some(match sum {
                None => term,
                Some(s) => add(&s, &term)?,
            });
        }
        Ok(sum)
    }

    fn batch(&self, inputs: &[Batched], _size: usize) -> Result<Option<Batched>> {
        let (a, b) = crate::transform::align(&inputs[0], &inputs[1])?;
        Ok(Some((crate::record::apply(OpRef::Static(Self::OP), &[&a, &b])?, Some(0))))
    }
}

/// PyTorch's refusal of differences of bools.
#[cold]
fn no_difference(both: bool) -> Error {
    Error::not_implemented(if both {
        "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
    } else {
        "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or \
         `logical_not()` operator instead."
    })
}

#[inline(never)]
fn integer_forward<B: Rule>(a: &Array, b: &Array, out: &Array) -> Result<()> {
    if a.dtype() == DType::Bool {
        if B::NAME.ends_with("sub") {
            return Err(no_difference(true));
        }
        let (x, y) = (a.cast(DType::U8)?, b.cast(DType::U8)?);
        let sum = Array::empty(Layout::contiguous(out.shape())?, DType::U8)?;
        integer_forward::<B>(&x, &y, &sum)?;
        out.write_unseen(&sum);
        return Ok(());
    }
    let divides = ["fmod", "remainder", "floor_divide", "floor_quotient", "trunc_quotient"].contains(&B::NAME);
    if divides && b.contains_zero() && out.numel() > 0 {
        return Err(Error::runtime(format!(
            "ZeroDivisionError: {}: got an integer divisor of 0, wanted none; try to(float32), or where() to mask it",
            if B::NAME.ends_with("quotient") { "div" } else { B::NAME }
        )));
    }
    let shape = out.shape();
    let (sa, sb) = (broadcast_strides(a.layout(), shape), broadcast_strides(b.layout(), shape));
    with_int!(a.dtype(), T => {
        // SAFETY: operands of one dtype that broadcast to the output; the same elements or disjoint.
        unsafe { map::imap2::<Integer<B>, T>(shape, out.ptr(), out.layout().strides(), a.ptr(), &sa, b.ptr(), &sb) }
    }, else return Err(Error::runtime(format!("{}: not implemented for {}", B::NAME, a.dtype().name()))));
    Ok(())
}

/// A number as a 0-d tensor of the dtype that it takes beside `t`.
#[inline]
pub fn number_beside(t: &Tensor, value: Scalar) -> Result<Tensor> {
    let dtype = if matches!(value, Scalar::Bool(_)) {
        // Stays what it is, because differences refuse it.
        DType::Bool
    } else if t.dtype().is_float() {
        t.dtype()
    } else {
        promote(&[(t.dtype(), Weight::Dims), (value.dtype(), Weight::Number)])
    };
    // Whole as it is for operations that make floats of both; the others bring it to the tensor's dtype.
    let dtype = if matches!(value, Scalar::Int(_)) && value.check_fits(dtype).is_err() { DType::I64 } else { dtype };
    Tensor::scalar(dtype, value)
}

/// Operands brought to their common dtype (`min_float`: at least the default float).
pub(crate) fn unify(a: &Tensor, b: &Tensor, min_float: bool) -> Result<(Tensor, Tensor)> {
    let mut dtype =
        if a.dtype() == b.dtype() { a.dtype() } else { promote(&[(a.dtype(), weight(a)), (b.dtype(), weight(b))]) };
    if min_float && !dtype.is_float() {
        dtype = default_dtype();
    }
    Ok((crate::ops::cast(a, dtype)?, crate::ops::cast(b, dtype)?))
}

/// Runs a row's op on two tensors.
#[inline]
#[track_caller]
pub fn run<B: Rule>(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if a.dtype() == b.dtype() && (a.dtype().is_float() || B::INTEGER) {
        return apply2(Binary::<B>::OP, a, b);
    }
    Binary::<B>::OP.refuse(&[a.dtype(), b.dtype()])?;
    let (a, b) = unify(a, b, !B::INTEGER)?;
    apply2(Binary::<B>::OP, &a, &b)
}

/// Two operands of a call as tensors.
pub(crate) fn operands(args: &Args<'_>) -> Result<(Tensor, Tensor)> {
    Ok(match (args.operand(0)?, args.operand(1)?) {
        (Operand::Tensor(a), Operand::Tensor(b)) => (a.clone(), b.clone()),
        (Operand::Tensor(a), Operand::Number(b)) => (a.clone(), number_beside(a, b)?),
        (Operand::Number(a), Operand::Tensor(b)) => (number_beside(b, a)?, b.clone()),
        (Operand::Number(a), Operand::Number(b)) => {
            let a = Tensor::scalar(promote(&[(a.dtype(), Weight::Number)]), a)?;
            let b = number_beside(&a, b)?;
            (a, b)
        }
    })
}

fn call<B: Rule>(args: &Args<'_>) -> Result<Value> {
    let (a, b) = operands(args)?;
    run::<B>(&a, &b).map(Value::from)
}

/// `sum += grad`, unseen by versions: equal shapes and dtypes.
#[inline]
pub(crate) fn add_unseen(sum: &Array, grad: &Array) {
    // The op's own kernel: the same bits as an addition out of place.
    let _ = Binary::<AddRule>::OP.forward_into(&[sum, grad], sum);
}

/// `alpha * b` in the dtype of `a + b`.
pub fn times_alpha(a: &Tensor, b: &Tensor, alpha: Scalar) -> Result<Tensor> {
    let dtype = promote(&[(a.dtype(), weight(a)), (b.dtype(), weight(b))]);
    match alpha {
        Scalar::Float(_) if !dtype.is_float() => {
            return Err(Error::runtime(
                "For integral input tensors, argument alpha must not be a floating point number.",
            ));
        }
        Scalar::Bool(_) if dtype != DType::Bool => {
            return Err(Error::runtime("Boolean alpha only supported for Boolean results."));
        }
        _ => alpha.check_fits(dtype)?,
    }
    run::<MulRule>(&crate::ops::cast(b, dtype)?, &Tensor::scalar(dtype, alpha)?)
}

/// `rounding_mode` of div.
fn rounded<B: Rule>(args: &Args<'_>) -> Result<Value> {
    let mode = args.text_or(2, "")?;
    if mode.is_empty() {
        return call::<B>(args);
    }
    let (a, b) = operands(args)?;
    match mode {
        "floor" => quotients::floor_quotient(&a, &b).map(Value::from),
        "trunc" => quotients::trunc_quotient(&a, &b).map(Value::from),
        other => Err(Error::runtime(format!(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{other}'"
        ))),
    }
}

/// `alpha` of add and sub: `a + alpha * b`.
fn scaled<B: Rule>(args: &Args<'_>) -> Result<Value> {
    let (a, b) = operands(args)?;
    let alpha = args.number_or(2, Scalar::Int(1))?;
    if alpha == Scalar::Int(1) {
        return run::<B>(&a, &b).map(Value::from);
    }
    let b = times_alpha(&a, &b, alpha)?;
    run::<B>(&a, &b).map(Value::from)
}

/// `alpha` of rsub: `b - alpha * a`.
fn scaled_first<B: Rule>(args: &Args<'_>) -> Result<Value> {
    let (a, b) = operands(args)?;
    let alpha = args.number_or(2, Scalar::Int(1))?;
    let a = if alpha == Scalar::Int(1) { a } else { times_alpha(&b, &a, alpha)? };
    run::<B>(&a, &b).map(Value::from)
}

macro_rules! binary {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident, $Type:ident, $info:ident, $grad:literal, $signature:literal, $call:ident, exact $exact:literal, samples $samples:expr;
        f($fa:ident, $fb:ident) = $f:expr;
        $(i($ia:ident, $ib:ident) = $i:expr;)?
        da($ga:ident $(, $ka:ident)*) = $da:expr;
        db($gb:ident $(, $kb:ident)*) = $db:expr;
    )*) => {
        $(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $Type;
        impl Rule for $Type {
            const NAME: &'static str = stringify!($name);
            const GRAD_NAME: &'static str = $grad;
            const KEEPS: [Keeps; 2] = [keeps!([false, false, false]; $($ka)*), keeps!([false, false, false]; $($kb)*)];
            const INTEGER: bool = integer!($($ia)?);
            const EXACT: bool = $exact;
            #[inline(always)]
            fn f<R: Real>($fa: R, $fb: R) -> R
            where
                f64: Add<R, Output = R> + Sub<R, Output = R> + Mul<R, Output = R> + Div<R, Output = R>,
            {
                $f
            }
            #[inline(always)]
            fn i<I: Int>(a: I, b: I) -> I {
                integer!(a b; $($ia $ib = $i)?)
            }
            #[inline(always)]
            fn d<A: Algebra>(which: usize, g: A, k: A, l: A) -> A
            where
                f64: Add<A, Output = A> + Sub<A, Output = A> + Mul<A, Output = A> + Div<A, Output = A>,
            {
                let _ = (k, l);
                if which == 0 { let $ga = g; bind!(k l; $($ka)*; $da) } else { let $gb = g; bind!(k l; $($kb)*; $db) }
            }
        }
        $(#[doc = $doc])*
        #[inline]
        #[track_caller]
        pub fn $name(a: &Tensor, b: &Tensor) -> Result<Tensor> {
            run::<$Type>(a, b)
        }
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: stringify!($name),
            doc: concat!($($doc, "\n"),*),
            signature: $signature,
            returns: "Tensor",
            face: Face::ELEMENTWISE,
            differentiable: true,
            body: Body::Binary(run::<$Type>, $call::<$Type>, Binary::<$Type>::OP),
            samples: $samples,
        };
        )*
        /// The rows of this file.
        pub(crate) static ROWS: &[&OpInfo] = &[$(&$info),*];
    };
}
macro_rules! keeps {
    ([$a:expr, $b:expr, $y:expr];) => { [$a, $b, $y] };
    ([$a:expr, $b:expr, $y:expr]; a $($r:ident)*) => { keeps!([true, $b, $y]; $($r)*) };
    ([$a:expr, $b:expr, $y:expr]; b $($r:ident)*) => { keeps!([$a, true, $y]; $($r)*) };
    ([$a:expr, $b:expr, $y:expr]; y $($r:ident)*) => { keeps!([$a, $b, true]; $($r)*) };
}
macro_rules! integer {
    () => {
        false
    };
    ($x:ident) => {
        true
    };
    ($a:ident $b:ident;) => {
        $a.wrapping_add($b)
    };
    ($a:ident $b:ident; $ia:ident $ib:ident = $i:expr) => {{
        let ($ia, $ib) = ($a, $b);
        $i
    }};
}
macro_rules! bind {
    ($k:ident $l:ident;; $d:expr) => {
        $d
    };
    ($k:ident $l:ident; $p:ident; $d:expr) => {{
        let $p = $k;
        $d
    }};
    ($k:ident $l:ident; $p:ident $q:ident; $d:expr) => {{
        let ($p, $q) = ($k, $l);
        $d
    }};
}

pub mod extremes;
pub mod quotients;
pub mod rows;
pub use rows::*;
