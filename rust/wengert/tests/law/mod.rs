//! The laws that derivatives obey, checked in f64: a function of tensors against finite differences, forward mode
//! against reverse mode, recorded rules against fused ones, second derivatives in three ways, maps against loops.
#![allow(dead_code)]

pub mod samples;

use wengert::transform::{self, CreateGraph, LevelKind};
use wengert::{Result, Tensor, no_grad, ops};

/// SplitMix64 (Steele et al. 2014): a small seeded generator, so that a failure can be repeated.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `low..high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn values(&mut self, n: usize, low: f64, high: f64) -> Vec<f64> {
        (0..n).map(|_| self.uniform(low, high)).collect()
    }

    pub fn tensor(&mut self, shape: &[usize], low: f64, high: f64) -> Tensor {
        tensor(&self.values(shape.iter().product(), low, high), shape)
    }

    /// Values of either sign whose sizes keep away from each other, where the derivatives of extrema jump.
    pub fn apart(&mut self, shape: &[usize]) -> Tensor {
        loop {
            let x = self.nonzero(shape);
            let mut sizes: Vec<f64> = vec(&x).into_iter().map(f64::abs).collect();
            sizes.sort_by(f64::total_cmp);
            if sizes.windows(2).all(|w| w[1] - w[0] > 1e-3) {
                return x;
            }
        }
    }

    /// Values of either sign that keep away from 0, where some derivatives jump.
    pub fn nonzero(&mut self, shape: &[usize]) -> Tensor {
        let values: Vec<f64> = (0..shape.iter().product())
            .map(|_| {
                let v = self.uniform(0.3, 1.5);
                if self.next() & 1 == 0 { v } else { -v }
            })
            .collect();
        tensor(&values, shape)
    }

    pub fn like(&mut self, t: &Tensor) -> Tensor {
        self.tensor(t.shape(), -1.0, 1.0)
    }
}

pub fn tensor(values: &[f64], shape: &[usize]) -> Tensor {
    Tensor::from_slice(values, shape).unwrap()
}

pub fn scalar(value: f64) -> Tensor {
    tensor(&[value], &[])
}

pub fn leaf(values: &[f64], shape: &[usize]) -> Tensor {
    tensor(values, shape).requiring_grad().unwrap()
}

pub fn vec(t: &Tensor) -> Vec<f64> {
    t.to_vec::<f64>().unwrap()
}

pub fn item(t: &Tensor) -> f64 {
    t.item().unwrap().as_f64()
}

pub fn grad_of(t: &Tensor) -> Vec<f64> {
    vec(&t.grad().expect("a gradient"))
}

/// `sum(a * b)`, recorded.
pub fn inner(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    ops::sum(&ops::mul(a, b)?, None, false)
}

pub fn dot(a: &Tensor, b: &Tensor) -> f64 {
    vec(a).iter().zip(vec(b)).map(|(x, y)| x * y).sum()
}

/// A function of tensors, and a reference to one.
pub type Law = dyn Fn(&[Tensor]) -> Result<Tensor>;
pub type Function<'f> = &'f dyn Fn(&[Tensor]) -> Result<Tensor>;

/// A level of forward mode or of a map, left when dropped.
pub struct Entered(pub u64);

impl Entered {
    pub fn dual() -> Entered {
        Entered(transform::enter(LevelKind::Dual))
    }
    pub fn batch(size: usize) -> Entered {
        Entered(transform::enter(LevelKind::Batch(size)))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        transform::leave(self.0);
    }
}

/// `(f(xs), J tangents)`.
pub fn jvp(f: Function<'_>, xs: &[Tensor], tangents: &[Tensor]) -> Result<(Tensor, Tensor)> {
    let level = Entered::dual();
    let duals =
        xs.iter().zip(tangents).map(|(x, t)| transform::make_dual(x, t, level.0)).collect::<Result<Vec<_>>>()?;
    let (y, t) = transform::unpack_dual(&f(&duals)?, level.0)?;
    let t = t.map_or_else(|| ops::write::zeros_like(&y), Ok)?;
    Ok((y, t))
}

/// Gradients of `<f(xs), u>`; zeros where there is none.
pub fn vjp(f: Function<'_>, xs: &[Tensor], u: &Tensor, create: CreateGraph) -> Result<Vec<Tensor>> {
    let y = f(xs)?;
    if !y.requires_grad() {
        return xs.iter().map(ops::write::zeros_like).collect();
    }
    let grads = transform::grad(&[y], &[Some(u.clone())], xs, false, create)?;
    grads.into_iter().zip(xs).map(|(g, x)| g.map_or_else(|| ops::write::zeros_like(x), Ok)).collect()
}

