//! Matrix product: tiles of the output in registers, B packed a panel at a time, A packed where that
//! pays. Depends on tile, gemv, memory and threads.

use crate::gemv;
use crate::interrupt;
use crate::map::Float;
use crate::memory;
use crate::threads::{for_chunks, num_threads};
use crate::tile::{TALLEST, Tile, Tiles, tiles};
use crate::transpose::transpose;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

pub use crate::tile::Gemm;

/// A matrix: address, row stride, column stride.
#[derive(Clone, Copy)]
pub(crate) struct View<T>(pub *mut T, pub isize, pub isize);

impl<T> View<T> {
    fn transposed(self) -> Self {
        View(self.0, self.2, self.1)
    }
    fn at(self, row: usize, column: usize) -> Self {
        let far = (row as isize).wrapping_mul(self.1).wrapping_add((column as isize).wrapping_mul(self.2));
        View(self.0.wrapping_offset(far), self.1, self.2)
    }
}

/// Multiply-adds times bytes of an element, below which one thread is quicker.
const PARALLEL: usize = 1 << 24;
/// Multiply-adds of a product that takes a millisecond or more.
const LONG: usize = 1 << 27;
/// Multiply-adds of a panel, some microseconds, from which on the work may be cut short after it.
const PIECE: usize = 1 << 18;
/// Longest k of a panel. Sums of more are sums of sums; where they are cut depends on k alone.
const DEEPEST: usize = 256;
/// Longest k of a short panel: a large one has many pages of stack to touch.
const SHORT: usize = 32;
/// Bytes of the two widest vectors that a tile has in a row.
const PANEL: usize = 128;
/// Columns from which on packing A pays, if it lies over many bytes.
const WIDE: usize = 128;
const SPREAD: usize = 1 << 20;
/// Bytes that A is packed into.
const PACKED: usize = 512 << 10;
/// Steps of k that give the memory time to answer.
const FAR: usize = 64;
/// Rows from which on B is packed although its columns are adjacent.
const TALL: usize = 160;
/// Elements that rows of the packed A are apart beyond their length, lest they share lines of the cache.
const GAP: usize = 16;

/// One product: sizes, matrices, accumulate.
#[derive(Clone, Copy)]
struct Product<T> {
    m: usize,
    n: usize,
    k: usize,
    out: View<T>,
    a: View<T>,
    b: View<T>,
    add: bool,
}

// SAFETY: addresses and numbers; what may be done with them is gemm's contract.
unsafe impl<T> Send for Product<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Product<T> {}

/// out = a b, or out += a b; strides in elements: rows, then columns.
///
/// # Safety
/// Pointers are valid for m x n, m x k and k x n with their strides; `out` is disjoint from both.
#[allow(clippy::too_many_arguments)]
#[rustfmt::skip]
pub unsafe fn gemm<T: Float>(
    m: usize, n: usize, k: usize,
    out: *mut T, ors: isize, ocs: isize,
    a: *const T, ars: isize, acs: isize,
    b: *const T, brs: isize, bcs: isize,
    accumulate: bool,
) {
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        if !accumulate {
            // SAFETY: the output is valid for m x n.
            unsafe { crate::copy::fill(&[m, n], out, &[ors, ocs], T::ZERO) };
        }
        return;
    }
    let (o, a, b) = (View(out, ors, ocs), View(a as *mut T, ars, acs), View(b as *mut T, brs, bcs));
    // A vector against contiguous rows.
    if n == 1 && (acs == 1 || k == 1) && (brs == 1 || k <= gemv::LONGEST) {
        // SAFETY: the caller's.
        return unsafe { gemv::run(m, k, a, (b.0, brs), (out, ors), accumulate) };
    }
    if m == 1 && (brs == 1 || k == 1) && (acs == 1 || k <= gemv::LONGEST) {
        let rows = View(b.0, bcs, brs);
        // SAFETY: the caller's, transposed.
        return unsafe { gemv::run(n, k, rows, (a.0, acs), (out, ocs), accumulate) };
    }
    // A vector times contiguous rows, which is a sum of rows.
    if m == 1 && bcs == 1 && ocs == 1 && n >= gemv::BROAD {
        // SAFETY: the caller's.
        return unsafe { gemv::sum_rows(k, n, (a.0, acs), b, out, accumulate) };
    }
    if n == 1 && ars == 1 && ors == 1 && m >= gemv::BROAD {
        // SAFETY: the caller's, transposed.
        return unsafe { gemv::sum_rows(k, m, (b.0, brs), a.transposed(), out, accumulate) };
    }
    let p = Product { m, n, k, out: o, a, b, add: accumulate };
    let tiles = tiles::<T>();
    if ocs == 1 && bcs == 1 && m < TALL && n <= 2 * tiles.lanes && k <= DEEPEST {
        // One panel.
        let (table, lanes) = (&tiles.table[(ars == 1) as usize], tiles.lanes);
        for (i, rows) in heights(m, tiles.rows) {
            let strip = Strip { table, lanes, rows, width: n, k, a: a.at(i, 0), b };
            // SAFETY: the caller's.
            unsafe { strip.run(o.at(i, 0), accumulate) };
        }
        return;
    }
    // SAFETY: the caller's.
    unsafe { p.turned().run(tiles) }
}

