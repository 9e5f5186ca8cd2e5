//! A graph a million nodes deep is built, swept, failed upon and dropped on a thread with a small stack.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::{grad_of, leaf, scalar};
use wengert::transform::{CreateGraph, grad};
use wengert::{Tensor, inplace, ops};

const DEEP: usize = 1_000_000;

fn on_a_small_stack(f: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 << 10).spawn(f).unwrap().join().unwrap();
}

fn chain(x: &Tensor, n: usize) -> Tensor {
    let factor = scalar(1.0 + 1e-6);
    let mut y = x.clone();
    for _ in 0..n {
        y = ops::mul(&y, &factor).unwrap();
    }
    y
}

#[test]
fn built_swept_and_dropped() {
    on_a_small_stack(|| {
        let x = leaf(&[1.0], &[]);
        let y = chain(&x, DEEP);
        assert!(y.node().unwrap().seq() >= DEEP as u32);
        wengert::backward(&y).unwrap();
        assert!((grad_of(&x)[0] / (1.0f64 + 1e-6).powi(DEEP as i32) - 1.0).abs() < 1e-9);
        drop(y);
        // Dropped without a sweep, and by way of a target in the middle.
        drop(chain(&x, DEEP));
    });
}

#[test]
fn a_second_backward_fails_at_any_depth() {
    on_a_small_stack(|| {
        let x = leaf(&[1.0], &[]);
        let y = chain(&x, 100_000);
        wengert::backward(&y).unwrap();
        for _ in 0..2 {
            assert!(wengert::backward(&y).is_err());
        }
    });
}

#[test]
fn double_backward_is_as_deep() {
    on_a_small_stack(|| {
        let x = leaf(&[1.0 - 1e-6], &[]);
        let mut y = x.clone();
        for _ in 0..50_000 {
            y = ops::mul(&y, &x).unwrap();
        }
        let g = grad(&[y], &[None], std::slice::from_ref(&x), true, CreateGraph::Yes).unwrap().remove(0).unwrap();
        let h = grad(&[g], &[None], std::slice::from_ref(&x), false, CreateGraph::No).unwrap().remove(0).unwrap();
        let wanted = 50_001.0 * 50_000.0 * (1.0f64 - 1e-6).powi(49_999);
        assert!((law::item(&h) / wanted - 1.0).abs() < 1e-9);
    });
}

#[test]
fn writes_in_place_make_chains_as_deep() {
    on_a_small_stack(|| {
        let x = leaf(&[1.0], &[1]);
        let mut y = ops::mul(&x, &scalar(1.0)).unwrap();
        let one = scalar(1.0);
        let ops::Body::Binary(_, _, add) = ops::info("add").unwrap().body else { panic!("add is binary") };
        for _ in 0..200_000 {
            inplace::apply_inplace(wengert::OpRef::Static(add), &mut y, &[&one]).unwrap();
        }
        wengert::backward(&ops::sum(&y, None, false).unwrap()).unwrap();
        assert_eq!(grad_of(&x), [1.0]);
    });
}

#[test]
fn a_diamond_of_a_hundred_levels_is_swept_once_a_node() {
    // 2^100 paths, 100 nodes.
    let x = leaf(&[1.0], &[]);
    let mut y = x.clone();
    for _ in 0..100 {
        y = ops::add(&y, &y).unwrap();
    }
    wengert::backward(&y).unwrap();
    assert_eq!(grad_of(&x), [2.0f64.powi(100)]);
}
