//! The table of contents of operations. Each is declared once, in its file; the `ROWS` of the files make the table.

pub mod aliases;
pub mod binary;
pub mod cat;
pub mod compare;
pub mod convert;
pub mod create;
pub mod index;
pub mod order;
pub mod power;
pub mod product;
pub mod reduce;
pub mod select;
pub mod signature;
pub mod table;
pub mod unary;
pub mod view;
pub mod write;

pub use aliases::aliases_of;
pub use binary::{add, div, mul, rsub, sub};
pub use cat::{cat, stack};
pub use compare::{eq, ge, gt, le, lt, ne};
pub use convert::{alias as view_alias, cast, clone, contiguous};
pub use power::pow;
pub use product::{bmm, dot, matmul, mm, mv};
pub use reduce::{max, mean, norm, sum, sum_to};
pub use select::where_;
pub use signature::Signature;
pub use table::{Args, Body, Face, OpInfo, Operand, Value};
pub use unary::rows::*;

/// The families, each with the rows of its file.
static FAMILIES: &[&[&OpInfo]] = &[
    unary::ROWS,
    binary::ROWS,
    power::ROWS,
    compare::ROWS,
    select::ROWS,
    reduce::ROWS,
    product::ROWS,
    view::ROWS,
    cat::ROWS,
    convert::ROWS,
    write::ROWS,
    index::along::ROWS,
    index::masked::ROWS,
    index::put::ROWS,
    index::reduced::ROWS,
    index::select::ROWS,
    index::take::ROWS,
    index::within::ROWS,
    order::ROWS,
    order::count::ROWS,
    order::search::ROWS,
    order::unique::ROWS,
];

/// Every operation.
pub fn table() -> impl Iterator<Item = &'static OpInfo> {
    FAMILIES.iter().flat_map(|rows| rows.iter().copied())
}

/// The row of an operation.
pub fn info(name: &str) -> Option<&'static OpInfo> {
    table().find(|row| row.name == name)
}
