//! Writes in place: kept values are protected, and base and views see each other's writes, in value and in gradient.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::{close, grad_of, leaf, scalar, tensor, vec};
use wengert::inplace::{apply_inplace, copy_, fill_};
use wengert::ops::{self, Body, view};
use wengert::{OpRef, Result, Scalar, Tensor, no_grad};

fn op(name: &str) -> OpRef {
    match ops::info(name).unwrap().body {
        Body::Unary(_, _, op) | Body::Binary(_, _, op) => OpRef::Static(op),
        _ => panic!("{name} has no in-place twin"),
    }
}

fn mul_(target: &mut Tensor, by: f64) {
    apply_inplace(op("mul"), target, &[&scalar(by)]).unwrap();
}

fn sum(x: &Tensor) -> Tensor {
    ops::sum(x, None, false).unwrap()
}

#[test]
fn kept_values_survive_writes_in_place() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let mut y = ops::exp(&x).unwrap();
    let z = ops::mul(&y, &y).unwrap();
    mul_(&mut y, 100.0);
    fill_(&mut y, Scalar::Int(7)).unwrap();
    assert_eq!(vec(&y), [7.0, 7.0]);
    wengert::backward(&sum(&z)).unwrap();
    let wanted: Vec<f64> = [1.0f64, 2.0].iter().map(|v| 2.0 * (2.0 * v).exp()).collect();
    close("exp", "gradient of the old value", &grad_of(&x), &wanted, 1e-14);
}

#[test]
fn each_version_of_a_value_keeps_its_own_copy() {
    let x = leaf(&[1.0, 2.0, 3.0], &[3]);
    let mut y = ops::mul(&x, &scalar(1.0)).unwrap();
    let mut total = scalar(0.0);
    // y = 1, 2, 6, 24 times x; each is squared when it is current.
    for k in 1..=4 {
        mul_(&mut y, f64::from(k));
        total = ops::add(&total, &sum(&ops::mul(&y, &y).unwrap())).unwrap();
    }
    wengert::backward(&total).unwrap();
    let factor = 2.0 * (1.0 + 4.0 + 36.0 + 576.0);
    close("powers", "gradient", &grad_of(&x), &[factor, 2.0 * factor, 3.0 * factor], 1e-14);
}

#[test]
fn a_write_under_no_grad_does_not_corrupt_a_gradient() {
    let mut w = leaf(&[2.0], &[]);
    let y = ops::mul(&w, &w).unwrap();
    no_grad(|| mul_(&mut w, 10.0));
    assert_eq!(vec(&w), [20.0]);
    assert!(w.is_leaf() && w.requires_grad());
    wengert::backward(&y).unwrap();
    assert_eq!(grad_of(&w), [4.0]);
}

#[test]
fn leaves_and_their_views_refuse_recorded_writes() {
    let mut x = leaf(&[1.0, 2.0], &[2]);
    let e = fill_(&mut x, Scalar::Int(0)).unwrap_err();
    assert!(e.message.contains("a leaf Variable that requires grad"), "{e}");
    let mut v = view::select(&x, 0, 0).unwrap();
    let e = fill_(&mut v, Scalar::Int(0)).unwrap_err();
    assert!(e.message.contains("a view of a leaf Variable"), "{e}");
    assert_eq!(vec(&x), [1.0, 2.0]);
}

#[test]
fn a_view_taken_before_its_base_became_a_leaf_refuses_too() {
    let mut x = tensor(&[1.0, 2.0], &[2]);
    let mut v = view::select(&x, 0, 0).unwrap();
    x.set_requires_grad(true).unwrap();
    let w = leaf(&[5.0], &[]);
    assert!(copy_(&mut v, &w).is_err());
    assert!(x.is_leaf());
    assert_eq!(vec(&x), [1.0, 2.0]);
}

#[test]
fn a_leaf_that_is_a_view_leaves_its_base_alone() {
    let mut x = tensor(&[1.0, 2.0, 3.0], &[3]);
    let v = view::select(&x, 0, 0).unwrap().requiring_grad().unwrap();
    let base = v.base().unwrap();
    assert!(!base.requires_grad(), "requires_grad of a view says nothing of its base");
    let w = leaf(&[5.0], &[]);
    let mut other = view::select(&x, 0, 2).unwrap();
    copy_(&mut other, &w).unwrap();
    x.refresh().unwrap();
    wengert::backward(&sum(&x)).unwrap();
    assert_eq!(grad_of(&w), [1.0]);
    assert!(v.grad().is_none());
}

