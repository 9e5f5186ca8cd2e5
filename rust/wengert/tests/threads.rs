//! Threads: graphs of their own, leaves in common, tensors that die elsewhere, threads that die before their graphs.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::{grad_of, leaf, scalar, tensor, vec};
use std::sync::{Barrier, mpsc};
use std::thread;
use wengert::transform::{CreateGraph, grad};
use wengert::{Tensor, ops};

const THREADS: usize = 8;

fn assert_send_sync<T: Send + Sync>() {}

#[test]
fn handles_are_send_and_sync() {
    assert_send_sync::<Tensor>();
    assert_send_sync::<wengert::Array>();
    assert_send_sync::<wengert::tape::Edge>();
    assert_send_sync::<wengert::OpRef>();
    assert_send_sync::<wengert::Error>();
}

fn work(x: &Tensor, rounds: usize) -> Tensor {
    let mut y = x.clone();
    for _ in 0..rounds {
        y = ops::sin(&ops::mul(&y, &scalar(1.01)).unwrap()).unwrap();
    }
    ops::sum(&y, None, false).unwrap()
}

#[test]
fn eight_threads_with_graphs_of_their_own() {
    let wanted = {
        let x = leaf(&[0.5, 0.6], &[2]);
        wengert::backward(&work(&x, 50)).unwrap();
        grad_of(&x)
    };
    let start = Barrier::new(THREADS);
    thread::scope(|s| {
        for _ in 0..THREADS {
            s.spawn(|| {
                start.wait();
                for _ in 0..200 {
                    let x = leaf(&[0.5, 0.6], &[2]);
                    wengert::backward(&work(&x, 50)).unwrap();
                    assert_eq!(grad_of(&x), wanted);
                }
            });
        }
    });
}

#[test]
fn a_leaf_in_common_gets_every_contribution() {
    let w = leaf(&[2.0; 100], &[100]);
    let start = Barrier::new(THREADS);
    const ROUNDS: usize = 100;
    thread::scope(|s| {
        for i in 0..THREADS {
            let (w, start) = (&w, &start);
            s.spawn(move || {
                start.wait();
                for _ in 0..ROUNDS {
                    let y = ops::mul(w, &scalar(i as f64)).unwrap();
                    wengert::backward(&ops::sum(&ops::mul(&y, w).unwrap(), None, false).unwrap()).unwrap();
                }
            });
        }
    });
    let wanted = (0..THREADS).map(|i| 4.0 * i as f64).sum::<f64>() * ROUNDS as f64;
    assert_eq!(grad_of(&w), vec![wanted; 100]);
}

#[test]
fn one_graph_swept_by_many_threads() {
    let x = leaf(&[0.3], &[]);
    let y = work(&x, 300);
    let one = |y: &Tensor| {
        let g = grad(std::slice::from_ref(y), &[None], std::slice::from_ref(&x), true, CreateGraph::No);
        vec(g.unwrap()[0].as_ref().unwrap())
    };
    let wanted = one(&y);
    thread::scope(|s| {
        for _ in 0..THREADS {
            s.spawn(|| {
                for _ in 0..30 {
                    assert_eq!(one(&y), wanted);
                }
            });
        }
    });
}

#[test]
fn views_of_one_tensor_taken_by_many_threads() {
    let x = leaf(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    let y = ops::exp(&x).unwrap();
    thread::scope(|s| {
        for i in 0..THREADS {
            let y = &y;
            s.spawn(move || {
                for _ in 0..500 {
                    let row = ops::view::select(y, 0, (i % 2) as i64).unwrap();
                    assert!(row.is_view() && row.requires_grad());
                }
            });
        }
    });
    wengert::backward(&ops::sum(&y, None, false).unwrap()).unwrap();
}

#[test]
fn tensors_dropped_on_other_threads() {
    let (send, receive) = mpsc::sync_channel::<Tensor>(64);
    let drops = thread::spawn(move || receive.into_iter().map(|t| t.numel()).sum::<usize>());
    thread::scope(|s| {
        for _ in 0..4 {
            let send = send.clone();
            s.spawn(move || {
                for i in 0..500 {
                    let x = leaf(&vec![0.5; 1 + i % 300], &[1 + i % 300]);
                    send.send(ops::exp(&ops::sin(&x).unwrap()).unwrap()).unwrap();
                }
            });
        }
    });
    drop(send);
    assert_eq!(drops.join().unwrap(), 4 * (0..500).map(|i| 1 + i % 300).sum::<usize>());
}

#[test]
fn a_thread_may_end_before_its_graph_is_used() {
    let graphs: Vec<(Tensor, Tensor)> = (0..THREADS)
        .map(|i| {
            thread::spawn(move || {
                let x = leaf(&[i as f64; 3], &[3]);
                let y = ops::mul(&x, &x).unwrap();
                let mut z = ops::mul(&y, &x).unwrap();
                ops::view::select(&z, 0, 0).unwrap();
                wengert::inplace::fill_(&mut ops::view::select(&z, 0, 1).unwrap(), wengert::Scalar::Int(0)).unwrap();
                z.refresh().unwrap();
                (x, z)
            })
            .join()
            .unwrap()
        })
        .collect();
    // Other threads take up the dead ones' memory meanwhile.
    thread::spawn(|| drop(work(&leaf(&[1.0; 50], &[50]), 1000))).join().unwrap();
    for (i, (x, z)) in graphs.into_iter().enumerate() {
        wengert::backward(&ops::sum(&z, None, false).unwrap()).unwrap();
        let d = 3.0 * (i * i) as f64;
        assert_eq!(grad_of(&x), [d, 0.0, d]);
    }
}

#[test]
fn the_mode_belongs_to_its_thread() {
    let x = leaf(&[1.0], &[]);
    wengert::no_grad(|| {
        thread::scope(|s| {
            s.spawn(|| assert!(ops::exp(&x).unwrap().requires_grad()));
        });
        assert!(!ops::exp(&x).unwrap().requires_grad());
    });
}

#[test]
fn tensors_in_thread_locals_die_with_their_thread() {
    thread_local! {
        static HELD: std::cell::RefCell<Option<Tensor>> = const { std::cell::RefCell::new(None) };
    }
    for _ in 0..THREADS {
        thread::spawn(|| {
            let y = work(&leaf(&[0.1; 40], &[40]), 100);
            HELD.with_borrow_mut(|h| *h = Some(y));
        })
        .join()
        .unwrap();
    }
    assert_eq!(vec(&tensor(&[1.0], &[1])), [1.0]);
}
