//! Recorded graphs: a function's operations as a list that is built first and run later, on other values. Depends on the
//! tap, operations and transforms.

mod listing;
mod plan;
mod run;
mod signature;

pub use listing::{Instruction, Variable};
pub use run::Outcome;

use crate::error::{Error, Result};
use crate::tap;
use crate::tensor::Tensor;
use std::sync::Mutex;

/// One way through a function: what it did for arguments of these shapes and dtypes, as far as its own branches go.
pub struct Path {
    signature: signature::Signature,
    listing: Vec<Instruction>,
    results: Vec<listing::Variable>,
    plan: Mutex<plan::Plan>,
    history: bool,
}

impl std::fmt::Debug for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Path({} instructions)", self.listing.len())
    }
}

/// A recording under way; dropped without `finish` it is given up.
#[derive(Debug)]
pub struct Recording {
    /// What the function is to be run on: copies, so that what it captured is told from what it was given.
    pub inputs: Vec<Tensor>,
    over: bool,
}

impl Recording {
    /// Begins to record on this thread.
    pub fn start(inputs: &[Tensor]) -> Result<Recording> {
        let inputs = inputs.iter().map(signature::stand_in).collect::<Result<Vec<_>>>()?;
        tap::start(&inputs)?;
        Ok(Recording { inputs, over: false })
    }

    /// Ends it. What was written to the stand-ins is written to `inputs`.
    pub fn finish(mut self, inputs: &mut [Tensor], outputs: &[Tensor]) -> Result<Path> {
        self.over = true;
        let mut notes = tap::stop()?;
        let leaving = outputs.iter().map(|t| notes.leaves(t.array())).collect::<Result<Vec<_>>>();
        for (i, t) in self.inputs.iter().enumerate() {
            if notes.is_written(t.array()) {
                crate::mode::no_grad(|| crate::inplace::copy_(&mut inputs[i], t))?;
            }
        }
        leaving?;
        let history = outputs.iter().any(|t| t.node().is_some_and(|n| !n.is_spent()));
        let (listing, results) = listing::listing(&notes, &self.inputs, outputs);
        let signature = signature::Signature::new(&notes, &self.inputs)?;
        if signature.writes && !signature.apart(inputs) {
            return Err(Error::runtime(
                "record: the function writes to memory that arguments share with each other or with captured tensors; the order \
                 of reads and writes cannot be recorded; try to pass clones",
            ));
        }
        let plan = Mutex::new(plan::Plan::new(*notes, &self.inputs, outputs)?);
        Ok(Path { signature, listing, results, plan, history })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if !self.over {
            let _ = tap::stop();
        }
    }
}

impl Path {
    /// Whether arguments are such as those that it was recorded for, and what it captured is where it was.
    pub fn fits(&self, inputs: &[Tensor]) -> bool {
        self.signature.fits(inputs)
    }

    /// Whether they are, but for memory that is shared and written.
    pub fn is_entangled(&self, inputs: &[Tensor]) -> bool {
        self.signature.is_entangled(inputs)
    }

    /// Whether what it returns had a history that could still be differentiated.
    pub fn has_history(&self) -> bool {
        self.history
    }

    /// What it does, in order.
    pub fn instructions(&self) -> &[Instruction] {
        &self.listing
    }

    /// Which variables it returns.
    pub fn results(&self) -> &[listing::Variable] {
        &self.results
    }

    /// Runs it on arguments that fit.
    pub fn run(&self, inputs: &[Tensor]) -> Result<Outcome> {
        let mut plan = self.plan.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        run::run(&mut plan, inputs)
    }
}
