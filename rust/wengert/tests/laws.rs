//! Every differentiable operation against the laws of derivatives, on shapes and values drawn by a seeded generator.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

mod law;

use law::samples::Sample;
use law::{Function, Rng};
use std::collections::BTreeSet;
use wengert::array::{DType, Scalar};
use wengert::ops::{self, Args, Body, Value, view};
use wengert::{Error, OpRef, Result, Tensor, inplace};

/// How many draws of shapes and values; `WENGERT_LAW_SEEDS=100` looks harder.
fn seeds() -> u64 {
    std::env::var("WENGERT_LAW_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(4)
}

/// A case: the row of the table that it stands for, a name, the function and its inputs.
struct Case {
    row: &'static str,
    name: String,
    f: Box<law::Law>,
    xs: Vec<Tensor>,
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(
        &mut self,
        row: &'static str,
        detail: &str,
        xs: Vec<Tensor>,
        f: impl Fn(&[Tensor]) -> Result<Tensor> + 'static,
    ) {
        let shapes: Vec<&[usize]> = xs.iter().map(Tensor::shape).collect();
        let name = format!("{row} {detail} {shapes:?}");
        self.0.push(Case { row, name, f: Box::new(f), xs });
    }
}

/// Calls an op the way an embedding does.
fn call(name: &str, values: &[Value]) -> Result<Tensor> {
    let Some(Body::Call(f)) = ops::info(name).map(|row| &row.body) else { panic!("{name} is no plain call") };
    match f(&Args { name, params: &[], values })? {
        Value::Tensor(t) => Ok(t),
        other => Err(Error::type_(format!("{other:?}"))),
    }
}

/// A shape of up to three dimensions, sizes 1 to 3.
fn shape(rng: &mut Rng) -> Vec<usize> {
    (0..rng.below(4)).map(|_| 1 + rng.below(3)).collect()
}

/// Two shapes that broadcast against each other.
fn pair(rng: &mut Rng) -> (Vec<usize>, Vec<usize>) {
    let full = shape(rng);
    let part = |rng: &mut Rng| -> Vec<usize> {
        let cut = rng.below(full.len() + 1);
        full[cut..].iter().map(|&n| if rng.below(3) == 0 { 1 } else { n }).collect()
    };
    match rng.below(3) {
        0 => (full.clone(), full.clone()),
        1 => (full.clone(), part(rng)),
        _ => (part(rng), full.clone()),
    }
}

/// Every sample of every row, as the embedding would call it.
fn sampled(c: &mut Cases, rng: &mut Rng) {
    for info in ops::table().filter(|row| row.differentiable && !row.face.writes()) {
        for text in info.samples {
            let sample = Sample::draw(info, text, rng);
            if !sample.xs.is_empty() {
                let xs = sample.xs.clone();
                c.add(info.name, text, xs, move |x| sample.call(x));
            }
        }
    }
}

/// The in-place twin of every other op that has one, between two readers of its target.
fn written(c: &mut Cases, rng: &mut Rng) {
    for info in ops::table() {
        let Body::Twin(_, write) = info.body else { continue };
        for text in info.samples {
            let sample = Sample::draw(info, text, rng);
            if !sample.xs.is_empty() {
                let xs = sample.xs.clone();
                c.add(info.name, &format!("{text} in place"), xs, move |x| {
                    let mut target = ops::mul(&x[0], &x[0])?;
                    let before = ops::sin(&target)?;
                    sample.write(write, &mut target, x)?;
                    ops::add(&ops::mul(&target, &target)?, &before)
                });
            }
        }
    }
}

/// Shapes that the samples do not have, operands given twice, exponents with rules of their own.
fn elementwise(c: &mut Cases, rng: &mut Rng) {
    for info in ops::table() {
        let Body::Binary(f, ..) = info.body else { continue };
        if !info.differentiable {
            continue;
        }
        let (s, t) = pair(rng);
        let mut draw = |s: &[usize]| rng.tensor(s, 0.4, 2.0);
        c.add(info.name, "", vec![draw(&s), draw(&t)], move |x| f(&x[0], &x[1]));
        c.add(info.name, "with itself", vec![draw(&s)], move |x| f(&x[0], &x[0]));
    }
    for e in [2.0, 3.0, 0.5, -1.0, 1.0, 0.0, 1.7] {
        let s = shape(rng);
        let x = rng.tensor(&s, 0.4, 2.0);
        c.add("pow", &format!("by {e}"), vec![x], move |x| ops::power::pow_number(&x[0], Scalar::Float(e)));
    }
    let (s, t) = pair(rng);
    c.add("where", "", vec![rng.nonzero(&s), rng.nonzero(&t)], |x| {
        ops::where_(&ops::gt(&x[0], &x[1])?, &ops::mul(&x[0], &x[0])?, &x[1])
    });
}

fn reductions(c: &mut Cases, rng: &mut Rng) {
    for keepdim in [false, true] {
        let sets: [Option<&'static [i64]>; 4] = [None, Some(&[1]), Some(&[0, -1]), Some(&[-2])];
        for dims in sets {
            let detail = format!("over {dims:?} keepdim {keepdim}");
            let mut x = || rng.nonzero(&[2, 3, 2]);
            c.add("sum", &detail, vec![x()], move |x| ops::sum(&x[0], dims, keepdim));
            c.add("mean", &detail, vec![x()], move |x| ops::mean(&x[0], dims, keepdim));
            for p in [2.0, 1.0, 3.0, 1.5, 0.0, -2.0, f64::INFINITY, f64::NEG_INFINITY] {
                let x = vec![x()];
                c.add("norm", &format!("{p} {detail}"), x, move |x| ops::norm(&x[0], p, dims, keepdim));
            }
        }
        for dim in [None, Some(1), Some(-1)] {
            let x = vec![rng.nonzero(&[2, 3, 2])];
            c.add("max", &format!("over {dim:?}"), x, move |x| Ok(ops::max(&x[0], dim, keepdim)?.0));
        }
    }
    let x = vec![rng.nonzero(&[2, 3, 2])];
    c.add("sum", "to a shape", x, |x| ops::sum_to(ops::mul(&x[0], &x[0])?, &wengert::Layout::contiguous(&[3, 1])?));
}

fn products(c: &mut Cases, rng: &mut Rng) {
    let [k, m, n, b] = [1 + rng.below(4), 1 + rng.below(4), 1 + rng.below(4), 1 + rng.below(3)];
    let mut two = |s: &[usize], t: &[usize]| vec![rng.nonzero(s), rng.nonzero(t)];
    c.add("dot", "", two(&[k], &[k]), |x| ops::dot(&x[0], &x[1]));
    c.add("mv", "", two(&[m, k], &[k]), |x| ops::mv(&x[0], &x[1]));
    c.add("mm", "", two(&[m, k], &[k, n]), |x| ops::mm(&x[0], &x[1]));
    c.add("mm", "with its transpose", vec![two(&[m, k], &[1])[0].clone()], |x| ops::mm(&x[0], &view::t(&x[0])?));
    c.add("bmm", "", two(&[b, m, k], &[b, k, n]), |x| ops::bmm(&x[0], &x[1]));
    let shapes: [(&[usize], &[usize]); 8] = [
        (&[k], &[k]),
        (&[m, k], &[k]),
        (&[k], &[k, n]),
        (&[m, k], &[k, n]),
        (&[b, m, k], &[k, n]),
        (&[b, 1, m, k], &[2, k, n]),
        (&[k], &[b, k, n]),
        (&[b, m, k], &[k]),
    ];
    for (s, t) in shapes {
        c.add("matmul", "", two(s, t), |x| ops::matmul(&x[0], &x[1]));
    }
}

fn views(c: &mut Cases, rng: &mut Rng) {
    // A square after each view, so that second derivatives say something.
    fn square(t: Result<Tensor>) -> Result<Tensor> {
        let t = t?;
        ops::mul(&t, &t)
    }
    let mut x = |s: &[usize]| vec![rng.nonzero(s)];
    c.add("reshape", "", x(&[2, 6]), |x| square(view::reshape(&x[0], &[3, 4])));
    c.add("reshape", "of a transpose", x(&[2, 6]), |x| square(view::reshape(&view::t(&x[0])?, &[3, 4])));
    c.add("view", "", x(&[2, 3, 2]), |x| square(view::view(&x[0], &[-1, 2])));
    c.add("transpose", "", x(&[2, 3, 2]), |x| square(view::transpose(&x[0], 0, -1)));
    c.add("t", "", x(&[2, 3]), |x| square(view::t(&x[0])));
    c.add("permute", "", x(&[2, 3, 2]), |x| square(view::permute(&x[0], &[2, 0, 1])));
    c.add("permute", "reversed", x(&[2, 3, 2]), |x| square(view::reversed(&x[0])));
    c.add("expand", "", x(&[2, 1]), |x| square(view::expand(&x[0], &[3, 2, 4])));
    c.add("expand", "of a scalar", x(&[]), |x| square(view::expand(&x[0], &[2, 2])));
    c.add("unsqueeze", "", x(&[2, 3]), |x| square(view::unsqueeze(&x[0], 1)));
    c.add("squeeze", "", x(&[1, 3, 1]), |x| square(view::squeeze(&x[0], None)));
    c.add("squeeze", "one", x(&[1, 3, 1]), |x| square(view::squeeze(&x[0], Some(&[-1]))));
    c.add("select", "", x(&[2, 3]), |x| square(view::select(&x[0], 1, -2)));
    c.add("narrow", "", x(&[5, 2]), |x| {
        square(call("narrow", &[x[0].clone().into(), Value::Int(0), Value::Int(1), Value::Int(3)]))
    });
    c.add("narrow", "by steps", x(&[5, 2]), |x| square(view::slice(&x[0], 0, 0, 3, 2)));
    c.add("clone", "", x(&[2, 3]), |x| square(ops::clone(&x[0])));
    c.add("clone", "to f64 and back", x(&[2]), |x| square(ops::cast(&ops::cast(&x[0], DType::F64)?, DType::F64)));
    c.add("clone", "alias", x(&[2, 3]), |x| square(ops::view_alias(&x[0])));
    c.add("contiguous", "", x(&[2, 3]), |x| square(ops::contiguous(&view::t(&x[0])?)));
    let mut two = |s: &[usize], t: &[usize]| vec![rng.nonzero(s), rng.nonzero(t)];
    c.add("cat", "", two(&[2, 2], &[2, 3]), |x| square(ops::cat(&[&x[0], &x[1], &x[0]], 1)));
    c.add("stack", "", two(&[2, 2], &[2, 2]), |x| square(ops::stack(&[&x[0], &x[1]], -1)));
}

fn indices(c: &mut Cases, rng: &mut Rng) {
    let at = |v: &[i64], s: &[usize]| Some(Tensor::from_slice(v, s).unwrap());
    let rows = at(&[0, 2, -1, 0], &[4]);
    let grid = at(&[0, 1, 1, 0], &[2, 2]);
    let mask = Some(Tensor::from_slice(&[true, false, true], &[3]).unwrap());
    let entries = [
        ("rows", vec![rows.clone()]),
        ("grid in the middle", vec![None, grid.clone()]),
        ("apart", vec![at(&[0, 1], &[2]), None, at(&[1, 0], &[2])]),
        ("side by side", vec![None, at(&[0, 1], &[2]), at(&[1, 0], &[2])]),
        ("mask", vec![mask.clone()]),
    ];
    for (detail, e) in entries {
        c.add("index", detail, vec![rng.nonzero(&[3, 2, 2])], move |x| {
            let y = ops::index::index(&x[0], &e)?;
            ops::mul(&y, &y)
        });
    }
    let places = vec![at(&[2, 0], &[2])];
    c.add("index_put_", "", vec![rng.nonzero(&[3, 2]), rng.nonzero(&[2, 2])], move |x| {
        let mut y = ops::mul(&x[0], &x[0])?;
        ops::index::index_put_(&mut y, &places, &ops::mul(&x[1], &x[1])?)?;
        ops::mul(&y, &y)
    });
}

/// Writes: each as a function from its inputs to the value after the write.
fn writes(c: &mut Cases, rng: &mut Rng) {
    c.add("copy_", "", vec![rng.nonzero(&[2, 3]), rng.nonzero(&[3])], |x| {
        let mut y = ops::mul(&x[0], &x[0])?;
        let before = ops::sin(&y)?;
        inplace::copy_(&mut y, &ops::exp(&x[1])?)?;
        ops::mul(&y, &before)
    });
    for (row, value) in [("fill_", 0.5), ("zero_", 0.0)] {
        c.add(row, "", vec![rng.nonzero(&[2, 3])], move |x| {
            let mut y = ops::mul(&x[0], &x[0])?;
            let before = ops::exp(&y)?;
            inplace::fill_(&mut y, Scalar::Float(value))?;
            ops::add(&before, &y)
        });
    }
    // Writes that change the shape, or part of the values: what was read before keeps its value.
    let written: [(&'static str, &'static [usize], &'static [i64]); 6] = [
        ("squeeze_", &[1, 3], &[]),
        ("unsqueeze_", &[3], &[1]),
        ("transpose_", &[2, 3], &[0, 1]),
        ("t_", &[2, 3], &[]),
        ("tril_", &[2, 3], &[0]),
        ("triu_", &[3, 2], &[1]),
    ];
    for (row, shape, numbers) in written {
        let xs = vec![rng.nonzero(shape)];
        c.add(row, "", xs, move |x| {
            let Some(Body::Write(f)) = ops::info(row).map(|info| &info.body) else { panic!("{row} does not write") };
            let mut y = ops::mul(&x[0], &x[0])?;
            let before = ops::sum(&ops::exp(&y)?, None, false)?;
            let values: Vec<Value> =
                std::iter::once(y.clone().into()).chain(numbers.iter().map(|&n| Value::Int(n))).collect();
            f(&mut y, &Args { name: row, params: &[], values: &values })?;
            ops::mul(&ops::mul(&y, &y)?, &before)
        });
    }
    // The in-place twin of every elementwise op, between two readers of its target.
    for info in ops::table().filter(|row| row.face.inplace()) {
        if !info.differentiable {
            continue;
        }
        let (op, two) = match info.body {
            Body::Unary(_, _, op) => (op, false),
            Body::Binary(_, _, op) => (op, true),
            // The samples of the others are written in place as well.
            _ => continue,
        };
        // A sample is inside the domain; it must be of tensors whose result has the shape of the first.
        let mut drawn = info.samples.iter().map(|text| Sample::draw(info, text, rng).xs);
        let fits = |xs: &Vec<Tensor>| xs.len() == 1 + usize::from(two) && xs.iter().all(|x| x.ndim() <= xs[0].ndim());
        let xs = drawn.find(fits).unwrap_or_else(|| panic!("{}: no sample for the in-place twin", info.name));
        c.add(info.name, "in place", xs, move |x| {
            let mut y = ops::mul(&x[0], &law::scalar(1.0))?;
            let before = ops::mul(&y, &y)?;
            let others: &[&Tensor] = if two { &[&x[1]] } else { &[] };
            inplace::apply_inplace(OpRef::Static(op), &mut y, others)?;
            ops::mul(&ops::mul(&y, &y)?, &before)
        });
    }
}

fn cases(seed: u64) -> Vec<Case> {
    let rng = &mut Rng(seed);
    let mut c = Cases::default();
    for part in [sampled, written, elementwise, reductions, products, views, indices, writes] {
        part(&mut c, rng);
    }
    // A mean over no rows, where the draw has all of them ignored, is NaN in truth: nothing to compare.
    c.0.retain(|case| {
        !case.name.contains("ignore_index")
            || (case.f)(&case.xs)
                .is_ok_and(|y| law::vec(&ops::cast(&y, DType::F64).unwrap()).iter().all(|v| !v.is_nan()))
    });
    c.0
}

fn run(law: fn(&str, Function<'_>, &[Tensor], &mut Rng)) {
    for seed in 1..=seeds() {
        for case in cases(seed) {
            law(&format!("{} (seed {seed})", case.name), &*case.f, &case.xs, &mut Rng(seed << 32));
        }
    }
}

#[test]
fn no_differentiable_op_is_without_a_case() {
    let covered: BTreeSet<&str> = cases(1).iter().map(|c| c.row).collect();
    let missing: Vec<&str> =
        ops::table().filter(|row| row.differentiable && !covered.contains(row.name)).map(|row| row.name).collect();
    assert!(missing.is_empty(), "ops without a case in tests/laws.rs: {missing:?}");
}

#[test]
fn first_derivatives() {
    run(law::first_order);
}

#[test]
fn second_derivatives() {
    run(law::second_order);
}

#[test]
fn maps_equal_loops() {
    run(law::mapped);
}

#[test]
fn strides_do_not_matter() {
    // To all but as_strided, which shows them.
    run(|name, f, xs, rng| {
        if !name.starts_with("as_strided") {
            law::layouts(name, f, xs, rng);
        }
    });
}

#[test]
fn f32_rules_agree_with_f64_rules() {
    let to = |t: &Tensor, d| ops::cast(t, d).unwrap();
    for case in cases(7) {
        let rng = &mut Rng(7);
        let xs32: Vec<Tensor> = case.xs.iter().map(|x| to(x, DType::F32).requiring_grad().unwrap()).collect();
        let xs64: Vec<Tensor> = xs32.iter().map(|x| to(&x.detach(), DType::F64).requiring_grad().unwrap()).collect();
        if case.name.contains("f64") {
            continue;
        }
        let y64 = (case.f)(&xs64).unwrap();
        let u = rng.like(&y64);
        let u32 = to(&u, DType::F32);
        let u = to(&u32, DType::F64);
        let y32 = (case.f)(&xs32).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        law::close(&case.name, "f32 value", &law::vec(&to(&y32.detach(), DType::F64)), &law::vec(&y64), 2e-5);
        if !y64.requires_grad() {
            continue;
        }
        let g64 = law::vjp(&*case.f, &xs64, &u, wengert::transform::CreateGraph::No).unwrap();
        let g32 = law::vjp(&*case.f, &xs32, &u32, wengert::transform::CreateGraph::No).unwrap();
        for (a, b) in g32.iter().zip(&g64) {
            law::close(&case.name, "f32 gradient", &law::vec(&to(a, DType::F64)), &law::vec(b), 1e-4);
        }
    }
}

#[test]
fn empty_tensors_have_empty_gradients() {
    for info in ops::table() {
        let Body::Unary(f, ..) = info.body else { continue };
        let x = law::leaf(&[], &[0, 3]);
        let y = ops::sum(&f(&x).unwrap(), None, false).unwrap();
        assert_eq!(law::item(&y), 0.0);
        if info.differentiable {
            wengert::backward(&y).unwrap();
            assert_eq!(x.grad().unwrap().shape(), [0, 3]);
        }
    }
    for (s, t) in [(&[2, 0][..], &[0, 3][..]), (&[0, 2], &[2, 3]), (&[2, 3], &[3, 0])] {
        let a = law::leaf(&vec![1.0; s.iter().product()], s);
        let b = law::leaf(&vec![1.0; t.iter().product()], t);
        wengert::backward(&ops::sum(&ops::mm(&a, &b).unwrap(), None, false).unwrap()).unwrap();
        assert!(law::grad_of(&a).iter().all(|&v| v == 0.0 || t[1] > 0));
        assert_eq!(b.grad().unwrap().shape(), t);
    }
}
