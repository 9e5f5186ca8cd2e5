//! An op of one's own, from outside the crate: softplus with a steepness, `log(1 + exp(k x)) / k`. Its derivative rules
//! are written on tensors, so that any order of derivative works. Checked against finite differences.
//! Run with `cargo run -p wengert --example own_op`.

use wengert::op::{Cotangents, Grads};
use wengert::transform::{self, CreateGraph, LevelKind, grad};
use wengert::{Array, DType, Error, Op, OpRef, Result, Saved, Scalar, Tensor, ops, record};

/// An instance is plain data: a name and attributes.
#[derive(Debug)]
struct Softplus {
    steepness: f64,
}

impl Op for Softplus {
    fn name(&self) -> &str {
        "softplus"
    }

    fn grad_name(&self) -> String {
        "SoftplusBackward0".to_owned()
    }

    /// The value, computed by hand on the elements.
    fn forward(&self, inputs: &[&Array]) -> Result<Array> {
        if inputs[0].dtype() != DType::F64 {
            return Err(Error::type_("softplus: wanted float64"));
        }
        let k = self.steepness;
        // log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), which overflows nowhere.
        let value = |x: f64| ((k * x).max(0.0) + (-(k * x).abs()).exp().ln_1p()) / k;
        let values: Vec<f64> = inputs[0].to_vec::<f64>()?.into_iter().map(value).collect();
        Array::from_slice(&values, inputs[0].shape())
    }

    /// Which values the rule reads: bit 0 is the first input.
    fn keep(&self, _needs: u32) -> u32 {
        1
    }

    fn vjp(&self, saved: &Saved<'_>, cotangents: Cotangents) -> Result<Grads> {
        let mut grads = Grads::new();
        if let Some(Some(g)) = cotangents.first() {
            grads.push(Some(ops::mul(g, &self.slope(&saved.input(0)?)?)?));
        }
        Ok(grads)
    }

    fn jvp(&self, inputs: &[&Tensor], _: &Tensor, tangents: &[Option<Tensor>]) -> Result<Option<Tensor>> {
        tangents[0].as_ref().map(|t| ops::mul(t, &self.slope(inputs[0])?)).transpose()
    }
}

impl Softplus {
    /// `1 / (1 + exp(-k x))`, by recorded operations.
    fn slope(&self, x: &Tensor) -> Result<Tensor> {
        let number = |v: f64| Tensor::scalar(DType::F64, Scalar::Float(v));
        let e = ops::exp(&ops::mul(x, &number(-self.steepness)?)?)?;
        ops::div(&number(1.0)?, &ops::add(&number(1.0)?, &e)?)
    }
}

/// The function that programs call.
#[track_caller]
fn softplus(x: &Tensor, steepness: f64) -> Result<Tensor> {
    record::apply(OpRef::new(Softplus { steepness }), &[x])
}

fn main() -> Result<()> {
    const K: f64 = 1.5;
    const H: f64 = 1e-5;
    let points = [-2.0, -0.3, 0.0, 0.7, 3.0];
    let at = |shift: f64| -> Result<Vec<f64>> {
        softplus(&Tensor::from_slice(&points.map(|p| p + shift), &[5])?, K)?.to_vec()
    };

    // Reverse mode, twice.
    let x = Tensor::from_slice(&points, &[5])?.requiring_grad()?;
    let y = ops::sum(&softplus(&x, K)?, None, false)?;
    let wanted = std::slice::from_ref(&x);
    let Some(first) = grad(&[y], &[None], wanted, true, CreateGraph::Yes)?.remove(0) else {
        return Ok(());
    };
    let total = ops::sum(&first, None, false)?;
    let Some(second) = grad(&[total], &[None], wanted, false, CreateGraph::No)?.remove(0) else {
        return Ok(());
    };

    // Forward mode.
    let level = transform::enter(LevelKind::Dual);
    let ones = Tensor::full(&[5], DType::F64, Scalar::Int(1))?;
    let tangent = transform::unpack_dual(&softplus(&transform::make_dual(&x, &ones, level)?, K)?, level)?.1;
    transform::leave(level);
    let Some(tangent) = tangent else {
        return Ok(());
    };

    // A map; the op has no batching rule, so it is run on one example after another.
    let level = transform::enter(LevelKind::Batch(5));
    let mapped = softplus(&transform::make_batched(&x.detach(), level), K)?;
    let mapped = transform::unpack_batched(&mapped, level)?;
    transform::leave(level);
    assert_eq!(mapped.map(|m| m.to_vec::<f64>()).transpose()?, Some(at(0.0)?));

    let (low, mid, high) = (at(-H)?, at(0.0)?, at(H)?);
    let (first, second, tangent) = (first.to_vec::<f64>()?, second.to_vec::<f64>()?, tangent.to_vec::<f64>()?);
    println!("     x   softplus     reverse     forward  difference      second  difference");
    for i in 0..5 {
        let slope = (high[i] - low[i]) / (2.0 * H);
        let bend = (high[i] - 2.0 * mid[i] + low[i]) / (H * H);
        println!(
            "{:6.2} {:10.6} {:11.8} {:11.8} {slope:11.8} {:11.6} {bend:11.6}",
            points[i], mid[i], first[i], tangent[i], second[i]
        );
        assert!((first[i] - slope).abs() < 1e-8 && (tangent[i] - slope).abs() < 1e-8);
        assert!((second[i] - bend).abs() < 1e-4);
    }
    Ok(())
}