/// `count` products whose matrices lie `steps` elements apart: of the output, of A and of B. Bits are those of `gemm`.
///
/// # Safety
/// As for `gemm`, each; outputs are disjoint.
#[allow(clippy::too_many_arguments)]
#[rustfmt::skip]
pub unsafe fn batch<T: Float>(
    count: usize, m: usize, n: usize, k: usize,
    out: *mut T, [os, ors, ocs]: [isize; 3],
    a: *const T, [as_, ars, acs]: [isize; 3],
    b: *const T, [bs, brs, bcs]: [isize; 3],
    accumulate: bool,
) {
    let each = m.saturating_mul(n).saturating_mul(k);
    if m <= 1 || n <= 1 || k == 0 || each >= PARALLEL / size_of::<T>() {
        for i in 0..count as isize {
            let (out, a, b) = (out.wrapping_offset(i * os), a.wrapping_offset(i * as_), b.wrapping_offset(i * bs));
            // SAFETY: the caller's.
            unsafe { gemm(m, n, k, out, ors, ocs, a, ars, acs, b, brs, bcs, accumulate) };
            if i % 64 == 63 {
                interrupt::checkpoint();
            }
        }
        return;
    }
    let first = Product {
        m, n, k,
        out: View(out, ors, ocs), a: View(a as *mut T, ars, acs), b: View(b as *mut T, brs, bcs),
        add: accumulate,
    };
    let (as_, bs) = if first.turns() { (bs, as_) } else { (as_, bs) };
    let (p, tiles) = (first.turned(), tiles::<T>());
    for_chunks(count, PARALLEL / size_of::<T>() / 2 / each, |some| {
        for i in some {
            // SAFETY: the caller's.
            unsafe { p.moved(i as isize * os, i as isize * as_, i as isize * bs).one(tiles, None) };
        }
    });
}

/// A block of memory, or none if there is none to be had.
struct Space(Option<(NonNull<u8>, usize)>);

impl Space {
    #[inline]
    fn new(bytes: usize) -> Self {
        Space(if bytes == 0 { None } else { memory::alloc(bytes).map(|block| (block, bytes)) })
    }
}

// SAFETY: threads use parts of their own.
unsafe impl Sync for Space {}

impl Space {
    /// Part `i` of parts of `each` elements.
    #[inline]
    fn part<T>(&self, i: usize, each: usize) -> Option<*mut T> {
        self.0.map(|(block, _)| block.as_ptr().cast::<T>().wrapping_add(i * each))
    }
}

impl Drop for Space {
    #[inline]
    fn drop(&mut self) {
        if let Some((block, bytes)) = self.0 {
            // SAFETY: allocated with these bytes.
            unsafe { memory::free(block, bytes) }
        }
    }
}

/// Work of so many multiply-adds, from here to where it is dropped: after the space that it uses was had, and before that
/// goes, because both want the lock.
fn long(work: usize) -> interrupt::Work {
    let mut here = interrupt::Work::begin();
    if work >= LONG {
        here.give();
    }
    here
}

/// Elements that A and B are packed into.
#[derive(Clone, Copy)]
struct Packed {
    a: usize,
    b: usize,
}

/// Where one thread packs A, how many elements fit, and where it packs B if it does so once for all blocks of A.
#[derive(Clone, Copy)]
struct Room<T> {
    a: *mut T,
    size: usize,
    b: Option<*mut T>,
}

/// A panel of B on the stack.
#[repr(align(64))]
struct Panel<const DEEP: usize>(MaybeUninit<[[u8; PANEL]; DEEP]>);

