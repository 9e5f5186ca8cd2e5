//! Hooks: they see and replace cotangents, an error half-way leaves gradients as before, and they may sweep themselves.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::{grad_of, leaf, scalar, tensor, vec};
use std::sync::{Arc, Mutex};
use wengert::tape::Hook;
use wengert::transform::{CreateGraph, backward, grad};
use wengert::{DType, Error, Result, Tensor, ops};

struct Call<F>(F);
impl<F: Fn(&Tensor) -> Result<Option<Tensor>> + Send + Sync> Hook for Call<F> {
    fn call(&self, grad: &Tensor) -> Result<Option<Tensor>> {
        (self.0)(grad)
    }
}

fn hook(f: impl Fn(&Tensor) -> Result<Option<Tensor>> + Send + Sync + 'static) -> Arc<dyn Hook> {
    Arc::new(Call(f))
}

fn on(t: &Tensor, f: impl Fn(&Tensor) -> Result<Option<Tensor>> + Send + Sync + 'static) -> u64 {
    t.node().expect("a node").add_pre_hook(t.edge_ref().out(), hook(f))
}

fn square(x: &Tensor) -> Tensor {
    ops::mul(x, x).unwrap()
}

#[test]
fn a_hook_sees_the_complete_cotangent_once() {
    let x = leaf(&[3.0], &[]);
    let y = square(&x);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    on(&y, move |g| {
        log.lock().unwrap().push(law::item(g));
        Ok(None)
    });
    wengert::backward(&ops::add(&ops::add(&y, &y).unwrap(), &square(&y)).unwrap()).unwrap();
    assert_eq!(*seen.lock().unwrap(), [2.0 + 18.0]);
    assert_eq!(grad_of(&x), [6.0 * 20.0]);
}

#[test]
fn a_hook_replaces_the_cotangent_on_nodes_and_leaves() {
    let x = leaf(&[3.0], &[]);
    let y = square(&x);
    on(&y, |g| ops::mul(g, &scalar(10.0)).map(Some));
    let id = on(&x, |g| ops::neg(g).map(Some));
    wengert::backward(&y).unwrap();
    assert_eq!(grad_of(&x), [-60.0]);
    x.node().unwrap().remove_hook(id);
    wengert::backward(&square(&x)).unwrap();
    assert_eq!(grad_of(&x), [-54.0]);
}

#[test]
fn a_hook_on_a_target_changes_what_grad_returns() {
    let x = leaf(&[3.0], &[]);
    on(&x, |g| ops::mul(g, &scalar(2.0)).map(Some));
    let g = grad(&[square(&x)], &[None], &[x], false, CreateGraph::No).unwrap().remove(0).unwrap();
    assert_eq!(vec(&g), [12.0]);
}

#[test]
fn a_replacement_of_another_shape_or_dtype_is_refused() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let y = ops::exp(&x).unwrap();
    on(&y, |_| Ok(Some(scalar(1.0))));
    let e = wengert::backward(&ops::sum(&y, None, false).unwrap()).unwrap_err();
    assert!(e.message.contains("size of value"), "{e}");
    let x = Tensor::from_slice(&[1.0f32; 64], &[64]).unwrap().requiring_grad().unwrap();
    let y = ops::exp(&x).unwrap();
    on(&y, |g| ops::cast(g, DType::F64).map(Some));
    let e = wengert::backward(&ops::sum(&y, None, false).unwrap()).unwrap_err();
    assert!(e.message.contains("dtype"), "{e}");
    assert!(x.grad().is_none());
}

#[test]
fn an_error_half_way_leaves_every_gradient_as_before() {
    let leaves: Vec<Tensor> = (1..=4).map(|i| leaf(&[f64::from(i)], &[])).collect();
    let run = |fail: bool| {
        let mut y = scalar(1.0);
        for x in &leaves {
            y = ops::mul(&y, x).unwrap();
            if fail && x.array().same(leaves[0].array()) {
                on(&y, |_| Err(Error::runtime("on purpose")));
            }
            y.retain_grad().unwrap();
        }
        (wengert::backward(&y), y)
    };
    run(false).0.unwrap();
    let before: Vec<Vec<f64>> = leaves.iter().map(grad_of).collect();
    let (outcome, y) = run(true);
    assert_eq!(outcome.unwrap_err().message, "on purpose");
    assert_eq!(leaves.iter().map(grad_of).collect::<Vec<_>>(), before);
    // The graph is spent, and says so.
    let e = wengert::backward(&y).unwrap_err();
    assert!(e.message.contains("second time"), "{e}");
    assert_eq!(leaves.iter().map(grad_of).collect::<Vec<_>>(), before);
    assert!(y.grad().is_none(), "the retained gradient of a non-leaf is staged too");
}

