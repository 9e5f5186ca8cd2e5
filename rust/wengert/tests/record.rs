//! Recording and sweeping: gradients, accumulation, higher derivatives, spent graphs and the sites that errors name.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::{grad_of, item, leaf, scalar, tensor, vec};
use std::panic::Location;
use wengert::tape::site;
use wengert::transform::{self, CreateGraph, backward, grad};
use wengert::{DType, ErrorKind, Scalar, Tensor, no_grad, ops};

fn sum(x: &Tensor) -> Tensor {
    ops::sum(x, None, false).unwrap()
}

fn square(x: &Tensor) -> Tensor {
    ops::mul(x, x).unwrap()
}

#[test]
fn backward_accumulates_at_the_same_address() {
    let x = leaf(&[1.0, 2.0, 3.0], &[3]);
    wengert::backward(&sum(&square(&x))).unwrap();
    assert_eq!(grad_of(&x), [2.0, 4.0, 6.0]);
    let address = x.grad().unwrap().array().data_ptr();
    wengert::backward(&sum(&square(&x))).unwrap();
    assert_eq!(grad_of(&x), [4.0, 8.0, 12.0]);
    assert_eq!(x.grad().unwrap().array().data_ptr(), address);
    x.set_grad(None);
    assert!(x.grad().is_none());
}

#[test]
fn a_value_used_often_gets_the_sum_of_its_cotangents() {
    let x = leaf(&[3.0], &[]);
    let y = ops::add(&square(&x), &ops::mul(&square(&x), &x).unwrap()).unwrap();
    wengert::backward(&y).unwrap();
    assert_eq!(grad_of(&x), [6.0 + 27.0]);
}

#[test]
fn the_callers_cotangent_is_never_moved_in_nor_written() {
    let x = leaf(&[1.0, 1.0], &[2]);
    let g = tensor(&[5.0, 7.0], &[2]);
    for _ in 0..2 {
        let y = ops::view_alias(&x).unwrap();
        backward(&[y], &[Some(g.clone())], None, false, false).unwrap();
    }
    assert_eq!(grad_of(&x), [10.0, 14.0]);
    assert_eq!(vec(&g), [5.0, 7.0]);
}

#[test]
fn backward_into_chosen_inputs_leaves_others_alone() {
    let (a, b) = (leaf(&[2.0], &[]), leaf(&[3.0], &[]));
    let m = ops::mul(&a, &b).unwrap();
    let y = square(&m);
    let inputs = [a, m];
    for _ in 0..2 {
        backward(std::slice::from_ref(&y), &[None], Some(&inputs), true, false).unwrap();
    }
    assert_eq!(grad_of(&inputs[0]), [72.0]);
    assert_eq!(grad_of(&inputs[1]), [24.0]);
    assert!(b.grad().is_none());
}

#[test]
fn several_roots_are_swept_as_one() {
    let x = leaf(&[2.0], &[]);
    let y = square(&x);
    let z = ops::mul(&y, &x).unwrap();
    // z depends on y, and y is given twice.
    backward(&[y.clone(), z, y], &[None, None, None], None, false, false).unwrap();
    assert_eq!(grad_of(&x), [4.0 + 12.0 + 4.0]);
}

#[test]
fn retain_grad_keeps_the_gradient_of_a_non_leaf() {
    let x = leaf(&[3.0], &[]);
    let y = square(&x);
    y.retain_grad().unwrap();
    wengert::backward(&square(&y)).unwrap();
    assert_eq!(grad_of(&y), [18.0]);
    assert!(tensor(&[1.0], &[1]).retain_grad().is_err());
}

#[test]
fn retain_grad_twice_is_retain_grad_once() {
    let x = leaf(&[3.0], &[]);
    let y = square(&x);
    y.retain_grad().unwrap();
    y.retain_grad().unwrap();
    wengert::backward(&square(&y)).unwrap();
    assert_eq!(grad_of(&y), [18.0]);
}

#[test]
fn a_leaf_that_changed_its_mind_gets_both_contributions() {
    let mut x = leaf(&[1.0], &[]);
    let y = ops::mul(&x, &scalar(2.0)).unwrap();
    x.set_requires_grad(false).unwrap();
    x.set_requires_grad(true).unwrap();
    let z = ops::mul(&x, &scalar(3.0)).unwrap();
    wengert::backward(&ops::add(&y, &z).unwrap()).unwrap();
    assert_eq!(grad_of(&x), [5.0]);
}

