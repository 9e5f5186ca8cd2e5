//! nll_loss and cross_entropy: a fused row loss, log-sum-exp less the target's logit, and what is done with such rows.
//! Depends on kernels and `record`.

use crate::array::{Array, DType, Dims, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::{Batched, Cotangents, Grads, Op, OpRef};
use crate::ops::pick::{pick, place};
use crate::ops::soft::soft_lines;
use crate::ops::table::{Args, Body, Face, OpInfo, Value};
use crate::ops::view::{permute, reshape, unsqueeze};
use crate::ops::{add, div, eq, log_softmax, mul, neg, softmax, sub, sum, where_};
use crate::record::apply;
use crate::saved::Saved;
use crate::tensor::Tensor;
use crate::with_float;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::soft::{self as kernel, Form};

/// log(sum exp(x)) - x[target] of each row; inputs (x, target) of shapes (rows, classes) and (rows).
#[derive(Clone, Debug)]
struct RowLoss;

impl RowLoss {
    /// The fused backward: (softmax - one-hot) times the row's gradient.
    fn fused(x: &Array, target: &Array, g: &Array) -> Result<Array> {
        let (g, target) = (g.contiguous()?, target.contiguous()?);
        let out = soft_lines(Form::Soft, x, 1, Some(&g))?;
        let classes = x.shape()[1];
        with_float!(out.dtype(), T => {
            // SAFETY: row-major, a target and a gradient for each row; targets were checked against the classes.
            unsafe {
                for r in 0..g.numel() {
                    *out.ptr::<T>().add(r * classes + *target.ptr::<i64>().add(r) as usize) -= *g.ptr::<T>().add(r);
                }
            }
        }, else ());
        Ok(out)
    }
}

impl Op for RowLoss {
    fn name(&self) -> &str {
        "cross_entropy"
    }
    fn grad_name(&self) -> String {
        "NllLossBackward0".to_owned()
    }
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        let (x, target) = (inputs[0].contiguous()?, inputs[1].contiguous()?);
        let (rows, classes) = (x.shape()[0], x.shape()[1]);
        let out = Array::empty(Layout::contiguous(&[rows])?, x.dtype())?;
        let parts = Array::empty(Layout::contiguous(&[rows, 2])?, x.dtype())?;
        with_float!(x.dtype(), T => {
            // SAFETY: fresh outputs and a target for each row; targets were checked against the classes.
            unsafe {
                let (x, parts) = (x.ptr::<T>(), parts.ptr::<T>());
                kernel::soft::<T>(Form::Parts, (rows, classes, 1), x, parts, std::ptr::null());
                for r in 0..rows {
                    let (most, log) = (*parts.add(2 * r), *parts.add(2 * r + 1));
                    let logit = *x.add(r * classes + *target.ptr::<i64>().add(r) as usize);
                    // In this order nothing is lost where all logits are large.
                    out.ptr::<T>().add(r).write(log - (logit - most));
                }
            }
        }, else ());
        Ok(out)
    }
    fn keep(&self, _: u32) -> u32 {
        0b11
    }
    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let Some(Some(g)) = cotangents.first() else { return Ok(Grads::new()) };
        let (x, target) = (saved.input(0)?, saved.input(1)?);
        if !saved.create_graph() {
            let grad = Self::fused(x.array(), target.array(), g.array())?;
            return Ok(smallvec![Some(Tensor::from_array(grad)), None]);
        }
        let spread = mul(&softmax(&x, 1)?, &unsqueeze(g, 1)?)?;
        Ok(smallvec![Some(sub(&spread, &place(g, &target, 1, true, x.shape()[1])?)?), None])
    }
    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        let Some(t) = &tangents[0] else { return Ok(None) };
        let mean = sum(&mul(&softmax(inputs[0], 1)?, t)?, Some(&[1]), false)?;
        sub(&mean, &picked(t, inputs[1], 1)?).map(Some)
    }
    fn batch(&self, inputs: &[Batched], size: usize) -> Result<Option<Batched>> {
        // More rows of the same kind.
        let [x, target] = [0, 1].map(|i| crate::transform::spread(&inputs[i], size));
        let (x, target) = (x?, target?);
        let (rows, classes) = (x.shape()[1], x.shape()[2]);
        let flat = reshape(&x, &[size * rows, classes])?;
        let y = apply(OpRef::Static(&RowLoss), &[&flat, &reshape(&target, &[size * rows])?])?;
        Ok(Some((reshape(&y, &[size, rows])?, Some(0))))
    }
}

fn picked(x: &Tensor, target: &Tensor, dim: usize) -> Result<Tensor> {
    pick(("nll_loss", "NllLossBackward0"), x, target, dim, true)
}

