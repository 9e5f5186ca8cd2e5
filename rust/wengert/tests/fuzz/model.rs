//! What views and rearrangements should show, by plain loops over indices: shape, and for each element of the result the
//! flat index of the element of the input that it is. Depends on nothing of the library.

/// From flat index and indices of an element of the result to the flat index of one of the input.
pub type Source = Box<dyn Fn(usize, &[usize]) -> usize>;
/// What a call should give; None where it should fail.
pub type Wanted = Option<(Vec<usize>, Source)>;

/// Number of elements, without overflow.
pub fn numel(shape: &[usize]) -> u128 {
    shape.iter().map(|&n| n as u128).fold(1, u128::saturating_mul)
}

/// Calls `f` with each index of `shape`, in row-major order.
pub fn each(shape: &[usize], mut f: impl FnMut(usize, &[usize])) {
    let mut at = vec![0; shape.len()];
    for flat in 0..numel(shape) as usize {
        f(flat, &at);
        for d in (0..shape.len()).rev() {
            at[d] += 1;
            if at[d] < shape[d] {
                break;
            }
            at[d] = 0;
        }
    }
}

/// The flat index of an element.
pub fn flat(shape: &[usize], at: &[usize]) -> usize {
    shape.iter().zip(at).fold(0, |sum, (&n, &i)| sum * n + i)
}

/// A dimension or an index counted from either end.
pub fn wrap(i: i64, n: usize) -> Option<usize> {
    let wrapped = if i < 0 { i128::from(i) + n as i128 } else { i128::from(i) };
    usize::try_from(wrapped).ok().filter(|&i| i < n)
}

/// A dimension of a tensor, a 0-d one having one.
pub fn dim(d: i64, shape: &[usize]) -> Option<usize> {
    wrap(d, shape.len().max(1))
}

/// A result whose element at `at` is the input's at `f(at)`.
fn mapped(input: &[usize], out: Vec<usize>, f: impl Fn(&[usize]) -> Vec<usize> + 'static) -> Wanted {
    let input = input.to_vec();
    Some((out, Box::new(move |_, at| flat(&input, &f(at)))))
}

/// The same elements in the same order.
pub fn reshape(x: &[usize], sizes: &[i64]) -> Wanted {
    let all = numel(x);
    let known =
        sizes.iter().filter(|&&n| n != -1).try_fold(1u128, |p, &n| Some(p.saturating_mul(u128::try_from(n).ok()?)))?;
    let out = match sizes.iter().filter(|&&n| n == -1).count() {
        0 if known == all => sizes.iter().map(|&n| n as usize).collect(),
        1 if known > 0 && all.is_multiple_of(known) => {
            sizes.iter().map(|&n| if n == -1 { (all / known) as usize } else { n as usize }).collect()
        }
        _ => return None,
    };
    Some((out, Box::new(|flat, _| flat)))
}

pub fn flatten(x: &[usize], start: i64, end: i64) -> Wanted {
    let (start, end) = (dim(start, x)?, dim(end, x)?);
    if x.is_empty() {
        return reshape(x, &[1]);
    }
    if start > end {
        return None;
    }
    let mut sizes = x.to_vec();
    sizes.splice(start..=end, [numel(&x[start..=end]) as usize]);
    Some((sizes, Box::new(|flat, _| flat)))
}

pub fn unflatten(x: &[usize], d: i64, sizes: &[i64]) -> Wanted {
    let d = dim(d, x)?;
    let (part, _) = reshape(&[*x.get(d)?], sizes)?;
    let mut out = x.to_vec();
    out.splice(d..=d, part);
    Some((out, Box::new(|flat, _| flat)))
}

pub fn permute(x: &[usize], dims: &[i64]) -> Wanted {
    let dims = dims.iter().map(|&d| dim(d, x)).collect::<Option<Vec<_>>>()?;
    if dims.len() != x.len() || (0..x.len()).any(|d| !dims.contains(&d)) {
        return None;
    }
    let out = dims.iter().map(|&d| x[d]).collect();
    mapped(x, out, move |at| {
        let mut from = at.to_vec();
        dims.iter().zip(at).for_each(|(&d, &i)| from[d] = i);
        from
    })
}

pub fn transpose(x: &[usize], a: i64, b: i64) -> Wanted {
    let (a, b) = (dim(a, x)?, dim(b, x)?);
    let mut dims: Vec<i64> = (0..x.len() as i64).collect();
    if !dims.is_empty() {
        dims.swap(a, b);
    }
    permute(x, &dims)
}

