//! Running a plan: its steps in order, without a look at the program that they came from. Depends on plans and the core.

use super::plan::{Base, Code, Made, Operand, Plan, Target};
use crate::array::{Array, DType, Layout};
use crate::error::{Error, Result};
use crate::mode::GradMode;
use crate::saved::Saved;
use crate::tap::{self, Question};
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// With the results.
    Done(Vec<Tensor>),
    /// The program would have gone another way; nothing has changed.
    Missed,
}

type Bound = SmallVec<[Array; 4]>;

impl Operand {
    #[inline]
    pub(super) fn get(&self, bound: &[Array], anchors: &[isize]) -> Array {
        match self {
            Operand::Fixed(a) => a.clone(),
            Operand::Moving { at, layout, dtype, offset } => {
                bound[*at].lens(layout.clone(), *dtype, anchors[*at] + offset)
            }
        }
    }
}

struct Run {
    bound: Bound,
    /// Bytes from the start of the storage to the anchor of each base.
    anchors: SmallVec<[isize; 4]>,
}

fn offset_of(a: &Array) -> isize {
    a.data_ptr() as isize - a.storage_range().0 as isize
}

impl Run {
    fn get(&self, o: &Operand) -> Array {
        o.get(&self.bound, &self.anchors)
    }

    fn all(&self, operands: &[Operand]) -> SmallVec<[Array; 4]> {
        operands.iter().map(|o| self.get(o)).collect()
    }

    /// Puts a result where it belongs; whether it is one such as was recorded.
    fn put(&self, value: &Array, to: &Made) -> Result<bool> {
        match to {
            Made::New(place) => {
                let place = self.get(place);
                if !place.layout().same_shape(value.layout()) || place.dtype() != value.dtype() {
                    return Ok(false);
                }
                if place.layout().is_dense() {
                    place.write_unseen(value);
                    return Ok(true);
                }
                // Expanded or with gaps: the memory is new, and the same as when it was recorded.
                if place.storage_bytes() != value.storage_bytes()
                    || offset_of(&place) != offset_of(value)
                    || !place.layout().alike(value.layout())
                {
                    return Ok(false);
                }
                super::plan::whole(&place)?.write_unseen(&super::plan::whole(value)?);
                Ok(true)
            }
            Made::Same(place) => {
                let place = self.get(place);
                Ok(place.data_ptr() == value.data_ptr() && place.layout().alike(value.layout()))
            }
        }
    }

    fn write(&self, target: &Target) -> Result<Array> {
        let a = self.get(&target.place);
        if target.shared {
            a.prepare_write()?;
        }
        Ok(a)
    }
}

#[cold]
fn changed(name: &str) -> Error {
    Error::runtime(format!(
        "{name}: a recorded operation gave a result of another shape or in other memory than when it was recorded; record anew"
    ))
}

/// Runs a plan on arguments that fit it.
pub(super) fn run(plan: &mut Plan, inputs: &[Tensor]) -> Result<Outcome> {
    let _mode = GradMode::set(false);
    let mut r = Run { bound: Bound::new(), anchors: SmallVec::new() };
    for base in &plan.bases {
        let (array, anchor) = match base {
            Base::Input(i) => {
                let a = inputs[*i].array().clone();
                let anchor = offset_of(&a);
                (a, anchor)
            }
            Base::Cell(cell) => {
                let Some(grad) = cell.get() else { return Ok(Outcome::Missed) };
                let anchor = offset_of(grad.array());
                (grad.into_array(), anchor)
            }
            Base::Fresh { count, dtype, start } => {
                let a = Array::empty(Layout::contiguous(&[*count])?, *dtype)?;
                if let Some(start) = start {
                    a.write_unseen(&start.lens(a.layout().clone(), *dtype, 0));
                }
                (a, 0)
            }
        };
        r.bound.push(array);
        r.anchors.push(anchor);
    }
    for (own, start) in &plan.refresh {
        own.write_unseen(start);
    }
    let before = plan
        .undo
        .iter()
        .map(|o| {
            let a = r.get(o);
            let copy = a.copied()?;
            Ok((a, copy))
        })
        .collect::<Result<SmallVec<[(Array, Array); 2]>>>()?;
    let states: SmallVec<[_; 1]> = plan.sources.iter().map(|s| s.get().state()).collect();
    for code in &plan.code {
        if !step(&r, code)? {
            for (a, copy) in &before {
                a.write_unseen(copy);
            }
            // The first state of a generator is the one before the run.
            for (i, source) in plan.sources.iter().enumerate() {
                if plan.sources[..i].iter().all(|s| !s.same(source)) {
                    source.get().set_state(states[i]);
                }
            }
            return Ok(Outcome::Missed);
        }
    }
    for left in &plan.cells {
        left.cell.set(left.grad.as_ref().map(|o| Tensor::from_array(r.get(o))));
    }
    Ok(Outcome::Done(plan.results.iter().map(|o| Tensor::from_array(r.get(o))).collect()))
}

