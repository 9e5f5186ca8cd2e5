//! The table of contents of operations. Each is declared once, in its file; its name stands in `TABLE`.

pub mod binary;
pub mod cat;
pub mod compare;
pub mod convert;
pub mod create;
pub mod index;
pub mod power;
pub mod product;
pub mod reduce;
pub mod select;
pub mod table;
pub mod unary;
pub mod view;
pub mod write;

pub use binary::{add, div, mul, rsub, sub};
pub use cat::{cat, stack};
pub use compare::{eq, ge, gt, le, lt, ne};
pub use convert::{alias as view_alias, cast, clone, contiguous};
pub use power::pow;
pub use product::{bmm, dot, matmul, mm, mv};
pub use reduce::{max, mean, norm, sum, sum_to};
pub use select::where_;
pub use table::{Args, Body, Face, OpInfo, Operand, Value};
pub use unary::{abs, cos, exp, log, neg, relu, sign, sin, sqrt, tanh};

/// Every operation.
pub static TABLE: &[&OpInfo] = &[
    &unary::NEG,
    &unary::EXP,
    &unary::LOG,
    &unary::TANH,
    &unary::SIN,
    &unary::COS,
    &unary::SQRT,
    &unary::ABS,
    &unary::RELU,
    &unary::SIGN,
    &binary::ADD,
    &binary::SUB,
    &binary::RSUB,
    &binary::MUL,
    &binary::DIV,
    &power::POW,
    &compare::EQ,
    &compare::NE,
    &compare::LT,
    &compare::LE,
    &compare::GT,
    &compare::GE,
    &select::WHERE,
    &reduce::SUM,
    &reduce::MEAN,
    &reduce::MAX,
    &reduce::NORM,
    &product::DOT,
    &product::MV,
    &product::MM,
    &product::BMM,
    &product::MATMUL,
    &view::RESHAPE,
    &view::VIEW,
    &view::TRANSPOSE,
    &view::T,
    &view::PERMUTE,
    &view::EXPAND,
    &view::UNSQUEEZE,
    &view::SQUEEZE,
    &view::SELECT,
    &view::NARROW,
    &cat::CAT,
    &cat::STACK,
    &convert::CLONE,
    &convert::CONTIGUOUS,
    &write::COPY_,
    &write::FILL_,
    &write::ZERO_,
];

/// The row of an operation.
pub fn info(name: &str) -> Option<&'static OpInfo> {
    TABLE.iter().copied().find(|row| row.name == name)
}
