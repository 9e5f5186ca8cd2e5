//! Steps whose result is known: writes through views, sums and other computations. Depends on `steps`, `state`, `model`.

use super::bytes::Bytes;
use super::model::{self, along, broadcast, each, numel, spread};
use super::state::{Element, Live, MOST, State};
use super::steps::{first_index, index, list, mask};
use wengert::inplace::{apply_inplace, copy_, fill_};
use wengert::ops::{self, Body, Value};
use wengert::{OpRef, Scalar, Tensor};

/// What a write puts where: flat index in the target, what comes, and whether it is added.
type Edits = Vec<(usize, Element, bool)>;

fn plus(a: &Element, b: &Element) -> Element {
    (a.0 + b.0, [&a.1[..], &b.1[..]].concat())
}

/// Writes in place, or into a copy.
pub fn write(state: &mut State, b: &mut Bytes<'_>) {
    let (x, source) = (state.small(b), state.small(b));
    let shape = x.tensor.shape().to_vec();
    let mut target = x.tensor.clone();
    let same_dtype = x.tensor.dtype() == source.tensor.dtype();
    let values = state.elements(&source);
    let opaque = state.is_opaque(&source);
    let fits = broadcast(&shape, source.tensor.shape()).as_deref() == Some(&shape[..]);
    let all = |add: bool| {
        let mut edits: Edits = vec![];
        if fits {
            each(&shape, |flat, at| edits.push((flat, values[spread(source.tensor.shape(), at)].clone(), add)));
        }
        edits
    };
    let number = b.below(20) as i64;
    let written: Element =
        (if x.tensor.dtype() == wengert::DType::Bool && number > 0 { 1.0 } else { number as f64 }, vec![]);
    match b.below(7) {
        0 => {
            state.log("copy_", &[Value::Tensor(target.clone()), Value::Tensor(source.tensor.clone())]);
            let done = copy_(&mut target, &source.tensor);
            if state.told(done).is_ok() {
                assert!(fits, "copy_ should have failed");
                apply(state, &x, same_dtype.then(|| all(false)), opaque);
            }
        }
        1 => {
            state.log("fill_", &[Value::Tensor(target.clone()), Value::Int(number)]);
            let done = fill_(&mut target, Scalar::Int(number));
            if state.told(done).is_ok() {
                apply(state, &x, Some((0..values_of(&shape)).map(|i| (i, written.clone(), false)).collect()), false);
            }
        }
        2 => {
            let Some(Body::Binary(_, _, op)) = ops::info("add").map(|i| &i.body) else { unreachable!() };
            state.log("add_", &[Value::Tensor(target.clone()), Value::Tensor(source.tensor.clone())]);
            let done = apply_inplace(OpRef::Static(*op), &mut target, &[&source.tensor]);
            if state.told(done).is_ok() {
                assert!(fits, "add_ should have failed");
                let plain = same_dtype && x.tensor.dtype().is_float();
                apply(state, &x, plain.then(|| all(true)), opaque);
            }
        }
        3 => {
            let (mask, chosen) = mask(state, b, &shape);
            let given = vec![Value::Tensor(target.clone()), Value::Tensor(mask), Value::Int(number)];
            let edits = chosen.into_iter().map(|i| (i, written.clone(), false)).collect();
            twin(state, b, "masked_fill", &x, given, Some(edits), false);
        }
        4 => {
            let out = source.tensor.shape().to_vec();
            let d = b.near(shape.len());
            let size = model::wrap(d, shape.len()).map_or(1, |d| shape[d]);
            let (t, indices) = index(state, b, &out, size);
            let name = if b.flag() { "scatter" } else { "scatter_add" };
            let given = vec![
                Value::Tensor(target.clone()),
                Value::Int(d),
                Value::Tensor(t),
                Value::Tensor(source.tensor.clone()),
            ];
            let edits =
                along(&shape, d, &indices, &out).map(|places| at_places(places, &values, name == "scatter_add"));
            twin(state, b, name, &x, given, edits, opaque);
        }
        5 => {
            let out = source.tensor.shape().to_vec();
            let (t, indices) = index(state, b, &out, x.tensor.numel());
            let add = b.flag();
            let given = vec![
                Value::Tensor(target.clone()),
                Value::Tensor(t),
                Value::Tensor(source.tensor.clone()),
                Value::Bool(add),
            ];
            let n = x.tensor.numel();
            let places = indices.iter().map(|&i| model::wrap(i, n)).collect::<Option<Vec<_>>>();
            twin(state, b, "put", &x, given, places.map(|places| at_places(places, &values, add)), opaque);
        }
        _ => {
            // A number at indices of the first dimension.
            let out = b.shape(2, 6);
            let (t, indices) = index(state, b, &out, shape.first().copied().unwrap_or(0));
            let value = Tensor::full(&[], x.tensor.dtype(), Scalar::Int(number)).unwrap();
            state.log("index_put_", &[Value::Tensor(target.clone()), Value::Tensor(t.clone()), Value::Int(number)]);
            let done = ops::index::index_put_(&mut target, &[Some(t)], &value);
            if state.told(done).is_ok() {
                let (out, source) = first_index(&shape, &out, &indices).expect("index_put_ should have failed");
                let mut edits: Edits = vec![];
                each(&out, |flat, at| edits.push((source(flat, at), written.clone(), false)));
                apply(state, &x, Some(edits), false);
            }
        }
    }
}

fn values_of(shape: &[usize]) -> usize {
    numel(shape) as usize
}

fn at_places(places: Vec<usize>, values: &[Element], add: bool) -> Edits {
    places.into_iter().zip(values).map(|(p, v)| (p, v.clone(), add)).collect()
}

