//! Special functions against values recorded with 40 digits (tests/data/special.py).

use wengert_kernels::special as s;

/// Errors in units of the last place of the value.
#[test]
fn values_are_those_recorded() {
    let mut worst = std::collections::BTreeMap::<&str, (f64, String)>::new();
    for line in include_str!("data/special.txt").lines() {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let numbers: Vec<f64> = words.map(|w| w.parse().unwrap()).collect();
        let (x, want) = (&numbers[..numbers.len() - 1], numbers[numbers.len() - 1]);
        if want == 0.0 {
            continue;
        }
        let got = match name {
            "erfc" => s::erfc(x[0]),
            "erfcx" => s::erfcx(x[0]),
            "erfinv" => s::erfinv(x[0]),
            "ndtr" => s::ndtr(x[0]),
            "ndtri" => s::ndtri(x[0]),
            "log_ndtr" => s::log_ndtr(x[0]),
            "lgamma" => s::lgamma(x[0]),
            "digamma" => s::digamma(x[0]),
            "polygamma" => s::polygamma(x[0] as u32, x[1]),
            "bessel_i" => s::bessel_i(x[0] as u32, x[1]),
            "bessel_ie" => s::bessel_ie(x[0] as u32, x[1]),
            "zeta" => s::zeta(x[0], x[1]),
            "igamma" => s::igamma(x[0], x[1]),
            "igammac" => s::igammac(x[0], x[1]),
            _ => panic!("unknown function {name}"),
        };
        // Near a zero only the absolute error can be small.
        let error = (got - want).abs()
            / (want.abs().max(if matches!(name, "lgamma" | "digamma" | "polygamma") { 0.5 } else { 0.0 })
                * f64::EPSILON);
        let entry = worst.entry(name).or_default();
        // Far in the tails the value is e to a large power, and so many units are lost with its rounding.
        let error = if name.starts_with("igamma") { error / (1.0 + want.ln().abs()) } else { error };
        if error.is_nan() || error > entry.0 {
            *entry = (error, line.to_owned() + &format!(" got {got:e}"));
        }
    }
    for (name, (error, line)) in &worst {
        println!("{name:10} {error:8.1} {line}");
    }
    let allowed = |name: &str| match name {
        "digamma" | "bessel_i" | "bessel_ie" | "zeta" => 16.0,
        _ => 8.0,
    };
    for (name, (error, line)) in &worst {
        assert!(*error <= allowed(name), "{name}: {error} units off: {line}");
    }
}

#[test]
fn edges() {
    assert_eq!(s::erfinv(1.0), f64::INFINITY);
    assert_eq!(s::erfinv(-1.0), f64::NEG_INFINITY);
    assert!(s::erfinv(1.5).is_nan() && s::erfinv(f64::NAN).is_nan());
    assert_eq!((s::erfinv(0.0), s::erfc(30.0), s::erfc(-30.0)), (0.0, 0.0, 2.0));
    assert_eq!((s::ndtri(0.0), s::ndtri(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(
        (s::lgamma(0.0), s::lgamma(-3.0), s::lgamma(1.0), s::lgamma(2.0)),
        (f64::INFINITY, f64::INFINITY, 0.0, 0.0)
    );
    assert_eq!((s::digamma(0.0), s::digamma(-0.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert!(s::digamma(-1.0).is_nan() && s::digamma(f64::NAN).is_nan());
    assert_eq!(s::digamma(f64::INFINITY), f64::INFINITY);
    assert_eq!((s::zeta(1.0, 2.0), s::zeta(2.0, -1.0)), (f64::INFINITY, f64::INFINITY));
    assert!(s::zeta(0.5, 1.0).is_nan() && s::zeta(2.5, -0.5).is_nan());
    assert_eq!((s::igamma(1.0, 0.0), s::igammac(1.0, 0.0), s::igamma(1.0, f64::INFINITY)), (0.0, 1.0, 1.0));
    assert!(s::igamma(-1.0, 1.0).is_nan() && s::igamma(1.0, -1.0).is_nan());
    assert_eq!((s::bessel_i(0, 0.0), s::bessel_i(1, 0.0)), (1.0, 0.0));
    assert_eq!(s::bessel_i(1, f64::NEG_INFINITY), f64::NEG_INFINITY);
}
