"""Records values of special functions with 40 digits: `python special.py > special.txt` (needs mpmath)."""

import random

import mpmath as mp

mp.mp.dps = 40


def add(name, args, v):
    print(name, *(repr(float(a)) for a in args), repr(float(v)))


R = random.Random(1)


def xs(lo, hi, n):
    return [R.uniform(lo, hi) for _ in range(n)]


for x in xs(-6, 6, 60) + xs(6, 26, 20) + [0.0, 0.5, -0.5, 1e-10]:
    add("erfc", [x], mp.erfc(mp.mpf(x)))
for x in xs(-5, 5, 40) + xs(5, 100, 20) + [1e10]:
    add(
        "erfcx",
        [x],
        mp.exp(mp.mpf(x) ** 2) * mp.erfc(mp.mpf(x))
        if x < 90
        else (
            1
            / (mp.mpf(x) * mp.sqrt(mp.pi))
            * (1 - 1 / (2 * mp.mpf(x) ** 2) + 3 / (4 * mp.mpf(x) ** 4) - 15 / (8 * mp.mpf(x) ** 6))
        ),
    )
for x in xs(-1, 1, 60) + [1 - 1e-10, 1 - 1e-15, 1e-12, 0.5]:
    add("erfinv", [x], mp.erfinv(mp.mpf(x)))
for x in xs(-8, 8, 40) + [-20.0, -30.0]:
    add("ndtr", [x], mp.ncdf(mp.mpf(x)))


def ndtri(p):
    p = mp.mpf(p)
    if p > mp.mpf("1e-5"):
        return mp.sqrt(2) * mp.erfinv(2 * p - 1)
    x0 = -mp.sqrt(-2 * mp.log(p))
    return mp.findroot(lambda x: mp.log(mp.ncdf(x)) - mp.log(p), x0)


for x in xs(0, 1, 40) + [1e-10, 1e-100, 1e-300, 0.25]:
    add("ndtri", [x], ndtri(x))
for x in xs(-30, 8, 40) + [-1.0, -100.0]:
    add("log_ndtr", [x], mp.log(mp.ncdf(mp.mpf(x))) if x > -1 else mp.log(mp.erfc(-mp.mpf(x) / mp.sqrt(2)) / 2))
for x in xs(0, 3, 40) + xs(3, 50, 20) + xs(-10, 0, 30) + [1e-10, 1e10, 1.0 + 1e-8, 2 - 1e-8]:
    add("lgamma", [x], mp.log(abs(mp.gamma(mp.mpf(x)))) if x < 1e5 else mp.loggamma(mp.mpf(x)))
for x in xs(0, 3, 40) + xs(3, 50, 20) + xs(-10, 0, 30) + [1e-10, 1e10]:
    add("digamma", [x], mp.psi(0, mp.mpf(x)))
for n in (1, 2, 3, 5, 10):
    for x in xs(0.01, 20, 15) + xs(-5, 0, 8):
        add("polygamma", [n, x], mp.psi(n, mp.mpf(x)))
for n in (0, 1, 2, 3, 7):
    for x in xs(-30, 30, 15) + xs(30, 200, 8) + [1e-5]:
        add("bessel_i", [n, x], mp.besseli(n, mp.mpf(x)))
        add("bessel_ie", [n, x], mp.besseli(n, mp.mpf(x)) * mp.exp(-abs(mp.mpf(x))))
for s in (1.1, 2.0, 2.5, 4.0, 10.0, 30.0):
    for q in xs(0.01, 30, 10):
        add("zeta", [s, q], mp.zeta(mp.mpf(s), mp.mpf(q)))
for a in (1e-3, 0.1, 0.7, 1.0, 2.5, 8.0, 20.0, 100.0, 1000.0):
    for x in [a * t for t in (0.01, 0.3, 0.9, 1.0, 1.1, 2.0, 5.0)]:
        add("igamma", [a, x], mp.gammainc(mp.mpf(a), 0, mp.mpf(x), regularized=True))
        add("igammac", [a, x], mp.gammainc(mp.mpf(a), mp.mpf(x), mp.inf, regularized=True))
