//! Comparisons: bool results, no derivative. Depends on kernels and `record`.

use crate::array::layout::broadcast_strides;
use crate::array::{Array, DType, Layout};
use crate::error::Result;
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::binary::{operands, result_layout, unify};
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::record::{apply, apply2};
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_dtype;
use std::fmt::Debug;
use std::marker::PhantomData;
use wengert_kernels::{Cmp, map};

/// What a row says.
pub trait Rule: Cmp + Debug + Send + Sync + 'static {
    /// Public name.
    const NAME: &'static str;
}

/// The op of a row.
#[derive(Debug)]
pub struct Compare<C>(PhantomData<C>);

impl<C: Rule> Compare<C> {
    /// The one instance.
    pub const OP: &'static Compare<C> = &Compare(PhantomData);
}

impl<C: Rule> Op for Compare<C> {
    fn name(&self) -> &str {
        C::NAME
    }
    fn grad_name(&self) -> String {
        format!("{}Backward0", C::NAME)
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (a, b) = (inputs[0], inputs[1]);
        let layout: Layout = result_layout(C::NAME, a, b)?;
        let out = Array::empty(layout, DType::Bool)?;
        let shape = out.shape();
        let (sa, sb) = (broadcast_strides(a.layout(), shape), broadcast_strides(b.layout(), shape));
        with_dtype!(a.dtype(), T => {
            // SAFETY: fresh output; operands of one dtype that broadcast to its shape.
            unsafe { map::cmp2::<C, T>(shape, out.ptr(), out.layout().strides(), a.ptr(), &sa, b.ptr(), &sb) }
        });
        Ok(out)
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let (a, b) = crate::transform::align(&inputs[0], &inputs[1])?;
        Ok(Some((apply(OpRef::Static(Self::OP), &[&a, &b])?, Some(0))))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

fn run<C: Rule>(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (a, b) = unify(a, b, false)?;
    apply2(Compare::<C>::OP, &a, &b)
}

fn call<C: Rule>(args: &Args<'_>) -> Result<Value> {
    let (a, b) = operands(args)?;
    run::<C>(&a, &b).map(Value::from)
}

macro_rules! compare {
    ($($(#[doc = $doc:literal])* $name:ident, $Type:ident, $info:ident, |$a:ident, $b:ident| $f:expr;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $Type;
        impl Cmp for $Type {
            #[inline(always)]
            fn call<T: PartialOrd>($a: T, $b: T) -> bool {
                $f
            }
        }
        impl Rule for $Type {
            const NAME: &'static str = stringify!($name);
        }
        $(#[doc = $doc])*
        #[track_caller]
        pub fn $name(a: &Tensor, b: &Tensor) -> Result<Tensor> {
            run::<$Type>(a, b)
        }
        /// The row of the table.
        pub static $info: OpInfo = OpInfo {
            name: stringify!($name),
            doc: concat!($($doc, "\n"),*),
            signature: "input: Tensor, other: Tensor | Number",
            returns: "Tensor",
            face: Face::ELEMENTWISE,
            differentiable: false,
            body: Body::Binary(run::<$Type>, call::<$Type>, Compare::<$Type>::OP),
            samples: &["f(2, 3), f(2, 3)", "i(4), i(4)", "f(2, 3), 0.5", "i(2, 3), i(3)"],
        };
    )*};
}
compare! {
    /// Where elements are equal, as bool, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.eq(wengert.tensor([1, 2, 3]), 2)
    /// tensor([False,  True, False])
    eq, EqRule, EQ, |a, b| a == b;
    /// Where elements differ, as bool, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.ne(wengert.tensor([1, 2, 3]), 2)
    /// tensor([ True, False,  True])
    ne, NeRule, NE, |a, b| a != b;
    /// Where `input < other`, as bool, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.lt(wengert.tensor([1, 2, 3]), 2)
    /// tensor([ True, False, False])
    lt, LtRule, LT, |a, b| a < b;
    /// Where `input <= other`, as bool, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.le(wengert.tensor([1, 2, 3]), 2)
    /// tensor([ True,  True, False])
    le, LeRule, LE, |a, b| a <= b;
    /// Where `input > other`, as bool, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.gt(wengert.tensor([1, 2, 3]), 2)
    /// tensor([False, False,  True])
    gt, GtRule, GT, |a, b| a > b;
    /// Where `input >= other`, as bool, with broadcasting.
    ///
    /// >>> import wengert
    /// >>> wengert.ge(wengert.tensor([1, 2, 3]), 2)
    /// tensor([False,  True,  True])
    ge, GeRule, GE, |a, b| a >= b;
}

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&EQ, &NE, &LT, &LE, &GT, &GE];
