//! Rows sorted, and the first few of them found: by keys of whole numbers that order as PyTorch orders elements (NaN is
//! the largest, -0.0 equals 0.0) with the place below the key, so that every order is stable. Depends on threads.

use crate::drive::GRAIN;
use crate::element::{Element, Kind};
use crate::interrupt;
use crate::threads::for_chunks;
use std::sync::atomic::{AtomicBool, Ordering};

/// Memory for a row's keys could not be had.
#[derive(Debug)]
pub struct OutOfMemory;

#[inline(always)]
fn bits<T: Element>(v: T) -> u64 {
    // SAFETY: an integer as wide as T, of which every bit is initialised.
    unsafe {
        match size_of::<T>() {
            1 => u64::from(std::mem::transmute_copy::<T, u8>(&v)),
            2 => u64::from(std::mem::transmute_copy::<T, u16>(&v)),
            4 => u64::from(std::mem::transmute_copy::<T, u32>(&v)),
            _ => std::mem::transmute_copy::<T, u64>(&v),
        }
    }
}

const fn mask<T>() -> u64 {
    u64::MAX >> (64 - 8 * size_of::<T>())
}

/// A whole number in the low bits, as wide as T, that orders as the elements do.
#[inline(always)]
pub fn key<T: Element>(v: T) -> u64 {
    let top = mask::<T>() ^ (mask::<T>() >> 1);
    match T::KIND {
        Kind::Bool => bits(v),
        Kind::Int if T::LOWEST < T::ZERO => bits(v) ^ top,
        Kind::Int => bits(v),
        Kind::Float => {
            // The sum makes 0.0 of -0.0.
            let b = bits(v.plus(T::ZERO));
            let ordered = if b & top == 0 { b | top } else { !b & mask::<T>() };
            if v.is_nan() { mask::<T>() } else { ordered }
        }
    }
}

/// A key with the place it came from.
trait Entry: Copy + Ord + Send {
    fn new(key: u64, at: usize) -> Self;
    fn key(self) -> u64;
    fn at(self) -> usize;
}

