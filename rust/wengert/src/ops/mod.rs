//! The table of contents of operations. Each is declared once, in its file; the `ROWS` of the files make the table.

pub mod aliases;
pub mod arrange;
pub mod binary;
pub mod bitwise;
pub mod blend;
pub mod cat;
pub mod compare;
pub mod composed;
pub mod convert;
pub mod create;
pub mod index;
pub mod layer;
pub(crate) mod lines;
pub mod loss;
pub mod order;
pub(crate) mod pick;
pub mod power;
pub mod predicate;
pub mod product;
pub mod random;
pub mod reduce;
mod rows;
pub mod scan;
pub mod select;
pub mod signature;
pub mod soft;
pub mod special;
pub mod table;
pub mod unary;
pub mod view;
pub mod write;

pub use aliases::aliases_of;
pub use binary::{add, div, extremes::*, mul, quotients::*, rsub, sub};
pub use bitwise::{bitwise_and, bitwise_not, bitwise_or, bitwise_xor};
pub use blend::{clamp, gelu, lerp, softplus};
pub use cat::{cat, stack};
pub use compare::{eq, ge, gt, le, lt, ne};
pub use convert::{alias as view_alias, cast, clone, contiguous};
pub use layer::layer_norm;
pub use loss::{cross_entropy, nll_loss};
pub use power::pow;
pub use predicate::{equal, isclose, isfinite, isinf, isnan};
pub use product::{bmm, dot, matmul, mm, mv};
pub use reduce::{
    all, amax, amin, any, argmax, argmin, count_nonzero, max, mean, median, median_of_all, min, mode, nanmean, nansum,
    norm, prod, sum, sum_to, var,
};
pub use scan::{cumprod, cumsum, logcumsumexp};
pub use select::where_;
pub use signature::Signature;
pub use soft::{log_softmax, logsumexp, softmax};
pub use table::{Args, Body, Face, OpInfo, Operand, Value};
pub use unary::{activation::*, exponential::*, rounding::*, rows::*, trigonometric::*};

/// The families, each with the rows of its file.
static FAMILIES: &[&[&OpInfo]] = &[
    unary::rows::ROWS,
    unary::exponential::ROWS,
    unary::trigonometric::ROWS,
    unary::rounding::ROWS,
    unary::activation::ROWS,
    binary::rows::ROWS,
    binary::extremes::ROWS,
    binary::quotients::ROWS,
    power::ROWS,
    compare::ROWS,
    bitwise::ROWS,
    predicate::ROWS,
    select::ROWS,
    blend::ROWS,
    composed::ROWS,
    special::ROWS,
    special::pairs::ROWS,
    reduce::ROWS,
    scan::ROWS,
    soft::ROWS,
    layer::ROWS,
    loss::ROWS,
    product::ROWS,
    product::fused::ROWS,
    product::compose::ROWS,
    product::einsum::ROWS,
    view::ROWS,
    view::diagonal::ROWS,
    view::inplace::ROWS,
    view::parts::ROWS,
    view::shapes::ROWS,
    view::strided::ROWS,
    arrange::ROWS,
    arrange::triangle::ROWS,
    arrange::join::ROWS,
    arrange::grid::ROWS,
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