/// How losses of rows become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// As they are.
    None,
    /// Their mean, by weights where there are any.
    Mean,
    /// Their sum.
    Sum,
}

impl Reduction {
    /// From PyTorch's word for it.
    pub fn parse(word: &str) -> Result<Reduction> {
        match word {
            "none" => Ok(Reduction::None),
            "mean" => Ok(Reduction::Mean),
            "sum" => Ok(Reduction::Sum),
            _ => {
                Err(Error::value(format!("{word} is not a valid value for reduction; wanted 'none', 'mean' or 'sum'")))
            }
        }
    }
}

/// Everything but input and target.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// A factor for each class.
    pub weight: Option<&'a Tensor>,
    /// The target that does not count.
    pub ignore_index: i64,
    /// How rows become one number.
    pub reduction: Reduction,
    /// How much of the target is spread over all classes.
    pub label_smoothing: f64,
}

/// Rows of classes: (N, C, d1, ...) and (N, d1, ...) as (rows, C) and (rows).
struct Rows {
    x: Tensor,
    target: Tensor,
    /// Where the target counts; None if everywhere.
    counts: Option<Tensor>,
    shape: Dims,
}

fn number(like: &Tensor, v: f64) -> Result<Tensor> {
    Tensor::scalar(like.dtype(), Scalar::Float(v))
}

/// The classes brought to the end, all else made one dimension.
fn class_rows(x: &Tensor) -> Result<Tensor> {
    if x.ndim() == 1 {
        return unsqueeze(x, 0);
    }
    if x.ndim() == 2 {
        return Ok(x.clone());
    }
    let order: SmallVec<[i64; 4]> = std::iter::once(0).chain(2..x.ndim() as i64).chain(std::iter::once(1)).collect();
    let classes = x.shape()[1];
    reshape(&permute(x, &order)?, &[x.numel() / classes.max(1), classes])
}

fn rows(name: &str, x: &Tensor, target: &Tensor, set: &Settings<'_>) -> Result<Rows> {
    if x.ndim() == 0 {
        return Err(Error::value(format!("{name}: Expected 1 or more dimensions (got 0)")));
    }
    let mut expected: Dims = SmallVec::from_slice(x.shape());
    let classes = expected.remove(usize::from(x.ndim() > 1));
    if target.shape() != &*expected {
        if x.ndim() > 1 && target.ndim() > 0 && target.shape()[0] != x.shape()[0] {
            return Err(Error::value(format!(
                "Expected input batch_size ({}) to match target batch_size ({}).",
                x.shape()[0],
                target.shape()[0]
            )));
        }
        return Err(Error::runtime(format!("Expected target size {expected:?}, got {:?}", target.shape())));
    }
    if target.dtype().is_float() || target.dtype() == DType::Bool {
        return Err(Error::runtime(format!(
            "{name}: expected target of scalar type Long but got {}; try to(int64)",
            target.dtype().word()
        )));
    }
    if let Some(w) = set.weight {
        if w.shape() != [classes] {
            return Err(Error::runtime(format!(
                "weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {:?}",
                w.shape()
            )));
        }
        if w.dtype() != x.dtype() {
            return Err(Error::runtime(format!(
                "{name}: expected weight of scalar type {} but found {}; try to({})",
                x.dtype().word(),
                w.dtype().word(),
                x.dtype().name()
            )));
        }
    }
    let target = crate::ops::cast(target, DType::I64)?.detach();
    let (mut ignored, ignore) = (false, set.ignore_index);
    let numbers = crate::transform::all_values(&target);
    for t in crate::tap::aside(|| numbers.to_vec::<i64>())? {
        ignored |= t == ignore;
        if t != ignore && !(0..classes as i64).contains(&t) {
            return Err(Error::index(format!("Target {t} is out of bounds; wanted 0 <= target < {classes} classes")));
        }
    }
    if crate::tap::listening() {
        crate::tap::within(numbers.array(), 0, classes as i64, Some((ignore, ignored)), "Target")?;
    }
    let target = reshape(&target, &[target.numel()])?;
    let (target, counts) = if ignored {
        let skip = eq(&target, &Tensor::scalar(DType::I64, Scalar::Int(ignore))?)?;
        let zero = Tensor::scalar(DType::I64, Scalar::Int(0))?;
        let counts = where_(&skip, &number(x, 0.0)?, &number(x, 1.0)?)?;
        (where_(&skip, &zero, &target)?, Some(counts))
    } else {
        (target, None)
    };
    Ok(Rows { x: class_rows(x)?, target, counts, shape: expected })
}

