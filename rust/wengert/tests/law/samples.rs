//! The samples of the table as calls: `f(2, 3), dim=1` becomes argument values, float tensors drawn anew. The same
//! grammar as tests/laws/samples.py, which says what the words mean.

use super::{Rng, tensor};
use std::collections::BTreeMap;
use wengert::array::DType;
use wengert::ops::{Args, Body, OpInfo, Signature, Value};
use wengert::{Result, Tensor};

/// One sample: the arguments in the order of the signature; float tensors stand in `xs`, in order of appearance.
pub struct Sample {
    pub info: &'static OpInfo,
    names: Vec<&'static str>,
    values: Vec<Value>,
    pub xs: Vec<Tensor>,
}

impl Sample {
    pub fn draw(info: &'static OpInfo, text: &str, rng: &mut Rng) -> Sample {
        let signature = Signature::parse(info.signature);
        let mut parser = Parser { text: text.as_bytes(), at: 0, rng, xs: Vec::new() };
        let (positional, named) = parser.arguments(b"");
        let xs = parser.xs;
        let mut values = signature.defaults.clone();
        for (i, value) in positional.iter().enumerate() {
            if signature.variadic == Some(i) {
                let rest = &positional[i..];
                values[i] = match value {
                    Value::List(_) if rest.len() == 1 => value.clone(),
                    _ => Value::List(rest.to_vec()),
                };
                break;
            }
            values[i] = value.clone();
        }
        for (key, value) in named {
            let i = signature.names.iter().position(|n| *n == key).unwrap_or_else(|| panic!("{text}: no {key}"));
            values[i] = match value {
                Value::List(_) => value,
                other if signature.variadic == Some(i) => Value::List(vec![other]),
                other => other,
            };
        }
        if let Some(i) = signature.variadic
            && matches!(values[i], Value::None)
        {
            values[i] = Value::List(Vec::new());
        }
        Sample { info, names: signature.names, values, xs }
    }

    /// Runs the op's write on `target`, in place of its first tensor.
    pub fn write(&self, f: fn(&mut Tensor, &Args<'_>) -> Result<()>, target: &mut Tensor, xs: &[Tensor]) -> Result<()> {
        let mut supply = xs.iter();
        let values: Vec<Value> = self.values.iter().map(|v| replaced(v, &mut supply)).collect();
        f(target, &Args { name: self.info.name, params: &self.names, values: &values })
    }

    /// Calls the op with `xs` in place of the drawn tensors; all float outputs come as one vector.
    pub fn call(&self, xs: &[Tensor]) -> Result<Tensor> {
        let mut supply = xs.iter();
        let values: Vec<Value> = self.values.iter().map(|v| replaced(v, &mut supply)).collect();
        let args = Args { name: self.info.name, params: &self.names, values: &values };
        let out = match self.info.body {
            Body::Unary(_, f, _) | Body::Binary(_, f, _) | Body::Call(f) | Body::Twin(f, _) => f(&args)?,
            Body::Write(_) => panic!("{} writes", self.info.name),
        };
        let mut parts = Vec::new();
        collect(&out, &mut parts);
        if let [one] = &parts[..] {
            return Ok(one.clone());
        }
        let flat = parts.iter().map(|t| wengert::ops::view::reshape(t, &[t.numel()])).collect::<Result<Vec<_>>>()?;
        wengert::ops::cat(&flat.iter().collect::<Vec<_>>(), 0)
    }
}

fn collect(value: &Value, parts: &mut Vec<Tensor>) {
    match value {
        Value::Tensor(t) if t.dtype().is_float() => parts.push(t.clone()),
        Value::List(items) => items.iter().for_each(|v| collect(v, parts)),
        Value::Named(_, items) => {
            parts.extend(items.iter().map(|(_, t)| t).filter(|t| t.dtype().is_float()).cloned());
        }
        _ => {}
    }
}

fn replaced<'x>(value: &Value, supply: &mut impl Iterator<Item = &'x Tensor>) -> Value {
    match value {
        Value::Tensor(t) if t.dtype().is_float() => Value::Tensor(supply.next().expect("a tensor each").clone()),
        Value::List(items) => Value::List(items.iter().map(|v| replaced(v, supply)).collect()),
        other => other.clone(),
    }
}

fn dtype(name: &str) -> Option<DType> {
    [DType::Bool, DType::I64, DType::F32, DType::F64].into_iter().find(|d| d.name() == name)
}