/// Keys of at most 32 bits in rows of at most 2^32: one word.
impl Entry for u64 {
    #[inline(always)]
    fn new(key: u64, at: usize) -> u64 {
        key << 32 | at as u64
    }
    #[inline(always)]
    fn key(self) -> u64 {
        self >> 32
    }
    #[inline(always)]
    fn at(self) -> usize {
        (self & 0xffff_ffff) as usize
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wide {
    key: u64,
    at: u64,
}
impl Entry for Wide {
    #[inline(always)]
    fn new(key: u64, at: usize) -> Wide {
        Wide { key, at: at as u64 }
    }
    #[inline(always)]
    fn key(self) -> u64 {
        self.key
    }
    #[inline(always)]
    fn at(self) -> usize {
        self.at as usize
    }
}

/// A vector with room for `n`.
pub(crate) fn buffer<E>(n: usize) -> Result<Vec<E>, OutOfMemory> {
    let mut v = Vec::new();
    v.try_reserve_exact(n).map_err(|_| OutOfMemory)?;
    Ok(v)
}

/// Below this comparing is quicker than counting digits.
const SHORT: usize = 1024;
const DIGIT: u32 = 8;
const BUCKETS: usize = 1 << DIGIT;

/// Elements of a row after which the work may be cut short.
const PIECE: usize = 1 << 16;

/// Between pieces of a row of `n`: of a short one there is but one.
fn pause(n: usize) {
    if n > PIECE {
        interrupt::checkpoint();
    }
}

/// Sorts entries whose keys have `width` bits and whose places ascend; `spare` is as long.
fn sort_entries<E: Entry>(entries: &mut Vec<E>, spare: &mut Vec<E>, width: u32) {
    let n = entries.len();
    if n < SHORT {
        entries.sort_unstable();
        return;
    }
    // A stable sort by each digit in turn, from the lowest; all are counted in one pass.
    let digits = width.div_ceil(DIGIT) as usize;
    let mut counts = [[0usize; BUCKETS]; 8];
    let digit = |e: E, d: usize| (e.key() >> (d as u32 * DIGIT)) as usize & (BUCKETS - 1);
    for part in entries.chunks(PIECE) {
        for &e in part {
            for (d, c) in counts.iter_mut().enumerate().take(digits) {
                c[digit(e, d)] += 1;
            }
        }
        pause(n);
    }
    spare.clear();
    spare.resize(n, entries[0]);
    for (d, starts) in counts.iter_mut().enumerate().take(digits) {
        if starts.contains(&n) {
            continue;
        }
        let mut sum = 0;
        for c in starts.iter_mut() {
            sum += std::mem::replace(c, sum);
        }
        for part in entries.chunks(PIECE) {
            for &e in part {
                let place = &mut starts[digit(e, d)];
                spare[*place] = e;
                *place += 1;
            }
            pause(n);
        }
        std::mem::swap(entries, spare);
    }
}

/// A row's memory and what is shared by rows.
struct Rows<T> {
    x: *const T,
    values: *mut T,
    indices: *mut i64,
    failed: AtomicBool,
}
// SAFETY: rows write disjoint parts.
unsafe impl<T> Sync for Rows<T> {}

impl<T: Element> Rows<T> {
    /// Runs `row(x, values, indices, memory)` for each of `count` rows of `n` elements, of which `k` come out.
    ///
    /// # Safety
    /// `x` has that many readable elements, the outputs `count * k` writable ones, disjoint.
    unsafe fn run<E: Entry>(
        self,
        count: usize,
        n: usize,
        k: usize,
        row: impl Fn(&[T], &mut [T], &mut [i64], &mut [Vec<E>; 2]) + Sync,
    ) -> Result<(), OutOfMemory> {
        let whole = &self;
        for_chunks(count, (GRAIN / n.max(1)).max(1), |range| {
            let (Ok(one), Ok(two)) = (buffer(n), buffer(n)) else {
                whole.failed.store(true, Ordering::Relaxed);
                return;
            };
            let mut memory = [one, two];
            for r in range {
                // SAFETY: the caller's; each row is handled once.
                let (x, values, indices) = unsafe {
                    (
                        std::slice::from_raw_parts(whole.x.add(r * n), n),
                        std::slice::from_raw_parts_mut(whole.values.add(r * k), k),
                        std::slice::from_raw_parts_mut(whole.indices.add(r * k), k),
                    )
                };
                row(x, values, indices, &mut memory);
            }
        });
        if self.failed.into_inner() { Err(OutOfMemory) } else { Ok(()) }
    }
}

/// The entries of a row, in its order.
fn collect<T: Element, E: Entry>(x: &[T], flip: u64, entries: &mut Vec<E>) {
    for (p, part) in x.chunks(PIECE).enumerate() {
        entries.extend(part.iter().enumerate().map(|(i, &v)| E::new(key(v) ^ flip, p * PIECE + i)));
        pause(x.len());
    }
}

fn write_out<T: Element, E: Entry>(entries: &[E], x: &[T], values: &mut [T], indices: &mut [i64]) {
    for (i, e) in indices.iter_mut().zip(entries) {
        *i = e.at() as i64;
    }
    for (values, indices) in values.chunks_mut(PIECE).zip(indices.chunks(PIECE)) {
        for (v, &i) in values.iter_mut().zip(indices) {
            *v = x[i as usize];
        }
        pause(entries.len());
    }
}

/// Whether keys and places of a row fit one word.
const fn narrow<T>(n: usize) -> bool {
    size_of::<T>() <= 4 && n <= u32::MAX as usize
}

/// Each row of `x` in order, and where each element was; all are row-major of (count, n).
///
/// # Safety
/// `x` is readable, the outputs are writable for count * n elements, all disjoint.
pub unsafe fn sort_rows<T: Element>(
    count: usize,
    n: usize,
    x: *const T,
    descending: bool,
    values: *mut T,
    indices: *mut i64,
) -> Result<(), OutOfMemory> {
    #[allow(clippy::type_complexity)] // The type is said once in each place, and nowhere else.
    fn row<T: Element, E: Entry>(flip: u64) -> impl Fn(&[T], &mut [T], &mut [i64], &mut [Vec<E>; 2]) + Sync {
        move |x, values, indices, [entries, spare]| {
            entries.clear();
            collect(x, flip, entries);
            sort_entries(entries, spare, 8 * size_of::<T>() as u32);
            write_out(entries, x, values, indices);
        }
    }
    let flip = if descending { mask::<T>() } else { 0 };
    let rows = Rows { x, values, indices, failed: AtomicBool::new(false) };
    // SAFETY: the caller's.
    unsafe {
        if narrow::<T>(n) {
            rows.run(count, n, n, row::<T, u64>(flip))
        } else {
            rows.run(count, n, n, row::<T, Wide>(flip))
        }
    }
}

/// The `k` smallest of the keys into `best`, in no order.
fn smallest<T: Element, E: Entry>(x: &[T], k: usize, flip: u64, best: &mut Vec<E>) {
    best.clear();
    let room = (2 * k).max(256);
    if room >= x.len() {
        best.extend(x.iter().enumerate().map(|(i, &v)| E::new(key(v) ^ flip, i)));
        if k < x.len() {
            best.select_nth_unstable(k - 1);
            best.truncate(k);
        }
        return;
    }
    // Candidates are collected below a limit that sinks whenever they are thinned out. Places ascend, so that an equal
    // key comes too late.
    best.extend(x[..room].iter().enumerate().map(|(i, &v)| E::new(key(v) ^ flip, i)));
    best.select_nth_unstable(k - 1);
    best.truncate(k);
    let mut limit = best[k - 1].key();
    for (b, block) in x[room..].chunks(16).enumerate() {
        if b % 8192 == 8191 {
            interrupt::checkpoint();
        }
        if !block.iter().fold(false, |any, &v| any | (key(v) ^ flip < limit)) {
            continue;
        }
        for (i, &v) in block.iter().enumerate() {
            let key = key(v) ^ flip;
            if key < limit {
                best.push(E::new(key, room + 16 * b + i));
                if best.len() == room {
                    best.select_nth_unstable(k - 1);
                    best.truncate(k);
                    limit = best[k - 1].key();
                }
            }
        }
    }
    if best.len() > k {
        best.select_nth_unstable(k - 1);
        best.truncate(k);
    }
}

/// The `k` smallest (or largest) of each row of `n` in order, and where each was: row-major of (count, k).
///
/// # Safety
/// As for `sort_rows`, with outputs of count * k elements; 0 < k <= n.
pub unsafe fn top_rows<T: Element>(
    count: usize,
    n: usize,
    k: usize,
    x: *const T,
    largest: bool,
    values: *mut T,
    indices: *mut i64,
) -> Result<(), OutOfMemory> {
    #[allow(clippy::type_complexity)] // The type is said once in each place, and nowhere else.
    fn row<T: Element, E: Entry>(k: usize, flip: u64) -> impl Fn(&[T], &mut [T], &mut [i64], &mut [Vec<E>; 2]) + Sync {
        move |x, values, indices, [entries, _]| {
            smallest(x, k, flip, entries);
            entries.sort_unstable();
            write_out(entries, x, values, indices);
        }
    }
    let flip = if largest { mask::<T>() } else { 0 };
    let rows = Rows { x, values, indices, failed: AtomicBool::new(false) };
    // SAFETY: the caller's.
    unsafe {
        if narrow::<T>(n) {
            rows.run(count, n, k, row::<T, u64>(k, flip))
        } else {
            rows.run(count, n, k, row::<T, Wide>(k, flip))
        }
    }
}

/// The `k`-th smallest (from 0) of each row of `n`, and where it was.
///
/// # Safety
/// As for `sort_rows`, with outputs of count elements; k < n.
pub unsafe fn nth_rows<T: Element>(
    count: usize,
    n: usize,
    k: usize,
    x: *const T,
    values: *mut T,
    indices: *mut i64,
) -> Result<(), OutOfMemory> {
    #[allow(clippy::type_complexity)] // The type is said once in each place, and nowhere else.
    fn row<T: Element, E: Entry>(k: usize) -> impl Fn(&[T], &mut [T], &mut [i64], &mut [Vec<E>; 2]) + Sync {
        move |x, values, indices, [entries, _]| {
            entries.clear();
            collect(x, 0, entries);
            let (_, &mut e, _) = entries.select_nth_unstable(k);
            write_out(&[e], x, values, indices);
        }
    }
    let rows = Rows { x, values, indices, failed: AtomicBool::new(false) };
    // SAFETY: the caller's.
    unsafe {
        if narrow::<T>(n) { rows.run(count, n, 1, row::<T, u64>(k)) } else { rows.run(count, n, 1, row::<T, Wide>(k)) }
    }
}