pub fn select(x: &[usize], d: i64, index: i64) -> Wanted {
    let d = wrap(d, x.len())?;
    let index = wrap(index, x[d])?;
    let mut out = x.to_vec();
    out.remove(d);
    mapped(x, out, move |at| [&at[..d], &[index], &at[d..]].concat())
}

pub fn slice(x: &[usize], d: usize, start: usize, len: usize, step: usize) -> Wanted {
    let n = *x.get(d)? as u128;
    if step == 0 || (len > 0 && (len as u128 - 1) * step as u128 + start as u128 >= n) {
        return None;
    }
    let mut out = x.to_vec();
    out[d] = len;
    mapped(x, out, move |at| {
        let mut from = at.to_vec();
        from[d] = start + at[d] * step;
        from
    })
}

pub fn narrow(x: &[usize], d: i64, start: i64, len: i64) -> Wanted {
    let d = wrap(d, x.len())?;
    let n = x[d];
    let start = if start == n as i64 { n } else { wrap(start, n)? };
    if len < 0 || start as i128 + i128::from(len) > n as i128 {
        return None;
    }
    slice(x, d, start, len as usize, 1)
}

pub fn expand(x: &[usize], sizes: &[i64]) -> Wanted {
    let added = sizes.len().checked_sub(x.len())?;
    let mut out = Vec::new();
    for (d, &n) in sizes.iter().enumerate() {
        let old = d.checked_sub(added).map(|k| x[k]);
        out.push(match (n, old) {
            (-1, Some(old)) => old,
            (n, Some(old)) if n >= 0 && (old == 1 || old == n as usize) => n as usize,
            (n, None) if n >= 0 => n as usize,
            _ => return None,
        });
    }
    let old = x.to_vec();
    mapped(x, out, move |at| at[added..].iter().zip(&old).map(|(&i, &n)| if n == 1 { 0 } else { i }).collect())
}

pub fn squeeze(x: &[usize], dims: Option<&[i64]>) -> Wanted {
    let dims = match dims {
        None => (0..x.len()).collect(),
        Some(dims) => dims.iter().map(|&d| dim(d, x)).collect::<Option<Vec<_>>>()?,
    };
    let out = (0..x.len()).filter(|d| !(x[*d] == 1 && dims.contains(d))).map(|d| x[d]).collect();
    Some((out, Box::new(|flat, _| flat)))
}

pub fn unsqueeze(x: &[usize], d: i64) -> Wanted {
    let mut out = x.to_vec();
    out.insert(wrap(d, x.len() + 1)?, 1);
    Some((out, Box::new(|flat, _| flat)))
}

pub fn diagonal(x: &[usize], offset: i64, a: i64, b: i64) -> Wanted {
    let (a, b) = (wrap(a, x.len())?, wrap(b, x.len())?);
    if a == b {
        return None;
    }
    let offset = i128::from(offset);
    let (down, right) = ((-offset).max(0), offset.max(0));
    let len = (x[a] as i128 - down).min(x[b] as i128 - right).max(0) as usize;
    let mut out: Vec<usize> = (0..x.len()).filter(|&d| d != a && d != b).map(|d| x[d]).collect();
    out.push(len);
    let ndim = x.len();
    mapped(x, out, move |at| {
        let mut rest = at.iter().copied();
        let last = at[at.len() - 1];
        (0..ndim)
            .map(|d| match d {
                d if d == a => last + down as usize,
                d if d == b => last + right as usize,
                _ => rest.next().unwrap(),
            })
            .collect()
    })
}

pub fn unfold(x: &[usize], d: i64, size: i64, step: i64) -> Wanted {
    let d = dim(d, x)?;
    let n = x.get(d).copied().unwrap_or(1);
    let (size, step) = (usize::try_from(size).ok()?, usize::try_from(step).ok()?);
    if size > n || step == 0 {
        return None;
    }
    if x.is_empty() {
        return Some((vec![size], Box::new(|_, _| 0)));
    }
    let mut out = x.to_vec();
    out[d] = (n - size) / step + 1;
    out.push(size);
    mapped(x, out, move |at| {
        let mut from = at[..at.len() - 1].to_vec();
        from[d] = at[d] * step + at[at.len() - 1];
        from
    })
}

