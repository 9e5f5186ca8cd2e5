//! Walks one strided operand in linear order and moves blocks between it and a contiguous buffer.
//! Depends on nothing.

/// Dimensions a walker holds after collapsing; drivers peel the outermost ones beyond that.
pub(crate) const RANK: usize = 8;

/// How one operand lies in memory, seen in the linear order of a nest of dimensions.
#[derive(Clone, Copy)]
pub(crate) struct Walk {
    rank: usize,
    len: [usize; RANK],
    stride: [isize; RANK],
    index: [usize; RANK],
    offset: isize,
}

/// The order in which dimensions are visited: largest output stride first.
pub(crate) struct Order {
    pub rank: usize,
    pub dim: [u8; RANK],
}

impl Order {
    pub fn by_stride(shape: &[usize], strides: &[isize]) -> Order {
        let mut o = Order { rank: 0, dim: [0; RANK] };
        for d in 0..shape.len() {
            if shape[d] == 1 {
                continue;
            }
            let mut at = o.rank;
            // Insertion from the back: row-major layouts need no move at all.
            while at > 0 && strides[o.dim[at - 1] as usize].unsigned_abs() < strides[d].unsigned_abs() {
                o.dim[at] = o.dim[at - 1];
                at -= 1;
            }
            o.dim[at] = d as u8;
            o.rank += 1;
        }
        o
    }
}

impl Walk {
    pub fn new(shape: &[usize], strides: &[isize], order: &Order) -> Walk {
        let mut w = Walk { rank: 0, len: [1; RANK], stride: [0; RANK], index: [0; RANK], offset: 0 };
        for &d in &order.dim[..order.rank] {
            let (n, s) = (shape[d as usize], strides[d as usize]);
            if w.rank > 0 && w.stride[w.rank - 1] == s.wrapping_mul(n as isize) {
                w.len[w.rank - 1] *= n;
                w.stride[w.rank - 1] = s;
            } else {
                w.len[w.rank] = n;
                w.stride[w.rank] = s;
                w.rank += 1;
            }
        }
        if w.rank == 0 {
            w.rank = 1;
        }
        w
    }

    /// Number of straight dimensions and the last stride, after collapsing.
    pub fn last(&self) -> (usize, usize, isize) {
        (self.rank, self.len[self.rank - 1], self.stride[self.rank - 1])
    }

    /// Offset of linear position `at`.
    pub fn offset_of(&self, mut at: usize) -> isize {
        let mut offset = 0;
        for d in (1..self.rank).rev() {
            offset += (at % self.len[d]) as isize * self.stride[d];
            at /= self.len[d];
        }
        offset + at as isize * self.stride[0]
    }

    /// The element itself is a constant over the whole nest.
    pub fn is_constant(&self) -> bool {
        self.rank == 1 && self.stride[0] == 0
    }

    pub fn is_contiguous(&self) -> bool {
        self.rank == 1 && (self.stride[0] == 1 || self.len[0] == 1)
    }

    /// Moves to linear position `at`.
    pub fn seek(&mut self, mut at: usize) {
        self.offset = 0;
        for d in (0..self.rank).rev() {
            let i = if d == 0 { at } else { at % self.len[d] };
            at /= self.len[d].max(1);
            self.index[d] = i;
            self.offset += i as isize * self.stride[d];
        }
    }

    /// Calls `run(done, offset, stride, count)` for each straight piece of the next `n` elements.
    #[inline(always)]
    pub fn pieces(&mut self, n: usize, mut run: impl FnMut(usize, isize, isize, usize)) {
        let last = self.rank - 1;
        let mut done = 0;
        while done < n {
            let count = (self.len[last] - self.index[last]).min(n - done);
            run(done, self.offset, self.stride[last], count);
            done += count;
            self.index[last] += count;
            self.offset += count as isize * self.stride[last];
            let mut d = last;
            while self.index[d] == self.len[d] && d > 0 {
                self.offset -= self.len[d] as isize * self.stride[d];
                self.index[d] = 0;
                d -= 1;
                self.index[d] += 1;
                self.offset += self.stride[d];
            }
        }
    }

    /// How far from the start the next elements lie, and how many of them one after the other, if these come in whole
    /// multiples of `step`.
    pub fn straight(&self, step: usize) -> Option<(isize, usize)> {
        let last = self.rank - 1;
        let n = self.len[last];
        (self.stride[last] == 1 && n.is_multiple_of(step)).then(|| (self.offset, n - self.index[last]))
    }

    /// Copies the next `n` elements into `buf`.
    ///
    /// # Safety
    /// The nest around `base` is readable, `buf` is writable for `n` elements and disjoint from it.
    pub unsafe fn gather<T: Copy>(&mut self, n: usize, base: *const T, buf: *mut T) {
        self.pieces(n, |done, offset, stride, count| {
            // SAFETY: the piece lies inside the nest, which the caller vouches for.
            unsafe { strided_read(count, base.offset(offset), stride, buf.add(done)) }
        });
    }

    /// Copies `buf` over the next `n` elements.
    ///
    /// # Safety
    /// The nest around `base` is writable, `buf` is readable for `n` elements and disjoint from it.
    pub unsafe fn scatter<T: Copy>(&mut self, n: usize, base: *mut T, buf: *const T) {
        self.pieces(n, |done, offset, stride, count| {
            // SAFETY: the piece lies inside the nest, which the caller vouches for.
            unsafe { strided_write(count, base.offset(offset), stride, buf.add(done)) }
        });
    }
}

/// # Safety
/// `n` elements from `src` by `stride` are readable, `n` from `dst` writable, the two disjoint.
#[inline(always)]
pub(crate) unsafe fn strided_read<T: Copy>(n: usize, src: *const T, stride: isize, dst: *mut T) {
    // SAFETY: by this function's contract.
    unsafe {
        match stride {
            1 if n > 8 => std::ptr::copy_nonoverlapping(src, dst, n),
            0 => std::slice::from_raw_parts_mut(dst.cast::<std::mem::MaybeUninit<T>>(), n)
                .fill(std::mem::MaybeUninit::new(*src)),
            _ => {
                for i in 0..n {
                    *dst.add(i) = *src.offset(i as isize * stride);
                }
            }
        }
    }
}

/// # Safety
/// `n` elements from `dst` by `stride` are writable, `n` from `src` readable, the two disjoint.
#[inline(always)]
pub(crate) unsafe fn strided_write<T: Copy>(n: usize, dst: *mut T, stride: isize, src: *const T) {
    // SAFETY: by this function's contract.
    unsafe {
        if stride == 1 && n > 8 {
            std::ptr::copy_nonoverlapping(src, dst, n);
        } else {
            for i in 0..n {
                *dst.offset(i as isize * stride) = *src.add(i);
            }
        }
    }
}
