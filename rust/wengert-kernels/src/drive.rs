//! The type-erased outer loop of every elementwise kernel: feeds contiguous blocks to a compiled
//! inner loop. Depends on walk, stream and threads.

use crate::stream;
use crate::threads::for_chunks;
use crate::walk::{Order, RANK, Walk};
use std::mem::MaybeUninit;

/// A compiled inner loop: `n` elements, contiguous; the output coincides with an input only if n is 1.
pub(crate) type Kernel<const N: usize> = unsafe fn(usize, *mut u8, [*const u8; N]);

/// One operand: address, bytes per element, strides in elements.
#[derive(Clone, Copy)]
pub(crate) struct Operand<'a> {
    pub ptr: *mut u8,
    pub size: usize,
    pub strides: &'a [isize],
}

impl<'a> Operand<'a> {
    pub fn new<T>(ptr: *const T, strides: &'a [isize]) -> Self {
        Operand { ptr: ptr as *mut u8, size: size_of::<T>(), strides }
    }
}

/// Elements in a staged block: small enough that four operands stay in the first-level cache.
const BLOCK: usize = 512;

/// Rows of whole multiples of this are read where they lie: inner loops have no rest then.
const STEP: usize = 64;

/// Elements a thread takes at a time; below twice this, waking a thread costs more than it saves.
pub(crate) const GRAIN: usize = 32 * 1024;

/// Where an operand's blocks come from.
#[derive(Clone, Copy)]
// A walk on the stack is cheaper than one behind a pointer.
#[allow(clippy::large_enum_variant)]
enum Source {
    Direct,
    /// Contiguous but the same memory as the output: copied first, so that the loop may assume disjoint memory.
    Staged,
    Constant,
    /// A large output: made in a stage and written past the caches.
    Streamed,
    Walk(Walk),
}

#[derive(Clone, Copy)]
struct Plan {
    ptr: *mut u8,
    size: usize,
    source: Source,
}

// SAFETY: a plan is an address and numbers; what may be done with the address is the driver's contract.
unsafe impl Send for Plan {}
// SAFETY: as above.
unsafe impl Sync for Plan {}

#[repr(align(64))]
struct Stage(MaybeUninit<[u64; BLOCK]>);

/// Applies `kernel` to every element.
///
/// # Safety
/// Each operand is valid for `shape` and its strides; the output is disjoint from each input or
/// coincides with it exactly; strides have the length of the shape.
pub(crate) unsafe fn drive<const N: usize>(
    shape: &[usize],
    out: Operand<'_>,
    ins: [Operand<'_>; N],
    kernel: Kernel<N>,
) {
    let n: usize = shape.iter().product();
    if n <= 1 {
        if n == 1 {
            // SAFETY: one element; kernels read before they write.
            unsafe { kernel(1, out.ptr, ins.map(|i| i.ptr as *const u8)) };
        }
        return;
    }
    if shape.len() > RANK {
        // Rare: peel the outermost dimension.
        for i in 0..shape[0] {
            let peel = |o: Operand<'_>| o.ptr.wrapping_offset(i as isize * o.strides[0] * o.size as isize);
            let out = Operand { ptr: peel(out), strides: &out.strides[1..], ..out };
            let ins = ins.map(|o| Operand { ptr: peel(o), strides: &o.strides[1..], ..o });
            // SAFETY: a sub-nest of the caller's.
            unsafe { drive(&shape[1..], out, ins, kernel) };
        }
        return;
    }
    if row_major(shape, out.strides) {
        let mut plain = [Source::Direct; N];
        let mut all = true;
        for (p, i) in plain.iter_mut().zip(&ins) {
            if row_major(shape, i.strides) {
                *p = Source::Direct;
            } else if i.strides.iter().zip(shape).all(|(&s, &d)| s == 0 || d == 1) {
                *p = Source::Constant;
            } else {
                all = false;
                break;
            }
        }
        if all {
            // SAFETY: the caller's contract; every operand is contiguous or one element.
            unsafe { contiguous(n, (out.ptr, out.size), ins.map(|i| (i.ptr, i.size)), plain, kernel) };
            return;
        }
    }
    let order = Order::by_stride(shape, out.strides);
    let plan = |o: &Operand<'_>| {
        let walk = Walk::new(shape, o.strides, &order);
        let source = if walk.is_contiguous() {
            Source::Direct
        } else if walk.is_constant() {
            Source::Constant
        } else {
            Source::Walk(walk)
        };
        Plan { ptr: o.ptr, size: o.size, source }
    };
    let (out, ins) = (plan(&out), ins.map(|i| plan(&i)));
    // SAFETY: the caller's contract.
    unsafe { planned(n, out, ins, kernel) }
}