fn shifted(xs: &[Tensor], vs: &[Tensor], h: f64) -> Vec<Tensor> {
    xs.iter()
        .zip(vs)
        .map(|(x, v)| {
            let moved: Vec<f64> = vec(x).iter().zip(vec(v)).map(|(x, v)| x + h * v).collect();
            tensor(&moved, x.shape())
        })
        .collect()
}

pub fn close(name: &str, law: &str, got: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len(), "{name}: {law}: lengths differ");
    for (i, (g, w)) in got.iter().zip(wanted).enumerate() {
        assert!(
            (g - w).abs() <= tolerance * (1.0 + w.abs()),
            "{name}: {law}: element {i}: got {g:e}, wanted {w:e}\n got {got:?}\n wanted {wanted:?}"
        );
    }
}

const H: f64 = 1e-5;
const NEAR: f64 = 2e-7;
const EXACT: f64 = 1e-11;

fn leaves(xs: &[Tensor]) -> Vec<Tensor> {
    xs.iter().map(|x| tensor(&vec(x), x.shape()).requiring_grad().unwrap()).collect()
}

/// First-order laws at `xs`.
pub fn first_order(name: &str, f: Function<'_>, xs: &[Tensor], rng: &mut Rng) {
    let xs = leaves(xs);
    let vs: Vec<Tensor> = xs.iter().map(|x| rng.like(x)).collect();
    let plain = |h: f64| no_grad(|| f(&shifted(&xs, &vs, h))).unwrap();
    let y = plain(0.0);
    assert!(vec(&y).iter().all(|v| v.is_finite()), "{name}: the sample is outside of the domain");
    let u = rng.like(&y);

    let numeric: Vec<f64> = vec(&plain(H)).iter().zip(vec(&plain(-H))).map(|(a, b)| (a - b) / (2.0 * H)).collect();
    let (value, forward) = no_grad(|| jvp(f, &xs, &vs)).unwrap_or_else(|e| panic!("{name}: jvp: {e}"));
    close(name, "the primal of a dual is the value", &vec(&value), &vec(&y), 0.0);
    close(name, "jvp equals finite differences", &vec(&forward), &numeric, NEAR);

    let fused = vjp(f, &xs, &u, CreateGraph::No).unwrap();
    for (g, x) in fused.iter().zip(&xs) {
        assert_eq!(g.shape(), x.shape(), "{name}: a gradient has the shape of its input");
        assert_eq!(g.dtype(), x.dtype(), "{name}: a gradient has the dtype of its input");
    }
    let adjoint: f64 = fused.iter().zip(&vs).map(|(g, v)| dot(g, v)).sum();
    close(name, "<u, Jv> = <J'u, v>", &[adjoint], &[dot(&forward, &u)], EXACT);

    let recorded = vjp(f, &xs, &u, CreateGraph::Yes).unwrap();
    for (a, b) in fused.iter().zip(&recorded) {
        close(name, "fused equals recorded", &vec(a), &vec(b), 1e-14);
    }
}

/// Second derivatives: reverse over reverse, forward over reverse and reverse over forward against finite differences
/// of the gradient.
pub fn second_order(name: &str, f: Function<'_>, xs: &[Tensor], rng: &mut Rng) {
    let xs = leaves(xs);
    let vs: Vec<Tensor> = xs.iter().map(|x| rng.like(x)).collect();
    let ws: Vec<Tensor> = xs.iter().map(|x| rng.like(x)).collect();
    let u = rng.like(&no_grad(|| f(&xs)).unwrap());
    let gradient = |h: f64| -> Vec<f64> {
        let at = leaves(&shifted(&xs, &vs, h));
        vjp(f, &at, &u, CreateGraph::No).unwrap().iter().zip(&ws).map(|(g, w)| dot(g, w)).collect()
    };
    // w' H v, one term an input.
    let numeric: f64 = gradient(H).iter().zip(gradient(-H)).map(|(a, b)| (a - b) / (2.0 * H)).sum();

    let paired = |xs: &[Tensor]| -> Result<Tensor> {
        let grads = vjp(f, xs, &u, CreateGraph::Yes)?;
        let mut sum = scalar(0.0);
        for (g, w) in grads.iter().zip(&ws) {
            sum = ops::add(&sum, &inner(g, w)?)?;
        }
        Ok(sum)
    };
    let one = scalar(1.0);
    let reverse: f64 = vjp(&paired, &xs, &one, CreateGraph::No).unwrap().iter().zip(&vs).map(|(g, v)| dot(g, v)).sum();
    close(name, "reverse over reverse equals finite differences", &[reverse], &[numeric], 4.0 * NEAR);

    let (_, over) = jvp(&paired, &xs, &vs).unwrap();
    close(name, "forward over reverse equals reverse over reverse", &vec(&over), &[reverse], 1e-10);

    let along = |xs: &[Tensor]| -> Result<Tensor> {
        let (_, t) = jvp(f, xs, &vs)?;
        inner(&t, &u)
    };
    let mixed: f64 = vjp(&along, &xs, &one, CreateGraph::No).unwrap().iter().zip(&ws).map(|(g, w)| dot(g, w)).sum();
    close(name, "reverse over forward equals reverse over reverse", &[mixed], &[reverse], 1e-10);

    let double = |xs: &[Tensor]| Ok(jvp(f, xs, &vs)?.1);
    let (_, twice) = jvp(&double, &xs, &ws).unwrap();
    close(name, "forward over forward equals reverse over reverse", &[dot(&twice, &u)], &[reverse], 1e-10);
}

