//! `OpInfo`: what the outside is told of an op, and `Args`, the arguments a call arrives with. Depends on tensors.
//!
//! The binding makes functions, methods, in-place twins, stubs and docs from these rows; the law tests read the samples.

use crate::array::{Category, DType, Scalar};
use crate::error::{Error, Result};
use crate::op::Op;
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// The ways an op is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Face(pub u8);

impl Face {
    /// `wengert.name(...)`.
    pub const FUNCTION: Face = Face(1);
    /// `tensor.name(...)`.
    pub const METHOD: Face = Face(2);
    /// Both of these.
    pub const BOTH: Face = Face(3);
    /// Both, and the in-place twin `tensor.name_(...)`.
    pub const ELEMENTWISE: Face = Face(7);
    /// A method only, which works in place by itself.
    pub const WRITE: Face = Face(2 | 8);

    /// Whether there is a function.
    pub const fn function(self) -> bool {
        self.0 & 1 != 0
    }
    /// Whether there is a method.
    pub const fn method(self) -> bool {
        self.0 & 2 != 0
    }
    /// Whether there is an in-place twin.
    pub const fn inplace(self) -> bool {
        self.0 & 4 != 0
    }
    /// Whether the method writes to its tensor and returns it.
    pub const fn writes(self) -> bool {
        self.0 & 8 != 0
    }
}

/// How an op is run.
pub enum Body {
    /// One tensor in, one out: fast path, general call, in-place op.
    Unary(fn(&Tensor) -> Result<Tensor>, fn(&Args<'_>) -> Result<Value>, &'static dyn Op),
    /// Two tensors of one dtype, or a tensor and a number: fast path, general call, in-place op.
    Binary(fn(&Tensor, &Tensor) -> Result<Tensor>, fn(&Args<'_>) -> Result<Value>, &'static dyn Op),
    /// Anything else.
    Call(fn(&Args<'_>) -> Result<Value>),
    /// Anything else that has an in-place twin: the call, and the write.
    Twin(fn(&Args<'_>) -> Result<Value>, fn(&mut Tensor, &Args<'_>) -> Result<()>),
    /// A method that writes to its first argument.
    Write(fn(&mut Tensor, &Args<'_>) -> Result<()>),
}

/// One row of the table of operations.
pub struct OpInfo {
    /// Public name.
    pub name: &'static str,
    /// What it does, one line, then what else is to be known.
    pub doc: &'static str,
    /// Parameters, in the syntax of a Python stub; the first is `input` (a method's `self`).
    pub signature: &'static str,
    /// Type of the result, in the syntax of a Python stub.
    pub returns: &'static str,
    /// How it is reached.
    pub face: Face,
    /// Whether it has derivatives.
    pub differentiable: bool,
    /// How it is run.
    pub body: Body,
    /// Argument lists that the law tests run (see tests/laws/samples.py).
    pub samples: &'static [&'static str],
}

/// An argument or a result.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Python's None; also an argument that was not given.
    #[default]
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// Text.
    Str(String),
    /// A dtype.
    DType(DType),
    /// A tensor.
    Tensor(Tensor),
    /// A sequence.
    List(Vec<Value>),
    /// Results with names, such as `max` has.
    Named(&'static str, Vec<(&'static str, Tensor)>),
    /// Anything else, by the name of its type.
    Other(String),
}

impl From<Tensor> for Value {
    fn from(t: Tensor) -> Self {
        Value::Tensor(t)
    }
}

impl Value {
    fn kind(&self) -> String {
        match self {
            Value::None => "None".into(),
            Value::Bool(_) => "bool".into(),
            Value::Int(_) => "int".into(),
            Value::Float(_) => "float".into(),
            Value::Str(_) => "str".into(),
            Value::DType(_) => "dtype".into(),
            Value::Tensor(_) => "Tensor".into(),
            Value::List(v) => v.first().map_or("empty sequence".into(), |x| format!("sequence of {}", x.kind())),
            Value::Named(name, _) => (*name).into(),
            Value::Other(name) => name.clone(),
        }
    }

    /// The number it is, if it is one.
    pub fn scalar(&self) -> Option<Scalar> {
        match *self {
            Value::Bool(b) => Some(Scalar::Bool(b)),
            Value::Int(i) => Some(Scalar::Int(i)),
            Value::Float(x) => Some(Scalar::Float(x)),
            _ => None,
        }
    }
}

/// A tensor, or a number that takes the tensor's dtype within its category.
#[derive(Clone, Debug)]
pub enum Operand<'a> {
    /// A tensor.
    Tensor(&'a Tensor),
    /// A number.
    Number(Scalar),
}

/// The arguments of one call, in the order of the signature; what was not given is None.
pub struct Args<'a> {
    /// The op's name, for messages.
    pub name: &'a str,
    /// Names of the parameters.
    pub params: &'a [&'a str],
    /// Values, at most one a parameter.
    pub values: &'a [Value],
}

static NONE: Value = Value::None;

impl Args<'_> {
    /// Argument `i`.
    pub fn get(&self, i: usize) -> &Value {
        self.values.get(i).unwrap_or(&NONE)
    }

