//! What a recording becomes to be run: the same steps on memory of their own. Depends on the tap and arrays.
//!
//! Memory is fixed when the plan is made, so that views cost nothing and steady runs take none. What moves from run to run
//! (arguments, gradients found in cells, results that are handed out) is a base that operands are made from.

use crate::array::{Array, DType, Layout, Scalar};
use crate::error::{Error, Result};
use crate::op::OpRef;
use crate::ops::random::Source;
use crate::tap::{Compute, Notes, Origin, Question, Step};
use crate::tape::{Edge, LeafCell};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::sync::Arc;

/// Where a value lies.
#[derive(Clone)]
pub(super) enum Operand {
    /// In memory that stays.
    Fixed(Array),
    /// In memory that is another at each run, so many bytes from its anchor.
    Moving { at: usize, layout: Layout, dtype: DType, offset: isize },
}

pub(super) type Operands = SmallVec<[Operand; 3]>;

/// What an operation writes.
#[derive(Clone)]
pub(super) struct Target {
    pub place: Operand,
    /// Whether others look at the memory: they are to notice a write.
    pub shared: bool,
}

/// A result: computed into memory, or found to be memory that is there already.
#[derive(Clone)]
pub(super) enum Made {
    New(Operand),
    Same(Operand),
}

/// A step on the plan's memory.
pub(super) enum Code {
    Forward {
        op: OpRef,
        inputs: Operands,
        out: Made,
    },
    Into {
        op: OpRef,
        inputs: Operands,
        target: Target,
    },
    Copy {
        source: Operand,
        target: Target,
    },
    Fill {
        target: Target,
        value: Scalar,
    },
    Freeze {
        source: Operand,
        copy: Operand,
    },
    Add {
        sum: Target,
        grad: Operand,
    },
    Vjp {
        edge: Edge,
        kept: SmallVec<[(u32, Operand); 2]>,
        cotangents: SmallVec<[Option<Operand>; 1]>,
        grads: SmallVec<[Option<Made>; 2]>,
    },
    Call {
        name: &'static str,
        run: Compute,
        inputs: Operands,
        outs: SmallVec<[Made; 2]>,
        varies: bool,
    },
    Look {
        value: Operand,
        question: Question,
    },
    Within {
        value: Operand,
        low: i64,
        high: i64,
        except: Option<i64>,
        what: &'static str,
    },
}

/// What a moving base is at a run.
#[derive(Clone)]
pub(super) enum Base {
    /// An argument's memory, from its first element.
    Input(usize),
    /// The gradient in a cell, from its first element.
    Cell(Arc<LeafCell>),
    /// Fresh memory of so many elements; with a constant's elements to start with.
    Fresh { count: usize, dtype: DType, start: Option<Array> },
}

/// What a run leaves in a cell.
pub(super) struct Left {
    pub cell: Arc<LeafCell>,
    pub grad: Option<Operand>,
}

/// A recording, ready to run.
pub(super) struct Plan {
    pub code: Vec<Code>,
    pub bases: Vec<Base>,
    pub results: Vec<Operand>,
    pub cells: Vec<Left>,
    /// Constants that steps write over: put back before each run.
    pub refresh: Vec<(Array, Array)>,
    /// What is to be put back if a run finds itself on another path half-way.
    pub undo: Vec<Operand>,
    pub sources: Vec<Source>,
}

enum Place {
    Fixed(Array),
    /// A moving base, and the anchor of the recording that offsets are counted from.
    Moving(usize, usize),
}

struct Builder<'n> {
    notes: &'n Notes,
    places: Vec<Place>,
    made: Vec<bool>,
    extents: Vec<Option<(isize, isize)>>,
}

fn storage_start(a: &Array) -> usize {
    a.storage_range().0 as usize
}

/// First and last byte of a layout's elements from its first element; None if it has none.
pub(super) fn extent(layout: &Layout, dtype: DType) -> Option<(isize, isize)> {
    if layout.numel() == 0 {
        return None;
    }
    let (mut low, mut high) = (0isize, 0isize);
    for (&n, &s) in layout.shape().iter().zip(layout.strides()) {
        let reach = (n as isize - 1) * s;
        if reach < 0 { low += reach } else { high += reach }
    }
    let size = dtype.size() as isize;
    Some((low * size, (high + 1) * size))
}

