//! The tensors of a program and what is known of them: values of each storage, which places a tensor shows, and how
//! each place depends on the elements of the leaves. Depends on the public face of wengert.

use super::bytes::Bytes;
use super::model::{Source, each, numel};
use std::rc::Rc;
use wengert::ops::{self, Args, Body, Signature, Value};
use wengert::{DType, Result, Scalar, Tensor};

/// Tensors with more elements are known by shape only.
pub const MOST: usize = 600;
/// Tensors that are kept.
const LIVES: usize = 14;
/// Leaves have fewer elements.
const LEAF: usize = 64;

/// How a place depends on elements of leaves: (leaf * LEAF + element, factor).
pub type Shares = Vec<(u16, f64)>;
/// Value and dependence.
pub type Element = (f64, Shares);

/// What is known of a storage.
pub struct Store {
    id: usize,
    pub elements: Vec<Element>,
    /// Its dependence on leaves is not known.
    pub opaque: bool,
    /// Keeps the storage, so that no other takes its address.
    _keeper: Tensor,
}

/// A tensor of the program.
#[derive(Clone)]
pub struct Live {
    pub tensor: Tensor,
    pub store: usize,
    /// The places it shows, in row-major order; None where they are too many.
    pub places: Option<Rc<Vec<usize>>>,
    /// Its dependence on leaves is not that of its places.
    pub opaque: bool,
}

pub struct State {
    pub stores: Vec<Store>,
    pub lives: Vec<Live>,
    leaves: Vec<Tensor>,
    /// The calls so far, for the message of a broken law.
    log: Vec<String>,
}

impl Drop for State {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the program:\n  {}", self.log.join("\n  "));
        }
    }
}