/// Applies `kernel` to contiguous operands (or constants).
///
/// # Safety
/// As for `drive`, `n` elements each (one for a constant).
#[inline]
pub(crate) unsafe fn flat<const N: usize>(
    n: usize,
    out: (*mut u8, usize),
    ins: [(*mut u8, usize); N],
    constant: [bool; N],
    kernel: Kernel<N>,
) {
    if n <= 1 {
        if n == 1 {
            // SAFETY: one element; kernels read before they write.
            unsafe { kernel(1, out.0, ins.map(|i| i.0 as *const u8)) };
        }
        return;
    }
    let sources = constant.map(|c| if c { Source::Constant } else { Source::Direct });
    // SAFETY: the caller's contract.
    unsafe { contiguous(n, out, ins, sources, kernel) }
}

unsafe fn contiguous<const N: usize>(
    n: usize,
    out: (*mut u8, usize),
    ins: [(*mut u8, usize); N],
    sources: [Source; N],
    kernel: Kernel<N>,
) {
    let direct = |k: usize| matches!(sources[k], Source::Direct) && ins[k].0 != out.0;
    if n < 2 * GRAIN && (0..N).all(direct) {
        // SAFETY: the caller's contract, and no input is the output.
        unsafe { kernel(n, out.0, ins.map(|i| i.0 as *const u8)) };
        return;
    }
    let out = Plan { ptr: out.0, size: out.1, source: Source::Direct };
    let ins: [Plan; N] = std::array::from_fn(|k| Plan { ptr: ins[k].0, size: ins[k].1, source: sources[k] });
    // SAFETY: the caller's contract.
    unsafe { planned(n, out, ins, kernel) }
}

unsafe fn planned<const N: usize>(n: usize, mut out: Plan, mut ins: [Plan; N], kernel: Kernel<N>) {
    for i in &mut ins {
        if matches!(i.source, Source::Direct) && i.ptr == out.ptr {
            i.source = Source::Staged;
        }
    }
    let direct = |p: &Plan| matches!(p.source, Source::Direct);
    let apart = !ins.iter().any(|i| matches!(i.source, Source::Staged));
    if direct(&out) && apart && stream::worthwhile(out.ptr, n * out.size) {
        out.source = Source::Streamed;
    }
    let all_direct = direct(&out) && ins.iter().all(direct);
    for_chunks(n, GRAIN, |range| {
        // Whole fields, so that the closure captures the Sync plans and not their raw pointers.
        let (mut out, mut ins) = (out, ins);
        if all_direct {
            // SAFETY: the range lies in 0..n, operands are contiguous and disjoint.
            unsafe {
                let at = |p: &Plan| p.ptr.add(range.start * p.size);
                kernel(range.len(), at(&out), ins.map(|i| at(&i) as *const u8));
            }
            return;
        }
        // SAFETY: the range lies in 0..n; the caller's contract.
        unsafe { blocks(range, &mut out, &mut ins, kernel) }
    });
}

