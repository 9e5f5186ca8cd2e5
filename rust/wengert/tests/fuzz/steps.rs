//! Steps whose result is known: views, rearrangements, picking by index. Depends on `state`, `model`.

use super::bytes::Bytes;
use super::model::{self, Wanted, along, each, numel};
use super::state::{Element, Live, MOST, State};
use wengert::Tensor;
use wengert::ops::{self, Value};

pub(super) fn list(numbers: &[i64]) -> Value {
    Value::List(numbers.iter().map(|&n| Value::Int(n)).collect())
}

fn ints(numbers: &[i64]) -> Vec<Value> {
    numbers.iter().map(|&n| Value::Int(n)).collect()
}

/// A view of any tensor, by any rule.
pub fn view(state: &mut State, b: &mut Bytes<'_>) {
    let x = state.any(b);
    let shape = x.tensor.shape().to_vec();
    let (n, s) = (shape.len(), &shape[..]);
    let size = |d: i64| model::wrap(d, n).map_or(3, |d| s[d]);
    let (name, given, wanted): (&str, Vec<Value>, Wanted) = match b.below(20) {
        0 | 1 => {
            let name = if b.flag() { "view" } else { "reshape" };
            let sizes = b.sizes(x.tensor.numel());
            (name, vec![list(&sizes)], model::reshape(s, &sizes))
        }
        2 => {
            let (start, end) = (b.near(n), b.near(n));
            ("flatten", ints(&[start, end]), model::flatten(s, start, end))
        }
        3 => {
            let d = b.near(n);
            let sizes = b.sizes(size(d));
            ("unflatten", vec![Value::Int(d), list(&sizes)], model::unflatten(s, d, &sizes))
        }
        4 => {
            let mut dims: Vec<i64> = (0..n as i64).collect();
            for i in (1..n).rev() {
                dims.swap(i, b.below(i + 1));
            }
            if b.below(4) == 0 {
                dims = dims.iter().map(|_| b.near(n)).collect();
            }
            ("permute", vec![list(&dims)], model::permute(s, &dims))
        }
        5 | 6 => {
            let (p, q) = (b.near(n), b.near(n));
            ("transpose", ints(&[p, q]), model::transpose(s, p, q))
        }
        7 => {
            let d = b.near(n);
            let i = b.near(size(d));
            ("select", ints(&[d, i]), model::select(s, d, i))
        }
        8 => {
            let d = b.near(n);
            let (start, len) = (b.near(size(d)), b.int());
            ("narrow", ints(&[d, start, len]), model::narrow(s, d, start, len))
        }
        9 | 10 => return slice(state, b, &x),
        11 => {
            let mut sizes = b.ints(2);
            sizes.extend(s.iter().map(|&k| if k == 1 && b.below(3) > 0 { b.int() } else { k as i64 }));
            ("expand", vec![list(&sizes)], model::expand(s, &sizes))
        }
        12 => match b.below(3) {
            0 => ("squeeze", vec![], model::squeeze(s, None)),
            _ => {
                let dims: Vec<i64> = (0..b.below(3)).map(|_| b.near(n)).collect();
                ("squeeze", vec![list(&dims)], model::squeeze(s, Some(&dims)))
            }
        },
        13 => {
            let d = b.near(n + 1);
            ("unsqueeze", ints(&[d]), model::unsqueeze(s, d))
        }
        14 => {
            let (o, p, q) = (b.int(), b.near(n), b.near(n));
            ("diagonal", ints(&[o, p, q]), model::diagonal(s, o, p, q))
        }
        15 | 16 => {
            let d = b.near(n);
            let (size, step) = (b.int(), b.int());
            ("unfold", ints(&[d, size, step]), model::unfold(s, d, size, step))
        }
        17 | 18 => return strided(state, b, &x),
        _ => return parts(state, b, &x),
    };
    let given = std::iter::once(Value::Tensor(x.tensor.clone())).chain(given).collect();
    let Ok(made) = state.call(name, given) else { return };
    let (shape, source) = wanted.unwrap_or_else(|| panic!("{name} should have failed"));
    for t in made {
        if !state.shares_storage(&t, &x) && matches!(name, "reshape" | "flatten") {
            copied(state, &x, t, &shape, &source);
        } else {
            state.add_view(t, &x, &shape, &source);
        }
    }
}

