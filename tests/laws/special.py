"""Answers for special functions by other methods than the kernels': integrals, bisection, long sums; for moderate arguments."""

import math

import numpy as np

from .promotion import elementwise, promote

# Of operands as large as this the laws want to know how large the result is, no more.
LARGE = 20_000


def each(function, inexact=True):
    """A function of one float, in float64, on each element."""
    vectorized = np.vectorize(function, otypes=[np.float64])

    def reference(x):
        dtype = promote(x, inexact=inexact)
        if np.size(x) > LARGE:
            return np.zeros(np.shape(x), dtype)
        return np.asarray(vectorized(np.asarray(x, np.float64)), dtype) if np.size(x) else np.asarray(x, dtype)

    return reference


def pairs(function):
    """A function of two floats, in float64, on each pair of elements."""
    vectorized = np.vectorize(function, otypes=[np.float64])

    def reference(a, b):
        dtype = promote(a, b, inexact=True)
        if max(np.size(a), np.size(b)) > LARGE:
            return np.zeros(np.broadcast_shapes(np.shape(a), np.shape(b)), dtype)
        return np.asarray(vectorized(np.asarray(a, np.float64), np.asarray(b, np.float64)), dtype)

    return reference


def bisected(function, low, high):
    """The inverse of an increasing function between bounds."""

    def inverse(y):
        if not function(low) <= y <= function(high):
            return math.nan
        a, b = low, high
        for _ in range(120):
            middle = (a + b) / 2
            a, b = (middle, b) if function(middle) < y else (a, middle)
        return (a + b) / 2

    return inverse


def normal(x):
    return math.erfc(-x / math.sqrt(2)) / 2


def log_gamma(x):
    return math.inf if x <= 0 and x == math.floor(x) else math.lgamma(x)


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66)


def hurwitz(s, q, terms=60):
    """The sum of (q + k)^-s: sixty terms and the Euler-Maclaurin rest."""
    total = math.fsum((q + k) ** -s for k in range(terms))
    at = q + terms
    total += at ** (1 - s) / (s - 1) + at**-s / 2
    factor = s / 2
    for k, b in enumerate(BERNOULLI):
        total += b * factor * at ** (-s - 2 * k - 1)
        factor *= (s + 2 * k + 1) * (s + 2 * k + 2) / ((2 * k + 3) * (2 * k + 4))
    return total


def psi(x, n=0):
    """Digamma and its derivatives, by recurrence to large arguments."""
    if n:
        return (-1) ** (n + 1) * math.factorial(n) * hurwitz(n + 1, x)
    total, at = 0.0, x
    while at < 60:
        total -= 1 / at
        at += 1
    total += math.log(at) - 1 / (2 * at)
    return total - sum(b / ((2 * k + 2) * at ** (2 * k + 2)) for k, b in enumerate(BERNOULLI))


ANGLES = math.pi * (np.arange(64) + 0.5) / 64


def bessel(n, scaled=False):
    """The mean of exp(x cos t) cos(n t), exact to the last digits by the midpoint rule."""

    def value(x):
        return float(np.mean(np.exp(x * np.cos(ANGLES) - (abs(x) if scaled else 0)) * np.cos(n * ANGLES)))

    return each(value)


def lower_gamma(a, x):
    """P of whole a: 1 less a sum of Poisson's probabilities."""
    return 1 - math.exp(-x) * math.fsum(x**k / math.factorial(k) for k in range(int(a)))


def entropy(x):
    return -x * math.log(x) if x > 0 else 0.0 if x == 0 else -math.inf


def xlog1py(x, y):
    return 0.0 if x == 0 and y == y else x * math.log1p(y) if y > -1 else math.nan if y < -1 else x * -math.inf


# Exact for whatever there is; the other answers hold for moderate arguments (test_special_ends has the ends).
TOTAL = {"gcd", "lcm", "nextafter", "_exponent"}

SPECIAL = {
    "erfc": each(math.erfc),
    "_erfcx": each(lambda x: math.exp(x * x) * math.erfc(x)),
    "erfinv": each(bisected(math.erf, -6.0, 6.0)),
    "_ndtr": each(normal),
    "_ndtri": each(bisected(normal, -9.0, 9.0)),
    "_log_ndtr": each(lambda x: math.log(normal(x))),
    "_entr": each(entropy),
    "lgamma": each(log_gamma),
    "digamma": each(psi),
    "_polygamma": lambda x, n: each(lambda v: psi(v, n))(x),
    "i0": bessel(0),
    "_i0e": bessel(0, True),
    "_i1": bessel(1),
    "_i1e": bessel(1, True),
    "_zeta": pairs(hurwitz),
    "igamma": pairs(lower_gamma),
    "igammac": pairs(lambda a, x: 1 - lower_gamma(a, x)),
    "_xlog1py": pairs(xlog1py),
    "gcd": elementwise(np.gcd),
    "lcm": elementwise(np.lcm),
    "nextafter": elementwise(np.nextafter),
    "_exponent": lambda x: np.frexp(x)[1].astype(np.int32),
}

MODERATE = SPECIAL.keys() - TOTAL
