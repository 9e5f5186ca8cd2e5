//! Operations on bits (integers and bools), and logical operations (any dtype, bool results): no derivative.
//! Depends on kernels, `binary` and `record`.

use crate::array::layout::broadcast_strides;
use crate::array::{Array, DType, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::binary::{operands, result_layout, unify};
use crate::ops::table::{Body, Face, OpInfo, Value};
use crate::record::{apply, apply2};
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_int;
use wengert_kernels::{IMap2, Int, map};

struct And;
struct Or;
struct Xor;
struct Left;
struct Right;

macro_rules! kernels {
    ($($T:ident |$a:ident, $b:ident| $e:expr;)*) => {$(
        impl IMap2 for $T {
            #[inline(always)]
            fn call<I: Int>($a: I, $b: I) -> I {
                $e
            }
        }
    )*};
}
/// How far to shift, as a number of bits; None beyond the width (a negative count is beyond it too).
#[inline(always)]
fn bits<I: Int>(by: I) -> Option<u32> {
    u32::try_from(by.to_i64()).ok().filter(|n| *n < I::BITS)
}
kernels! {
    And |a, b| a & b;
    Or |a, b| a | b;
    Xor |a, b| a ^ b;
    Left |a, b| bits(b).map_or(I::ZERO, |n| a << n);
    Right |a, b| match bits(b) {
        Some(n) => a >> n,
        None if a < I::ZERO => I::ZERO.wrapping_sub(I::ONE),
        None => I::ZERO,
    };
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    And,
    Or,
    Xor,
    Left,
    Right,
}

/// A bitwise operation of two operands.
#[derive(Debug)]
struct Bitwise {
    name: &'static str,
    kind: Kind,
}

impl Op for Bitwise {
    fn name(&self) -> &str {
        self.name
    }
    fn grad_name(&self) -> String {
        "BitwiseBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let out = Array::empty(result_layout(self.name, inputs[0], inputs[1])?, inputs[0].dtype())?;
        self.forward_into(inputs, &out)?;
        Ok(out)
    }
    fn forward_into(&self, inputs: &[&Array], out: &Array) -> Result<()> {
        let (a, b) = (inputs[0], inputs[1]);
        // A bool is a byte of 0 or 1, and so are `and`, `or` and `xor` of two.
        let dtype = if a.dtype() == DType::Bool { DType::U8 } else { a.dtype() };
        let shape = out.shape();
        let (sa, sb) = (broadcast_strides(a.layout(), shape), broadcast_strides(b.layout(), shape));
        with_int!(dtype, T => {
            let (o, os) = (out.data_ptr().cast::<T>(), out.layout().strides());
            let (a, b) = (a.data_ptr().cast::<T>(), b.data_ptr().cast::<T>());
            // SAFETY: operands of one dtype that broadcast to the output's shape; the same elements or disjoint.
            unsafe {
                match self.kind {
                    Kind::And => map::imap2::<And, T>(shape, o, os, a, &sa, b, &sb),
                    Kind::Or => map::imap2::<Or, T>(shape, o, os, a, &sa, b, &sb),
                    Kind::Xor => map::imap2::<Xor, T>(shape, o, os, a, &sa, b, &sb),
                    Kind::Left => map::imap2::<Left, T>(shape, o, os, a, &sa, b, &sb),
                    Kind::Right => map::imap2::<Right, T>(shape, o, os, a, &sa, b, &sb),
                }
            }
        }, else return Err(refused(self.name, dtype)));
        Ok(())
    }
    fn refuse(&self, dtypes: &[DType]) -> Result<()> {
        let shift = matches!(self.kind, Kind::Left | Kind::Right);
        match dtypes.iter().find(|d| d.is_float() || (shift && **d == DType::Bool)) {
            Some(dtype) => Err(refused(self.name, *dtype)),
            None => Ok(()),
        }
    }
    fn vjp(&self, _: &Saved<'_>, _: Cotangents) -> Result<Grads> {
        Ok(Grads::new())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        Ok(None)
    }
    fn batch(&self, inputs: &[Batched], _: usize) -> Result<Option<Batched>> {
        let (a, b) = crate::transform::align(&inputs[0], &inputs[1])?;
        Ok(Some((apply(OpRef::new(Bitwise { name: self.name, kind: self.kind }), &[&a, &b])?, Some(0))))
    }
    fn is_differentiable(&self) -> bool {
        false
    }
}

#[cold]
fn refused(name: &str, dtype: DType) -> Error {
    Error::not_implemented(format!("\"{name}\" not implemented for '{}'; wanted integers; try to(int64)", dtype.word()))
}

fn run(op: &'static Bitwise, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (a, b) = unify(a, b, false)?;
    op.refuse(&[a.dtype()])?;
    apply2(op, &a, &b)
}

macro_rules! bitwise {
    ($($(#[doc = $doc:literal])* $name:ident, $OP:ident, $INFO:ident, $kind:ident, samples $samples:expr;)*) => {$(
        static $OP: Bitwise = Bitwise { name: stringify!($name), kind: Kind::$kind };
        $(#[doc = $doc])*
        pub fn $name(a: &Tensor, b: &Tensor) -> Result<Tensor> {
            run(&$OP, a, b)
        }
        /// The row of the table.
        pub static $INFO: OpInfo = OpInfo {
            name: stringify!($name),
            doc: concat!($($doc, "\n"),*),
            signature: "input: Tensor | Number, other: Tensor | Number",
            returns: "Tensor",
            face: Face::ELEMENTWISE,
            differentiable: false,
            body: Body::Binary($name, |a| { let (a, b) = operands(a)?; $name(&a, &b).map(Value::from) }, &$OP),
            samples: $samples,
        };
    )*};
}
bitwise! {
    /// Bitwise and of integers, logical and of bools; the operator &.
    ///
    /// >>> import wengert
    /// >>> wengert.bitwise_and(wengert.tensor([6, 5]), 3)
    /// tensor([2, 1])
    bitwise_and, AND, BITWISE_AND, And, samples &["i(2, 3), i(2, 3)", "i(2, 3), i(3)", "b(4), b(4)", "i(4), 3"];

    /// Bitwise or of integers, logical or of bools; the operator |.
    ///
    /// >>> import wengert
    /// >>> wengert.bitwise_or(wengert.tensor([6, 5]), 3)
    /// tensor([7, 7])
    bitwise_or, OR, BITWISE_OR, Or, samples &["i(2, 3), i(2, 3)", "i(2, 3), i(3)", "b(4), b(4)", "i(4), 3"];

    /// Bitwise exclusive or of integers, logical of bools; the operator ^.
    ///
    /// >>> import wengert
    /// >>> wengert.bitwise_xor(wengert.tensor([6, 5]), 3)
    /// tensor([5, 6])
    bitwise_xor, XOR, BITWISE_XOR, Xor, samples &["i(2, 3), i(2, 3)", "i(2, 3), i(3)", "b(4), b(4)", "i(4), 3"];

    /// Bits of integers moved to higher places; 0 where the count is not below the width. The operator <<.
    ///
    /// >>> import wengert
    /// >>> wengert.bitwise_left_shift(wengert.tensor([1, 3]), 2)
    /// tensor([ 4, 12])
    bitwise_left_shift, LEFT, BITWISE_LEFT_SHIFT, Left, samples &["i(2, 3), i(2, 3)", "i(4), 2"];

    /// Bits of integers moved to lower places, the sign kept. The operator >>.
    ///
    /// >>> import wengert
    /// >>> wengert.bitwise_right_shift(wengert.tensor([12, -3]), 2)
    /// tensor([ 3, -1])
    bitwise_right_shift, RIGHT, BITWISE_RIGHT_SHIFT, Right, samples &["i(2, 3), i(2, 3)", "i(4, lo=-9, hi=9), 1"];
}

/// Every bit of integers inverted; bools negated.
pub fn bitwise_not(x: &Tensor) -> Result<Tensor> {
    if x.dtype().is_float() {
        return Err(refused("bitwise_not", x.dtype()));
    }
    let ones = if x.dtype() == DType::Bool { Scalar::Bool(true) } else { Scalar::Int(-1) };
    apply2(&XOR, x, &Tensor::scalar(x.dtype(), ones)?)
}

fn truth(x: &Tensor) -> Result<Tensor> {
    if x.dtype() == DType::Bool {
        Ok(x.clone())
    } else {
        crate::ops::ne(x, &Tensor::scalar(x.dtype(), Scalar::Int(0))?)
    }
}

/// Where x is 0 (false).
pub fn logical_not(x: &Tensor) -> Result<Tensor> {
    crate::ops::eq(x, &Tensor::scalar(x.dtype(), Scalar::Int(0))?)
}

macro_rules! logical {
    ($($(#[doc = $doc:literal])* $name:ident, $OP:ident, $INFO:ident;)*) => {$(
        $(#[doc = $doc])*
        pub fn $name(a: &Tensor, b: &Tensor) -> Result<Tensor> {
            apply2(&$OP, &truth(a)?, &truth(b)?)
        }
        /// The row of the table.
        pub static $INFO: OpInfo = OpInfo {
            name: stringify!($name),
            doc: concat!($($doc, "\n"),*),
            signature: "input: Tensor, other: Tensor",
            returns: "Tensor",
            face: Face::ELEMENTWISE,
            differentiable: false,
            body: Body::Call(|a| { let (a, b) = operands(a)?; $name(&a, &b).map(Value::from) }),
            samples: &["b(2, 3), b(3)", "i(4, hi=2), i(4, hi=2)", "f(4), b(4)"],
        };
    )*};
}
logical! {
    /// Whether both are not 0.
    ///
    /// >>> import wengert
    /// >>> wengert.logical_and(wengert.tensor([True, True]), wengert.tensor([0, 2]))
    /// tensor([False,  True])
    logical_and, AND, LOGICAL_AND;

    /// Whether one or both are not 0.
    ///
    /// >>> import wengert
    /// >>> wengert.logical_or(wengert.tensor([False, False]), wengert.tensor([0, 2]))
    /// tensor([False,  True])
    logical_or, OR, LOGICAL_OR;

    /// Whether just one is not 0.
    ///
    /// >>> import wengert
    /// >>> wengert.logical_xor(wengert.tensor([True, True]), wengert.tensor([0, 2]))
    /// tensor([ True, False])
    logical_xor, XOR, LOGICAL_XOR;
}

/// The row of the table.
pub static BITWISE_NOT: OpInfo = OpInfo {
    name: "bitwise_not",
    doc: "Every bit of integers inverted, bools negated; the operator ~.\n\n\
          >>> import wengert\n\
          >>> wengert.bitwise_not(wengert.tensor([0, 5]))\n\
          tensor([-1, -6])\n",
    signature: "input: Tensor",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: false,
    body: Body::Call(|a| bitwise_not(a.tensor(0)?).map(Value::from)),
    samples: &["i(2, 3)", "b(4)", "i()"],
};

/// The row of the table.
pub static LOGICAL_NOT: OpInfo = OpInfo {
    name: "logical_not",
    doc: "Where the input is 0 (false).\n\n\
          >>> import wengert\n\
          >>> wengert.logical_not(wengert.tensor([0.0, 2.0]))\n\
          tensor([ True, False])\n",
    signature: "input: Tensor",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: false,
    body: Body::Call(|a| logical_not(a.tensor(0)?).map(Value::from)),
    samples: &["b(2, 3)", "i(4, hi=2)", "f(3)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[
    &BITWISE_AND,
    &BITWISE_OR,
    &BITWISE_XOR,
    &BITWISE_NOT,
    &BITWISE_LEFT_SHIFT,
    &BITWISE_RIGHT_SHIFT,
    &LOGICAL_AND,
    &LOGICAL_OR,
    &LOGICAL_XOR,
    &LOGICAL_NOT,
];