/// A result in memory of its own with elements of `x`.
fn copied(state: &mut State, x: &Live, t: Tensor, shape: &[usize], source: &model::Source) {
    if t.numel() > MOST || x.places.is_none() {
        assert_eq!(t.shape(), shape);
        return;
    }
    let from = state.elements(x);
    let mut elements: Vec<Element> = Vec::new();
    each(shape, |flat, at| elements.push(from[source(flat, at)].clone()));
    let opaque = state.is_opaque(x);
    state.add_fresh(t, shape, elements, opaque, 0.0);
}

fn slice(state: &mut State, b: &mut Bytes<'_>, x: &Live) {
    let mut number = || b.int().unsigned_abs() as usize;
    let (d, start, len, step) = (number() % 6, number(), number(), number());
    state.log("slice", &ints(&[d as i64, start as i64, len as i64, step as i64]));
    let made = ops::view::slice(&x.tensor, d, start, len, step);
    let Ok(t) = state.told(made) else { return };
    let (shape, source) = model::slice(x.tensor.shape(), d, start, len, step).expect("slice should have failed");
    state.add_view(t, x, &shape, &source);
}

fn strided(state: &mut State, b: &mut Bytes<'_>, x: &Live) {
    let sizes = b.ints(3);
    let mut strides: Vec<i64> = sizes.iter().map(|_| b.int()).collect();
    if b.below(16) == 0 {
        strides.pop();
    }
    let from = if b.flag() { Some(b.int()) } else { None };
    let given =
        vec![Value::Tensor(x.tensor.clone()), list(&sizes), list(&strides), from.map_or(Value::None, Value::Int)];
    let Ok(made) = state.call("as_strided", given) else { return };
    let t = &made[0];
    assert_eq!(t.shape().iter().map(|&n| n as i64).collect::<Vec<_>>(), sizes);
    assert!(state.shares_storage(t, x));
    let start = from.unwrap_or(x.tensor.array().storage_offset() as i64);
    let Some(found) = super::state::places(t) else { return };
    each(t.shape(), |flat, at| {
        let wanted = start + at.iter().zip(&strides).map(|(&i, &s)| i as i64 * s).sum::<i64>();
        assert_eq!(found[flat] as i64, wanted, "place of element {at:?}");
    });
    // What lies outside of the input, or in several of its elements, has derivatives by other rules.
    let known = x.places.as_ref().is_some_and(|places| {
        let mut once = places.to_vec();
        once.sort_unstable();
        once.dedup();
        once.len() == places.len() && found.iter().all(|p| places.contains(p))
    });
    let live = Live { tensor: t.clone(), store: x.store, places: Some(found.into()), opaque: x.opaque || !known };
    state.keep(live);
}

/// split, chunk and unbind.
fn parts(state: &mut State, b: &mut Bytes<'_>, x: &Live) {
    if x.places.is_none() {
        return;
    }
    let shape = x.tensor.shape().to_vec();
    let d = b.near(shape.len());
    let at = model::wrap(d, shape.len());
    let n = at.map_or(3, |d| shape[d]);
    // A tensor of no elements has any size; the parts of one that is huge are not counted.
    if n > 1 << 12 {
        return;
    }
    let tensor = Value::Tensor(x.tensor.clone());
    let (name, given, lens): (&str, Vec<Value>, Vec<usize>) = match b.below(4) {
        0 => {
            let size = b.int();
            let step = usize::try_from(size).unwrap_or(0).max(1);
            let lens = if n == 0 { vec![0] } else { (0..n).step_by(step).map(|i| step.min(n - i)).collect() };
            ("split", vec![tensor, Value::Int(size), Value::Int(d)], lens)
        }
        1 => {
            let mut sizes = b.ints(4);
            let sum: i128 = sizes.iter().map(|&s| i128::from(s)).sum();
            if let (Ok(rest), true) = (i64::try_from(n as i128 - sum), b.below(4) > 0) {
                sizes.push(rest);
            }
            let lens = sizes.iter().map(|&s| s as usize).collect();
            ("split", vec![tensor, list(&sizes), Value::Int(d)], lens)
        }
        2 => {
            let chunks = b.int();
            let k = usize::try_from(chunks).unwrap_or(0).max(1);
            let step = n.div_ceil(k).max(1);
            let lens =
                if n == 0 { vec![0; k.min(100)] } else { (0..n).step_by(step).map(|i| step.min(n - i)).collect() };
            ("chunk", vec![tensor, Value::Int(chunks), Value::Int(d)], lens)
        }
        _ => ("unbind", vec![tensor, Value::Int(d)], vec![1; n]),
    };
    let Ok(made) = state.call(name, given) else { return };
    let at = at.unwrap_or_else(|| panic!("{name} of dimension {d} should have failed"));
    assert_eq!(made.len(), lens.len(), "the number of parts of {name}");
    let mut start = 0;
    for (t, len) in made.into_iter().zip(lens).take(5) {
        let wanted = match name {
            "unbind" => model::select(&shape, at as i64, start as i64),
            _ => model::slice(&shape, at, start, len, 1),
        };
        let (shape, source) = wanted.unwrap_or_else(|| panic!("{name} should have failed"));
        state.add_view(t, x, &shape, &source);
        start += len;
    }
}