impl Rows {
    /// The factor of each row: its class's weight, 0 where it does not count; None if 1 everywhere.
    fn factors(&self, set: &Settings<'_>) -> Result<Option<Tensor>> {
        let names = ("gather", "GatherBackward0");
        let by_class = set.weight.map(|w| pick(names, w, &self.target, 0, false)).transpose();
        Ok(match (by_class?, &self.counts) {
            (Some(w), Some(c)) => Some(mul(&w, c)?),
            (Some(w), None) => Some(w),
            (None, counts) => counts.clone(),
        })
    }

    /// Losses of rows that already carry their factors, as the caller wants them.
    fn reduced(&self, loss: Tensor, factors: Option<&Tensor>, reduction: Reduction) -> Result<Tensor> {
        match reduction {
            Reduction::None => reshape(&loss, &self.shape),
            Reduction::Sum => sum(&loss, None, false),
            Reduction::Mean => match factors {
                None => crate::ops::mean(&loss, None, false),
                Some(f) => div(&sum(&loss, None, false)?, &sum(f, None, false)?),
            },
        }
    }
}

/// `loss` times `factor`, 0 where that is 0 whatever the loss is.
fn times(loss: &Tensor, factor: Option<&Tensor>, counts: Option<&Tensor>) -> Result<Tensor> {
    let Some(f) = factor else { return Ok(loss.clone()) };
    let loss = match counts {
        Some(c) => where_(&eq(c, &number(loss, 0.0)?)?, &number(loss, 0.0)?, loss)?,
        None => loss.clone(),
    };
    mul(&loss, f)
}

/// -x[target] for log-probabilities `x` of shape (C), (N, C) or (N, C, d1, ...) and class indices.
#[track_caller]
pub fn nll_loss(x: &Tensor, target: &Tensor, set: &Settings<'_>) -> Result<Tensor> {
    let r = rows("nll_loss", x, target, set)?;
    let factors = r.factors(set)?;
    let loss = times(&neg(&picked(&r.x, &r.target, 1)?)?, factors.as_ref(), r.counts.as_ref())?;
    Ok(r.reduced(loss, factors.as_ref(), set.reduction)?.named("NllLossBackward0"))
}

/// Cross entropy of logits `x` of shape (C), (N, C) or (N, C, d1, ...) with class indices, or probabilities of x's shape.
#[track_caller]
pub fn cross_entropy(x: &Tensor, target: &Tensor, set: &Settings<'_>) -> Result<Tensor> {
    if !(0.0..=1.0).contains(&set.label_smoothing) {
        return Err(Error::runtime(format!(
            "label_smoothing must be between 0.0 and 1.0. Got: {}",
            set.label_smoothing
        )));
    }
    if !x.dtype().is_float() {
        return Err(Error::runtime(format!(
            "cross_entropy: not implemented for '{}'; wanted floating-point logits; try to(float32)",
            x.dtype().word()
        )));
    }
    if x.shape() == target.shape() && target.dtype().is_float() {
        return of_probabilities(x, target, set);
    }
    let r = rows("cross_entropy", x, target, set)?;
    let factors = r.factors(set)?;
    let one = apply(OpRef::Static(&RowLoss), &[&r.x, &r.target])?;
    let mut loss = times(&one, factors.as_ref(), r.counts.as_ref())?;
    let eps = set.label_smoothing;
    if eps > 0.0 {
        // The part of the target that is spread over the classes: the mean over c of -w[c] log p[c].
        let classes = r.x.shape()[1];
        let logs = log_softmax(&r.x, 1)?;
        let logs = match set.weight {
            None => logs,
            Some(w) => mul(&logs, w)?,
        };
        let spread = div(&neg(&sum(&logs, Some(&[1]), false)?)?, &number(x, classes as f64)?)?;
        let spread = times(&spread, r.counts.as_ref(), r.counts.as_ref())?;
        loss = add(&mul(&loss, &number(x, 1.0 - eps)?)?, &mul(&spread, &number(x, eps)?)?)?;
        return r.reduced(loss, factors.as_ref(), set.reduction);
    }
    Ok(r.reduced(loss, factors.as_ref(), set.reduction)?.named("NllLossBackward0"))
}

fn of_probabilities(x: &Tensor, target: &Tensor, set: &Settings<'_>) -> Result<Tensor> {
    if x.ndim() == 0 {
        return Err(Error::index(
            "cross_entropy: Dimension specified as 1 but tensor has no dimensions; wanted logits of shape (C), (N, C) or \
             (N, C, d1, ...)",
        ));
    }
    let dim = usize::from(x.ndim() > 1);
    let classes = x.shape().get(dim).copied().unwrap_or(1);
    let eps = set.label_smoothing;
    let target = if eps > 0.0 {
        add(&mul(target, &number(target, 1.0 - eps)?)?, &number(target, eps / classes as f64)?)?
    } else {
        target.clone()
    };
    let mut logs = log_softmax(x, dim as i64)?;
    if let Some(w) = set.weight {
        let mut shape: Dims = smallvec![1; x.ndim()];
        shape[dim] = w.numel();
        logs = mul(&logs, &reshape(w, &shape)?)?;
    }
    let loss = neg(&sum(&mul(&logs, &target)?, Some(&[dim as i64]), false)?)?;
    match set.reduction {
        Reduction::None => Ok(loss),
        Reduction::Sum => sum(&loss, None, false),
        Reduction::Mean => div(&sum(&loss, None, false)?, &number(x, (x.numel() / classes.max(1)) as f64)?),
    }
}

