//! Numeric kernels of wengert: slices and strides in, slices out.
//! All numeric `unsafe` of the project lives here; depends on nothing of wengert.

#[macro_use]
mod compile;
mod drive;
mod elementary;
mod fold;
mod gemv;
mod walk;

mod argmax;
mod columns;

pub mod along;

pub mod copy;
pub mod element;
pub mod gemm;
pub mod index;
pub mod isa;
pub mod map;
pub mod memory;
mod pool;
pub mod random;
pub mod real;
pub mod reduce;
pub mod search;
mod small_gemm;
pub mod sort;
pub mod threads;

pub use element::{Element, Kind};
pub use isa::{Isa, isa};
pub use map::{Cmp, Float, IMap1, IMap2, Map1, Map2, Map3};
pub use real::{Base, Fma, InstructionSet, Lane, Real};