/// Whether what lies at a place afterwards depends on an order that nobody promises, or on rounding and wrapping.
fn is_unclear(x: &Live, edits: &Edits) -> bool {
    let mut places: Vec<usize> = edits.iter().filter(|e| !e.2).map(|e| e.0).collect();
    let all = places.len();
    places.sort_unstable();
    places.dedup();
    // Each of several writes to one place gets the place's gradient, as in PyTorch, though one value stays.
    let equal = edits.windows(2).all(|w| w[0].1 == w[1].1 && w[0].1.1.is_empty());
    (places.len() != all && !equal) || (!x.tensor.dtype().is_float() && edits.iter().any(|e| e.2))
}

/// The operation and its in-place twin, one of both.
fn twin(
    state: &mut State,
    b: &mut Bytes<'_>,
    name: &str,
    x: &Live,
    given: Vec<Value>,
    edits: Option<Edits>,
    opaque: bool,
) {
    let mut target = x.tensor.clone();
    if b.flag() {
        if state.call_write(name, &mut target, given).is_ok() {
            let edits = edits.unwrap_or_else(|| panic!("{name} should have failed"));
            apply(state, x, Some(edits), opaque);
        }
        return;
    }
    let Ok(made) = state.call(name, given) else { return };
    let edits = edits.unwrap_or_else(|| panic!("{name} should have failed"));
    if is_unclear(x, &edits) {
        state.add(made[0].clone());
        return;
    }
    let mut elements = state.elements(x);
    let slack = if edits.iter().any(|e| e.2) { state.slack(x) + slack(&edits) } else { 0.0 };
    for (i, e, add) in edits {
        elements[i] = if add { plus(&elements[i], &e) } else { e };
    }
    let opaque = opaque || state.is_opaque(x);
    state.add_fresh(made[0].clone(), x.tensor.shape(), elements, opaque, slack);
}

/// What a write in place leaves: `edits` of the target's places; values as they are where these are not known.
fn apply(state: &mut State, x: &Live, edits: Option<Edits>, opaque: bool) {
    let Some(edits) = edits.filter(|edits| !is_unclear(x, edits)) else {
        state.resync(x, true);
        return;
    };
    let places = x.places.clone().unwrap();
    let slack = if edits.iter().any(|e| e.2) { state.slack(x) + slack(&edits) } else { 0.0 };
    let store = &mut state.stores[x.store];
    store.opaque |= opaque || x.opaque;
    for (i, e, add) in edits {
        let slot = &mut store.elements[places[i]];
        let mut e = if add { plus(slot, &e) } else { e };
        if !x.tensor.dtype().is_float() {
            e.1.clear();
        }
        *slot = e;
    }
    if slack > 0.0 {
        state.round(x, slack);
    }
}

/// How far what is added may be off.
fn slack(edits: &Edits) -> f64 {
    edits.iter().map(|e| e.1.0.abs()).sum::<f64>() * 1e-5
}

/// A sum of two tensors, or over dimensions.
pub fn compute(state: &mut State, b: &mut Bytes<'_>) {
    let x = state.small(b);
    if b.flag() {
        let y = state.small(b);
        let wanted = broadcast(x.tensor.shape(), y.tensor.shape());
        let given = vec![Value::Tensor(x.tensor.clone()), Value::Tensor(y.tensor.clone())];
        let Ok(made) = state.call("add", given) else { return };
        let shape = wanted.expect("add should have failed");
        let floats = x.tensor.dtype() == y.tensor.dtype() && x.tensor.dtype().is_float();
        if !floats || numel(&shape) > MOST as u128 {
            assert_eq!(made[0].shape(), shape);
            return;
        }
        let (p, q) = (state.elements(&x), state.elements(&y));
        let mut elements = vec![];
        each(&shape, |_, at| elements.push(plus(&p[spread(x.tensor.shape(), at)], &q[spread(y.tensor.shape(), at)])));
        let opaque = state.is_opaque(&x) || state.is_opaque(&y);
        let slack = state.slack(&x) + state.slack(&y);
        state.add_fresh(made[0].clone(), &shape, elements, opaque, slack);
        return;
    }
    let shape = x.tensor.shape().to_vec();
    let dims: Vec<i64> = (0..1 + b.below(3)).map(|_| b.near(shape.len())).collect();
    let keep = b.flag();
    let given = vec![Value::Tensor(x.tensor.clone()), list(&dims), Value::Bool(keep)];
    let made = state.call("sum", given);
    let Ok(made) = made else { return };
    let dims = dims.iter().map(|&d| model::dim(d, &shape)).collect::<Option<Vec<_>>>().expect("sum should have failed");
    let out: Vec<usize> = (0..shape.len())
        .filter(|d| keep || !dims.contains(d))
        .map(|d| if dims.contains(&d) { 1 } else { shape[d] })
        .collect();
    if !x.tensor.dtype().is_float() {
        assert_eq!(made[0].shape(), out);
        return;
    }
    let from = state.elements(&x);
    let mut elements: Vec<Element> = vec![(0.0, vec![]); numel(&out) as usize];
    each(&shape, |flat, at| {
        let to: Vec<usize> = (0..shape.len())
            .filter(|d| keep || !dims.contains(d))
            .map(|d| if dims.contains(&d) { 0 } else { at[d] })
            .collect();
        let to = model::flat(&out, &to);
        elements[to] = plus(&elements[to], &from[flat]);
    });
    let opaque = state.is_opaque(&x);
    let slack = state.slack(&x);
    state.add_fresh(made[0].clone(), &out, elements, opaque, slack);
}