/// Rows of the output cut into tiles of nearly one height: first rows and heights.
#[inline(always)]
fn heights(m: usize, most: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = if m <= most { 1 } else { m.div_ceil(most) };
    let (height, more) = if count == 1 { (m, 0) } else { (m / count, m % count) };
    (0..count).map(move |i| (i * height + i.min(more), height + (i < more) as usize))
}

impl<T: Float> Product<T> {
    /// Rows i.. and columns j.. of the output.
    fn part(&self, i: usize, m: usize, j: usize, n: usize) -> Self {
        Product { m, n, out: self.out.at(i, j), a: self.a.at(i, 0), b: self.b.at(0, j), ..*self }
    }

    /// The same product elsewhere.
    fn moved(&self, out: isize, a: isize, b: isize) -> Self {
        let by = |v: View<T>, far| View(v.0.wrapping_offset(far), v.1, v.2);
        Product { out: by(self.out, out), a: by(self.a, a), b: by(self.b, b), ..*self }
    }

    /// Whether the transposed product has adjacent columns and this one has not.
    fn turns(&self) -> bool {
        self.out.2 != 1 && self.n > 1 && (self.out.1 == 1 || self.m == 1)
    }

    /// Vectors run along rows of the output, so the product of a column-major one is turned over.
    fn turned(self) -> Self {
        if !self.turns() {
            return self;
        }
        let (out, a, b) = (self.out.transposed(), self.b.transposed(), self.a.transposed());
        Product { m: self.n, n: self.m, out, a, b, ..self }
    }

    /// Elements that one thread packs A into, and B: none where A is near or used too few times, none for B where that is
    /// visited once.
    fn packed(&self, m: usize, n: usize, wide: usize) -> Packed {
        let spread = m.saturating_mul(self.a.1.unsigned_abs()).max(self.k.saturating_mul(self.a.2.unsigned_abs()));
        if n < WIDE || m < TALLEST || spread.saturating_mul(size_of::<T>()) < SPREAD {
            return Packed { a: 0, b: 0 };
        }
        let deep = self.k.min(DEEPEST) + GAP;
        let high = m.min(PACKED / size_of::<T>() / deep);
        let b = if high < m { self.k.min(DEEPEST) * n.next_multiple_of(wide) } else { 0 };
        Packed { a: deep * high, b }
    }

    /// The product on as many threads as are worth it: split by rows and columns, never by k.
    unsafe fn run(self, tiles: &Tiles<T>) {
        let work = self.m.saturating_mul(self.n).saturating_mul(self.k);
        let threads = if work < PARALLEL / size_of::<T>() { 1 } else { num_threads() };
        let (mut height, mut width) = (self.m, self.n);
        if threads > 1 {
            // Parts of two tiles and more each way, the longer side first.
            let (tall, wide) = (self.m.div_ceil(tiles.rows), self.n.div_ceil(2 * tiles.lanes));
            let cut = |count: usize, by: usize| (count / 2).clamp(1, by);
            let (rows, columns) = if self.m >= self.n {
                let rows = cut(tall, threads);
                (rows, cut(wide, threads / rows))
            } else {
                let columns = cut(wide, threads);
                (cut(tall, threads / columns), columns)
            };
            (height, width) = (self.m.div_ceil(rows), wide.div_ceil(columns) * 2 * tiles.lanes);
        }
        // Memory is had here, by the caller's thread, and given back when `space` goes.
        let packed = self.packed(height, width.min(self.n), 2 * tiles.lanes);
        // B begins at a line of the cache.
        let (first, each) = (packed.a.next_multiple_of(16), packed.a.next_multiple_of(16) + packed.b);
        let room = |part: Option<*mut T>| {
            part.map(|a| Room { a, size: packed.a, b: (packed.b > 0).then(|| a.wrapping_add(first)) })
        };
        if height >= self.m && width >= self.n {
            let space = Space::new(each * size_of::<T>());
            let _here = long(work);
            // SAFETY: the caller's.
            return unsafe { self.one(tiles, room(space.part(0, each))) };
        }
        let (rows, columns) = (self.m.div_ceil(height), self.n.div_ceil(width));
        let space = Space::new(each * size_of::<T>() * rows * columns);
        let (this, _here) = (&self, long(work));
        for_chunks(rows * columns, 1, |parts| {
            for i in parts {
                let (i0, j0) = (i / columns * height, i % columns * width);
                let part = this.part(i0, height.min(this.m - i0), j0, width.min(this.n - j0));
                // SAFETY: parts of the output are disjoint, and so are parts of the space.
                unsafe { part.one(tiles, room(space.part(i, each))) };
            }
        });
    }

