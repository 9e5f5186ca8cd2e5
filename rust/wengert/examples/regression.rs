//! Linear regression by gradient descent on made data: records a loss, sweeps it, reads gradients, updates in place.
//! Run with `cargo run --release -p wengert --example regression`.

use wengert::ops::{self, create};
use wengert::{DType, OpRef, Result, Scalar, Tensor, inplace, no_grad};

/// `parameter -= rate * gradient`, unrecorded, in the parameter's own memory.
fn descend(parameter: &mut Tensor, rate: f64) -> Result<()> {
    let Some(gradient) = parameter.grad() else {
        return Ok(());
    };
    no_grad(|| {
        let step = ops::mul(&gradient, &Tensor::scalar(gradient.dtype(), Scalar::Float(rate))?)?;
        inplace::apply_inplace(OpRef::Static(ops::binary::Binary::<ops::binary::SubRule>::OP), parameter, &[&step])
    })?;
    parameter.set_grad(None);
    Ok(())
}

fn main() -> Result<()> {
    create::manual_seed(0);
    let (true_w, true_b) = ([2.0, -3.4], 4.2);

    // y = X w + b + noise
    let x = create::randn(&[1000, 2], DType::F64)?;
    let noise = ops::mul(&create::randn(&[1000], DType::F64)?, &Tensor::scalar(DType::F64, Scalar::Float(0.01))?)?;
    let offset = Tensor::scalar(DType::F64, Scalar::Float(true_b))?;
    let y = ops::add(&ops::add(&ops::mv(&x, &Tensor::from_slice(&true_w, &[2])?)?, &offset)?, &noise)?;

    let mut w = Tensor::full(&[2], DType::F64, Scalar::Int(0))?.requiring_grad()?;
    let mut b = Tensor::scalar(DType::F64, Scalar::Int(0))?.requiring_grad()?;
    for epoch in 0..=100 {
        let error = ops::sub(&ops::add(&ops::mv(&x, &w)?, &b)?, &y)?;
        let loss = ops::mean(&ops::mul(&error, &error)?, None, false)?;
        wengert::backward(&loss)?;
        if epoch == 0 {
            let g = w.grad().expect("backward has filled it").to_vec::<f64>()?;
            println!("gradient of w before the first step: [{:.3}, {:.3}]", g[0], g[1]);
        }
        if epoch % 20 == 0 {
            println!("epoch {epoch:3}: loss {:.6}", loss.item()?.as_f64());
        }
        descend(&mut w, 0.05)?;
        descend(&mut b, 0.05)?;
    }

    let (w, b) = (w.to_vec::<f64>()?, b.item()?.as_f64());
    println!("w = [{:.4}, {:.4}], wanted {true_w:?}; b = {b:.4}, wanted {true_b}", w[0], w[1]);
    assert!((w[0] - true_w[0]).abs() < 0.01 && (w[1] - true_w[1]).abs() < 0.01 && (b - true_b).abs() < 0.01);
    Ok(())
}
