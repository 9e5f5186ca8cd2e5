//! The rows: activation functions of neural networks.

use super::*;

unary! {
    /// Logistic function 1 / (1 + e^-x) of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.sigmoid(wengert.tensor([0.0, 2.0]))
    /// tensor([0.5000, 0.8808])
    sigmoid, Sigmoid, SIGMOID, "SigmoidBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.sigmoid();
    d(g, y) = g * (y * (1.0 - y));

    /// x times its logistic function, of each element (Elfwing et al. 2017; also called swish).
    ///
    /// >>> import wengert
    /// >>> wengert.silu(wengert.tensor([-1.0, 0.0, 2.0]))
    /// tensor([-0.2689,  0.0000,  1.7616])
    silu, Silu, SILU, "SiluBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"], face FUNCTION;
    f(x) = x / (1.0 + (-x).exp());
    d(g, x) = {
        let s = x.sigmoid();
        g * (s * (1.0 + x * (1.0 - s)))
    };
}

/// `gelu` in its two forms, which the row of `gelu` chooses from, and what `logit` is without its bounds; they have no
/// rows of their own.
#[allow(dead_code)]
mod forms {
    use super::*;

    unary! {
        /// log(x / (1 - x)).
        log_odds, LogOdds, LOG_ODDS, "LogitBackward0", samples &[];
        f(x) = (x / (1.0 - x)).log();
        d(g, x) = {
            // The root is no number outside 0..1, where the value is none.
            let root = (x * (1.0 - x)).sqrt();
            g / (root * root)
        };

        /// x Phi(x), Phi the distribution function of the normal distribution.
        gelu_erf, GeluErf, GELU_ERF, "GeluBackward0", samples &[];
        f(x) = x.gelu();
        d(g, x) = {
            let below = 0.5 * (1.0 + (x * std::f64::consts::FRAC_1_SQRT_2).erf());
            // The density: 1 / sqrt(2 pi) e^(-x^2 / 2).
            g * (below + x * (0.3989422804014327 * (-0.5 * (x * x)).exp()))
        };

        /// x Phi(x) with Phi(x) taken as (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
        gelu_tanh, GeluTanh, GELU_TANH, "GeluBackward0", samples &[];
        f(x) = 0.5 * x * (1.0 + (0.7978845608028654 * (x + 0.044715 * (x * x * x))).tanh());
        d(g, x) = {
            let t = (0.7978845608028654 * (x + 0.044715 * (x * x * x))).tanh();
            let slope = 0.7978845608028654 * (1.0 + 0.134145 * (x * x));
            g * (0.5 * (1.0 + t) + 0.5 * x * ((1.0 - t * t) * slope))
        };
    }
}
pub use forms::{gelu_erf, gelu_tanh, log_odds};