#[test]
fn expanded_memory_refuses_writes() {
    let mut y = view::expand(&tensor(&[1.0], &[1]), &[3]).unwrap();
    let e = fill_(&mut y, Scalar::Int(0)).unwrap_err();
    assert!(e.message.contains("single memory location"), "{e}");
}

#[test]
fn a_write_through_a_view_is_seen_by_base_and_gradient() {
    let x = leaf(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    let y = ops::mul(&x, &scalar(3.0)).unwrap();
    let mut row = view::select(&y, 0, 0).unwrap();
    mul_(&mut row, 10.0);
    assert_eq!(vec(&y), [30.0, 60.0, 9.0, 12.0]);
    wengert::backward(&sum(&y)).unwrap();
    assert_eq!(grad_of(&x), [30.0, 30.0, 3.0, 3.0]);
}

#[test]
fn a_stale_view_replays_its_way_from_the_base() {
    let x = leaf(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    let mut y = ops::mul(&x, &scalar(1.0)).unwrap();
    let column = view::select(&view::t(&y).unwrap(), 0, 1).unwrap();
    mul_(&mut y, 5.0);
    // The view was taken before the write; it shows the new values and their history.
    assert_eq!(vec(&column), [10.0, 20.0]);
    wengert::backward(&sum(&ops::mul(&column, &column).unwrap())).unwrap();
    assert_eq!(grad_of(&x), [0.0, 2.0 * 10.0 * 5.0, 0.0, 2.0 * 20.0 * 5.0]);
}

#[test]
fn siblings_see_each_others_writes() {
    let x = leaf(&[1.0, 2.0, 3.0, 4.0], &[4]);
    let y = ops::mul(&x, &scalar(1.0)).unwrap();
    let mut left = view::slice(&y, 0, 0, 3, 1).unwrap();
    let right = view::slice(&y, 0, 2, 2, 1).unwrap();
    mul_(&mut left, 7.0);
    assert_eq!(vec(&right), [21.0, 4.0]);
    wengert::backward(&sum(&right)).unwrap();
    assert_eq!(grad_of(&x), [0.0, 0.0, 7.0, 1.0]);
}

#[test]
fn rows_set_one_by_one_carry_the_gradients_of_their_sources() {
    let w = leaf(&[1.0, 2.0, 3.0], &[3]);
    let buffer = tensor(&[0.0; 6], &[2, 3]);
    for i in 0..2 {
        let mut row = view::select(&buffer, 0, i).unwrap();
        copy_(&mut row, &ops::mul(&w, &scalar((i + 1) as f64)).unwrap()).unwrap();
    }
    let mut buffer = buffer;
    buffer.refresh().unwrap();
    assert!(buffer.requires_grad() && !buffer.is_leaf());
    assert_eq!(vec(&buffer), [1.0, 2.0, 3.0, 2.0, 4.0, 6.0]);
    wengert::backward(&sum(&ops::mul(&buffer, &buffer).unwrap())).unwrap();
    assert_eq!(grad_of(&w), [2.0 + 8.0, 4.0 + 16.0, 6.0 + 24.0]);
}

/// `buf[i] = sin(buf[i - 1])`, as in a recurrence over a preallocated buffer.
fn recurrence(x: &Tensor, n: usize) -> Result<Tensor> {
    let mut buffer = Tensor::full(&[n], wengert::DType::F64, Scalar::Int(0))?;
    copy_(&mut view::select(&buffer, 0, 0)?, x)?;
    for i in 1..n as i64 {
        let next = ops::sin(&view::select(&buffer, 0, i - 1)?)?;
        copy_(&mut view::select(&buffer, 0, i)?, &next)?;
    }
    buffer.refresh()?;
    view::select(&buffer, 0, -1)
}

#[test]
fn a_recurrence_in_a_buffer_has_the_gradient_of_the_chain() {
    let x = leaf(&[1.0], &[]);
    wengert::backward(&recurrence(&x, 50).unwrap()).unwrap();
    let (mut value, mut slope) = (1.0f64, 1.0f64);
    for _ in 1..50 {
        slope *= value.cos();
        value = value.sin();
    }
    close("recurrence", "gradient", &grad_of(&x), &[slope], 1e-12);
}

#[test]
fn a_clone_of_the_handle_that_missed_a_write_says_so() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let mut y = ops::exp(&x).unwrap();
    let other = y.clone();
    mul_(&mut y, 2.0);
    let e = ops::neg(&other).unwrap_err();
    assert!(e.message.contains("stale"), "{e}");
}

#[test]
fn detach_shares_storage_but_no_history() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let mut y = ops::exp(&x).unwrap();
    let d = y.detach();
    mul_(&mut y, 2.0);
    assert_eq!(vec(&d), vec(&y));
    assert!(!ops::neg(&d).unwrap().requires_grad());
    // A write through the detached handle is not recorded, and kept values are protected from it.
    let z = ops::mul(&y, &y).unwrap();
    let kept = vec(&y);
    let mut d = d;
    fill_(&mut d, Scalar::Int(0)).unwrap();
    wengert::backward(&sum(&z)).unwrap();
    let wanted: Vec<f64> = kept.iter().map(|v| 2.0 * v * v).collect();
    close("detach", "gradient of the old value", &grad_of(&x), &wanted, 1e-14);
}

