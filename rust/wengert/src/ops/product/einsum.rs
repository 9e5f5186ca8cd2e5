//! einsum: the equation read, operands contracted two at a time from left to right. Depends on `product` and views.

use super::{bmm, dot, mm};
use crate::array::Dims;
use crate::error::{Error, Result};
use crate::ops::rows::rows;
use crate::ops::table::{Body, Value};
use crate::ops::view::{diagonal, permute, reshape, squeeze, unsqueeze};
use crate::ops::{mul, sum};
use crate::tensor::Tensor;
use smallvec::{SmallVec, smallvec};

/// A subscript: 0 to 51 the letters in ASCII order, from 52 on the dimensions of the ellipsis.
type Label = usize;
type Labels = SmallVec<[Label; 6]>;

const ELLIPSIS: Label = 52;

/// One term: subscripts before the ellipsis, and after it if there is one.
#[derive(Default, Debug)]
struct Term {
    before: Labels,
    after: Option<Labels>,
}

impl Term {
    fn push(&mut self, label: Label) {
        self.after.as_mut().unwrap_or(&mut self.before).push(label);
    }

    fn ellipsis(&mut self, whose: &str) -> Result<()> {
        if self.after.replace(Labels::new()).is_some() {
            return Err(Error::runtime(format!(
                "einsum(): found '.' for {whose} for which an ellipsis was already found"
            )));
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.before.len() + self.after.as_ref().map_or(0, |a| a.len())
    }

    /// The labels, with those of `dims` dimensions for the ellipsis.
    fn full(&self, dims: std::ops::Range<Label>) -> Labels {
        let mut out = self.before.clone();
        if let Some(after) = &self.after {
            out.extend(dims);
            out.extend_from_slice(after);
        }
        out
    }
}

fn label_of(c: char) -> Option<Label> {
    match c {
        'A'..='Z' => Some(c as usize - 'A' as usize),
        'a'..='z' => Some(c as usize - 'a' as usize + 26),
        _ => None,
    }
}

fn letter(label: Label) -> String {
    match label {
        0..26 => char::from(b'A' + label as u8).to_string(),
        26..52 => char::from(b'a' + label as u8 - 26).to_string(),
        _ => "...".to_owned(),
    }
}

/// One term of an equation.
fn term(text: &str, whose: &str) -> Result<Term> {
    let mut term = Term::default();
    let mut chars = text.chars().filter(|c| *c != ' ');
    while let Some(c) = chars.next() {
        if c == '.' {
            if chars.next() != Some('.') || chars.next() != Some('.') {
                return Err(Error::runtime(format!(
                    "einsum(): found '.' for {whose} that is not part of any ellipsis, in the equation term '{text}'"
                )));
            }
            term.ellipsis(whose)?;
            continue;
        }
        let Some(label) = label_of(c) else {
            return Err(Error::runtime(format!(
                "einsum(): invalid subscript given in the equation string: '{c}' in '{text}', subscripts must be in [a-zA-Z]"
            )));
        };
        term.push(label);
    }
    Ok(term)
}

/// What is to be done: the operands' terms, and the output's if it was given.
struct Equation {
    inputs: Vec<Term>,
    output: Option<Term>,
}

fn equation(text: &str) -> Result<Equation> {
    let (left, right) = text.split_once("->").map_or((text, None), |(l, r)| (l, Some(r)));
    let inputs =
        left.split(',').enumerate().map(|(i, t)| term(t, &format!("operand {i}"))).collect::<Result<Vec<_>>>()?;
    Ok(Equation { inputs, output: right.map(|t| term(t, "the output")).transpose()? })
}

/// A term as a list of numbers, the ellipsis as Python's `...`.
fn listed(items: &[Value], whose: &str) -> Result<Term> {
    let mut term = Term::default();
    for item in items {
        match item {
            Value::Int(n @ 0..52) => term.push(*n as usize),
            Value::Int(n) => {
                return Err(Error::runtime(format!(
                    "einsum(): subscripts in list must be within the range [0, 52); got {n} for {whose}"
                )));
            }
            Value::Other(kind) if kind == "ellipsis" => term.ellipsis(whose)?,
            other => {
                return Err(Error::type_(format!(
                    "einsum(): subscripts of {whose} must be ints or Ellipsis, got {other:?}"
                )));
            }
        }
    }
    Ok(term)
}

/// The arguments as an equation and its operands.
fn read(args: &[Value]) -> Result<(Equation, Vec<Tensor>)> {
    match args.split_first() {
        Some((Value::Str(text), rest)) => {
            let rest = match rest {
                [Value::List(items)] => &items[..],
                rest => rest,
            };
            let operands = rest
                .iter()
                .map(|v| match v {
                    Value::Tensor(t) => Ok(t.clone()),
                    other => Err(Error::type_(format!("einsum(): expected Tensors as operands, got {other:?}"))),
                })
                .collect::<Result<Vec<_>>>()?;
            if operands.is_empty() {
                return Err(missing());
            }
            Ok((equation(text)?, operands))
        }
        Some((Value::Tensor(_), _)) if args.len() >= 2 => {
            let mut equation = Equation { inputs: Vec::new(), output: None };
            let mut operands = Vec::new();
            for pair in args.chunks(2) {
                match pair {
                    [Value::Tensor(t), Value::List(items)] => {
                        equation.inputs.push(listed(items, &format!("operand {}", operands.len()))?);
                        operands.push(t.clone());
                    }
                    [Value::List(items)] => equation.output = Some(listed(items, "the output")?),
                    _ => {
                        return Err(Error::type_(
                            "einsum(): wanted operands and lists of subscripts in turn: einsum(x, [0, 1], y, [1, 2], [0, 2])",
                        ));
                    }
                }
            }
            Ok((equation, operands))
        }
        _ => Err(missing()),
    }
}

fn missing() -> Error {
    Error::value(
        "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list",
    )
}

/// A tensor and the labels of its dimensions.
struct Part {
    t: Tensor,
    labels: Labels,
}

impl Part {
    fn place(&self, label: Label) -> Option<usize> {
        self.labels.iter().position(|&l| l == label)
    }

