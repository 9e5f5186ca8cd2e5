//! The walk over what led to a tensor, and what a thread that watches sees.

use wengert::tape::{Edge, Walk};
use wengert::watch::{self, What};
use wengert::{Result, Tensor, no_grad, ops};

fn leaf(values: &[f64]) -> Result<Tensor> {
    Tensor::from_slice(values, &[values.len()])?.requiring_grad()
}

fn names(walk: &Walk) -> Vec<String> {
    (0..walk.len()).filter_map(|i| walk.node(i).map(|n| n.op().name().to_owned())).collect()
}

#[test]
fn a_node_comes_after_its_inputs() -> Result<()> {
    let (a, b) = (leaf(&[1.0, 2.0])?, leaf(&[3.0, 4.0])?);
    let product = ops::mul(&a, &b)?;
    let y = ops::add(&ops::exp(&product)?, &product)?;
    let roots = [y.gradient_edge()];
    // SAFETY: `y` lives as long as the walk.
    let walk = unsafe { Walk::new(&roots) };
    assert_eq!(names(&walk), ["accumulate", "accumulate", "mul", "exp", "add"]);
    for i in 0..walk.len() {
        let node = walk.node(i).ok_or_else(|| wengert::Error::runtime("no node"))?;
        assert!(node.inputs().iter().filter_map(|e| walk.place(e)).all(|at| at < i));
        assert_eq!(walk.place(&walk.edge(i)), Some(i));
    }
    assert_eq!((walk.leaf_count(), walk.number(1), walk.number(2)), (2, (true, 2), (false, 1)));
    assert_eq!(walk.place(&leaf(&[1.0])?.gradient_edge()), None);
    assert!(!walk.edge(99).is_some() && walk.node(99).is_none());
    Ok(())
}

#[test]
fn values_are_found_with_who_keeps_them() -> Result<()> {
    let a = leaf(&[1.0, 2.0])?;
    let e = ops::exp(&a)?;
    let s = ops::add(&e, &e)?;
    let y = ops::mul(&s, &a)?;
    let roots = [y.gradient_edge()];
    for near in [true, false] {
        // SAFETY: `y` lives as long as the walk.
        let mut walk = unsafe { Walk::new(&roots) };
        assert_eq!(walk.keeper(1, 0, near), Some((1, wengert::op::OUTPUT)));
        assert_eq!(walk.keeper(2, 0, near), Some((3, 1)));
        assert_eq!(walk.keeper(3, 0, near), None);
    }
    Ok(())
}

#[test]
fn a_deep_chain_and_a_wide_node_are_walked() -> Result<()> {
    let a = leaf(&[1.0])?;
    let mut y = ops::neg(&a)?;
    for _ in 0..100_000 {
        y = ops::neg(&y)?;
    }
    let parts = vec![&y; 50];
    let wide = ops::cat(&parts, 0)?;
    let roots = [wide.gradient_edge(), y.gradient_edge(), Edge::NONE];
    // SAFETY: the tensors live as long as the walk.
    let walk = unsafe { Walk::new(&roots) };
    assert_eq!(walk.len(), 100_003);
    assert_eq!(walk.place(&y.gradient_edge()), Some(100_001));
    Ok(())
}

#[test]
fn what_is_not_recorded_is_seen() -> Result<()> {
    let a = leaf(&[1.0, 2.0])?;
    watch::begin();
    let b = no_grad(|| ops::mul(&a, &a))?;
    let c = ops::exp(&a)?.detach();
    let log = watch::end().ok_or_else(|| wengert::Error::runtime("no watch"))?;
    let _ = ops::mul(&b, &c)?;
    assert!(watch::end().is_none() && watch::so_far().is_none());
    let told: Vec<(bool, bool)> = log
        .events
        .iter()
        .map(|e| (matches!(e.what, What::Op(_)), e.output.as_ref().is_some_and(|o| o.key != 0)))
        .collect();
    assert_eq!(told, [(true, false), (true, true), (false, false)]);
    assert_eq!((log.events[0].recording, log.events[1].recording), (false, true));
    let value = log.events[0].value().ok_or_else(|| wengert::Error::runtime("no value"))?;
    assert_eq!(value.to_vec::<f64>()?, [1.0, 4.0]);
    assert_eq!(log.edges.len(), 1);
    Ok(())
}
