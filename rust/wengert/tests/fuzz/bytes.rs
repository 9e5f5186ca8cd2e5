//! Bytes read as the choices of a program: small numbers mostly, hostile ones now and then. Depends on nothing.

/// Numbers that break arithmetic on sizes. Those that can be sizes are small or beyond every memory, never in between.
const HOSTILE: [i64; 16] = [
    i64::MIN,
    i64::MIN + 1,
    i64::MAX,
    i64::MAX - 1,
    1 << 62,
    -(1 << 62),
    1 << 61,
    (1 << 59) - 1,
    1 << 59,
    1 << 58,
    1 << 50,
    1 << 44,
    -(1 << 44),
    (1 << 44) + 1,
    -(1 << 31),
    i64::MAX / 8 + 1,
];

/// A reader of bytes, zeros once they are used up.
pub struct Bytes<'a> {
    data: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub fn new(data: &'a [u8]) -> Bytes<'a> {
        Bytes { data }
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.data.split_first() else { return 0 };
        self.data = rest;
        first
    }

    /// One of `0..n`; `n` is at most 256.
    pub fn below(&mut self, n: usize) -> usize {
        usize::from(self.byte()) % n
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Any whole number, mostly near 0.
    pub fn int(&mut self) -> i64 {
        match self.byte() {
            b @ 0..=223 => i64::from(b % 12) - 4,
            b => HOSTILE[usize::from(b) % HOSTILE.len()],
        }
    }

    /// A number of `-n..n`, or any.
    pub fn near(&mut self, n: usize) -> i64 {
        if n == 0 || n > 100 || self.below(8) == 7 {
            return self.int();
        }
        self.below(2 * n) as i64 - n as i64
    }

    pub fn ints(&mut self, most: usize) -> Vec<i64> {
        (0..self.below(most + 1)).map(|_| self.int()).collect()
    }

    /// A shape of at most `most` elements.
    pub fn shape(&mut self, dims: usize, most: usize) -> Vec<usize> {
        let mut shape = Vec::new();
        let mut numel = 1;
        for _ in 0..self.below(dims + 1) {
            let n = self.below(7);
            if numel * n.max(1) > most {
                break;
            }
            numel *= n.max(1);
            shape.push(n);
        }
        shape
    }

    /// Sizes that hold `numel` elements, or any.
    pub fn sizes(&mut self, numel: usize) -> Vec<i64> {
        if numel > 2000 || self.below(5) == 4 {
            return self.ints(4);
        }
        let (mut left, mut sizes) = (numel, Vec::new());
        for _ in 0..self.below(4) {
            let divisors: Vec<usize> = (1..=left).filter(|d| left.is_multiple_of(*d)).collect();
            let n = if divisors.is_empty() { self.below(4) } else { divisors[self.below(divisors.len().min(256))] };
            left = left.checked_div(n).unwrap_or(0);
            sizes.push(n as i64);
        }
        sizes.push(left as i64);
        if self.below(3) == 0 {
            let d = self.below(sizes.len());
            sizes[d] = -1;
        }
        sizes
    }
}