impl Builder<'_> {
    fn slot(&self, a: &Array) -> Result<usize> {
        self.notes.by_storage.get(&a.storage_id()).copied().ok_or_else(|| {
            // Arrays of no elements may come from anywhere.
            Error::runtime("record: a value of no known memory was noted; wanted one that a step has made")
        })
    }

    fn operand(&self, a: &Array) -> Result<Operand> {
        let at = match self.slot(a) {
            Ok(at) => at,
            Err(_) if a.numel() == 0 => return Ok(Operand::Fixed(a.clone())),
            Err(e) => return Err(e),
        };
        Ok(match &self.places[at] {
            Place::Fixed(own) => {
                let offset = a.data_ptr() as isize - storage_start(a) as isize;
                if own.storage_id() == a.storage_id() {
                    Operand::Fixed(a.clone())
                } else {
                    Operand::Fixed(own.lens(a.layout().clone(), a.dtype(), offset))
                }
            }
            Place::Moving(base, anchor) => {
                let offset = (a.data_ptr() as isize).wrapping_sub(*anchor as isize);
                if let Some((low, high)) = self.extents[at]
                    && let Some((first, last)) = extent(a.layout(), a.dtype())
                    && (offset + first < low || offset + last > high)
                {
                    return Err(Error::runtime(
                        "record: the function reaches elements of its argument's memory that do not belong to the argument \
                         (as_strided or _base); try to pass the whole tensor",
                    ));
                }
                Operand::Moving { at: *base, layout: a.layout().clone(), dtype: a.dtype(), offset }
            }
        })
    }

    fn operands<'a>(&self, all: impl IntoIterator<Item = &'a Array>) -> Result<Operands> {
        all.into_iter().map(|a| self.operand(a)).collect()
    }

    fn target(&self, a: &Array) -> Result<Target> {
        let shared = match self.slot(a) {
            Ok(at) => matches!(self.notes.slots[at].origin, Origin::Input(_) | Origin::Outside | Origin::Cell(_)),
            Err(_) => false,
        };
        Ok(Target { place: self.operand(a)?, shared })
    }

    fn result(&mut self, a: &Array) -> Result<Made> {
        let place = self.operand(a)?;
        let Ok(at) = self.slot(a) else { return Ok(Made::New(place)) };
        let new = matches!(self.notes.slots[at].origin, Origin::Made) && !std::mem::replace(&mut self.made[at], true);
        Ok(if new { Made::New(place) } else { Made::Same(place) })
    }

    fn code(&mut self, step: &Step) -> Result<Option<Code>> {
        Ok(Some(match step {
            Step::View { .. } => return Ok(None),
            Step::Forward { op, inputs, out, alias } => {
                let inputs = self.operands(inputs)?;
                let out = if *alias { Made::Same(self.operand(out)?) } else { self.result(out)? };
                Code::Forward { op: op.clone(), inputs, out }
            }
            Step::Into { op, inputs, target } => {
                Code::Into { op: op.clone(), inputs: self.operands(inputs)?, target: self.target(target)? }
            }
            Step::Copy { source, target } => {
                self.mark(target);
                Code::Copy { source: self.operand(source)?, target: self.target(target)? }
            }
            Step::Fill { target, value } => {
                self.mark(target);
                Code::Fill { target: self.target(target)?, value: *value }
            }
            Step::Freeze { source, copy } => {
                self.mark(copy);
                Code::Freeze { source: self.operand(source)?, copy: self.operand(copy)? }
            }
            Step::Add { sum, grad } => Code::Add { sum: self.target(sum)?, grad: self.operand(grad)? },
            Step::Vjp { edge, kept, cotangents, grads } => Code::Vjp {
                edge: edge.clone(),
                kept: kept.iter().map(|(bit, a)| Ok((*bit, self.operand(a)?))).collect::<Result<_>>()?,
                cotangents: cotangents
                    .iter()
                    .map(|c| c.as_ref().map(|a| self.operand(a)).transpose())
                    .collect::<Result<_>>()?,
                grads: grads.iter().map(|g| g.as_ref().map(|a| self.result(a)).transpose()).collect::<Result<_>>()?,
            },
            Step::Call { name, run, inputs, outs, varies, .. } => Code::Call {
                name,
                run: run.clone(),
                inputs: self.operands(inputs)?,
                outs: outs.iter().map(|a| self.result(a)).collect::<Result<_>>()?,
                varies: *varies,
            },
            Step::Look { array, question } => Code::Look { value: self.operand(array)?, question: question.clone() },
            Step::Within { array, low, high, except, what } => {
                Code::Within { value: self.operand(array)?, low: *low, high: *high, except: *except, what }
            }
        }))
    }

    /// Memory that a step writes first is its own.
    fn mark(&mut self, a: &Array) {
        if let Ok(at) = self.slot(a) {
            self.made[at] = true;
        }
    }
}

/// Memory of the size of a storage, nobody else's.
fn own_storage(like: &Array) -> Result<Array> {
    let (count, dtype) = (like.storage_bytes() / like.dtype().size(), like.dtype());
    Array::empty(Layout::contiguous(&[count])?, dtype)
}

/// The whole storage of an array, as bytes.
pub(super) fn whole(a: &Array) -> Result<Array> {
    Ok(a.lens(Layout::contiguous(&[a.storage_bytes()])?, DType::U8, 0))
}

