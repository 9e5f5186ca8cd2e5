//! The rows: activation functions of neural networks.

use super::*;

unary! {
    /// Logistic function 1 / (1 + e^-x) of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.sigmoid(wengert.tensor([0.0, 2.0]))
    /// tensor([0.5000, 0.8808])
    sigmoid, Sigmoid, SIGMOID, "SigmoidBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = 1.0 / (1.0 + (-x).exp());
    d(g, y) = g * (y * (1.0 - y));

    /// x times its logistic function, of each element (Elfwing et al. 2017; also called swish).
    ///
    /// >>> import wengert
    /// >>> wengert.silu(wengert.tensor([-1.0, 0.0, 2.0]))
    /// tensor([-0.2689,  0.0000,  1.7616])
    silu, Silu, SILU, "SiluBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"], face FUNCTION;
    f(x) = x / (1.0 + (-x).exp());
    d(g, x) = {
        let s = 1.0 / (1.0 + (-x).exp());
        g * (s * (1.0 + x * (1.0 - s)))
    };
}
