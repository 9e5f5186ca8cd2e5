//! Several elementwise loops run together, block by block: what one writes, the next finds in the first-level cache.
//! Depends on drive, map and threads.
//!
//! The loops are those of `map`, so that results have the bits of the same loops run one after the other.

use crate::drive::{GRAIN, Kernel};
use crate::map::{Float, Map1, Map2, Map3};
use crate::threads::for_chunks;
use std::ops::Range;

/// A compiled loop over contiguous elements.
#[derive(Clone, Copy)]
pub enum Loop {
    /// Of one operand.
    One(Kernel<1>),
    /// Of two.
    Two(Kernel<2>),
    /// Of three.
    Three(Kernel<3>),
    /// A copy, of elements of so many bytes.
    Copy(usize),
}

impl Loop {
    /// The loop of a formula.
    pub fn one<F: Map1, T: Float>() -> Loop {
        Loop::One(T::kernel1::<F>())
    }

    /// The loop of a formula.
    pub fn two<F: Map2, T: Float>() -> Loop {
        Loop::Two(T::kernel2::<F>())
    }

    /// The loop of a formula.
    pub fn three<F: Map3, T: Float>() -> Loop {
        Loop::Three(T::kernel3::<F>())
    }

    /// How many operands it has.
    pub fn arity(self) -> usize {
        match self {
            Loop::One(_) | Loop::Copy(_) => 1,
            Loop::Two(_) => 2,
            Loop::Three(_) => 3,
        }
    }

    /// # Safety
    /// `n` elements are valid behind each pointer that is used; the output is apart from the inputs, or `n` is 1.
    #[inline(always)]
    unsafe fn call(self, n: usize, out: *mut u8, ins: [*const u8; 3]) {
        // SAFETY: by the contract.
        unsafe {
            match self {
                Loop::One(k) => k(n, out, [ins[0]]),
                Loop::Two(k) => k(n, out, [ins[0], ins[1]]),
                Loop::Three(k) => k(n, out, ins),
                Loop::Copy(size) => std::ptr::copy(ins[0], out, n * size),
            }
        }
    }
}

/// Where a value lies during a run.
#[derive(Clone, Copy, Debug)]
pub enum Register {
    /// In memory, from this address on.
    Memory(*mut u8),
    /// One element in memory, for all.
    Single(*mut u8),
    /// In a block that is used over and over: which.
    Scratch(usize),
}

// SAFETY: an address is a number; what may be done with it is the contract of `run`.
unsafe impl Send for Register {}
// SAFETY: as above.
unsafe impl Sync for Register {}

/// One loop of a run: registers of its output and its operands.
#[derive(Clone, Copy)]
pub struct Step {
    /// What is run.
    pub run: Loop,
    /// Bytes of an element, of operands and output alike.
    pub size: u8,
    /// Where to.
    pub out: u32,
    /// Where from; as many as the loop takes.
    pub ins: [u32; 3],
}

/// Elements in a block.
const BLOCK: usize = 1024;

/// A block of elements of up to eight bytes.
#[repr(align(64))]
#[derive(Clone, Copy)]
struct Block([u64; BLOCK]);

/// Runs `steps` on single elements.
///
/// # Safety
/// Each register is memory of an element of its steps' size.
#[inline]
pub unsafe fn run_single(steps: &[Step], registers: &[Register]) {
    let at = |r: u32| match registers[r as usize] {
        Register::Memory(p) | Register::Single(p) => p,
        Register::Scratch(_) => std::ptr::null_mut(),
    };
    for s in steps {
        let ins = [at(s.ins[0]), at(s.ins[1]), at(s.ins[2])].map(<*mut u8>::cast_const);
        // SAFETY: by the contract; kernels read an element before they write one.
        unsafe { s.run.call(1, at(s.out), ins) };
    }
}

/// Runs `steps` on `n` elements, with `scratch` blocks; false where there is no memory for these.
///
/// # Safety
/// Memory registers have `n` elements of their steps' size, single ones one that no step writes. Where two registers share
/// memory they are the same register. Scratch blocks are written before they are read, and no step reads and writes one.
#[must_use]
pub unsafe fn run(n: usize, steps: &[Step], registers: &[Register], scratch: usize) -> bool {
    let singles = registers.iter().filter(|r| matches!(r, Register::Single(_))).count();
    let failed = std::sync::atomic::AtomicBool::new(false);
    let chunk = |range: Range<usize>| {
        let blocks = scratch + singles + 1;
        let mut room: Vec<Block> = Vec::new();
        if room.try_reserve_exact(blocks).is_err() {
            failed.store(true, std::sync::atomic::Ordering::Relaxed);
            return;
        }
        let base = room.as_mut_ptr();
        // SAFETY: the room has `blocks` blocks; the rest by the contract.
        unsafe { run_chunk(range, steps, registers, base, scratch) };
    };
    for_chunks(n, GRAIN, chunk);
    !failed.into_inner()
}

/// # Safety
/// As for `run`; `room` has a block for each scratch and each single register, and one more.
unsafe fn run_chunk(range: Range<usize>, steps: &[Step], registers: &[Register], room: *mut Block, scratch: usize) {
    // SAFETY: by the contract.
    unsafe {
        let block = |i: usize| room.add(i).cast::<u8>();
        let mut sizes = vec![0usize; registers.len()];
        for s in steps {
            sizes[s.out as usize] = s.size as usize;
            for &r in &s.ins[..s.run.arity()] {
                sizes[r as usize] = s.size as usize;
            }
        }
        // Address of each register's first element of the block under way, and how far it goes from block to block.
        let mut next = scratch;
        let mut at: Vec<(*mut u8, usize)> = Vec::with_capacity(registers.len());
        let len = BLOCK.min(range.len());
        for (r, register) in registers.iter().enumerate() {
            at.push(match *register {
                Register::Memory(p) => (p.add(range.start * sizes[r]), sizes[r]),
                Register::Scratch(i) => (block(i), 0),
                Register::Single(p) => {
                    let to = block(next);
                    next += 1;
                    for i in 0..len {
                        std::ptr::copy_nonoverlapping(p, to.add(i * sizes[r]), sizes[r]);
                    }
                    (to, 0)
                }
            });
        }
        let spare = block(next);
        let mut start = range.start;
        while start < range.end {
            let n = BLOCK.min(range.end - start);
            for s in steps {
                let out = at[s.out as usize].0;
                let mut ins = s.ins.map(|r| at[r as usize].0.cast_const());
                for i in 0..s.run.arity() {
                    if ins[i] == out.cast_const() && n > 1 {
                        // Loops want their output apart: what is overwritten is read from a copy.
                        std::ptr::copy_nonoverlapping(out, spare, n * s.size as usize);
                        for p in &mut ins[i..s.run.arity()] {
                            if *p == out.cast_const() {
                                *p = spare;
                            }
                        }
                        break;
                    }
                }
                s.run.call(n, out, ins);
            }
            start += n;
            for (p, size) in &mut at {
                *p = p.wrapping_add(n * *size);
            }
        }
    }
}
