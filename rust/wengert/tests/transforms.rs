//! Forward mode and maps, alone, nested and together with the reverse mode.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::{Entered, close, item, jvp, leaf, scalar, tensor, vec};
use wengert::transform::{
    self, CreateGraph, grad, make_batched, make_dual, track, unpack_batched, unpack_dual, untrack,
};
use wengert::{ErrorKind, OpRef, Result, Scalar, Tensor, inplace, ops};

/// The derivative of a scalar function by forward mode, at a level of its own.
fn derivative(f: &dyn Fn(&Tensor) -> Result<Tensor>, x: &Tensor) -> Result<Tensor> {
    let level = Entered::dual();
    let one = ops::add(&ops::write::zeros_like(x)?, &scalar(1.0))?;
    let y = f(&make_dual(x, &one, level.0)?)?;
    match unpack_dual(&y, level.0)?.1 {
        Some(t) => Ok(t),
        None => ops::write::zeros_like(x),
    }
}

/// The gradient of a scalar function by reverse mode, as `func.grad` has it.
fn gradient(f: &dyn Fn(&Tensor) -> Result<Tensor>, x: &Tensor) -> Result<Tensor> {
    let tracked = track(x)?;
    let y = f(&tracked)?;
    if !y.requires_grad() {
        return ops::write::zeros_like(x);
    }
    let g = grad(&[y], &[None], std::slice::from_ref(&tracked), false, CreateGraph::IfShared)?.remove(0);
    match g {
        Some(g) => Ok(untrack(&g, &[tracked])),
        None => ops::write::zeros_like(x),
    }
}

type Derive = fn(&dyn Fn(&Tensor) -> Result<Tensor>, &Tensor) -> Result<Tensor>;
const BOTH: [(&str, Derive); 2] = [("forward", derivative), ("reverse", gradient)];

#[test]
fn duals_at_three_levels_give_the_third_derivative() {
    let f = |x: &Tensor| ops::mul(&ops::mul(x, x)?, &ops::mul(x, x)?);
    let first = |x: &Tensor| derivative(&f, x);
    let second = |x: &Tensor| derivative(&first, x);
    assert_eq!(item(&derivative(&second, &scalar(2.0)).unwrap()), 48.0);
}

#[test]
fn nested_derivatives_do_not_confuse_their_perturbations() {
    // d/dx [x * d/dy (x * y)] = 2 x, and d/dx [x * d/dy (x + y)] = 1 (Siskind and Pearlmutter 2005).
    for (outer_name, outer) in BOTH {
        for (inner_name, inner) in BOTH {
            let name = format!("{inner_name} inside {outer_name}");
            let product = |x: &Tensor| ops::mul(x, &inner(&|y| ops::mul(x, y), &scalar(1.0))?);
            assert_eq!(item(&outer(&product, &scalar(3.0)).unwrap()), 6.0, "{name}: product");
            let sum = |x: &Tensor| ops::mul(x, &inner(&|y| ops::add(x, y), &scalar(1.0))?);
            assert_eq!(item(&outer(&sum, &scalar(3.0)).unwrap()), 1.0, "{name}: sum");
            let at_itself = |x: &Tensor| inner(&|y| ops::mul(x, &ops::mul(y, y)?), x);
            // d/dx [2 x y at y = x] = 4 x.
            assert_eq!(item(&outer(&at_itself, &scalar(3.0)).unwrap()), 12.0, "{name}: at itself");
            let constant = |x: &Tensor| inner(&|_| Ok(x.clone()), &scalar(1.0));
            assert_eq!(item(&outer(&constant, &scalar(3.0)).unwrap()), 0.0, "{name}: constant");
        }
    }
}

#[test]
fn a_dual_needs_a_tangent_that_fits() {
    let level = Entered::dual();
    let x = tensor(&[1.0, 2.0], &[2]);
    assert_eq!(make_dual(&x, &scalar(1.0), level.0).unwrap_err().kind, ErrorKind::Runtime);
    let whole = Tensor::from_slice(&[1i64, 1], &[2]).unwrap();
    assert_eq!(make_dual(&x, &whole, level.0).unwrap_err().kind, ErrorKind::Value);
    let single = Tensor::from_slice(&[1.0f32, 1.0], &[2]).unwrap();
    let (_, tangent) = unpack_dual(&make_dual(&x, &single, level.0).unwrap(), level.0).unwrap();
    assert_eq!(tangent.unwrap().dtype(), wengert::DType::F64);
}