fn call(a: &Args<'_>, f: fn(&Tensor, &Tensor, &Settings<'_>) -> Result<Tensor>) -> Result<Value> {
    let old = |i: usize| if matches!(a.get(i), Value::None) { Ok(None) } else { a.flag(i).map(Some) };
    let reduction = match (old(3)?, old(5)?, a.get(6)) {
        (None, None, Value::Str(word)) => Reduction::parse(word)?,
        (None, None, _) => Reduction::Mean,
        // The older spelling: size_average and reduce.
        (_, Some(false), _) => Reduction::None,
        (Some(false), _, _) => Reduction::Sum,
        _ => Reduction::Mean,
    };
    let label_smoothing = a.number_or(7, Scalar::Float(0.0))?.as_f64();
    let set = Settings { weight: a.maybe_tensor(2)?, ignore_index: a.int(4)?, reduction, label_smoothing };
    f(a.tensor(0)?, a.tensor(1)?, &set).map(Value::from)
}

/// The row of the table.
static NLL_LOSS: OpInfo = OpInfo {
    name: "nll_loss",
    doc: "Negative log-likelihood -x[target] of log-probabilities of shape (C), (N, C) or (N, C, d1, ...).\n\n\
          `target` holds class indices, of the input's shape without C. `weight` gives each class a factor, by which\n\
          'mean' also divides; rows whose target is `ignore_index` do not count. Raises IndexError for a target that is no\n\
          class, RuntimeError and ValueError for shapes that do not fit.\n\n\
          >>> import wengert\n\
          >>> wengert.nll_loss(wengert.tensor([[-0.5, -1.0], [-2.0, -0.25]]), wengert.tensor([0, 1]))\n\
          tensor(0.3750)\n",
    signature: "input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None, ignore_index: int = -100, reduce: bool | None = None, reduction: str = 'mean'",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| call(a, nll_loss)),
    samples: &[
        "f(4, 3), i(4, hi=3)",
        "f(4, 3), i(4, hi=3), reduction='none'",
        "f(4, 3), i(4, hi=3), pos(3), reduction='sum'",
        "f(4, 3), i(4, hi=3), ignore_index=1",
        "f(2, 3, 4), i(2, 4, hi=3)",
        "f(3), i(hi=3)",
    ],
};

/// The row of the table.
static CROSS_ENTROPY: OpInfo = OpInfo {
    name: "cross_entropy",
    doc: "Cross entropy of logits of shape (C), (N, C) or (N, C, d1, ...) with a target: -log softmax(x)[target].\n\n\
          `target` holds class indices, of the input's shape without C, or probabilities, of the input's shape. `weight`\n\
          gives each class a factor, by which 'mean' also divides (for indices); rows whose target is `ignore_index` do not\n\
          count; `label_smoothing` spreads that much of the target over all classes. Raises IndexError for a target that is\n\
          no class, RuntimeError and ValueError for shapes that do not fit.\n\n\
          >>> import wengert\n\
          >>> wengert.cross_entropy(wengert.tensor([[2.0, 0.0], [0.0, 0.0]]), wengert.tensor([0, 1]))\n\
          tensor(0.4100)\n",
    signature: "input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None, ignore_index: int = -100, reduce: bool | None = None, reduction: str = 'mean', label_smoothing: float = 0.0",
    returns: "Tensor",
    face: Face::FUNCTION,
    differentiable: true,
    body: Body::Call(|a| call(a, cross_entropy)),
    samples: &[
        "f(4, 3), i(4, hi=3)",
        "f(4, 3), i(4, hi=3), reduction='none'",
        "f(4, 3), i(4, hi=3), pos(3), label_smoothing=0.1",
        "f(4, 3), i(4, hi=3), ignore_index=1, label_smoothing=0.2, reduction='sum'",
        "f(4, 3), pos(4, 3)",
        "f(4, 3), pos(4, 3), pos(3), label_smoothing=0.1",
        "f(2, 3, 4), i(2, 4, hi=3)",
        "f(3), i(hi=3)",
    ],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&NLL_LOSS, &CROSS_ENTROPY];
