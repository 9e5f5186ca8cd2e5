//! Other names under which operations are reached, as PyTorch has them. Depends on nothing.

/// Alias and operation.
pub static ALIASES: &[(&str, &str)] = &[
    ("absolute", "abs"),
    ("arccos", "acos"),
    ("arccosh", "acosh"),
    ("arcsin", "asin"),
    ("arcsinh", "asinh"),
    ("arctan", "atan"),
    ("arctan2", "atan2"),
    ("arctanh", "atanh"),
    ("clip", "clamp"),
    ("concat", "cat"),
    ("concatenate", "cat"),
    ("divide", "div"),
    ("fix", "trunc"),
    ("ger", "outer"),
    ("greater", "gt"),
    ("greater_equal", "ge"),
    ("less", "lt"),
    ("less_equal", "le"),
    ("moveaxis", "movedim"),
    ("multiply", "mul"),
    ("negative", "neg"),
    ("not_equal", "ne"),
    ("sgn", "sign"),
    ("subtract", "sub"),
    ("row_stack", "vstack"),
    ("swapaxes", "transpose"),
    ("swapaxes_", "transpose_"),
    ("swapdims", "transpose"),
    ("swapdims_", "transpose_"),
    ("true_divide", "div"),
];

/// The aliases of an operation.
pub fn aliases_of(name: &str) -> impl Iterator<Item = &'static str> + '_ {
    ALIASES.iter().filter(move |(_, of)| *of == name).map(|(alias, _)| *alias)
}