    /// Repeated labels as diagonals.
    fn without_repeats(mut self) -> Result<Part> {
        let mut i = 0;
        while i < self.labels.len() {
            let Some(j) = (i + 1..self.labels.len()).find(|&j| self.labels[j] == self.labels[i]) else {
                i += 1;
                continue;
            };
            let label = self.labels[i];
            self.t = diagonal(&self.t, 0, i as i64, j as i64)?;
            self.labels.remove(j);
            self.labels.remove(i);
            self.labels.push(label);
        }
        Ok(self)
    }

    /// Summed over the dimensions whose label `keep` does not want.
    fn summed(mut self, keep: impl Fn(Label) -> bool) -> Result<Part> {
        let dims: SmallVec<[i64; 4]> =
            (0..self.labels.len()).filter(|&d| !keep(self.labels[d])).map(|d| d as i64).collect();
        if !dims.is_empty() {
            self.t = sum(&self.t, Some(&dims), false)?;
            self.labels.retain(|l| keep(*l));
        }
        Ok(self)
    }

    /// Without the dimension of a label, which has size 1.
    fn dropped(&mut self, label: Label) -> Result<()> {
        if let Some(d) = self.place(label) {
            self.t = squeeze(&self.t, Some(&[d as i64]))?;
            self.labels.remove(d);
        }
        Ok(())
    }

    /// In the order of the labels given, those it lacks as dimensions of size 1.
    fn arranged(&self, labels: &[Label]) -> Result<Tensor> {
        let order: SmallVec<[i64; 6]> = labels.iter().filter_map(|&l| self.place(l)).map(|d| d as i64).collect();
        let sorted = order.iter().enumerate().all(|(i, &d)| i as i64 == d);
        let mut t = if sorted { self.t.clone() } else { permute(&self.t, &order)? };
        for (d, &l) in labels.iter().enumerate() {
            if self.place(l).is_none() {
                t = unsqueeze(&t, d as i64)?;
            }
        }
        Ok(t)
    }