/// A map over examples equals the loop, in value and in the gradient of each example.
pub fn mapped(name: &str, f: Function<'_>, xs: &[Tensor], rng: &mut Rng) {
    const SIZE: usize = 3;
    let stacks: Vec<Tensor> = xs
        .iter()
        .map(|x| {
            let parts: Vec<Tensor> = (0..SIZE)
                .map(|_| {
                    let moved: Vec<f64> = vec(x).iter().map(|v| v * rng.uniform(0.9, 1.1)).collect();
                    tensor(&moved, x.shape())
                })
                .collect();
            ops::stack(&parts.iter().collect::<Vec<_>>(), 0).unwrap()
        })
        .collect();
    let level = Entered::batch(SIZE);
    let batched: Vec<Tensor> = stacks.iter().map(|s| transform::make_batched(s, level.0)).collect();
    let y = match f(&batched) {
        Err(e) if e.kind == wengert::ErrorKind::NotImplemented => return,
        y => y.unwrap_or_else(|e| panic!("{name}: mapped: {e}")),
    };
    let all = transform::unpack_batched(&y, level.0).unwrap();
    drop(level);
    for i in 0..SIZE as i64 {
        let one: Vec<Tensor> = stacks.iter().map(|s| ops::view::select(s, 0, i).unwrap()).collect();
        let wanted = f(&one).unwrap();
        let got = match &all {
            Some(all) => ops::view::select(all, 0, i).unwrap(),
            None => y.clone(),
        };
        assert_eq!(got.shape(), wanted.shape(), "{name}: a map has the shape of the loop");
        close(name, "a map equals the loop", &vec(&got), &vec(&wanted), EXACT);
    }
}

/// The same elements under other strides: columns first, or every second element of a larger tensor.
pub fn strided(x: &Tensor) -> Vec<Tensor> {
    let mut all = Vec::new();
    if x.ndim() >= 2 {
        let turned = ops::clone(&ops::view::transpose(x, 0, -1).unwrap()).unwrap();
        all.push(ops::view::transpose(&turned, 0, -1).unwrap());
    }
    if x.ndim() >= 1 && x.numel() > 0 {
        let last = x.ndim() as i64;
        let wide = ops::stack(&[x, &ops::neg(x).unwrap()], last).unwrap();
        all.push(ops::view::select(&wide, last, 0).unwrap());
    }
    all
}

/// Value and gradient do not depend on strides.
pub fn layouts(name: &str, f: Function<'_>, xs: &[Tensor], rng: &mut Rng) {
    let base = leaves(xs);
    let y = f(&base).unwrap();
    let u = rng.like(&y);
    let grads = vjp(f, &base, &u, CreateGraph::No).unwrap();
    for i in 0..xs.len() {
        for other in strided(&xs[i]) {
            let mut at = leaves(xs);
            at[i] = other.requiring_grad().unwrap();
            let value = match f(&at) {
                Err(e) if e.message.starts_with("view size is not compatible") => continue,
                value => value.unwrap_or_else(|e| panic!("{name}: under strides: {e}")),
            };
            close(name, "value under strides", &vec(&value), &vec(&y), EXACT);
            for create in [CreateGraph::No, CreateGraph::Yes] {
                let got = vjp(f, &at, &u, create).unwrap();
                for (g, w) in got.iter().zip(&grads) {
                    close(name, "gradient under strides", &vec(g), &vec(w), EXACT);
                }
            }
        }
    }
}

/// Every law.
pub fn all(name: &str, f: Function<'_>, xs: &[Tensor], rng: &mut Rng) {
    first_order(name, f, xs, rng);
    second_order(name, f, xs, rng);
    mapped(name, f, xs, rng);
    layouts(name, f, xs, rng);
}