struct Parser<'t, 'r> {
    text: &'t [u8],
    at: usize,
    rng: &'r mut Rng,
    xs: Vec<Tensor>,
}

impl Parser<'_, '_> {
    fn peek(&mut self) -> u8 {
        while self.text.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, c: u8) -> bool {
        let found = self.peek() == c;
        self.at += usize::from(found);
        found
    }

    fn word(&mut self) -> String {
        self.peek();
        let from = self.at;
        while self.text.get(self.at).is_some_and(|c| c.is_ascii_alphanumeric() || b"_.+-".contains(c)) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.text[from..self.at]).into_owned()
    }

    /// Positional and named arguments up to one of `end` (or the end of the text).
    fn arguments(&mut self, end: &[u8]) -> (Vec<Value>, BTreeMap<String, Value>) {
        let (mut positional, mut named) = (Vec::new(), BTreeMap::new());
        loop {
            let c = self.peek();
            if c == 0 || end.contains(&c) {
                self.at += usize::from(c != 0);
                return (positional, named);
            }
            let from = self.at;
            let word = self.word();
            if self.eat(b'=') {
                let value = self.value();
                named.insert(word, value);
            } else {
                self.at = from;
                positional.push(self.value());
            }
            self.eat(b',');
        }
    }

    fn value(&mut self) -> Value {
        match self.peek() {
            open @ (b'(' | b'[') => {
                self.at += 1;
                Value::List(self.arguments(if open == b'(' { b")" } else { b"]" }).0)
            }
            quote @ (b'\'' | b'"') => {
                let from = self.at + 1;
                let len = self.text[from..].iter().position(|c| *c == quote).expect("a closing quote");
                self.at = from + len + 1;
                Value::Str(String::from_utf8_lossy(&self.text[from..from + len]).into_owned())
            }
            _ => {
                let word = self.word();
                if word == "float" && self.eat(b'(') {
                    let (text, _) = self.arguments(b")");
                    let Some(Value::Str(text)) = text.first() else { panic!("float of what?") };
                    return Value::Float(text.parse().expect("a number"));
                }
                if self.eat(b'(') {
                    return Value::Tensor(self.tensor(&word));
                }
                match word.trim_start_matches("torch.") {
                    "None" => Value::None,
                    "True" => Value::Bool(true),
                    "False" => Value::Bool(false),
                    "inf" => Value::Float(f64::INFINITY),
                    "-inf" => Value::Float(f64::NEG_INFINITY),
                    "nan" => Value::Float(f64::NAN),
                    word => dtype(word).map(Value::DType).unwrap_or_else(|| {
                        let int = word.parse().map(Value::Int);
                        int.or_else(|_| word.parse().map(Value::Float)).unwrap_or_else(|_| panic!("what is {word:?}?"))
                    }),
                }
            }
        }
    }

    /// The tensor of `f(2, 3, lo=0.5)` and its like; the opening bracket is read.
    fn tensor(&mut self, word: &str) -> Tensor {
        let (sizes, named) = self.arguments(b")");
        let number = |v: &Value| v.scalar().expect("a number").as_f64();
        let shape: Vec<usize> = sizes.iter().map(|v| number(v) as usize).collect();
        let bound = |key: &str, default: f64| named.get(key).map_or(default, number);
        let n = shape.iter().product();
        let drawn = match word {
            "f" => {
                let (lo, hi) = (bound("lo", -2.0), bound("hi", 2.0));
                let keep_off = |v: f64| if lo < 0.0 && hi > 0.0 && v.abs() < 0.05 { v + 0.1f64.copysign(v) } else { v };
                let values: Vec<f64> = (0..n).map(|_| keep_off(self.rng.uniform(lo, hi))).collect();
                tensor(&values, &shape)
            }
            "pos" => self.rng.tensor(&shape, 0.3, 3.0),
            "i" => {
                let (lo, hi) = (bound("lo", 0.0) as i64, bound("hi", 5.0) as i64);
                let values: Vec<i64> = (0..n).map(|_| lo + self.rng.below((hi - lo) as usize) as i64).collect();
                Tensor::from_slice(&values, &shape).unwrap()
            }
            "b" => {
                let values: Vec<bool> = (0..n).map(|_| self.rng.below(2) == 0).collect();
                Tensor::from_slice(&values, &shape).unwrap()
            }
            other => panic!("what is {other}()?"),
        };
        if drawn.dtype().is_float() {
            self.xs.push(drawn.clone());
        }
        drawn
    }
}