#[test]
fn third_derivatives_by_recording_the_sweep() {
    let x = leaf(&[2.0], &[]);
    let mut y = square(&square(&x));
    for wanted in [32.0, 48.0, 48.0, 24.0] {
        y = grad(&[y], &[None], std::slice::from_ref(&x), true, CreateGraph::Yes).unwrap().remove(0).unwrap();
        assert_eq!(item(&y), wanted);
    }
    assert!(x.grad().is_none(), "grad() does not accumulate");
}

#[test]
fn create_graph_in_backward_makes_a_gradient_with_a_history() {
    let x = leaf(&[2.0], &[]);
    let y = ops::mul(&square(&x), &x).unwrap();
    backward(&[y], &[None], None, true, true).unwrap();
    let g = x.grad().unwrap();
    assert!(g.requires_grad());
    let h = grad(&[g], &[None], std::slice::from_ref(&x), false, CreateGraph::No).unwrap().remove(0).unwrap();
    assert_eq!(item(&h), 12.0);
}

#[test]
fn grad_of_what_does_not_depend_is_none() {
    let (a, b) = (leaf(&[1.0], &[]), leaf(&[1.0], &[]));
    let y = square(&a);
    let g = grad(&[y], &[None], &[b.clone(), a.clone()], false, CreateGraph::No).unwrap();
    assert!(g[0].is_none());
    assert_eq!(item(g[1].as_ref().unwrap()), 2.0);
}

#[test]
fn grad_stops_at_a_target_in_the_middle() {
    let x = leaf(&[2.0], &[]);
    let m = square(&x);
    let y = square(&m);
    let g = grad(&[y], &[None], &[m, x], false, CreateGraph::No).unwrap();
    assert_eq!(item(g[0].as_ref().unwrap()), 8.0);
    assert_eq!(item(g[1].as_ref().unwrap()), 32.0);
}

#[test]
fn no_grad_and_detach_record_nothing() {
    let x = leaf(&[1.0], &[]);
    assert!(!no_grad(|| square(&x)).requires_grad());
    assert!(!square(&x.detach()).requires_grad());
    assert!(wengert::grad_enabled());
    let caught = std::panic::catch_unwind(|| no_grad(|| panic!("on purpose")));
    assert!(caught.is_err() && wengert::grad_enabled(), "the mode is restored by a panic too");
}

#[test]
fn integers_have_no_gradient() {
    let x = Tensor::from_slice(&[1i64, 2], &[2]).unwrap();
    assert_eq!(x.requiring_grad().unwrap_err().kind, ErrorKind::Runtime);
    let y = leaf(&[1.5, 2.5], &[2]);
    let whole = ops::cast(&y, DType::I64).unwrap();
    assert!(!whole.requires_grad());
    assert!(wengert::backward(&ops::sum(&whole, None, false).unwrap()).is_err());
}

#[test]
fn wrong_cotangents_are_refused() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let of_vector = wengert::backward(&square(&x)).unwrap_err();
    assert!(of_vector.message.contains("scalar outputs"), "{of_vector}");
    let y = square(&x);
    let shape = backward(std::slice::from_ref(&y), &[Some(scalar(1.0))], None, false, false).unwrap_err();
    assert!(shape.message.contains("Mismatch in shape"), "{shape}");
}

#[test]
fn a_cotangent_of_another_dtype_is_cast() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let g = Tensor::full(&[2], DType::F32, Scalar::Int(1)).unwrap();
    backward(&[square(&x)], &[Some(g)], None, false, false).unwrap();
    assert_eq!(grad_of(&x), [2.0, 4.0]);
}

/// The place where this was called, as an error would name it.
#[track_caller]
fn here() -> String {
    let at = Location::caller();
    format!("{}:{}", at.file(), at.line())
}

#[test]
fn a_second_backward_names_the_op_and_its_line() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let (y, line) = (ops::exp(&x).unwrap(), here());
    let y = sum(&y);
    wengert::backward(&y).unwrap();
    let e = wengert::backward(&y).unwrap_err();
    assert_eq!(e.kind, ErrorKind::Runtime);
    assert!(e.message.contains("ExpBackward0"), "{e}");
    assert!(e.message.contains(&line), "{e}, wanted {line}");
    assert_eq!(grad_of(&x), law::vec(&ops::exp(&x.detach()).unwrap()), "the failed sweep added nothing");
}

#[test]
fn a_graph_that_keeps_nothing_can_be_swept_again() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let y = sum(&ops::add(&x, &x).unwrap());
    wengert::backward(&y).unwrap();
    wengert::backward(&y).unwrap();
    assert_eq!(grad_of(&x), [4.0, 4.0]);
}

