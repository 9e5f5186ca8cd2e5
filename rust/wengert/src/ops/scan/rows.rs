//! The rows: cumsum, cumprod, logcumsumexp, cummax, cummin, diff.

use super::*;

fn with_dtype(a: &Args<'_>, f: fn(&Tensor, i64) -> Result<Tensor>) -> Result<Value> {
    let x = a.tensor(0)?;
    let dim = a.int(1)?;
    let Some(dtype) = a.maybe_dtype(2)? else { return f(x, dim).map(Value::from) };
    crate::ops::cast(&f(&crate::ops::cast(x, dtype)?, dim)?, dtype).map(Value::from)
}

/// The row of the table.
static CUMSUM: OpInfo = OpInfo {
    name: "cumsum",
    doc: "Sum of the elements so far along `dim`; integers and bool sum as int64 unless `dtype` is given.\n\n\
          float32 is summed in double precision.\n\n\
          >>> import wengert\n\
          >>> wengert.cumsum(wengert.tensor([1.0, 2.0, 3.0]), 0)\n\
          tensor([1., 3., 6.])\n",
    signature: "input: Tensor, dim: int, *, dtype: dtype | None = None",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| with_dtype(a, cumsum)),
    samples: &["f(2, 3), 1", "f(2, 3), dim=0", "f(2, 3, 2), dim=-2", "f(), 0", "f(0, 3), dim=0", "i(4), 0", "b(4), 0"],
};

/// The row of the table.
static CUMPROD: OpInfo = OpInfo {
    name: "cumprod",
    doc: "Product of the elements so far along `dim`; integers and bool multiply as int64 unless `dtype` is given.\n\n\
          The gradient, of any order, is right where elements are zero: it is a linear recurrence without division.\n\n\
          >>> import wengert\n\
          >>> wengert.cumprod(wengert.tensor([1.0, 2.0, 3.0]), 0)\n\
          tensor([1., 2., 6.])\n",
    signature: "input: Tensor, dim: int, *, dtype: dtype | None = None",
    returns: "Tensor",
    face: Face::ELEMENTWISE,
    differentiable: true,
    body: Body::Call(|a| with_dtype(a, cumprod)),
    samples: &["f(2, 3), 1", "f(2, 3), dim=0", "f(2, 3, 2), dim=-2", "f(), 0", "f(4, lo=0.0, hi=0.0), 0", "i(4), 0"],
};

/// The row of the table.
static LOGCUMSUMEXP: OpInfo = OpInfo {
    name: "logcumsumexp",
    doc: "Logarithm of the sum of exponentials so far along `dim`, without overflow.\n\n\
          Raises NotImplementedError for integers.\n\n\
          >>> import wengert\n\
          >>> wengert.logcumsumexp(wengert.tensor([0.0, 0.0, 1000.0]), 0)\n\
          tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])\n",
    signature: "input: Tensor, dim: int",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| logcumsumexp(a.tensor(0)?, a.int(1)?).map(Value::from)),
    samples: &["f(2, 3), 1", "f(2, 3), dim=0", "f(2, 3, 2), dim=-2", "f(), 0"],
};

macro_rules! records {
    ($($info:ident $name:literal $min:literal $doc:expr;)*) => {$(
        /// The row of the table.
        static $info: OpInfo = OpInfo {
            name: $name,
            doc: $doc,
            signature: "input: Tensor, dim: int",
            returns: "tuple[Tensor, Tensor]",
            face: Face::BOTH,
            differentiable: true,
            body: Body::Call(|a| {
                let (values, indices) = records($min, a.tensor(0)?, a.int(1)?)?;
                Ok(Value::Named($name, vec![("values", values), ("indices", indices)]))
            }),
            samples: &["f(2, 4), 1", "f(4, 2), dim=0", "f(2, 3, 2), dim=-2", "f(), 0", "i(5), 0"],
        };
    )*};
}
records! {
    CUMMAX "cummax" false
    "Largest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices).\n\n\
     >>> import wengert\n\
     >>> values, indices = wengert.cummax(wengert.tensor([1.0, 3.0, 2.0]), 0)\n\
     >>> values, indices\n\
     (tensor([1., 3., 3.]), tensor([0, 1, 1]))\n";
    CUMMIN "cummin" true
    "Smallest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices).\n\n\
     >>> import wengert\n\
     >>> values, indices = wengert.cummin(wengert.tensor([2.0, 3.0, 1.0]), 0)\n\
     >>> values, indices\n\
     (tensor([2., 2., 1.]), tensor([0, 0, 2]))\n";
}

/// Differences of neighbours along `dim`, `n` times over.
#[track_caller]
pub fn diff(x: &Tensor, n: i64, dim: i64, ends: [Option<&Tensor>; 2]) -> Result<Tensor> {
    if x.ndim() == 0 {
        return Err(Error::runtime("diff expects input to be at least one-dimensional; got a 0-d tensor"));
    }
    if n < 0 {
        return Err(Error::runtime(format!("order must be non-negative but got {n}")));
    }
    let dim = wrap_dim("diff", dim, x.ndim())?;
    if n == 0 {
        return crate::ops::clone(x);
    }
    let parts: SmallVec<[&Tensor; 3]> = [ends[0], Some(x), ends[1]].into_iter().flatten().collect();
    let mut x = if parts.len() > 1 { crate::ops::cat(&parts, dim as i64)? } else { x.clone() };
    if x.numel() == 0 {
        // Nothing to subtract, however many times.
        let left = x.shape()[dim].saturating_sub(n as usize);
        return crate::ops::view::slice(&x, dim, 0, left, 1);
    }
    for _ in 0..n.min(x.shape()[dim] as i64) {
        let len = x.shape()[dim].saturating_sub(1);
        let [low, high] = [0, 1].map(|start| crate::ops::view::slice(&x, dim, start, len, 1));
        x = if x.dtype() == DType::Bool { crate::ops::ne(&high?, &low?)? } else { sub(&high?, &low?)? };
    }
    Ok(x)
}

/// The row of the table.
static DIFF: OpInfo = OpInfo {
    name: "diff",
    doc: "Differences of neighbours along `dim`, `n` times over; `prepend` and `append` are joined to the input first.\n\n\
          Raises RuntimeError for a 0-d tensor or a negative `n`.\n\n\
          >>> import wengert\n\
          >>> wengert.diff(wengert.tensor([1.0, 3.0, 6.0]))\n\
          tensor([2., 3.])\n",
    signature: "input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None",
    returns: "Tensor",
    face: Face::BOTH,
    differentiable: true,
    body: Body::Call(|a| {
        diff(a.tensor(0)?, a.int(1)?, a.int(2)?, [a.maybe_tensor(3)?, a.maybe_tensor(4)?]).map(Value::from)
    }),
    samples: &["f(4)", "f(3, 4), n=2", "f(3, 4), dim=0", "f(3, 4), prepend=f(3, 1)", "i(4)", "b(4)"],
};

/// The rows of this file.
pub static ROWS: &[&OpInfo] = &[&CUMSUM, &CUMPROD, &LOGCUMSUMEXP, &CUMMAX, &CUMMIN, &DIFF];
