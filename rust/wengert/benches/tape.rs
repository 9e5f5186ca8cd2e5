//! Cost of recording and sweeping: `cargo bench -p wengert [-- FILTER]`, with atomic counts.
//! `cargo bench` of the whole workspace has the binding's feature `gil`, and so plain counts.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use wengert::{Tensor, no_grad, ops};

fn main() {
    divan::main();
}

fn one() -> Tensor {
    Tensor::from_slice(&[0.5f32], &[1]).unwrap()
}

fn leaf() -> Tensor {
    one().requiring_grad().unwrap()
}

/// The op alone, on one element.
#[divan::bench]
fn op_unrecorded(bench: Bencher<'_, '_>) {
    let (a, b) = (one(), one());
    bench.bench_local(|| ops::mul(black_box(&a), &b).unwrap());
}

/// The op with its node, which goes again at once.
#[divan::bench]
fn op_recorded(bench: Bencher<'_, '_>) {
    let (a, b) = (leaf(), leaf());
    bench.bench_local(|| ops::mul(black_box(&a), &b).unwrap());
}

#[divan::bench]
fn op_recorded_unary(bench: Bencher<'_, '_>) {
    let a = leaf();
    bench.bench_local(|| ops::exp(black_box(&a)).unwrap());
}

/// Ten alternating ops on one element.
fn ten(x: &Tensor, w: &Tensor) -> Tensor {
    let mut y = x.clone();
    for _ in 0..5 {
        y = ops::sin(&ops::mul(&y, w).unwrap()).unwrap();
    }
    y
}

#[divan::bench]
fn ten_ops_forward(bench: Bencher<'_, '_>) {
    let (x, w) = (leaf(), leaf());
    bench.bench_local(|| ten(black_box(&x), &w));
}

#[divan::bench]
fn ten_ops_forward_no_grad(bench: Bencher<'_, '_>) {
    let (x, w) = (leaf(), leaf());
    bench.bench_local(|| no_grad(|| ten(black_box(&x), &w)));
}

#[divan::bench]
fn ten_ops_forward_backward(bench: Bencher<'_, '_>) {
    let (x, w) = (leaf(), leaf());
    bench.bench_local(|| wengert::backward(&ten(black_box(&x), &w)).unwrap());
}

fn chain(x: &Tensor, n: usize) -> Tensor {
    let w = one();
    let mut y = x.clone();
    for _ in 0..n {
        y = ops::mul(&y, &w).unwrap();
    }
    y
}

const LONG: [usize; 3] = [1_000, 100_000, 1_000_000];

#[divan::bench(args = LONG, sample_count = 20, sample_size = 1)]
fn chain_forward(bench: Bencher<'_, '_>, n: usize) {
    let x = leaf();
    bench.counter(ItemsCount::new(n)).bench_local(|| chain(black_box(&x), n));
}

/// The sweep alone: time over items is the cost of a node.
#[divan::bench(args = LONG, sample_count = 20, sample_size = 1)]
fn chain_backward(bench: Bencher<'_, '_>, n: usize) {
    let x = leaf();
    bench.counter(ItemsCount::new(n)).with_inputs(|| chain(&x, n)).bench_local_refs(|y| wengert::backward(y).unwrap());
}

#[divan::bench(args = LONG, sample_count = 20, sample_size = 1)]
fn chain_dropped(bench: Bencher<'_, '_>, n: usize) {
    let x = leaf();
    bench.counter(ItemsCount::new(n)).with_inputs(|| Some(chain(&x, n))).bench_local_refs(|y| drop(y.take()));
}

/// `buf[i] = sin(buf[i - 1])`: the cost of a step should not depend on the length.
#[divan::bench(args = [1_000, 4_000], sample_count = 10, sample_size = 1)]
fn buffer_recurrence(bench: Bencher<'_, '_>, n: usize) {
    use wengert::{DType, Scalar, inplace, ops::view};
    let x = leaf();
    bench.counter(ItemsCount::new(n)).bench_local(|| {
        let mut buffer = Tensor::full(&[n], DType::F32, Scalar::Int(0)).unwrap();
        inplace::copy_(&mut view::select(&buffer, 0, 0).unwrap(), &ops::sum(&x, None, false).unwrap()).unwrap();
        for i in 1..n as i64 {
            let next = ops::sin(&view::select(&buffer, 0, i - 1).unwrap()).unwrap();
            inplace::copy_(&mut view::select(&buffer, 0, i).unwrap(), &next).unwrap();
        }
        buffer.refresh().unwrap();
        wengert::backward(&view::select(&buffer, 0, -1).unwrap()).unwrap();
    });
}