#[test]
fn duals_of_an_open_level_outlive_it_without_tangents() {
    let level = transform::enter_open();
    let d = make_dual(&scalar(2.0), &scalar(1.0), level).unwrap();
    let view = ops::mul(&d, &d).unwrap();
    transform::leave(level);
    let after = ops::mul(&view, &scalar(3.0)).unwrap();
    assert!(!after.is_lifted());
    assert_eq!(item(&after), 12.0);
}

#[test]
fn a_batch_of_cotangents_goes_through_one_sweep() {
    let x = tensor(&[0.5, 1.0, 2.0], &[3]).requiring_grad().unwrap();
    let y = ops::mul(&ops::sin(&x).unwrap(), &x).unwrap();
    let level = Entered::batch(2);
    let g = make_batched(&tensor(&[1.0, 2.0, 3.0, -1.0, 0.5, 0.0], &[2, 3]), level.0);
    let got = grad(&[y.clone()], &[Some(g)], &[x.clone()], true, CreateGraph::No).unwrap().remove(0).unwrap();
    let got = vec(&unpack_batched(&got, level.0).unwrap().unwrap());
    drop(level);
    let alone = |g: &[f64]| {
        vec(&grad(&[y.clone()], &[Some(tensor(g, &[3]))], &[x.clone()], true, CreateGraph::No).unwrap()[0]
            .clone()
            .unwrap())
    };
    close("batch of cotangents", "first", &got[..3], &alone(&[1.0, 2.0, 3.0]), 1e-14);
    close("batch of cotangents", "second", &got[3..], &alone(&[-1.0, 0.5, 0.0]), 1e-14);
}

#[test]
fn wrapped_tensors_hide_their_values() {
    let level = Entered::batch(2);
    let b = make_batched(&tensor(&[1.0, 2.0], &[2]), level.0);
    let e = b.item().unwrap_err();
    assert!(e.message.contains("a batch of 2 values"), "{e}");
    let dual_level = Entered::dual();
    let d = make_dual(&scalar(1.0), &scalar(1.0), dual_level.0).unwrap();
    let e = d.to_vec::<f64>().unwrap_err();
    assert!(e.message.contains("a dual number"), "{e}");
    assert!(wengert::backward(&d).is_err());
}

#[test]
fn a_tensor_that_escapes_its_transform_is_recognised() {
    let outer = Entered::dual();
    let inner = Entered::dual();
    let d = make_dual(&scalar(1.0), &scalar(1.0), inner.0).unwrap();
    drop(inner);
    assert!(unpack_dual(&d, outer.0).is_err());
}

#[test]
fn writes_in_place_carry_tangents() {
    let f = |xs: &[Tensor]| {
        let mut y = ops::mul(&xs[0], &scalar(1.0))?;
        inplace::apply_inplace(
            OpRef::Static(wengert::ops::unary::Unary::<wengert::ops::unary::rows::Exp>::OP),
            &mut y,
            &[],
        )?;
        inplace::apply_inplace(wengert::ops::power::by_number(), &mut y, &[&scalar(2.0)])?;
        Ok(y)
    };
    let x = tensor(&[0.5, 1.0], &[2]);
    let (y, t) = jvp(&f, &[x], &[tensor(&[1.0, 10.0], &[2])]).unwrap();
    let wanted: Vec<f64> = vec(&y).iter().zip([1.0, 10.0]).map(|(y, v)| 2.0 * y * v).collect();
    close("exp then square", "jvp", &vec(&t), &wanted, 1e-14);
}

/// `f` mapped over the first dimension.
fn vmap(f: &dyn Fn(&Tensor) -> Result<Tensor>, x: &Tensor) -> Result<Tensor> {
    let level = Entered::batch(x.shape()[0]);
    let y = f(&make_batched(x, level.0))?;
    match unpack_batched(&y, level.0)? {
        Some(y) => Ok(y),
        None => transform::spread(&(y, None), x.shape()[0]),
    }
}

#[test]
fn maxima_and_indices_are_mapped() {
    let x = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]);
    let y = vmap(&|x| Ok(ops::max(x, None, false)?.0), &x).unwrap();
    assert_eq!(vec(&y), [3.0, 6.0]);
    let i = Some(Tensor::from_slice(&[2i64, 0], &[2]).unwrap());
    let y = vmap(&|x| ops::index::index(x, std::slice::from_ref(&i)), &x).unwrap();
    assert_eq!(vec(&y), [3.0, 1.0, 6.0, 4.0]);
    let m = vmap(&|x| Ok(ops::max(x, Some(0), false)?.0), &x).unwrap();
    assert_eq!(vec(&m), [3.0, 6.0]);
    let none = Tensor::full(&[0, 3], wengert::DType::F64, Scalar::Int(0)).unwrap();
    // With a rule of its own a map over nothing is nothing.
    assert_eq!(vmap(&|x| Ok(ops::max(x, None, false)?.0), &none).unwrap().shape(), [0]);
}