    fn sizes(&self, labels: &[Label]) -> Dims {
        labels.iter().map(|&l| self.place(l).map_or(1, |d| self.t.shape()[d])).collect()
    }
}

/// The product of two parts, summed over the labels that nobody `needs` afterwards.
fn contract(mut left: Part, mut right: Part, needed: impl Fn(Label) -> bool) -> Result<Part> {
    for label in left.labels.clone() {
        let (Some(i), Some(j)) = (left.place(label), right.place(label)) else { continue };
        match (left.t.shape()[i], right.t.shape()[j]) {
            (1, n) if n != 1 => left.dropped(label)?,
            (n, 1) if n != 1 => right.dropped(label)?,
            _ => {}
        }
    }
    let (l, r) = (left.labels.clone(), right.labels.clone());
    let left = left.summed(|label| needed(label) || r.contains(&label))?;
    let right = right.summed(|label| needed(label) || l.contains(&label))?;
    let shared = |label: &Label| right.labels.contains(label);
    let pick =
        |from: &Labels, test: &dyn Fn(&Label) -> bool| from.iter().copied().filter(|l| test(l)).collect::<Labels>();
    let batch = pick(&left.labels, &|x| shared(x) && needed(*x));
    let inner = pick(&left.labels, &|x| shared(x) && !needed(*x));
    let rows = pick(&left.labels, &|x| !shared(x));
    let columns = pick(&right.labels, &|x| !left.labels.contains(x));
    let labels: Labels = batch.iter().chain(&rows).chain(&columns).copied().collect();
    if inner.is_empty() {
        let t = mul(&left.arranged(&labels)?, &right.arranged(&labels)?)?;
        return Ok(Part { t, labels });
    }
    let order = |parts: [&Labels; 3]| parts.into_iter().flatten().copied().collect::<Labels>();
    let a = left.arranged(&order([&batch, &rows, &inner]))?;
    let b = right.arranged(&order([&batch, &inner, &columns]))?;
    let (bs, ms, ks, ns) = (left.sizes(&batch), left.sizes(&rows), left.sizes(&inner), right.sizes(&columns));
    let count = |s: &Dims| s.iter().product::<usize>();
    let [bn, m, k, n] = [count(&bs), count(&ms), count(&ks), count(&ns)];
    let y = if !batch.is_empty() {
        bmm(&reshape(&a, &[bn, m, k])?, &reshape(&b, &[bn, k, n])?)?
    } else if rows.is_empty() && columns.is_empty() {
        dot(&reshape(&a, &[k])?, &reshape(&b, &[k])?)?
    } else {
        mm(&reshape(&a, &[m, k])?, &reshape(&b, &[k, n])?)?
    };
    let shape: Dims = bs.iter().chain(&ms).chain(&ns).copied().collect();
    Ok(Part { t: reshape(&y, &shape)?, labels })
}

/// Labels of every operand and of the output, checked against the operands' shapes.
fn resolve(equation: &Equation, operands: &[Tensor]) -> Result<(Vec<Labels>, Labels)> {
    if equation.inputs.len() != operands.len() {
        let (word, got, wanted) = if operands.len() < equation.inputs.len() {
            ("fewer", operands.len(), equation.inputs.len())
        } else {
            ("more", operands.len(), equation.inputs.len())
        };
        return Err(Error::runtime(format!(
            "einsum(): {word} operands were provided than specified in the equation; got {got}, wanted {wanted}"
        )));
    }
    let mut wide = 0;
    for (i, (term, t)) in equation.inputs.iter().zip(operands).enumerate() {
        let fits = if term.after.is_some() { term.len() <= t.ndim() } else { term.len() == t.ndim() };
        if !fits {
            let (than, ellipsis) = if term.after.is_some() {
                ("is more than", "")
            } else {
                ("does not match", " and no ellipsis was given")
            };
            return Err(Error::runtime(format!(
                "einsum(): the number of subscripts in the equation ({}) {than} the number of dimensions ({}) for operand {i}{ellipsis}",
                term.len(),
                t.ndim()
            )));
        }
        if term.after.is_some() {
            wide = wide.max(t.ndim() - term.len());
        }
    }
    let end = ELLIPSIS + wide;
    let mut sizes: SmallVec<[Option<usize>; 64]> = smallvec![None; end];
    let mut counts: SmallVec<[usize; 64]> = smallvec![0; end];
    let mut inputs = Vec::new();
    for (i, (term, t)) in equation.inputs.iter().zip(operands).enumerate() {
        let labels = term.full(end - (t.ndim() - term.len())..end);
        let mut own: SmallVec<[Option<usize>; 64]> = smallvec![None; end];
        for (&label, &n) in labels.iter().zip(t.shape()) {
            counts[label] += 1;
            if own[label].is_some_and(|m| m != n) {
                return Err(Error::runtime(format!(
                    "einsum(): subscript {} is repeated for operand {i} but the sizes don't match, {n} != {}",
                    letter(label),
                    own[label].unwrap_or(0)
                )));
            }
            own[label] = Some(n);
            match sizes[label] {
                Some(m) if m != 1 && n != 1 && m != n => {
                    return Err(Error::runtime(format!(
                        "einsum(): subscript {} has size {n} for operand {i} which does not broadcast with previously seen size {m}",
                        letter(label)
                    )));
                }
                Some(m) if m != 1 => {}
                _ => sizes[label] = Some(n),
            }
        }
        inputs.push(labels);
    }
    let output = match &equation.output {
        Some(term) => {
            let labels = term.full(ELLIPSIS..end);
            for (i, &label) in labels.iter().enumerate() {
                if labels[..i].contains(&label) {
                    return Err(Error::runtime(format!(
                        "einsum(): output subscript {} appears more than once in the output",
                        letter(label)
                    )));
                }
                if counts[label] == 0 {
                    return Err(Error::runtime(format!(
                        "einsum(): output subscript {} does not appear in the equation for any input operand",
                        letter(label)
                    )));
                }
            }
            labels
        }
        None => (ELLIPSIS..end).chain((0..ELLIPSIS).filter(|&l| counts[l] == 1)).collect(),
    };
    Ok((inputs, output))
}

/// `einsum` of its arguments, an equation and operands or operands and lists in turn.
#[track_caller]
pub(super) fn call(args: &[Value]) -> Result<Tensor> {
    let (equation, operands) = read(args)?;
    let (inputs, output) = resolve(&equation, &operands)?;
    let mut parts = Vec::with_capacity(operands.len());
    for (t, labels) in operands.into_iter().zip(&inputs) {
        parts.push(Part { t, labels: labels.clone() }.without_repeats()?);
    }
    let mut parts = parts.into_iter();
    let Some(mut whole) = parts.next() else { return Err(missing()) };
    for (i, next) in parts.enumerate() {
        let later = &inputs[i + 2..];
        whole = contract(whole, next, |l| output.contains(&l) || later.iter().any(|labels| labels.contains(&l)))?;
    }
    whole.summed(|l| output.contains(&l))?.arranged(&output)
}

rows! {
    /// Sums of products of elements by Einstein's convention: dimensions with one letter go together, letters that the
    /// output lacks are summed over. Without `->` the output has the letters that appear once, in alphabetical order;
    /// `...` stands for dimensions that broadcast; a letter twice in a term is a diagonal. Operands are contracted from
    /// left to right. Subscripts may also be lists: `einsum(x, [0, 1], y, [1, 2], [0, 2])`.
    ///
    /// Raises RuntimeError where equation and shapes do not fit, ValueError without operands.
    ///
    /// >>> import wengert
    /// >>> wengert.einsum("ij,j->i", wengert.tensor([[1.0, 2.0], [3.0, 4.0]]), wengert.tensor([1.0, 1.0]))
    /// tensor([3., 7.])
    "einsum", "*args: Any", "Tensor", FUNCTION, true,
        &["'ij,jk', f(2, 3), f(3, 4)", "'ij,jk->ki', f(2, 3), f(3, 4)", "'ii', f(3, 3)", "'ii->i', f(3, 3)", "'ij->ji', f(2, 3)",
          "'ij->', f(2, 3)", "'i,j->ij', f(2), f(3)", "'i,i->i', f(3), f(3)", "'i,i', f(3), f(3)", "'bij,bjk->bik', f(2, 3, 2), f(2, 2, 3)",
          "'...ij,...jk->...ik', f(2, 2, 3), f(3, 2)", "'ij,jk,kl->il', f(2, 3), f(3, 2), f(2, 3)", "'bi,oij,bj->bo', f(2, 3), f(4, 3, 2), f(2, 2)",
          "'i j , j -> i', f(2, 3), f(3)", "'iji->j', f(2, 3, 2)", "f(2, 3), [0, 1], f(3, 4), [1, 2], [0, 2]", "f(2, 3), [1, 0]", "'Ba,aB', f(2, 3), f(3, 2)", "'i...->...', f(2, 3)",
          "'ij,jk', i(2, 3), i(3, 2)"];
    Body::Call(|a| match a.get(0) {
        Value::List(args) => call(args).map(Value::from),
        _ => Err(missing()),
    });
}
