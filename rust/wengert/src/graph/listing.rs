//! A recording as a list of instructions on variables, for people and programs to look at. Depends on the tap.

use crate::array::{Array, DType};
use crate::tap::{Notes, Origin, Question, Step};
use crate::tape::site::Site;
use crate::tensor::Tensor;
use std::collections::HashMap;

/// What an instruction works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    /// An argument.
    Input(usize),
    /// A tensor from outside, in the order of first use.
    Captured(usize),
    /// A constant of the program, in the order of first use.
    Constant(usize),
    /// A result of an instruction, counted from 1.
    Value(usize),
}

/// One thing that is done.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// The operation, or what else it is.
    pub name: String,
    /// What it reads.
    pub inputs: Vec<Variable>,
    /// What it makes or overwrites.
    pub outputs: Vec<Variable>,
    /// Shape of its first result, or of what it reads.
    pub shape: Vec<usize>,
    /// The dtype of that.
    pub dtype: DType,
    /// Where the program asked for it.
    pub site: Site,
}

type Key = (usize, usize, Vec<usize>, Vec<isize>, DType);

fn key(a: &Array) -> Key {
    (a.storage_id(), a.data_ptr() as usize, a.shape().to_vec(), a.layout().strides().to_vec(), a.dtype())
}

struct Names<'n> {
    notes: &'n Notes,
    inputs: &'n [Tensor],
    known: HashMap<Key, Variable>,
    counts: [usize; 3],
}

impl Names<'_> {
    fn fresh(&mut self, kind: usize) -> usize {
        self.counts[kind] += 1;
        self.counts[kind]
    }

    fn read(&mut self, a: &Array) -> Variable {
        let k = key(a);
        if let Some(v) = self.known.get(&k) {
            return *v;
        }
        let origin = self.notes.by_storage.get(&a.storage_id()).map(|&at| &self.notes.slots[at].origin);
        let v = match origin {
            Some(Origin::Input(_)) => match self.inputs.iter().position(|t| key(t.array()) == k) {
                Some(i) => Variable::Input(i),
                None => Variable::Value(self.fresh(0)),
            },
            Some(Origin::Outside | Origin::Cell(_)) => Variable::Captured(self.fresh(1)),
            Some(Origin::Literal(_)) => Variable::Constant(self.fresh(2)),
            _ => Variable::Value(self.fresh(0)),
        };
        self.known.insert(k, v);
        v
    }

    fn write(&mut self, a: &Array) -> Variable {
        let v = Variable::Value(self.fresh(0));
        self.known.insert(key(a), v);
        v
    }
}

/// The instructions of a recording, and the variables of its results.
pub(super) fn listing(notes: &Notes, inputs: &[Tensor], outputs: &[Tensor]) -> (Vec<Instruction>, Vec<Variable>) {
    let mut names = Names { notes, inputs, known: HashMap::new(), counts: [0; 3] };
    let mut out = Vec::with_capacity(notes.steps.len());
    for (site, step) in &notes.steps {
        let (name, reads, writes): (String, Vec<&Array>, Vec<&Array>) = match step {
            Step::Forward { op, inputs, out, .. } => (op.get().name().to_owned(), inputs.iter().collect(), vec![out]),
            Step::View { op, input, out } => (op.get().name().to_owned(), vec![input], vec![out]),
            Step::Into { op, inputs, target } => {
                (format!("{}_", op.get().name()), inputs.iter().collect(), vec![target])
            }
            Step::Copy { source, target } => ("copy_".to_owned(), vec![source], vec![target]),
            Step::Fill { target, value } => (format!("fill_({})", value.text()), vec![], vec![target]),
            Step::Freeze { source, copy } => ("clone".to_owned(), vec![source], vec![copy]),
            Step::Add { sum, grad } => ("add_".to_owned(), vec![sum, grad], vec![sum]),
            Step::Vjp { edge, kept, cotangents, grads } => (
                edge.node().map_or_else(String::new, |n| n.name()),
                cotangents.iter().flatten().chain(kept.iter().map(|k| &k.1)).collect(),
                grads.iter().flatten().collect(),
            ),
            Step::Call { name, inputs, outs, .. } => {
                ((*name).to_owned(), inputs.iter().collect(), outs.iter().collect())
            }
            Step::Look { array, question } => {
                let what = match question {
                    Question::Elements(_) => "look",
                    Question::Contains(..) => "contains",
                };
                (what.to_owned(), vec![array], vec![])
            }
            Step::Within { array, .. } => ("check_range".to_owned(), vec![array], vec![]),
        };
        let shown = writes.first().or(reads.first()).copied();
        let (shape, dtype) = shown.map_or((Vec::new(), DType::F32), |a| (a.shape().to_vec(), a.dtype()));
        let inputs = reads.into_iter().map(|a| names.read(a)).collect();
        let outputs = writes.into_iter().map(|a| names.write(a)).collect();
        out.push(Instruction { name, inputs, outputs, shape, dtype, site: *site });
    }
    let results = outputs.iter().map(|t| names.read(t.array())).collect();
    (out, results)
}