#[test]
fn maps_nest() {
    let x = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]);
    let outer = vmap(&|row| vmap(&|v| ops::mul(v, v), row), &x).unwrap();
    assert_eq!(vec(&outer), [1.0, 4.0, 9.0, 16.0, 25.0, 36.0]);
    // The inner map closes over a value of the outer one.
    let sums = vmap(&|row| vmap(&|v| ops::add(v, &ops::sum(row, None, false)?), row), &x).unwrap();
    assert_eq!(vec(&sums), [7.0, 8.0, 9.0, 19.0, 20.0, 21.0]);
}

#[test]
fn gradients_of_each_example() {
    let w = tensor(&[1.0, -1.0, 2.0], &[3]);
    let x = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]);
    let loss = |w: &Tensor, x: &Tensor| -> Result<Tensor> {
        let y = ops::tanh(&ops::dot(w, x)?)?;
        ops::mul(&y, &y)
    };
    let each = vmap(&|x| gradient(&|w| loss(w, x), &w), &x).unwrap();
    assert_eq!(each.shape(), [2, 3]);
    for i in 0..2 {
        let one = ops::view::select(&x, 0, i).unwrap();
        let wanted = gradient(&|w| loss(w, &one), &w).unwrap();
        let got = ops::view::select(&each, 0, i).unwrap();
        close("per-example gradient", "loop", &vec(&got), &vec(&wanted), 1e-14);
    }
}

#[test]
fn hessians_in_every_composition_agree() {
    let f = |x: &Tensor| -> Result<Tensor> {
        let y = ops::mul(&ops::sin(x)?, &ops::exp(x)?)?;
        let shifted = ops::cat(&[&ops::view::slice(x, 0, 1, 2, 1)?, &ops::view::slice(x, 0, 0, 1, 1)?], 0)?;
        ops::sum(&ops::mul(&y, &shifted)?, None, false)
    };
    let x = tensor(&[0.3, -0.7, 1.1], &[3]);
    let basis = tensor(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], &[3, 3]);
    let along = |g: &dyn Fn(&Tensor) -> Result<Tensor>, x: &Tensor, v: &Tensor| -> Result<Tensor> {
        let level = Entered::dual();
        let y = g(&make_dual(x, v, level.0)?)?;
        unpack_dual(&y, level.0)?.1.map_or_else(|| ops::write::zeros_like(x), Ok)
    };
    let forward_over_reverse = vmap(&|v| along(&|x| gradient(&f, x), &x, v), &basis).unwrap();
    let reverse_over_reverse = vmap(&|v| gradient(&|x| ops::dot(&gradient(&f, x)?, v), &x), &basis).unwrap();
    let reverse_over_forward = vmap(&|v| gradient(&|x| along(&f, x, v), &x), &basis).unwrap();
    // No map: one row of the Hessian after another.
    let rows: Vec<f64> = (0..3)
        .flat_map(|i| {
            let v = ops::view::select(&basis, 0, i).unwrap();
            vec(&gradient(&|x| ops::dot(&gradient(&f, x)?, &v), &x).unwrap())
        })
        .collect();
    for (name, h) in [
        ("forward over reverse", forward_over_reverse),
        ("reverse over reverse", reverse_over_reverse),
        ("reverse over forward", reverse_over_forward),
    ] {
        assert_eq!(h.shape(), [3, 3], "{name}");
        close(name, "loop", &vec(&h), &rows, 1e-12);
    }
}

#[test]
fn gradients_flow_out_of_a_map() {
    let x = leaf(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    let y = vmap(&|row| ops::dot(row, row), &x).unwrap();
    wengert::backward(&ops::sum(&y, None, false).unwrap()).unwrap();
    assert_eq!(law::grad_of(&x), [2.0, 4.0, 6.0, 8.0]);
}

#[test]
fn branches_of_where_do_not_leak_between_examples() {
    let x = tensor(&[-1.0, 2.0], &[2]);
    let y = vmap(&|v| gradient(&|v| ops::where_(&ops::gt(v, &scalar(0.0))?, &ops::mul(v, v)?, &ops::neg(v)?), v), &x)
        .unwrap();
    assert_eq!(vec(&y), [-1.0, 4.0]);
}

#[test]
fn levels_are_left_when_an_error_skips_them() {
    let before = transform::active().len();
    let outer = transform::enter(transform::LevelKind::Dual);
    let _inner = transform::enter(transform::LevelKind::Batch(2));
    transform::leave(outer);
    assert_eq!(transform::active().len(), before);
}