/// Elements in another order, copied.
pub fn arrange(state: &mut State, b: &mut Bytes<'_>) {
    let x = state.small(b);
    let shape = x.tensor.shape().to_vec();
    let n = shape.len();
    let (name, given, wanted): (&str, Vec<Value>, Wanted) = match b.below(4) {
        0 => {
            let dims: Vec<i64> = (0..b.below(4)).map(|_| b.near(n)).collect();
            ("flip", vec![list(&dims)], model::flip(&shape, &dims))
        }
        1 => {
            let dims: Vec<i64> = (0..1 + b.below(3)).map(|_| b.near(n)).collect();
            let mut shifts: Vec<i64> = dims.iter().map(|_| b.int()).collect();
            if b.below(8) == 0 {
                shifts.pop();
            }
            ("roll", vec![list(&shifts), list(&dims)], model::roll(&shape, &shifts, &dims))
        }
        2 => {
            let mut counts = b.ints(1);
            counts.extend(shape.iter().map(|_| if b.below(3) == 0 { b.int() } else { 1 }));
            ("repeat", vec![list(&counts)], model::repeat(&shape, &counts))
        }
        _ => return joined(state, b),
    };
    let given = std::iter::once(Value::Tensor(x.tensor.clone())).chain(given).collect();
    let Ok(made) = state.call(name, given) else { return };
    let (shape, source) = wanted.unwrap_or_else(|| panic!("{name} should have failed"));
    copied(state, &x, made[0].clone(), &shape, &source);
}

/// cat and stack.
fn joined(state: &mut State, b: &mut Bytes<'_>) {
    let first = state.small(b);
    let mut all = vec![first.clone()];
    for _ in 0..b.below(3) {
        all.push(if b.flag() { first.clone() } else { state.small(b) });
    }
    let stack = b.flag();
    let d = b.near(first.tensor.ndim() + usize::from(stack));
    let name = if stack { "stack" } else { "cat" };
    let tensors = Value::List(all.iter().map(|l| Value::Tensor(l.tensor.clone())).collect());
    let Ok(made) = state.call(name, vec![tensors, Value::Int(d)]) else { return };
    let t = made[0].clone();
    let ndim = t.ndim();
    let at_dim = model::wrap(d, ndim).unwrap_or_else(|| panic!("{name} should have failed"));
    if t.numel() > MOST || all.iter().any(|l| l.tensor.dtype() != t.dtype()) {
        return;
    }
    // A vector of nothing is left out, as ever.
    let skipped = |l: &Live| !stack && l.tensor.shape() == [0] && ndim != 1;
    let parts: Vec<(Vec<usize>, Vec<Element>)> = all
        .iter()
        .filter(|l| !skipped(l))
        .map(|l| {
            let mut shape = l.tensor.shape().to_vec();
            if stack {
                shape.insert(at_dim, 1);
            }
            (shape, state.elements(l))
        })
        .collect();
    let mut shape = parts.first().map_or(vec![0], |p| p.0.clone());
    shape[at_dim] = parts.iter().map(|p| p.0[at_dim]).sum();
    let mut elements: Vec<Element> = Vec::new();
    each(&shape, |_, at| {
        let mut from = at.to_vec();
        let mut k = 0;
        while from[at_dim] >= parts[k].0[at_dim] {
            from[at_dim] -= parts[k].0[at_dim];
            k += 1;
        }
        elements.push(parts[k].1[model::flat(&parts[k].0, &from)].clone());
    });
    let opaque = all.iter().any(|l| state.is_opaque(l));
    state.add_fresh(t, &shape, elements, opaque, 0.0);
}

