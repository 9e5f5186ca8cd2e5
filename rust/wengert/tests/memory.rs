//! Memory is given back: large buffers by the counts of the kernels' cache, small blocks by the size of the process.
//! One test, because the counts are those of the process.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::{leaf, tensor};
use wengert::transform::backward;
use wengert::{DType, Scalar, Tensor, inplace, no_grad, ops};
use wengert_kernels::memory;

fn live() -> usize {
    memory::stats().live
}

/// Resident memory of the process in bytes.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(text.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

const N: usize = 16 * 1024;
const BYTES: usize = N * 8;

fn big(value: f64) -> Tensor {
    Tensor::full(&[N], DType::F64, Scalar::Float(value)).unwrap()
}

#[test]
fn memory_is_given_back() {
    let before = live();

    // Kept values go with the last handle, without a backward.
    let x = big(0.5).requiring_grad().unwrap();
    let mut y = ops::exp(&x).unwrap();
    for _ in 0..10 {
        y = ops::exp(&ops::neg(&y).unwrap()).unwrap();
    }
    assert!(live() - before >= 12 * BYTES, "every exp keeps its output");
    drop(y);
    assert!(live() - before < 2 * BYTES, "got {}", live() - before);

    // A backward gives kept values back as it goes, though the result lives on.
    let y = ops::sum(&ops::exp(&ops::sin(&ops::exp(&x).unwrap()).unwrap()).unwrap(), None, false).unwrap();
    let recorded = live();
    wengert::backward(&y).unwrap();
    assert!(live() <= recorded - 3 * BYTES + 2 * BYTES, "kept values remain after backward");
    drop(y);
    x.set_grad(None);

    // With retain_graph they stay.
    let y = ops::sum(&ops::exp(&x).unwrap(), None, false).unwrap();
    backward(std::slice::from_ref(&y), &[None], None, true, false).unwrap();
    x.set_grad(None);
    let kept = live();
    drop(y);
    assert!(live() + BYTES <= kept);

    // A frozen version goes with its last user.
    let mut y = ops::mul(&x, &big(2.0)).unwrap();
    let squares: Vec<Tensor> = (0..3)
        .map(|_| {
            let z = ops::mul(&y, &y).unwrap();
            no_grad(|| inplace::fill_(&mut y, Scalar::Int(1))).unwrap();
            z
        })
        .collect();
    let with_versions = live();
    drop(squares);
    assert!(with_versions - live() >= 6 * BYTES, "three results and three frozen versions");
    drop(y);

    // A graph with a gradient of its own makes no cycle.
    let y = ops::sum(&ops::mul(&x, &ops::mul(&x, &x).unwrap()).unwrap(), None, false).unwrap();
    backward(&[y], &[None], None, true, true).unwrap();
    assert!(x.grad().unwrap().requires_grad());
    drop(x);
    assert!(live() - before < BYTES, "got {}", live() - before);

    // An error in a rule drops what was under way.
    let x = big(0.5).requiring_grad().unwrap();
    let y = ops::sum(&ops::exp(&x).unwrap(), None, false).unwrap();
    wengert::backward(&y).unwrap();
    assert!(wengert::backward(&y).is_err());
    drop((x, y));
    assert!(live() - before < BYTES);

    // Evaluation without backward, small tensors: nothing grows.
    let w = leaf(&[0.5; 4], &[4]);
    let step = || {
        let mut y = ops::mul(&w, &w).unwrap();
        for _ in 0..20 {
            let row = ops::view::select(&y, 0, 1).unwrap();
            y = ops::mul(&ops::sin(&y).unwrap(), &row).unwrap();
        }
        y
    };
    (0..500).for_each(|_| drop(step()));
    let settled = resident();
    (0..5_000).for_each(|_| drop(step()));
    if let (Some(a), Some(b)) = (settled, resident()) {
        assert!(b < a + (4 << 20), "an evaluation loop grew by {} KiB", (b - a) >> 10);
    }

    // A running sum kept as a number does not hold graphs.
    let mut total = tensor(&[0.0], &[]);
    for _ in 0..100 {
        total = ops::add(&total, &ops::sum(&step().detach(), None, false).unwrap()).unwrap();
    }
    assert!(!total.requires_grad());
}

/// Blocks freed on a thread that allocates nothing must come back to the one that does.
#[test]
fn a_producer_and_a_consumer_do_not_grow() {
    let (send, receive) = std::sync::mpsc::sync_channel::<Tensor>(256);
    let consumer = std::thread::spawn(move || receive.into_iter().for_each(drop));
    let mut settled = None;
    for i in 0..400_000 {
        send.send(tensor(&[1.0; 8], &[8])).unwrap();
        if i == 50_000 {
            settled = resident();
        }
    }
    let grown = settled.zip(resident()).map_or(0, |(a, b)| b.saturating_sub(a));
    drop(send);
    consumer.join().unwrap();
    assert!(grown < 8 << 20, "grew by {} KiB", grown >> 10);
}