impl Plan {
    pub(super) fn new(notes: Notes, inputs: &[Tensor], outputs: &[Tensor]) -> Result<Plan> {
        let slots = &notes.slots;
        let mut leaves = vec![false; slots.len()];
        let kept = notes.cells.iter().filter_map(|c| c.after.as_ref()?.as_ref());
        for a in outputs.iter().map(Tensor::array).chain(kept) {
            if let Some(&at) = notes.by_storage.get(&a.storage_id()) {
                leaves[at] = true;
            }
        }
        let (mut bases, mut refresh) = (Vec::new(), Vec::new());
        let mut places = Vec::with_capacity(slots.len());
        let mut extents = vec![None; slots.len()];
        for (at, slot) in slots.iter().enumerate() {
            let moving = |bases: &mut Vec<Base>, base: Base, anchor: usize| {
                bases.push(base);
                Place::Moving(bases.len() - 1, anchor)
            };
            let fresh = |start: Option<Array>| Base::Fresh {
                count: slot.array.storage_bytes() / slot.array.dtype().size(),
                dtype: slot.array.dtype(),
                start,
            };
            places.push(match &slot.origin {
                Origin::Input(i) => {
                    extents[at] = Some(extent(inputs[*i].layout(), inputs[*i].dtype()).unwrap_or((0, 0)));
                    moving(&mut bases, Base::Input(*i), inputs[*i].array().data_ptr() as usize)
                }
                Origin::Cell(k) => {
                    extents[at] = Some(extent(slot.array.layout(), slot.array.dtype()).unwrap_or((0, 0)));
                    moving(&mut bases, Base::Cell(notes.cells[*k].cell.clone()), slot.array.data_ptr() as usize)
                }
                Origin::Outside => Place::Fixed(slot.array.clone()),
                Origin::Literal(then) if leaves[at] => {
                    moving(&mut bases, fresh(Some(then.clone())), storage_start(&slot.array))
                }
                Origin::Literal(then) => {
                    let own = own_storage(&slot.array)?;
                    let flat = then.lens(Layout::contiguous(&[then.numel()])?, then.dtype(), 0);
                    own.write_unseen(&flat);
                    if slot.written {
                        refresh.push((own.clone(), flat));
                    }
                    Place::Fixed(own)
                }
                Origin::Made if leaves[at] => moving(&mut bases, fresh(None), storage_start(&slot.array)),
                Origin::Made => Place::Fixed(own_storage(&slot.array)?),
            });
        }
        let mut b = Builder { notes: &notes, places, made: vec![false; slots.len()], extents };
        let mut code = Vec::with_capacity(notes.steps.len());
        let (mut undo, mut sources): (Vec<Operand>, Vec<Source>) = (Vec::new(), Vec::new());
        let (mut undo_now, mut sources_now): (Vec<Operand>, Vec<Source>) = (Vec::new(), Vec::new());
        let mut begun: Vec<usize> = Vec::new();
        for (_, step) in &notes.steps {
            if may_miss(step) {
                undo.append(&mut undo_now);
                sources.append(&mut sources_now);
            }
            if let Some(target) = step.writes()
                && let Ok(at) = b.slot(target)
                && matches!(slots[at].origin, Origin::Input(_) | Origin::Outside | Origin::Cell(_))
                && !begun.contains(&at)
            {
                begun.push(at);
                // An argument's own elements are all that may be written of its memory.
                undo_now.push(match &slots[at].origin {
                    Origin::Outside => Operand::Fixed(whole(&slots[at].array)?),
                    _ => b.operand(&slots[at].array)?,
                });
            }
            if let Step::Call { source: Some(source), .. } = step {
                sources_now.push(source.clone());
            }
            if let Some(c) = b.code(step)? {
                code.push(c);
            }
        }
        let results = outputs.iter().map(|t| b.operand(t.array())).collect::<Result<_>>()?;
        let cells = notes
            .cells
            .iter()
            .filter_map(|c| c.after.as_ref().map(|after| (c, after)))
            .filter(|(c, after)| !unchanged(c.before.as_ref(), after))
            .map(|(c, after)| {
                Ok(Left { cell: c.cell.clone(), grad: after.as_ref().map(|a| b.operand(a)).transpose()? })
            })
            .collect::<Result<_>>()?;
        Ok(Plan { code, bases, results, cells, refresh, undo, sources })
    }
}

/// Whether a cell ends with what it began with.
fn unchanged(before: Option<&Option<Array>>, after: &Option<Array>) -> bool {
    match (before, after) {
        (Some(None), None) => true,
        (Some(Some(a)), Some(b)) => a.same(b),
        _ => false,
    }
}

/// Whether a step may find that a run is on another path.
fn may_miss(step: &Step) -> bool {
    matches!(step, Step::Look { .. } | Step::Forward { alias: true, .. } | Step::Call { varies: true, .. })
}

impl Step {
    /// The memory that was there before and is written.
    fn writes(&self) -> Option<&Array> {
        match self {
            Step::Into { target, .. } | Step::Copy { target, .. } | Step::Fill { target, .. } => Some(target),
            Step::Add { sum, .. } => Some(sum),
            _ => None,
        }
    }
}