#[test]
fn retain_graph_allows_a_second_sweep() {
    let x = leaf(&[1.0, 2.0], &[2]);
    let y = sum(&square(&x));
    backward(std::slice::from_ref(&y), &[None], None, true, false).unwrap();
    wengert::backward(&y).unwrap();
    assert_eq!(grad_of(&x), [4.0, 8.0]);
    assert!(wengert::backward(&y).is_err());
}

/// Where the node of `t` was recorded, as `file:line`.
fn site_of(t: &Tensor) -> String {
    let (file, line) = site::describe(t.node().expect("a node").site()).expect("a known site");
    format!("{file}:{line}")
}

#[test]
fn every_function_records_the_line_of_its_caller() {
    let x = leaf(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    let v = leaf(&[1.0, 2.0], &[2]);
    let cube = leaf(&[1.0; 8], &[2, 2, 2]);
    let i = Some(Tensor::from_slice(&[0i64, 1], &[2]).unwrap());
    let b = ops::gt(&x, &scalar(2.0)).unwrap();
    use wengert::ops::view;
    // One line each, so that `here` is on the line of the op.
    #[rustfmt::skip]
    let all = [
        ("leaf", x.clone(), site_of(&x)),
        ("neg", ops::neg(&x).unwrap(), here()),
        ("add", ops::add(&x, &v).unwrap(), here()),
        ("pow", ops::pow(&x, &x).unwrap(), here()),
        ("pow_number", ops::power::pow_number(&x, Scalar::Int(2)).unwrap(), here()),
        ("where", ops::where_(&b, &x, &v).unwrap(), here()),
        ("sum", ops::sum(&x, None, false).unwrap(), here()),
        ("mean", ops::mean(&x, None, false).unwrap(), here()),
        ("max", ops::max(&x, None, false).unwrap().0, here()),
        ("max dim", ops::max(&x, Some(1), false).unwrap().0, here()),
        ("norm", ops::norm(&x, 2.0, None, false).unwrap(), here()),
        ("dot", ops::dot(&v, &v).unwrap(), here()),
        ("mv", ops::mv(&x, &v).unwrap(), here()),
        ("mm", ops::mm(&x, &x).unwrap(), here()),
        ("bmm", ops::bmm(&cube, &cube).unwrap(), here()),
        ("matmul", ops::matmul(&cube, &x).unwrap(), here()),
        ("matmul stacked", ops::matmul(&cube, &cube).unwrap(), here()),
        ("matmul vector", ops::matmul(&v, &cube).unwrap(), here()),
        ("reshape", view::reshape(&x, &[4]).unwrap(), here()),
        ("view", view::view(&x, &[4]).unwrap(), here()),
        ("transpose", view::transpose(&x, 0, 1).unwrap(), here()),
        ("t", view::t(&x).unwrap(), here()),
        ("reversed", view::reversed(&x).unwrap(), here()),
        ("permute", view::permute(&cube, &[2, 0, 1]).unwrap(), here()),
        ("expand", view::expand(&v, &[3, 2]).unwrap(), here()),
        ("unsqueeze", view::unsqueeze(&v, 0).unwrap(), here()),
        ("squeeze", view::squeeze(&v, None).unwrap(), here()),
        ("select", view::select(&x, 0, 1).unwrap(), here()),
        ("slice", view::slice(&x, 0, 0, 1, 1).unwrap(), here()),
        ("cat", ops::cat(&[&x, &x], 0).unwrap(), here()),
        ("stack", ops::stack(&[&x, &x], 0).unwrap(), here()),
        ("clone", ops::clone(&x).unwrap(), here()),
        ("cast", ops::cast(&x, DType::F32).unwrap(), here()),
        ("index", ops::index::index(&x, std::slice::from_ref(&i)).unwrap(), here()),
    ];
    let wrong: Vec<_> = all
        .iter()
        .filter(|(_, t, line)| site_of(t) != *line)
        .map(|(name, t, line)| format!("{name}: got {}, wanted {line}", site_of(t)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(site_of(&x).contains("law/mod.rs"), "a leaf is recorded where it was made one");
}

#[test]
fn writes_record_the_line_of_their_caller() {
    use wengert::{OpRef, inplace, ops::Body};
    let Body::Unary(_, _, exp) = ops::info("exp").unwrap().body else { panic!("exp is unary") };
    let x = leaf(&[1.0, 2.0], &[2]);
    let fresh = || ops::neg(&x).unwrap();
    let i = Some(Tensor::from_slice(&[0i64], &[1]).unwrap());
    let (mut a, mut b, mut c, mut d) = (fresh(), fresh(), fresh(), fresh());
    #[rustfmt::skip]
    let lines = [
        (inplace::apply_inplace(OpRef::Static(exp), &mut a, &[]), here()).1,
        (inplace::copy_(&mut b, &x), here()).1,
        (inplace::fill_(&mut c, Scalar::Int(0)), here()).1,
        (ops::index::index_put_(&mut d, &[i], &scalar(1.0)), here()).1,
    ];
    assert_eq!([&a, &b, &c, &d].map(site_of), lines);
}

#[test]
fn a_panic_in_a_rule_leaves_the_tape_usable() {
    #[derive(Debug)]
    struct Bad;
    impl wengert::Op for Bad {
        fn name(&self) -> &str {
            "bad"
        }
        fn grad_name(&self) -> String {
            "BadBackward".into()
        }
        fn forward(&self, inputs: &[&wengert::Array]) -> wengert::Result<wengert::Array> {
            wengert::Array::full(inputs[0].layout().clone(), inputs[0].dtype(), Scalar::Int(1))
        }
        fn vjp(&self, _: &wengert::Saved<'_>, _: wengert::op::Cotangents) -> wengert::Result<wengert::op::Grads> {
            panic!("on purpose")
        }
        fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> wengert::Result<Option<Tensor>> {
            Ok(None)
        }
    }
    let x = leaf(&[3.0], &[]);
    let shared = square(&x);
    let bad = wengert::record::apply(wengert::OpRef::new(Bad), &[&shared]).unwrap();
    let y = ops::add(&bad, &square(&shared)).unwrap();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wengert::backward(&y)));
    assert!(caught.is_err());
    assert!(x.grad().is_none());
    wengert::backward(&square(&x)).unwrap();
    assert_eq!(grad_of(&x), [6.0]);
    let mut other = square(&shared);
    for _ in 0..3 {
        other = ops::add(&other, &shared).unwrap();
    }
    x.set_grad(None);
    wengert::backward(&other).unwrap();
    assert_eq!(grad_of(&x), [4.0 * 27.0 + 3.0 * 6.0]);
}

#[test]
fn untracked_results_leave_the_tape_of_a_finished_transform() {
    let x = scalar(2.0);
    let tracked = transform::track(&x).unwrap();
    let y = square(&tracked);
    assert!(y.requires_grad());
    assert!(!transform::untrack(&y, std::slice::from_ref(&tracked)).requires_grad());
    let w = leaf(&[3.0], &[]);
    let z = ops::mul(&y, &w).unwrap();
    assert!(transform::untrack(&z, &[tracked]).requires_grad());
}

/// The identity, with a rule that returns whatever it is told to.
#[derive(Debug)]
struct Returns(Tensor);

impl wengert::Op for Returns {
    fn name(&self) -> &str {
        "returns"
    }
    fn grad_name(&self) -> String {
        "ReturnsBackward".into()
    }
    fn forward(&self, inputs: &[&wengert::Array]) -> wengert::Result<wengert::Array> {
        wengert::Array::full(inputs[0].layout().clone(), inputs[0].dtype(), Scalar::Int(1))
    }
    fn vjp(&self, _: &wengert::Saved<'_>, _: wengert::op::Cotangents) -> wengert::Result<wengert::op::Grads> {
        Ok(std::iter::once(Some(self.0.clone())).collect())
    }
    fn jvp(&self, _: &[&Tensor], _: &Tensor, _: &[Option<Tensor>]) -> wengert::Result<Option<Tensor>> {
        Ok(None)
    }
}

#[test]
fn a_rule_that_returns_nonsense_is_an_error_and_no_access_out_of_bounds() {
    // The rule of exp would read as many kept values as the cotangent has.
    let nonsense = [
        Tensor::full(&[100_000], DType::F64, Scalar::Int(1)).unwrap(),
        Tensor::full(&[2], DType::F32, Scalar::Int(1)).unwrap(),
        Tensor::full(&[2, 1], DType::F64, Scalar::Int(1)).unwrap(),
    ];
    for grad in nonsense {
        let x = leaf(&[1.0, 2.0], &[2]);
        let y = ops::exp(&x).unwrap();
        let y = wengert::record::apply(wengert::OpRef::new(Returns(grad)), &[&y]).unwrap();
        let e = wengert::backward(&sum(&y)).unwrap_err();
        assert!(e.message.contains("ReturnsBackward returned an invalid gradient"), "{e}");
        assert!(x.grad().is_none());
    }
}