#[test]
fn post_hooks_run_after_the_gradient_is_there() {
    let x = leaf(&[3.0], &[]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    x.node().unwrap().add_post_hook(hook(move |g| {
        log.lock().unwrap().push(law::item(g));
        Ok(None)
    }));
    wengert::backward(&square(&x)).unwrap();
    wengert::backward(&square(&x)).unwrap();
    assert_eq!(*seen.lock().unwrap(), [6.0, 12.0]);
}

#[test]
fn a_backward_inside_a_hook_over_another_graph() {
    let x = leaf(&[3.0], &[]);
    let inside = leaf(&[5.0], &[]);
    let y = square(&x);
    let other = inside.clone();
    on(&y, move |_| {
        // As in PyTorch, a hook runs in the mode of its sweep.
        let _mode = wengert::GradMode::set(true);
        wengert::backward(&square(&other))?;
        Ok(None)
    });
    wengert::backward(&square(&y)).unwrap();
    assert_eq!(grad_of(&x), [4.0 * 27.0]);
    assert_eq!(grad_of(&inside), [10.0]);
}

#[test]
fn a_backward_inside_a_hook_over_the_same_graph() {
    let x = leaf(&[3.0], &[]);
    let y = square(&x);
    let z = ops::add(&square(&y), &y).unwrap();
    let (again, into) = (z.clone(), x.clone());
    let found = Arc::new(Mutex::new(Vec::new()));
    let log = found.clone();
    on(&y, move |g| {
        // Only from the outer sweep: this hook is met by the inner one too.
        if log.lock().unwrap().is_empty() {
            log.lock().unwrap().push(vec(g));
            let g = grad(std::slice::from_ref(&again), &[None], std::slice::from_ref(&into), true, CreateGraph::No)?;
            log.lock().unwrap().push(vec(g[0].as_ref().unwrap()));
        }
        Ok(None)
    });
    backward(&[z], &[None], None, true, false).unwrap();
    assert_eq!(*found.lock().unwrap(), [vec![19.0], vec![114.0]]);
    assert_eq!(grad_of(&x), [114.0]);
    y.node().unwrap().clear_hooks();
}

#[test]
fn a_hook_may_drop_the_last_handles_of_its_graph() {
    let x = leaf(&[3.0], &[]);
    let y = square(&x);
    let held = Arc::new(Mutex::new(Some((y.clone(), x.clone()))));
    let place = held.clone();
    on(&y, move |_| {
        place.lock().unwrap().take();
        Ok(None)
    });
    let z = square(&y);
    drop((x, y));
    wengert::backward(&z).unwrap();
}

#[test]
fn hooks_are_recorded_when_the_sweep_is() {
    let x = leaf(&[2.0], &[]);
    let y = square(&x);
    on(&y, |g| ops::mul(g, g).map(Some));
    let z = square(&y);
    let g = grad(&[z], &[None], std::slice::from_ref(&x), true, CreateGraph::Yes).unwrap().remove(0).unwrap();
    // (2 x^2)^2 2 x = 8 x^5, and its derivative is 40 x^4.
    assert_eq!(vec(&g), [256.0]);
    y.node().unwrap().clear_hooks();
    let h = grad(&[g], &[None], &[x], false, CreateGraph::No).unwrap().remove(0).unwrap();
    assert_eq!(vec(&h), [640.0]);
    assert_eq!(vec(&tensor(&[1.0], &[1])), [1.0]);
}

#[test]
fn hooks_on_saved_tensors_run_when_they_are_flushed() {
    use wengert::tape::packing::{self, Packed, SaveHooks};

    struct Twice(Arc<Mutex<Vec<f64>>>);
    struct Kept(Tensor);
    impl SaveHooks for Twice {
        fn pack(&self, value: Tensor) -> Result<Arc<dyn Packed>> {
            self.0.lock().unwrap().extend(vec(&value));
            assert!(!wengert::grad_enabled());
            Ok(Arc::new(Kept(ops::add(&value, &value)?.detach())))
        }
    }
    impl Packed for Kept {
        fn unpack(&self) -> Result<Tensor> {
            Ok(self.0.clone())
        }
        fn foreign(&self, _: &mut dyn FnMut(&(dyn std::any::Any + Send + Sync))) {}
    }

    let x = leaf(&[3.0, 4.0], &[2]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    packing::push(Some(Arc::new(Twice(seen.clone())))).unwrap();
    let y = ops::exp(&x).unwrap();
    let z = square(&x);
    assert!(seen.lock().unwrap().is_empty());
    packing::flush().unwrap();
    packing::pop();
    assert_eq!(seen.lock().unwrap().len(), 6);
    let z = ops::sum(&z, None, false).unwrap();
    let g = grad(&[z], &[None], std::slice::from_ref(&x), true, CreateGraph::Yes).unwrap().remove(0).unwrap();
    // 2 x + 2 x, by packed values that are twice as large.
    assert_eq!(vec(&g), [12.0, 16.0]);
    let w = ops::sum(&y, None, false).unwrap();
    let g = grad(&[w], &[None], &[x], false, CreateGraph::No).unwrap().remove(0).unwrap();
    assert_eq!(vec(&g), [3.0f64, 4.0].map(|v| 2.0 * v.exp()));
    assert!(packing::disable(Some("not now".to_owned()), true).unwrap().is_none());
    assert!(packing::push(None).unwrap_err().message.contains("not now"));
    packing::disable(None, false).unwrap();
}

#[test]
fn what_inference_makes_cannot_be_kept() {
    let x = leaf(&[3.0], &[1]);
    let before = wengert::set_inference(true);
    let y = tensor(&[2.0], &[1]);
    assert!(y.array().is_inference() && !wengert::grad_enabled() && !ops::mul(&x, &y).unwrap().requires_grad());
    wengert::set_inference(before);
    assert!(wengert::grad_enabled());
    let _ = ops::mul(&x, &y).unwrap();
    assert!(wengert::tape::packing::flush().unwrap_err().message.contains("Inference tensors cannot be saved"));
    wengert::tape::packing::flush().unwrap();
    let z = ops::add(&x, &y).unwrap();
    wengert::tape::packing::flush().unwrap();
    wengert::backward(&z).unwrap();
    assert_eq!(grad_of(&x), [1.0]);
}