    #[cold]
    fn wrong(&self, i: usize, wanted: &str) -> Error {
        let param = self.params.get(i).copied().unwrap_or("?");
        match self.get(i) {
            Value::None => Error::type_(format!("{}(): missing required argument '{param}' ({wanted})", self.name)),
            v => Error::type_(format!("{}(): argument '{param}' must be {wanted}, got {}", self.name, v.kind())),
        }
    }

    /// A tensor.
    pub fn tensor(&self, i: usize) -> Result<&Tensor> {
        match self.get(i) {
            Value::Tensor(t) => Ok(t),
            _ => Err(self.wrong(i, "Tensor")),
        }
    }

    /// A tensor or None.
    pub fn maybe_tensor(&self, i: usize) -> Result<Option<&Tensor>> {
        match self.get(i) {
            Value::None => Ok(None),
            _ => self.tensor(i).map(Some),
        }
    }

    /// A tensor or a number.
    pub fn operand(&self, i: usize) -> Result<Operand<'_>> {
        match self.get(i) {
            Value::Tensor(t) => Ok(Operand::Tensor(t)),
            v => v.scalar().map(Operand::Number).ok_or_else(|| self.wrong(i, "Tensor or Number")),
        }
    }

    /// A number.
    pub fn number(&self, i: usize) -> Result<Scalar> {
        match self.get(i) {
            Value::Tensor(t) if t.numel() == 1 => t.item(),
            v => v.scalar().ok_or_else(|| self.wrong(i, "Number")),
        }
    }

    /// A number, or what stands for one not given.
    pub fn number_or(&self, i: usize, default: Scalar) -> Result<Scalar> {
        if matches!(self.get(i), Value::None) { Ok(default) } else { self.number(i) }
    }

    /// A sequence of tensors.
    pub fn tensors(&self, i: usize) -> Result<SmallVec<[&Tensor; 4]>> {
        let Value::List(items) = self.get(i) else { return Err(self.wrong(i, "tuple of Tensors")) };
        items
            .iter()
            .map(|v| match v {
                Value::Tensor(t) => Ok(t),
                v => Err(Error::type_(format!(
                    "{}(): expected Tensors in argument '{}', got {}",
                    self.name,
                    self.params.get(i).copied().unwrap_or("?"),
                    v.kind()
                ))),
            })
            .collect()
    }

    /// A whole number.
    pub fn int(&self, i: usize) -> Result<i64> {
        match self.get(i) {
            Value::Int(n) => Ok(*n),
            Value::Tensor(t) if t.numel() == 1 && !t.dtype().is_float() => match t.item()? {
                Scalar::Int(n) => Ok(n),
                _ => Err(self.wrong(i, "int")),
            },
            _ => Err(self.wrong(i, "int")),
        }
    }

    /// A whole number or None.
    pub fn maybe_int(&self, i: usize) -> Result<Option<i64>> {
        if matches!(self.get(i), Value::None) { Ok(None) } else { self.int(i).map(Some) }
    }

    /// A truth value; false when not given.
    pub fn flag(&self, i: usize) -> Result<bool> {
        match self.get(i) {
            Value::None => Ok(false),
            Value::Bool(b) => Ok(*b),
            _ => Err(self.wrong(i, "bool")),
        }
    }

    /// Text, or what stands for text not given.
    pub fn text_or<'s>(&'s self, i: usize, default: &'s str) -> Result<&'s str> {
        match self.get(i) {
            Value::None => Ok(default),
            Value::Str(s) => Ok(s),
            _ => Err(self.wrong(i, "str")),
        }
    }

    /// Whole numbers: one, a sequence, or None.
    pub fn maybe_ints(&self, i: usize) -> Result<Option<SmallVec<[i64; 4]>>> {
        match self.get(i) {
            Value::None => Ok(None),
            Value::Int(n) => Ok(Some(smallvec::smallvec![*n])),
            Value::Tensor(_) => self.int(i).map(|n| Some(smallvec::smallvec![n])),
            Value::List(items) => items
                .iter()
                .map(|v| match v {
                    Value::Int(n) => Ok(*n),
                    Value::Tensor(t) if t.numel() == 1 && t.dtype().category() == Category::Int => match t.item()? {
                        Scalar::Int(n) => Ok(n),
                        _ => Err(self.wrong(i, "int or tuple of ints")),
                    },
                    _ => Err(self.wrong(i, "int or tuple of ints")),
                })
                .collect::<Result<_>>()
                .map(Some),
            _ => Err(self.wrong(i, "int or tuple of ints")),
        }
    }

    /// Whole numbers: one or a sequence.
    pub fn ints(&self, i: usize) -> Result<SmallVec<[i64; 4]>> {
        self.maybe_ints(i)?.ok_or_else(|| self.wrong(i, "int or tuple of ints"))
    }

    /// A dtype or None.
    pub fn maybe_dtype(&self, i: usize) -> Result<Option<DType>> {
        match self.get(i) {
            Value::None => Ok(None),
            Value::DType(d) => Ok(Some(*d)),
            _ => Err(self.wrong(i, "dtype")),
        }
    }
}