    /// The product on this thread, with space to pack A in.
    unsafe fn one(self, tiles: &Tiles<T>, space: Option<Room<T>>) {
        if self.k <= DEEPEST && space.is_none() {
            // SAFETY: the caller's.
            return unsafe { self.block(tiles, None, None) };
        }
        let deep = self.k.div_ceil(self.k.div_ceil(DEEPEST));
        let high = space.map_or(self.m, |room| room.size / (deep + GAP));
        // Blocks of nearly one height.
        let high = self.m.div_ceil(self.m.div_ceil(high));
        let mut first = 0;
        while first < self.k {
            let k = deep.min(self.k - first);
            let packed = space.and_then(|room| room.b);
            if let Some(to) = packed {
                // SAFETY: the caller's; the space holds k rows of all columns.
                unsafe { Product { k, b: self.b.at(first, 0), ..self }.pack_panels(2 * tiles.lanes, to) };
            }
            let mut i = 0;
            while i < self.m {
                let m = high.min(self.m - i);
                let (out, a, b) = (self.out.at(i, 0), self.a.at(i, first), self.b.at(first, 0));
                let part = Product { m, k, out, a, b, add: self.add || first > 0, ..self };
                // SAFETY: the caller's; the space holds m (k + GAP) elements.
                unsafe { part.block(tiles, space.map(|room| room.a), packed) };
                i += m;
            }
            first += k;
        }
    }

    /// A product with k <= DEEPEST, A packed into `space` if there is one; `packed` are the panels of B, if they are.
    unsafe fn block(mut self, tiles: &Tiles<T>, space: Option<*mut T>, packed: Option<*mut T>) {
        let mut blocked = false;
        if let Some(space) = space {
            blocked = self.a.1 == 1;
            // SAFETY: the caller's.
            self.a = unsafe { if blocked { self.pack_columns(space, tiles.rows) } else { self.pack_rows(space) } };
        }
        // SAFETY: the caller's.
        unsafe {
            if packed.is_some() || (self.b.2 == 1 && self.m < TALL) {
                self.panels(tiles, blocked, std::ptr::null_mut(), packed);
            } else if self.k <= SHORT {
                self.on_stack::<SHORT>(tiles, blocked);
            } else {
                self.on_stack::<DEEPEST>(tiles, blocked);
            }
        }
    }

    #[inline(never)]
    unsafe fn on_stack<const DEEP: usize>(self, tiles: &Tiles<T>, blocked: bool) {
        let mut panel = Panel::<DEEP>(MaybeUninit::uninit());
        // SAFETY: the caller's; k <= DEEP.
        unsafe { self.panels(tiles, blocked, panel.0.as_mut_ptr().cast(), None) }
    }

    /// Panel after panel of columns, each of them packed to `to` unless that is null; `packed` are all of them, if they are.
    unsafe fn panels(&self, tiles: &Tiles<T>, blocked: bool, to: *mut T, packed: Option<*mut T>) {
        let wide = 2 * tiles.lanes;
        let table = &tiles.table[(self.a.1 == 1) as usize];
        let piece = self.m * self.k * wide;
        let mut j = 0;
        while j < self.n {
            let width = wide.min(self.n - j);
            let mut b = self.b.at(0, j);
            // SAFETY: `width` columns of B and of the output, rows of a tile each; the CPU has what `tiles` use.
            unsafe {
                if let Some(panels) = packed {
                    b = View(panels.add(j * self.k), wide as isize, 1);
                } else if !to.is_null() {
                    b = pack_panel(b, self.k, width, wide, to);
                }
                for (i, rows) in heights(self.m, tiles.rows) {
                    let a = if blocked { View(self.a.0.add(i * self.k), 1, rows as isize) } else { self.a.at(i, 0) };
                    let strip = Strip { table, lanes: tiles.lanes, rows, width, k: self.k, a, b };
                    let out = self.out.at(i, j);
                    if self.add && self.k >= FAR && out.2 == 1 {
                        // What the sums are added to, while they are made.
                        for r in 0..rows {
                            let to = out.at(r, 0).0;
                            fetch(to);
                            fetch(to.wrapping_add(width - 1));
                        }
                    }
                    if out.2 == 1 || width == 1 { strip.run(out, self.add) } else { strip.scatter(out, self.add) }
                }
            }
            j += width;
            if piece > PIECE {
                interrupt::checkpoint();
            }
        }
    }