/// One step; whether the program would have gone on so.
fn step(r: &Run, code: &Code) -> Result<bool> {
    match code {
        Code::Forward { op, inputs, out } => {
            let inputs = r.all(inputs);
            let refs: SmallVec<[&Array; 4]> = inputs.iter().collect();
            let value = op.get().forward(&refs)?;
            if r.put(&value, out)? {
                return Ok(true);
            }
            if matches!(out, Made::Same(_)) { Ok(false) } else { Err(changed(op.get().name())) }
        }
        Code::Into { op, inputs, target } => {
            let inputs = r.all(inputs);
            let refs: SmallVec<[&Array; 4]> = inputs.iter().collect();
            let to = r.write(target)?;
            op.get().forward_into(&refs, &to)?;
            Ok(true)
        }
        Code::Copy { source, target } => {
            let source = r.get(source);
            r.write(target)?.write_unseen(&source);
            Ok(true)
        }
        Code::Fill { target, value } => {
            r.write(target)?.fill_unseen(*value);
            Ok(true)
        }
        Code::Freeze { source, copy } => {
            let (source, copy) = (r.get(source), r.get(copy));
            let all = source.lens(copy.layout().clone(), copy.dtype(), 0);
            copy.write_unseen(&all);
            Ok(true)
        }
        Code::Add { sum, grad } => {
            let grad = r.get(grad);
            crate::record::add_into(&r.write(sum)?, &grad);
            Ok(true)
        }
        Code::Vjp { edge, kept, cotangents, grads } => {
            let Some(node) = edge.node() else { return Ok(true) };
            let kept: SmallVec<[(u32, Array); 2]> = kept.iter().map(|(bit, o)| (*bit, r.get(o))).collect();
            let given = cotangents.iter().map(|c| c.as_ref().map(|o| Tensor::from_array(r.get(o)))).collect();
            let found = node.op().vjp(&Saved::replayed(edge, node, &kept), given)?;
            let mut news: SmallVec<[(usize, Array, Array); 2]> = SmallVec::new();
            for (to, value) in grads.iter().zip(found.iter()) {
                match (to, value) {
                    (None, _) => {}
                    (Some(to), Some(value)) => {
                        let value = value.array();
                        if let Made::Same(place) = to
                            && let Some((_, from, into)) = news.iter().find(|(id, ..)| *id == value.storage_id())
                        {
                            // Two gradients in one memory: it was copied as a whole, if they lie alike.
                            let place = r.get(place);
                            let shift = |a: &Array, b: &Array| a.data_ptr() as isize - b.data_ptr() as isize;
                            if shift(value, from) == shift(&place, into) && place.layout().alike(value.layout()) {
                                continue;
                            }
                            return Err(changed(&node.name()));
                        }
                        if !r.put(value, to)? {
                            return Err(changed(&node.name()));
                        }
                        if let Made::New(place) = to {
                            news.push((value.storage_id(), value.clone(), r.get(place)));
                        }
                    }
                    (Some(_), None) => return Err(changed(&node.name())),
                }
            }
            Ok(true)
        }
        Code::Call { name, run, inputs, outs, varies } => {
            let inputs = r.all(inputs);
            let refs: SmallVec<[&Array; 4]> = inputs.iter().collect();
            let found = run(&refs)?;
            for (value, to) in found.iter().zip(outs) {
                if !r.put(value, to)? {
                    return if *varies { Ok(false) } else { Err(changed(name)) };
                }
            }
            Ok(true)
        }
        Code::Look { value, question } => look(&r.get(value), question),
        Code::Within { value, low, high, except, what } => {
            let value = r.get(value);
            if value.dtype() != DType::I64 {
                return Err(changed(what));
            }
            for v in value.to_vec::<i64>()? {
                if Some(v) != *except && !(*low..*high).contains(&v) {
                    return Err(Error::index(format!("{what} {v} is out of bounds; wanted {low} <= value < {high}")));
                }
            }
            Ok(true)
        }
    }
}

/// Whether the answer is the one that the program went on by.
fn look(value: &Array, question: &Question) -> Result<bool> {
    Ok(match question {
        Question::Elements(then) => tap::bytes(value)? == *then,
        Question::Contains(number, found) => {
            value.dtype() == DType::I64 && value.to_vec::<i64>()?.contains(number) == *found
        }
    })
}