/// An index tensor of `shape` for a dimension of `n`.
pub(super) fn index(state: &mut State, b: &mut Bytes<'_>, shape: &[usize], n: usize) -> (Tensor, Vec<i64>) {
    let hostile = b.below(8) == 0;
    let count = numel(shape) as usize;
    let salt = usize::from(b.byte());
    let values: Vec<i64> = (0..count)
        .map(|i| match (hostile, n) {
            (true, _) => b.int(),
            (false, 0) => 0,
            // Each once, as far as they go, or with repetitions.
            (false, n) => ((i * (1 + salt / 128 * 3) + salt) % n) as i64 - if salt % 16 == 1 { n as i64 } else { 0 },
        })
        .collect();
    state.log("indices", &[list(&values)]);
    (Tensor::from_slice(&values, shape).unwrap(), values)
}

/// Elements picked by index tensors and masks.
pub fn pick(state: &mut State, b: &mut Bytes<'_>) {
    let x = state.small(b);
    let shape = x.tensor.shape().to_vec();
    let n = shape.len();
    let d = b.near(n);
    let size = model::wrap(d, n).map_or(1, |d| shape[d]);
    let tensor = Value::Tensor(x.tensor.clone());
    let (name, made, wanted): (&str, _, Wanted) = match b.below(5) {
        0 => {
            let len = b.below(5);
            let (t, values) = index(state, b, &[len], size);
            let made = state.call("index_select", vec![tensor, Value::Int(d), Value::Tensor(t)]);
            ("index_select", made, model::index_select(&shape, d, &values))
        }
        1 => {
            let out = b.shape(3, 30);
            let (t, values) = index(state, b, &out, x.tensor.numel());
            let made = state.call("take", vec![tensor, Value::Tensor(t)]);
            ("take", made, model::take(&shape, &values, &out))
        }
        2 => {
            let out: Vec<usize> = shape.iter().map(|&k| if b.flag() { k } else { b.below(k + 1) }).collect();
            let (t, values) = index(state, b, &out, size);
            let made = state.call("gather", vec![tensor, Value::Int(d), Value::Tensor(t)]);
            let wanted = along(&shape, d, &values, &out)
                .map(|places| (out.clone(), Box::new(move |flat: usize, _: &[usize]| places[flat]) as model::Source));
            ("gather", made, wanted)
        }
        3 => {
            let (mask, chosen) = mask(state, b, &shape);
            let made = state.call("masked_select", vec![tensor, Value::Tensor(mask)]);
            let out = vec![chosen.len()];
            ("masked_select", made, Some((out, Box::new(move |flat: usize, _: &[usize]| chosen[flat]))))
        }
        _ => {
            // An index of the first dimension.
            let out = b.shape(2, 12);
            let (t, values) = index(state, b, &out, shape.first().copied().unwrap_or(0));
            state.log("index", &[list(&values)]);
            let made = ops::index::index(&x.tensor, &[Some(t)]);
            ("index", state.told(made).map(|t| vec![t]), first_index(&shape, &out, &values))
        }
    };
    let Ok(made) = made else { return };
    let (shape, source) = wanted.unwrap_or_else(|| panic!("{name} should have failed"));
    copied(state, &x, made[0].clone(), &shape, &source);
}

/// `x[index]`, the index having shape `out`.
pub(super) fn first_index(x: &[usize], out: &[usize], values: &[i64]) -> Wanted {
    let n = *x.first()?;
    let values = values.iter().map(|&i| model::wrap(i, n)).collect::<Option<Vec<_>>>()?;
    let row = numel(&x[1..]) as usize;
    let shape = [out, &x[1..]].concat();
    Some((shape, Box::new(move |flat, _| values[flat / row] * row + flat % row)))
}

/// A mask and the flat indices that it chooses.
pub(super) fn mask(state: &mut State, b: &mut Bytes<'_>, shape: &[usize]) -> (Tensor, Vec<usize>) {
    let (salt, every) = (usize::from(b.byte()), 1 + b.below(4));
    let values: Vec<bool> = (0..numel(shape) as usize).map(|i| (i + salt).is_multiple_of(every)).collect();
    let chosen = (0..values.len()).filter(|&i| values[i]).collect();
    state.log("mask", &[Value::Int(salt as i64), Value::Int(every as i64)]);
    (Tensor::from_slice(&values, shape).unwrap(), chosen)
}