unsafe fn blocks<const N: usize>(
    range: std::ops::Range<usize>,
    out: &mut Plan,
    ins: &mut [Plan; N],
    kernel: Kernel<N>,
) {
    let mut out_stage = Stage(MaybeUninit::uninit());
    let mut in_stage = [const { Stage(MaybeUninit::uninit()) }; N];
    if let Source::Walk(w) = &mut out.source {
        w.seek(range.start);
    }
    for (i, stage) in ins.iter_mut().zip(&mut in_stage) {
        match &mut i.source {
            Source::Walk(w) => w.seek(range.start),
            // SAFETY: a constant is one readable element; a stage holds BLOCK of any size.
            Source::Constant => unsafe {
                fill_erased(i.size, range.len().min(BLOCK), i.ptr, stage.0.as_mut_ptr().cast())
            },
            _ => {}
        }
    }
    // Operands that are straight for a while, such as a row beside a matrix, are read where they lie.
    let straight = |i: &Plan| match &i.source {
        Source::Walk(w) => w.straight(STEP),
        _ => None,
    };
    let mut at = range.start;
    while at < range.end {
        let n = ins.iter().filter_map(straight).fold((range.end - at).min(BLOCK), |n, (_, left)| n.min(left));
        let mut from = [std::ptr::null::<u8>(); N];
        for k in 0..N {
            let (i, stage) = (&mut ins[k], in_stage[k].0.as_mut_ptr().cast::<u8>());
            from[k] = stage;
            // SAFETY: elements at..at+n of the operand, which the caller vouches for.
            unsafe {
                match &mut i.source {
                    Source::Direct => from[k] = i.ptr.add(at * i.size),
                    Source::Staged => std::ptr::copy_nonoverlapping(i.ptr.add(at * i.size), stage, n * i.size),
                    Source::Constant | Source::Streamed => {}
                    Source::Walk(w) => match w.straight(STEP) {
                        Some((offset, _)) => {
                            from[k] = i.ptr.offset(offset * i.size as isize);
                            w.pieces(n, |_, _, _, _| ());
                        }
                        None => gather_erased(i.size, w, n, i.ptr, stage),
                    },
                }
            }
        }
        // SAFETY: as above; stages are disjoint from everything.
        unsafe {
            if let Source::Walk(w) = &mut out.source {
                let stage = out_stage.0.as_mut_ptr().cast::<u8>();
                kernel(n, stage, from);
                scatter_erased(out.size, w, n, out.ptr, stage);
            } else if let Source::Streamed = out.source {
                let stage = out_stage.0.as_mut_ptr().cast::<u8>();
                kernel(n, stage, from);
                stream::copy(n * out.size, stage, out.ptr.add(at * out.size));
            } else {
                kernel(n, out.ptr.add(at * out.size), from);
            }
        }
        at += n;
    }
    if let Source::Streamed = out.source {
        stream::finish();
    }
}

/// Row-major without gaps.
#[inline]
pub(crate) fn row_major(shape: &[usize], strides: &[isize]) -> bool {
    let mut expect = 1isize;
    for (&d, &s) in shape.iter().zip(strides).rev() {
        if d != 1 {
            if s != expect {
                return false;
            }
            expect *= d as isize;
        }
    }
    true
}

macro_rules! by_size {
    ($size:expr, $t:ident => $e:expr) => {
        match $size {
            1 => {
                type $t = u8;
                $e
            }
            2 => {
                type $t = u16;
                $e
            }
            4 => {
                type $t = u32;
                $e
            }
            _ => {
                type $t = u64;
                $e
            }
        }
    };
}

unsafe fn gather_erased(size: usize, w: &mut Walk, n: usize, base: *const u8, buf: *mut u8) {
    // SAFETY: the caller's; elements of a size are copied as integers of that size.
    unsafe { by_size!(size, T => w.gather::<T>(n, base.cast(), buf.cast())) }
}

unsafe fn scatter_erased(size: usize, w: &mut Walk, n: usize, base: *mut u8, buf: *const u8) {
    // SAFETY: as above.
    unsafe { by_size!(size, T => w.scatter::<T>(n, base.cast(), buf.cast())) }
}

unsafe fn fill_erased(size: usize, n: usize, from: *const u8, buf: *mut u8) {
    // SAFETY: as above.
    unsafe { by_size!(size, T => crate::walk::strided_read::<T>(n, from.cast(), 0, buf.cast())) }
}