#[test]
fn detach_in_place_holds_for_the_views_too() {
    let w = leaf(&[1.0, 2.0], &[2]);
    let u = leaf(&[3.0], &[]);
    let mut x = ops::mul(&w, &scalar(2.0)).unwrap();
    let _view = view::select(&x, 0, 0).unwrap();
    x.detach_();
    assert!(!x.requires_grad());
    let mut v = view::select(&x, 0, 1).unwrap();
    copy_(&mut v, &u).unwrap();
    x.refresh().unwrap();
    wengert::backward(&sum(&x)).unwrap();
    assert_eq!(grad_of(&u), [1.0]);
    assert!(w.grad().is_none(), "the history before detach_ is forgotten");
}

#[test]
fn overlapping_operands_are_read_before_they_are_written() {
    let x = leaf(&[1.0, 2.0, 3.0, 4.0], &[4]);
    let y = ops::mul(&x, &scalar(1.0)).unwrap();
    let tail = view::slice(&y, 0, 1, 3, 1).unwrap();
    let mut head = view::slice(&y, 0, 0, 3, 1).unwrap();
    apply_inplace(op("add"), &mut head, &[&tail]).unwrap();
    assert_eq!(vec(&y), [3.0, 5.0, 7.0, 4.0]);
    wengert::backward(&sum(&y)).unwrap();
    assert_eq!(grad_of(&x), [1.0, 2.0, 2.0, 2.0]);

    let mut m = tensor(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    let turned = view::t(&m).unwrap();
    copy_(&mut m, &turned).unwrap();
    assert_eq!(vec(&m), [1.0, 3.0, 2.0, 4.0]);
}

#[test]
fn a_result_that_does_not_fit_the_target_is_refused() {
    let mut whole = Tensor::from_slice(&[1i64, 2], &[2]).unwrap();
    let e = apply_inplace(op("mul"), &mut whole, &[&scalar(1.5)]).unwrap_err();
    assert!(e.message.contains("can't be cast"), "{e}");
    let mut small = tensor(&[1.0, 2.0], &[2]);
    let e = apply_inplace(op("mul"), &mut small, &[&tensor(&[1.0; 6], &[3, 2])]).unwrap_err();
    assert!(e.message.contains("doesn't match the broadcast shape"), "{e}");
    assert_eq!(vec(&small), [1.0, 2.0]);
}

#[test]
fn double_backward_through_writes() {
    // y = x^2; y *= y; second derivative of x^4 is 12 x^2.
    let x = leaf(&[2.0], &[]);
    let mut y = ops::mul(&x, &x).unwrap();
    let again = y.clone();
    apply_inplace(op("mul"), &mut y, &[&again]).unwrap();
    use wengert::transform::{CreateGraph, grad};
    let g = grad(&[y], &[None], std::slice::from_ref(&x), true, CreateGraph::Yes).unwrap().remove(0).unwrap();
    assert_eq!(vec(&g), [32.0]);
    let h = grad(&[g], &[None], std::slice::from_ref(&x), false, CreateGraph::No).unwrap().remove(0).unwrap();
    assert_eq!(vec(&h), [48.0]);
}