pub fn flip(x: &[usize], dims: &[i64]) -> Wanted {
    let dims = dims.iter().map(|&d| dim(d, x)).collect::<Option<Vec<_>>>()?;
    if (1..dims.len()).any(|k| dims[..k].contains(&dims[k])) {
        return None;
    }
    let shape = x.to_vec();
    mapped(x, x.to_vec(), move |at| {
        at.iter().enumerate().map(|(d, &i)| if dims.contains(&d) { shape[d] - 1 - i } else { i }).collect()
    })
}

pub fn roll(x: &[usize], shifts: &[i64], dims: &[i64]) -> Wanted {
    let dims = dims.iter().map(|&d| dim(d, x)).collect::<Option<Vec<_>>>()?;
    if shifts.len() != dims.len() || shifts.is_empty() {
        return None;
    }
    let (shape, shifts) = (x.to_vec(), shifts.to_vec());
    mapped(x, x.to_vec(), move |at| {
        let mut from = at.to_vec();
        for (&d, &s) in dims.iter().zip(&shifts) {
            if d < from.len() {
                from[d] = (from[d] as i128 - i128::from(s)).rem_euclid(shape[d] as i128) as usize;
            }
        }
        from
    })
}

pub fn repeat(x: &[usize], counts: &[i64]) -> Wanted {
    let added = counts.len().checked_sub(x.len())?;
    let counts = counts.iter().map(|&n| usize::try_from(n).ok()).collect::<Option<Vec<_>>>()?;
    let size = |d: usize| d.checked_sub(added).map_or(1, |k| x[k]);
    let out = counts.iter().enumerate().map(|(d, &n)| n.saturating_mul(size(d))).collect();
    let old = x.to_vec();
    mapped(x, out, move |at| at[added..].iter().zip(&old).map(|(&i, &n)| i % n).collect())
}

pub fn index_select(x: &[usize], d: i64, index: &[i64]) -> Wanted {
    let d = dim(d, x)?;
    let n = x.get(d).copied().unwrap_or(1);
    let index = index.iter().map(|&i| wrap(i, n)).collect::<Option<Vec<_>>>()?;
    if x.is_empty() {
        return (index.len() == 1).then(|| (vec![], Box::new(|_: usize, _: &[usize]| 0usize) as Source));
    }
    let mut out = x.to_vec();
    out[d] = index.len();
    mapped(x, out, move |at| {
        let mut from = at.to_vec();
        from[d] = index[at[d]];
        from
    })
}

/// Elements of the input at the flat places of `index`, which has shape `out`.
pub fn take(x: &[usize], index: &[i64], out: &[usize]) -> Wanted {
    let n = numel(x) as usize;
    let index = index.iter().map(|&i| wrap(i, n)).collect::<Option<Vec<_>>>()?;
    Some((out.to_vec(), Box::new(move |flat, _| index[flat])))
}

/// Where each element of `index` (of `shape`) points to in `x`, along dimension `d`: what gather reads, scatter writes.
pub fn along(x: &[usize], d: i64, index: &[i64], shape: &[usize]) -> Option<Vec<usize>> {
    let d = dim(d, x)?;
    if index.is_empty() {
        return Some(vec![]);
    }
    let (x, shape) = (if x.is_empty() { &[1] } else { x }, if shape.is_empty() { &[1] } else { shape });
    if x.len() != shape.len() || (0..x.len()).any(|e| e != d && shape[e] > x[e]) {
        return None;
    }
    let mut places = Some(Vec::new());
    each(shape, |flat_at, at| {
        let mut from = at.to_vec();
        match (wrap(index[flat_at], x[d]), &mut places) {
            (Some(i), Some(places)) => {
                from[d] = i;
                places.push(flat(x, &from));
            }
            _ => places = None,
        }
    });
    places
}

/// The shape that shapes broadcast to.
pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let n = a.len().max(b.len());
    let at = |s: &[usize], d: usize| (d + s.len()).checked_sub(n).map_or(1, |k| s[k]);
    (0..n)
        .map(|d| match (at(a, d), at(b, d)) {
            (x, y) if x == y => Some(x),
            (1, y) => Some(y),
            (x, 1) => Some(x),
            _ => None,
        })
        .collect()
}

/// The flat index, in an operand of shape `x`, of the element that index `at` of the broadcast result comes from.
pub fn spread(x: &[usize], at: &[usize]) -> usize {
    let from: Vec<usize> = at[at.len() - x.len()..].iter().zip(x).map(|(&i, &n)| if n == 1 { 0 } else { i }).collect();
    flat(x, &from)
}