/// The elements as floats.
pub fn read(t: &Tensor) -> Vec<f64> {
    match t.dtype() {
        DType::Bool => t.to_vec::<bool>().unwrap().into_iter().map(|v| f64::from(u8::from(v))).collect(),
        DType::U8 => t.to_vec::<u8>().unwrap().into_iter().map(f64::from).collect(),
        DType::I8 => t.to_vec::<i8>().unwrap().into_iter().map(f64::from).collect(),
        DType::I16 => t.to_vec::<i16>().unwrap().into_iter().map(f64::from).collect(),
        DType::I32 => t.to_vec::<i32>().unwrap().into_iter().map(f64::from).collect(),
        DType::I64 => t.to_vec::<i64>().unwrap().into_iter().map(|v| v as f64).collect(),
        DType::F32 => t.to_vec::<f32>().unwrap().into_iter().map(f64::from).collect(),
        DType::F64 => t.to_vec::<f64>().unwrap(),
    }
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

/// The elements of the whole storage.
fn storage(t: &Tensor) -> Vec<f64> {
    read(&t.copy_storage().unwrap())
}

/// The places that strides lead to, after a look whether they lie in the storage.
pub fn places(t: &Tensor) -> Option<Vec<usize>> {
    let held = (t.array().storage_bytes() / t.dtype().size()) as i128;
    let (shape, strides) = (t.shape(), t.layout().strides());
    assert_eq!(shape.len(), strides.len());
    assert_eq!(t.numel() as u128, numel(shape), "the number of elements of {shape:?}");
    if t.numel() == 0 {
        return Some(vec![]);
    }
    let start = t.array().storage_offset() as i128;
    let (mut low, mut high) = (start, start);
    for (&n, &s) in shape.iter().zip(strides) {
        let far = (n as i128 - 1) * s as i128;
        if far < 0 { low += far } else { high += far }
    }
    assert!(low >= 0 && high < held, "{shape:?} {strides:?} from {start} leaves a storage of {held}");
    if t.numel() > MOST {
        return None;
    }
    let mut places = Vec::new();
    each(shape, |_, at| {
        let offset: isize = at.iter().zip(strides).map(|(&i, &s)| i as isize * s).sum();
        places.push((start + offset as i128) as usize);
    });
    Some(places)
}

impl State {
    /// One or two leaves, and some tensors that need no gradient.
    pub fn draw(b: &mut Bytes<'_>) -> State {
        let mut state = State { stores: vec![], lives: vec![], leaves: vec![], log: vec![] };
        for _ in 0..1 + b.below(2) {
            let t = state.fresh(b, 5, LEAF - 1, true).requiring_grad().unwrap();
            let id = state.leaves.len() * LEAF;
            state.add(t.clone());
            let store = state.stores.last_mut().unwrap();
            for (i, e) in store.elements.iter_mut().enumerate() {
                e.1 = vec![((id + i) as u16, 1.0)];
            }
            state.leaves.push(t);
        }
        for _ in 0..1 + b.below(3) {
            let t = state.fresh(b, 5, 200, false);
            state.add(t);
        }
        state
    }

    /// A new tensor of small whole numbers.
    fn fresh(&mut self, b: &mut Bytes<'_>, dims: usize, most: usize, float: bool) -> Tensor {
        let shape = b.shape(dims, most);
        let dtypes = [DType::F64, DType::F32, DType::I64, DType::U8, DType::Bool, DType::I32, DType::F64, DType::F64];
        let dtype = dtypes[b.below(if float { 2 } else { 8 })];
        let salt = usize::from(b.byte());
        let n = numel(&shape) as usize;
        let values: Vec<i64> = (0..n).map(|i| ((i * 7 + salt) % 23) as i64).collect();
        self.log.push(format!("new {shape:?} {}", dtype.name()));
        ops::cast(&Tensor::from_slice(&values, &shape).unwrap(), dtype).unwrap()
    }

    pub fn any(&self, b: &mut Bytes<'_>) -> Live {
        self.lives[b.below(self.lives.len())].clone()
    }

    /// Any tensor that is known element by element.
    pub fn small(&self, b: &mut Bytes<'_>) -> Live {
        let from = b.below(self.lives.len());
        let n = self.lives.len();
        // The leaves are small.
        (0..n).map(|i| &self.lives[(from + i) % n]).find(|l| l.places.is_some()).unwrap().clone()
    }

    /// What is known of its elements.
    pub fn elements(&self, live: &Live) -> Vec<Element> {
        let elements = &self.stores[live.store].elements;
        live.places.as_ref().unwrap().iter().map(|&p| elements[p].clone()).collect()
    }

    pub fn is_opaque(&self, live: &Live) -> bool {
        live.opaque || self.stores[live.store].opaque
    }

    fn store_of(&self, t: &Tensor) -> Option<usize> {
        self.stores.iter().position(|s| s.id == t.array().storage_id())
    }

    pub fn shares_storage(&self, t: &Tensor, with: &Live) -> bool {
        self.store_of(t) == Some(with.store)
    }

    /// Takes a tensor in, with all that is known of it.
    pub fn keep(&mut self, live: Live) {
        // A view taken of it puts it and its clones in one group: they learn of each other's writes.
        drop(ops::view_alias(&live.tensor));
        if self.lives.len() >= LIVES {
            self.lives.remove(self.leaves.len());
        }
        self.lives.push(live);
    }

    /// Takes a tensor in as it is, dependence unknown where it has one.
    pub fn add(&mut self, t: Tensor) {
        let found = places(&t).map(Rc::new);
        let opaque = t.requires_grad() && !t.is_leaf();
        let store = self.store_of(&t);
        if store.is_none() && t.array().storage_bytes() > 8 * 4 * MOST {
            return;
        }
        let store = store.unwrap_or_else(|| {
            let elements = storage(&t).into_iter().map(|v| (v, vec![])).collect();
            let keeper = t.detach();
            self.stores.push(Store { id: t.array().storage_id(), elements, opaque, _keeper: keeper });
            self.stores.len() - 1
        });
        self.keep(Live { tensor: t, store, places: found, opaque });
    }

    /// Takes a view of `x` in, that is to show the elements that `source` names.
    pub fn add_view(&mut self, t: Tensor, x: &Live, shape: &[usize], source: &Source) {
        assert_eq!(t.shape(), shape, "the shape of the view");
        assert!(self.shares_storage(&t, x), "a view shares the storage");
        assert_eq!(t.dtype(), x.tensor.dtype());
        let found = places(&t);
        if let (Some(found), Some(from)) = (&found, &x.places) {
            each(shape, |flat, at| {
                assert_eq!(found[flat], from[source(flat, at)], "place of element {at:?} of {shape:?}")
            });
        }
        let opaque = x.opaque || (x.places.is_none() && t.requires_grad());
        self.keep(Live { tensor: t, store: x.store, places: found.map(Rc::new), opaque });
    }

    /// Takes a result with memory of its own in, that is to have these elements, up to `slack` for rounding.
    pub fn add_fresh(&mut self, t: Tensor, shape: &[usize], wanted: Vec<Element>, opaque: bool, slack: f64) {
        assert_eq!(t.shape(), shape, "the shape of the result");
        assert!(self.store_of(&t).is_none(), "the result has memory of its own");
        let found = places(&t).expect("a small result");
        let mut elements = vec![(0.0, vec![]); t.array().storage_bytes() / t.dtype().size()];
        let got = read(&t);
        for (i, e) in wanted.into_iter().enumerate() {
            let fits = same(got[i], e.0) || (got[i] - e.0).abs() <= slack || slack.is_nan() || slack > 1e30;
            assert!(fits, "element {i} of {shape:?}: got {}, wanted {}", got[i], e.0);
            elements[found[i]] = (got[i], e.1);
        }
        if !t.dtype().is_float() {
            elements.iter_mut().for_each(|e| e.1.clear());
        }
        let keeper = t.detach();
        self.stores.push(Store { id: t.array().storage_id(), elements, opaque, _keeper: keeper });
        let store = self.stores.len() - 1;
        self.keep(Live { tensor: t, store, places: Some(Rc::new(found)), opaque: false });
    }

    /// How far sums of these elements may be off, as they are rounded in another order.
    pub fn slack(&self, live: &Live) -> f64 {
        self.elements(live).iter().map(|e| e.0.abs()).sum::<f64>() * 1e-5
    }

    /// After a write of sums to `target`: takes what rounding made of them.
    pub fn round(&mut self, target: &Live, slack: f64) {
        let store = &mut self.stores[target.store];
        for (got, &p) in read(&target.tensor).into_iter().zip(target.places.as_ref().unwrap().iter()) {
            let value = &mut store.elements[p].0;
            if (got - *value).abs() <= slack || slack.is_nan() || slack > 1e30 {
                *value = got;
            }
        }
    }

    /// After a write to `target` that is known by its places only.
    pub fn resync(&mut self, target: &Live, opaque: bool) {
        let store = &mut self.stores[target.store];
        for (p, value) in storage(&target.tensor).into_iter().enumerate() {
            if target.places.as_ref().is_none_or(|places| places.contains(&p)) {
                store.elements[p].0 = value;
            }
        }
        store.opaque |= opaque;
    }

    /// Every tensor shows what the model says, and only that.
    pub fn check(&mut self) {
        for live in &mut self.lives {
            live.tensor.refresh().unwrap();
            let Some(wanted) = &live.places else { continue };
            assert_eq!(&places(&live.tensor).unwrap(), &**wanted, "a tensor stays where it is");
            let elements = &self.stores[live.store].elements;
            for (i, (got, &p)) in read(&live.tensor).into_iter().zip(wanted.iter()).enumerate() {
                assert!(
                    same(got, elements[p].0),
                    "element {i} of {:?} {:?}: got {got}, wanted {}",
                    live.tensor.shape(),
                    live.tensor.dtype(),
                    elements[p].0
                );
            }
        }
    }

    /// Calls an operation by its row, arguments in the order of the signature.
    pub fn call(&mut self, name: &str, given: Vec<Value>) -> Result<Vec<Tensor>> {
        let info = ops::info(name).unwrap_or_else(|| panic!("no operation {name}"));
        let signature = Signature::parse(info.signature);
        let mut values = signature.defaults.clone();
        values.iter_mut().zip(given).for_each(|(v, g)| *v = g);
        self.log(name, &values);
        let args = Args { name, params: &signature.names, values: &values };
        let out = match info.body {
            Body::Unary(_, f, _) | Body::Binary(_, f, _) | Body::Call(f) | Body::Twin(f, _) => f(&args),
            Body::Write(_) => unreachable!("{name} writes"),
        };
        let mut tensors = Vec::new();
        collect(self.told(out)?, &mut tensors);
        Ok(tensors)
    }

    /// Calls what an operation writes with; `given[0]` stands for `target`.
    pub fn call_write(&mut self, name: &str, target: &mut Tensor, given: Vec<Value>) -> Result<()> {
        let info = ops::info(name).unwrap_or_else(|| panic!("no operation {name}"));
        let signature = Signature::parse(info.signature);
        let mut values = signature.defaults.clone();
        values.iter_mut().zip(given).for_each(|(v, g)| *v = g);
        self.log(&format!("in place {name}"), &values);
        let args = Args { name, params: &signature.names, values: &values };
        let out = match info.body {
            Body::Twin(_, f) | Body::Write(f) => f(target, &args),
            _ => unreachable!("{name} writes in no way of its own"),
        };
        self.told(out)
    }

    pub fn log(&mut self, name: &str, values: &[Value]) {
        let show = |v: &Value| match v {
            Value::Tensor(t) => format!("{:?}{:?}:{}", t.shape(), t.layout().strides(), t.dtype().name()),
            Value::List(v) if matches!(v.first(), Some(Value::Tensor(_))) => format!("{} tensors", v.len()),
            v => format!("{v:?}"),
        };
        if std::env::var_os("WENGERT_FUZZ_TRACE").is_some() {
            eprintln!("{name} {values:?}");
        }
        self.log.push(format!("{name}({})", values.iter().map(show).collect::<Vec<_>>().join(", ")));
    }

    /// Notes how a call ended.
    pub fn told<T>(&mut self, result: Result<T>) -> Result<T> {
        if let (Err(e), Some(last)) = (&result, self.log.last_mut()) {
            last.push_str(&format!(" -> {:?}: {}", e.kind, e.message));
        }
        result
    }

    /// The gradient of a weighted sum of everything known is what the model counts; that of the rest has its shape.
    pub fn differentiate(&mut self) {
        self.check();
        let (mut wanted, mut roots, mut cotangents) = (vec![0.0; LEAF * 2], vec![], vec![]);
        let mut others = Vec::new();
        for (k, live) in self.lives.iter().enumerate() {
            let t = &live.tensor;
            let Some(places) = live.places.as_ref().filter(|_| !self.is_opaque(live)) else {
                others.push(t.clone());
                continue;
            };
            let elements = &self.stores[live.store].elements;
            let depends = places.iter().any(|&p| !elements[p].1.is_empty());
            assert!(t.requires_grad() || !depends, "tensor {k} of shape {:?} lost its history", t.shape());
            if !t.requires_grad() {
                continue;
            }
            let weight = (k + 1) as f64;
            places.iter().flat_map(|&p| &elements[p].1).for_each(|(i, f)| wanted[usize::from(*i)] += f * weight);
            cotangents.push(Some(Tensor::full(t.shape(), t.dtype(), Scalar::Float(weight)).unwrap()));
            roots.push(t.clone());
        }
        self.log.push("backward".to_owned());
        wengert::transform::backward(&roots, &cotangents, None, true, false).unwrap();
        for (l, leaf) in self.leaves.iter().enumerate() {
            // A leaf that was written to under another handle is not among the roots.
            let Some(grad) = leaf.grad() else {
                assert!(wanted[l * LEAF..(l + 1) * LEAF].iter().all(|&w| w == 0.0), "leaf {l} got no gradient");
                continue;
            };
            assert_eq!((grad.shape(), grad.dtype()), (leaf.shape(), leaf.dtype()));
            for (i, got) in read(&grad).into_iter().enumerate() {
                let w = wanted[l * LEAF + i];
                assert!((got - w).abs() <= 1e-5 * (1.0 + w.abs()), "gradient {i} of leaf {l}: got {got}, wanted {w}");
            }
        }
        self.log.push("backward of the rest".to_owned());
        // Sums over expanded memory take as long as their elements are many.
        for t in others.into_iter().filter(|t| t.requires_grad() && t.dtype().is_float() && t.numel() < 1 << 16) {
            let seed = Tensor::full(&[], t.dtype(), Scalar::Int(1)).unwrap();
            let seed = ops::view::expand(&seed, t.shape()).unwrap();
            // Some have no derivative: an error, and no more.
            let grads =
                wengert::transform::grad(&[t], &[Some(seed)], &self.leaves, true, wengert::transform::CreateGraph::No);
            for (g, leaf) in grads.into_iter().flatten().zip(&self.leaves) {
                let Some(g) = g else { continue };
                assert_eq!((g.shape(), g.dtype()), (leaf.shape(), leaf.dtype()));
                assert!(places(&g).is_some());
            }
        }
    }
}

fn collect(value: Value, into: &mut Vec<Tensor>) {
    match value {
        Value::Tensor(t) => into.push(t),
        Value::List(items) => items.into_iter().for_each(|v| collect(v, into)),
        Value::Named(_, items) => into.extend(items.into_iter().map(|(_, t)| t)),
        _ => {}
    }
}