    /// All panels of B, one after the other; rows of B are read along, some at a time.
    unsafe fn pack_panels(&self, wide: usize, to: *mut T) {
        const ROWS: usize = 8;
        let mut p = 0;
        while p < self.k {
            // Other orders than that of rows are read panel by panel.
            let rows = if self.b.2 == 1 { ROWS.min(self.k - p) } else { self.k };
            for j in (0..self.n).step_by(wide) {
                // SAFETY: the caller's.
                unsafe {
                    pack_panel(self.b.at(p, j), rows, wide.min(self.n - j), wide, to.add(j * self.k + p * wide));
                }
            }
            p += rows;
        }
    }

    /// Rows one after the other.
    unsafe fn pack_rows(&self, to: *mut T) -> View<T> {
        let stride = self.k + GAP;
        for i in 0..self.m {
            // SAFETY: row i of A and of the space.
            unsafe {
                let (from, to) = (self.a.at(i, 0).0, to.add(i * stride));
                if self.a.2 == 1 {
                    std::ptr::copy_nonoverlapping(from, to, self.k);
                } else {
                    for p in 0..self.k {
                        to.add(p).write(*from.offset(p as isize * self.a.2));
                    }
                }
            }
        }
        View(to, stride as isize, 1)
    }

    /// Tile by tile, the columns of a tile one after the other.
    unsafe fn pack_columns(&self, to: *mut T, most: usize) -> View<T> {
        for (i, rows) in heights(self.m, most) {
            for p in 0..self.k {
                // SAFETY: `rows` adjacent elements of A, and m k of the space.
                unsafe {
                    let (from, to) = (self.a.at(i, p).0, to.add(i * self.k + p * rows));
                    for r in 0..rows {
                        to.add(r).write(*from.add(r));
                    }
                }
            }
        }
        View(to, 1, 0)
    }
}

#[inline(always)]
fn fetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing and never faults.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// `width` columns of B as rows of `wide` elements, zeros after the columns.
unsafe fn pack_panel<T: Float>(b: View<T>, k: usize, width: usize, wide: usize, to: *mut T) -> View<T> {
    // SAFETY: k * width elements of B, k * wide of the panel.
    unsafe {
        if b.2 == 1 && width == wide {
            for p in 0..k {
                std::ptr::copy_nonoverlapping(b.at(p, 0).0, to.add(p * wide), wide);
            }
        } else if b.1 == 1 {
            transpose(k, width, b.0, b.2, to, wide);
        } else {
            for p in 0..k {
                let (from, to) = (b.at(p, 0).0, to.add(p * wide));
                for j in 0..width {
                    to.add(j).write(*from.offset(j as isize * b.2));
                }
            }
        }
        if width < wide {
            for p in 0..k {
                for j in width..wide.min(width.next_multiple_of(wide / 2)) {
                    to.add(p * wide + j).write(T::ZERO);
                }
            }
        }
    }
    View(to, wide as isize, 1)
}

/// Tiles of some rows and the columns of a panel.
struct Strip<'a, T: 'static> {
    table: &'a [&'static [Tile<T>]; 2],
    lanes: usize,
    rows: usize,
    width: usize,
    k: usize,
    a: View<T>,
    b: View<T>,
}

impl<T: Float> Strip<'_, T> {
    #[inline(always)]
    unsafe fn run(&self, out: View<T>, add: bool) {
        let Strip { a, b, k, width, lanes, rows, table } = *self;
        // SAFETY: the caller's.
        unsafe {
            if width == 2 * lanes {
                return table[1][rows - 1](k, a.0, a.1, a.2, b.0, b.1, out.0, out.1, width, add);
            }
            let tile = table[0][rows - 1];
            tile(k, a.0, a.1, a.2, b.0, b.1, out.0, out.1, width.min(lanes), add);
            if width > lanes {
                tile(k, a.0, a.1, a.2, b.0.add(lanes), b.1, out.0.add(lanes), out.1, width - lanes, add);
            }
        }
    }

    /// To an output whose columns are not adjacent.
    #[cold]
    unsafe fn scatter(&self, out: View<T>, add: bool) {
        let wide = 2 * self.lanes;
        let mut sums = [T::ZERO; TALLEST * PANEL / 4];
        // SAFETY: the caller's; the sums are `rows` x `wide`.
        unsafe {
            self.run(View(sums.as_mut_ptr(), wide as isize, 1), false);
            for i in 0..self.rows {
                for j in 0..self.width {
                    let (to, v) = (out.at(i, j).0, sums[i * wide + j]);
                    to.write(if add { (*to).plus(v) } else { v });
                }
            }
        }
    }
}
