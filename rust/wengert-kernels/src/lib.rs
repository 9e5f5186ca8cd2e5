//! Numeric kernels of wengert: slices and strides in, slices out.
//! All numeric `unsafe` of the project lives here; depends on nothing of wengert.

#[macro_use]
mod compile;
mod drive;
mod elementary;
mod fold;
mod gemv;
mod walk;
mod windows;

mod argmax;
mod columns;

pub mod along;

pub mod copy;
pub mod element;
pub mod gemm;
pub mod index;
mod int_gemm;
pub mod interrupt;
pub mod isa;
pub mod lanes;
pub mod layer;
pub mod map;
pub mod memory;
pub mod moments;
pub mod pick;
mod pool;
pub mod random;
pub mod rank;
pub mod real;
pub mod reduce;
pub mod reversed;
pub mod scan;
pub mod scans;
pub mod search;
pub mod soft;
pub mod sort;
pub mod special;
mod stream;
mod system;
pub mod threads;
mod tile;
mod transpose;
pub mod truth;
mod turn;

pub use element::{Element, Int, Kind};
pub use int_gemm::int_gemm;
pub use isa::{Isa, isa};
pub use map::{Cmp, Float, IMap1, IMap2, Map1, Map2, Map3};
pub use real::{Base, Fma, InstructionSet, Lane, Real};
