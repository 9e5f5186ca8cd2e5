//! The rows: whole quotients and remainders. Integers refuse a divisor of 0.

use super::*;

/// `div` with a rounding mode, which has no rows of its own.
#[allow(dead_code)]
mod forms {
    use super::*;

    binary! {
        /// Quotient rounded down; the derivative is 0.
        floor_quotient, FloorQuotient, FLOOR_QUOTIENT, "DivBackward2", "", call, exact false, samples &[];
        f(a, b) = FloorDivideRule::f(a, b);
        i(a, b) = FloorDivideRule::i(a, b);
        da(g) = g.gate(A::lit(0.0, g));
        db(g) = g.gate(A::lit(0.0, g));

        /// Quotient rounded towards 0; the derivative is 0.
        trunc_quotient, TruncQuotient, TRUNC_QUOTIENT, "DivBackward2", "", call, exact false, samples &[];
        f(a, b) = (a / b).trunc();
        i(a, b) = a.wrapping_div(b);
        da(g) = g.gate(A::lit(0.0, g));
        db(g) = g.gate(A::lit(0.0, g));
    }
}
pub use forms::{floor_quotient, trunc_quotient};

binary! {
    /// Remainder of input / other with the sign of input, as C's fmod.
    ///
    /// >>> import wengert
    /// >>> wengert.fmod(wengert.tensor([-3.0, 3.5]), wengert.tensor([2.0, 2.0]))
    /// tensor([-1.0000,  1.5000])
    fmod, FmodRule, FMOD, "FmodBackward1", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3, lo=3, hi=3.9), f(2, 3, lo=1.1, hi=1.4)", "f(2, 3, lo=-3.9, hi=-3.1), f(3, lo=1.1, hi=1.4)", "f(2, 3, lo=0.2, hi=0.9), 1.5", "i(4, lo=-5), 3", "i(4, lo=-9), i(4, lo=1, hi=4)", "i(4, lo=-9), -2"];
    f(a, b) = a.fmod(b);
    i(a, b) = a.wrapping_rem(b);
    da(g) = g;
    db(g, a, b) = -(g * (a / b).trunc());

    /// Remainder of input / other with the sign of other, as Python's %.
    ///
    /// >>> import wengert
    /// >>> wengert.remainder(wengert.tensor([-3.0, 3.5]), wengert.tensor([2.0, 2.0]))
    /// tensor([1.0000, 1.5000])
    remainder, RemainderRule, REMAINDER, "RemainderBackward1", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3, lo=3, hi=3.9), f(2, 3, lo=1.1, hi=1.4)", "f(2, 3, lo=-3.9, hi=-3.1), f(3, lo=1.1, hi=1.4)", "f(2, 3, lo=0.2, hi=0.9), 1.5", "i(4, lo=-5), 3", "i(4, lo=-9), i(4, lo=1, hi=4)", "i(4, lo=-9), -2"];
    f(a, b) = {
        let r = a.fmod(b);
        R::pick(!r.eq(R::lit(0.0)) && b.lt(R::lit(0.0)) != r.lt(R::lit(0.0)), r + b, r)
    };
    i(a, b) = {
        let r = a.wrapping_rem(b);
        if r != I::ZERO && (b < I::ZERO) != (r < I::ZERO) { r.wrapping_add(b) } else { r }
    };
    da(g) = g;
    db(g, a, b) = {
        // Where the quotient is too small for its sign to reach floor, or the divisor infinite; and NaN for infinity.
        let (q, one) = (a / b, A::lit(1.0, g));
        let below = one.gate_gt(A::lit(0.0, g), a.sign() * b.sign()).gate_eq(q, A::lit(0.0, g));
        -(g * (q.floor() - below + a * 0.0))
    };

    /// Quotient input / other rounded down, as Python's //; the derivative is 0.
    ///
    /// >>> import wengert
    /// >>> wengert.floor_divide(wengert.tensor([-3.0, 3.5]), wengert.tensor([2.0, 2.0]))
    /// tensor([-2.,  1.])
    floor_divide, FloorDivideRule, FLOOR_DIVIDE, "torch::autograd::NotImplemented", "input: Tensor, other: Tensor | Number", call, exact false,
        samples &["f(2, 3, lo=3, hi=3.9), f(2, 3, lo=1.1, hi=1.4)", "f(2, 3, lo=-3.9, hi=-3.1), f(3, lo=1.1, hi=1.4)", "f(2, 3, lo=0.2, hi=0.9), 1.5", "i(4, lo=-5), 3", "i(4, lo=-9), i(4, lo=1, hi=4)", "i(4, lo=-9), -2"];
    f(a, b) = {
        // Exact where the quotient itself rounds up to an integer (CPython's float_floor_div).
        let r = a.fmod(b);
        let q = (a - r) / b;
        let q = R::pick(!r.eq(R::lit(0.0)) && b.lt(R::lit(0.0)) != r.lt(R::lit(0.0)), q - 1.0, q);
        let whole = q.floor();
        let whole = R::pick((q - whole).gt(R::lit(0.5)), whole + 1.0, whole);
        let whole = R::pick(q.eq(R::lit(0.0)), R::lit(0.0).copysign(a / b), whole);
        R::pick(b.eq(R::lit(0.0)), a / b, whole)
    };
    i(a, b) = {
        let (q, r) = (a.wrapping_div(b), a.wrapping_rem(b));
        if r != I::ZERO && (b < I::ZERO) != (r < I::ZERO) { q.wrapping_sub(I::ONE) } else { q }
    };
    da(g) = g.gate(A::lit(0.0, g));
    db(g) = g.gate(A::lit(0.0, g));
}
