//! What `trace` shows: from all handles of a program together, each part is met as often as it is counted.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

use std::collections::HashMap;
use wengert::trace::{Part, of_edge, of_tensor};
use wengert::transform::backward;
use wengert::{Tensor, inplace, ops};

/// How often each part was met, and how often it is counted.
fn met(handles: &[&Tensor]) -> Vec<(usize, usize)> {
    let mut met: HashMap<usize, (usize, usize)> = HashMap::new();
    let mut todo: Vec<Part> = Vec::new();
    let mut meet = |part: Part, todo: &mut Vec<Part>| {
        // SAFETY: nothing changes while this function runs.
        let (key, references) = unsafe { (part.key(), part.references()) };
        let m = met.entry(key).or_insert((0, references));
        m.0 += 1;
        if m.0 == references {
            todo.push(part);
        }
    };
    handles.iter().for_each(|t| of_tensor(t, &mut |p| meet(p, &mut todo)));
    while let Some(part) = todo.pop() {
        // SAFETY: as above.
        unsafe { part.look(&mut |p| meet(p, &mut todo), &mut |_| ()) };
    }
    met.into_values().collect()
}

fn all_met(handles: &[&Tensor]) -> bool {
    met(handles).iter().all(|(found, counted)| found == counted)
}

fn leaf() -> Tensor {
    Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 2]).unwrap().requiring_grad().unwrap()
}

#[test]
fn shared_nodes() {
    let x = leaf();
    let y = ops::exp(&x).unwrap();
    let z = ops::mul(&y, &x).unwrap();
    assert!(all_met(&[&x, &y, &z]));
    assert!(!all_met(&[&x, &z]), "y holds its node too");
    let clone = z.clone();
    assert!(!all_met(&[&x, &y, &z]));
    assert!(all_met(&[&x, &y, &z, &clone]));
}

#[test]
fn views_and_writes() {
    let x = leaf();
    let mut y = ops::exp(&x).unwrap();
    let mut row = ops::view::select(&y, 0, 0).unwrap();
    let column = ops::view::select(&y, 1, 1).unwrap();
    inplace::copy_(&mut row, &column.detach()).unwrap();
    assert!(all_met(&[&x, &y, &row, &column]));
    y.refresh().unwrap();
    assert!(all_met(&[&x, &y, &row, &column]));
    drop(y);
    assert!(all_met(&[&x, &row, &column]));
    drop(row);
    assert!(all_met(&[&x, &column]));
}

#[test]
fn gradients() {
    let x = leaf();
    let y = ops::sum(&ops::mul(&x, &x).unwrap(), None, false).unwrap();
    backward(std::slice::from_ref(&y), &[None], None, true, true).unwrap();
    let grad = x.grad().unwrap();
    assert!(grad.requires_grad());
    assert!(all_met(&[&x, &y, &grad]));
    drop(grad);
    assert!(all_met(&[&x, &y]));
    assert!(!all_met(&[&y]));
}

#[test]
fn a_graph_keeps_its_leaf() {
    let y = ops::exp(&leaf()).unwrap();
    let edge = y.node().unwrap().inputs()[0].clone();
    let mut parts = 0;
    of_edge(&edge, &mut |_| parts += 1);
    assert_eq!(parts, 1);
    backward(&[ops::sum(&y, None, false).unwrap()], &[None], None, false, false).unwrap();
    let x = Tensor::leaf_of(&edge).unwrap();
    assert!(x.is_leaf() && x.requires_grad());
    assert_eq!(x.to_vec::<f64>().unwrap(), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(x.grad().unwrap().to_vec::<f64>().unwrap(), y.to_vec::<f64>().unwrap());
    assert!(Tensor::leaf_of(&y.gradient_edge()).is_none());
}

#[test]
fn a_recorded_gradient_goes_with_the_last_handle() {
    let x = leaf();
    let edge = x.gradient_edge();
    let y = ops::sum(&ops::mul(&x, &x).unwrap(), None, false).unwrap();
    backward(std::slice::from_ref(&y), &[None], None, true, true).unwrap();
    let clone = x.clone();
    drop(x);
    assert!(clone.grad().is_some());
    drop(clone);
    let again = Tensor::leaf_of(&edge).unwrap();
    assert!(again.grad().is_none());
    drop(again);
    backward(std::slice::from_ref(&y), &[None], None, true, true).unwrap();
    assert!(Tensor::leaf_of(&edge).unwrap().grad().is_none());
}
