//! The rows: trigonometric and hyperbolic functions and their inverses.

use super::*;

unary! {
    /// Degrees as radians: x pi / 180.
    ///
    /// >>> import wengert
    /// >>> wengert.deg2rad(wengert.tensor([180.0, -90.0]))
    /// tensor([ 3.1416, -1.5708])
    deg2rad, Deg2rad, DEG2RAD, "Deg2RadBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x * 0.017453292519943295;
    d(g) = g * 0.017453292519943295;

    /// Radians as degrees: x 180 / pi.
    ///
    /// >>> import wengert
    /// >>> wengert.rad2deg(wengert.tensor([wengert.pi, 0.5]))
    /// tensor([180.0000,  28.6479])
    rad2deg, Rad2deg, RAD2DEG, "Rad2DegBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x * 57.29577951308232;
    d(g) = g * 57.29577951308232;

    /// sin(pi x) / (pi x) of each element, 1 at 0.
    ///
    /// >>> import wengert
    /// >>> wengert.sinc(wengert.tensor([0.0, 0.5]))
    /// tensor([1.0000, 0.6366])
    sinc, Sinc, SINC, "SincBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = R::pick(x.eq(R::lit(0.0)), R::lit(1.0), (x * std::f64::consts::PI).sin() / (x * std::f64::consts::PI));
    d(g, x) = {
        let u = x * std::f64::consts::PI;
        let slope = (u.cos() * u - u.sin()) / (u * x);
        (g * slope).gate_ne(x, A::lit(0.0, x))
    };

    /// Spherical Bessel function j0(x) = sin(x) / x of each element, 1 at 0.
    ///
    /// >>> import wengert
    /// >>> wengert.special.spherical_bessel_j0(wengert.tensor([0.0, 1.0]))
    /// tensor([1.0000, 0.8415])
    ///
    /// Source: DLMF, 10.49.3 and 10.51.2; near 0 the derivative is the power series of 10.53.1.
    spherical_bessel_j0, SphericalBesselJ0, SPHERICAL_BESSEL_J0, "SphericalBesselJ0Backward0",
        samples &["f(2, 3)", "f()", "f(3, lo=0.1, hi=0.4)"];
    f(x) = {
        let ratio = R::pick(x.eq(R::lit(0.0)), R::lit(1.0), x.sin() / x);
        R::pick(x.abs().eq(R::lit(f64::INFINITY)), R::lit(0.0), ratio)
    };
    d(g, x, y) = {
        let s = x * x;
        let far = (x.cos() - y) / x;
        let inner = 1.0 - s / 54.0 * (1.0 - s / 88.0 * (1.0 - s / 130.0 * (1.0 - s / 180.0)));
        let near = x * (1.0 - s / 10.0 * (1.0 - s / 28.0 * inner)) / -3.0;
        (g * far).gate_gt(s, A::lit(0.25, s)) + (g * near).drop_gt(s, A::lit(0.25, s))
    };

    /// Tangent of each element (radians).
    ///
    /// >>> import wengert
    /// >>> wengert.tan(wengert.tensor([0.0, 1.0]))
    /// tensor([0.0000, 1.5574])
    tan, Tan, TAN, "TanBackward0", samples &["f(2, 3, lo=-1.2, hi=1.2)", "f()"];
    f(x) = x.tan();
    d(g, y) = g * (y * y + 1.0);

    /// Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1.
    ///
    /// >>> import wengert
    /// >>> wengert.asin(wengert.tensor([0.0, 1.0, 2.0]))
    /// tensor([0.0000, 1.5708,    nan])
    asin, Asin, ASIN, "AsinBackward0", samples &["f(2, 3, lo=-0.9, hi=0.9)", "f(lo=0.1, hi=0.6)"];
    f(x) = x.asin();
    d(g, x) = g / (1.0 - x * x).sqrt();

    /// Arc cosine of each element, in 0..pi; nan outside of -1..1.
    ///
    /// >>> import wengert
    /// >>> wengert.acos(wengert.tensor([1.0, 0.0, 2.0]))
    /// tensor([0.0000, 1.5708,    nan])
    acos, Acos, ACOS, "AcosBackward0", samples &["f(2, 3, lo=-0.9, hi=0.9)", "f(lo=0.1, hi=0.6)"];
    f(x) = x.acos();
    d(g, x) = -(g / (1.0 - x * x).sqrt());

    /// Arc tangent of each element, in -pi/2..pi/2.
    ///
    /// >>> import wengert
    /// >>> wengert.atan(wengert.tensor([0.0, 1.0]))
    /// tensor([0.0000, 0.7854])
    atan, Atan, ATAN, "AtanBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.atan();
    d(g, x) = g / (x * x + 1.0);

    /// Hyperbolic sine of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.sinh(wengert.tensor([0.0, 1.0]))
    /// tensor([0.0000, 1.1752])
    sinh, Sinh, SINH, "SinhBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.sinh();
    d(g, x) = g * x.cosh();

    /// Hyperbolic cosine of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.cosh(wengert.tensor([0.0, 1.0]))
    /// tensor([1.0000, 1.5431])
    cosh, Cosh, COSH, "CoshBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.cosh();
    d(g, x) = g * x.sinh();

    /// Inverse hyperbolic sine of each element.
    ///
    /// >>> import wengert
    /// >>> wengert.asinh(wengert.tensor([0.0, 1.0]))
    /// tensor([0.0000, 0.8814])
    asinh, Asinh, ASINH, "AsinhBackward0", samples &["f(2, 3)", "f()", "f(0, 2)"];
    f(x) = x.asinh();
    d(g, x) = g / (x * x + 1.0).sqrt();

    /// Inverse hyperbolic cosine of each element; nan below 1.
    ///
    /// >>> import wengert
    /// >>> wengert.acosh(wengert.tensor([1.0, 2.0, 0.0]))
    /// tensor([0.0000, 1.3170,    nan])
    acosh, Acosh, ACOSH, "AcoshBackward0", samples &["f(2, 3, lo=1.2, hi=3)", "f(lo=1.2, hi=3)"];
    f(x) = x.acosh();
    d(g, x) = g / (x * x - 1.0).sqrt();

    /// Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends.
    ///
    /// >>> import wengert
    /// >>> wengert.atanh(wengert.tensor([0.0, 0.5, 1.0]))
    /// tensor([0.0000, 0.5493,    inf])
    atanh, Atanh, ATANH, "AtanhBackward0", samples &["f(2, 3, lo=-0.8, hi=0.8)", "f(lo=0.1, hi=0.6)"];
    f(x) = x.atanh();
    d(g, x) = g / (1.0 - x * x);
}
