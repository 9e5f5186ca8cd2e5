"""Records what PyTorch gives at kinks, ties, poles and edges into kinks.json, beside this file: value, gradient in reverse and in
forward mode, and second derivative.

`python tests/parity/record_kinks.py` needs torch, not wengert. tests/test_kinks.py asks wengert the same questions;
tests/parity/write_kinks.py lays the answers out in docs/kinks.md.
"""

import json
import math
import pathlib
import warnings

TARGET = pathlib.Path(__file__).with_name("kinks.json")

INF, NAN = math.inf, math.nan

# Sections of rows (expression, x) or (expression, x, y). Of an "each" section every element of the result depends on one
# place of the operands: derivatives are of the sum of the results. In the other sections the derivative is of the results
# times 1, 2, 3, ..., so that it shows which element of several a gradient went to.
ROWS = {
    "each: absolute values and signs": [
        ("x.abs()", [-2.0, -0.0, 0.0, NAN, -INF]),
        ("x.sign()", [-2.0, -0.0, 0.0, NAN]),
        ("x.sgn()", [-2.0, 0.0]),
        ("torch.copysign(x, y)", [0.0, 0.0, 2.0, -2.0, -0.0], [1.0, -1.0, -0.0, 0.0, 1.0]),
        ("torch.heaviside(x, y)", [-1.0, 0.0, 1.0], [0.5, 0.5, 0.5]),
        ("torch.nan_to_num(x)", [NAN, INF, -INF, 1.0]),
    ],
    "each: rounding": [
        ("x.floor()", [-0.5, -0.0, 1.0, 1.5]),
        ("x.ceil()", [-0.5, 0.0, 1.0, 1.5]),
        ("x.trunc()", [-0.5, 0.0, 1.0, -1.5]),
        ("x.round()", [-0.5, 0.5, 1.5, 2.5]),
        ("x.frac()", [-0.5, 0.0, 1.0, 1.25]),
        ("torch.remainder(x, y)", [6.0, -6.0, 5.0, -5.0, 5.0, 1.0], [3.0, 3.0, 3.0, 3.0, -3.0, 0.0]),
        ("torch.remainder(x, y)", [5.0, 5.0, -5.0, INF], [INF, -INF, INF, 3.0]),
        ("torch.fmod(x, y)", [6.0, -6.0, 5.0, -5.0, 5.0, 1.0], [3.0, 3.0, 3.0, 3.0, -3.0, 0.0]),
        ("torch.fmod(x, y)", [5.0, -5.0, INF], [INF, INF, 3.0]),
        ("torch.div(x, y, rounding_mode='floor')", [6.0, -5.0, 1.0, 0.0], [3.0, 3.0, 0.0, 0.0]),
        ("torch.div(x, y, rounding_mode='trunc')", [6.0, -5.0, 1.0, 0.0], [3.0, 3.0, 0.0, 0.0]),
    ],
    "each: roots and powers": [
        ("x.sqrt()", [0.0, -0.0, -1.0, INF]),
        ("x.rsqrt()", [0.0, -0.0, -1.0, INF]),
        ("x.reciprocal()", [0.0, -0.0, INF]),
        ("x.square()", [0.0, INF]),
        ("x**0", [0.0, -2.0, NAN, INF]),
        ("x**0.5", [0.0, -1.0]),
        ("x**1", [0.0, -2.0, INF]),
        ("x**2", [0.0, -2.0]),
        ("x**3", [0.0, -2.0]),
        ("x**-1", [0.0, -2.0]),
        ("x**-0.5", [0.0, 1.0]),
        ("x**2.5", [0.0, -2.0]),
        ("2.0**x", [0.0, -INF, INF]),
        ("0.0**x", [0.0, 1.0, 2.0, -1.0]),
        ("(-2.0)**x", [0.0, 2.0, 3.0, 0.5]),
        ("1.0**x", [0.0, NAN, INF]),
        ("x**y", [0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 0.5, -1.0]),
        ("x**y", [-2.0, -2.0, -2.0, -2.0], [2.0, 3.0, 0.0, 0.5]),
        ("x**y", [1.0, NAN, INF, 0.5], [NAN, 0.0, -1.0, INF]),
        ("torch.hypot(x, y)", [0.0, 0.0, 3.0, INF], [0.0, 2.0, 4.0, NAN]),
        ("torch.exp2(x)", [0.0, -INF, 2000.0]),
    ],
    "each: logarithms, exponentials, quotients": [
        ("x.log()", [0.0, -0.0, -1.0, INF]),
        ("x.log2()", [0.0, -1.0]),
        ("x.log10()", [0.0, -1.0]),
        ("x.log1p()", [-1.0, 0.0, -2.0]),
        ("x.exp()", [-INF, 1000.0, -1000.0]),
        ("x.expm1()", [-INF, 0.0, 1000.0]),
        ("torch.logit(x)", [0.0, 1.0, 2.0]),
        ("torch.logit(x, eps=0.25)", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("torch.logaddexp(x, y)", [0.0, -INF, -INF, INF, 1000.0], [0.0, 0.0, -INF, INF, -1000.0]),
        ("torch.logaddexp2(x, y)", [0.0, -INF, -INF, INF], [0.0, 0.0, -INF, INF]),
        ("torch.xlogy(x, y)", [0.0, 0.0, 0.0, 1.0, 1.0], [0.0, 1.0, NAN, 0.0, -1.0]),
        ("x / x", [0.0, INF, 2.0]),
        ("x / y", [0.0, 1.0, -1.0, 1.0], [0.0, 0.0, 0.0, INF]),
        ("x * y", [0.0, INF, NAN], [INF, 0.0, 0.0]),
        ("x * x.log()", [0.0, 1.0]),
        ("x - x", [INF, 1.0]),
    ],
    "each: trigonometry and hyperbolics": [
        ("torch.atan2(x, y)", [0.0, -0.0, 0.0, 1.0, 0.0], [0.0, 0.0, -1.0, 0.0, -0.0]),
        ("x.asin()", [1.0, -1.0, 2.0]),
        ("x.acos()", [1.0, -1.0, 2.0]),
        ("x.atan()", [INF, -INF]),
        ("x.acosh()", [1.0, 0.5]),
        ("x.atanh()", [1.0, -1.0, 2.0]),
        ("x.asinh()", [0.0, INF]),
        ("x.tan()", [0.0, INF]),
        ("x.sin()", [0.0, INF]),
        ("torch.sinc(x)", [0.0, -0.0, 1.0]),
        ("x.tanh()", [0.0, 1000.0, -1000.0, INF, -INF]),
        ("x.cosh()", [0.0, 1000.0]),
        ("x.sinh()", [0.0, -1000.0]),
        ("x.erf()", [0.0, 1000.0, -INF]),
    ],
    "each: special functions": [
        ("torch.erfinv(x)", [-1.0, 0.0, 1.0, 2.0]),
        ("torch.erfc(x)", [0.0, 1000.0, -INF]),
        ("torch.lgamma(x)", [0.0, INF]),
        ("torch.digamma(x)", [0.0]),
        ("torch.special.i0(x)", [0.0, -1.0, 1.0]),
        ("torch.special.i1(x)", [0.0, -1.0, 1.0]),
        ("torch.special.entr(x)", [0.0, -1.0, 1.0]),
        ("torch.special.xlog1py(x, y)", [0.0, 0.0, 0.0, 1.0], [-1.0, 0.0, NAN, -1.0]),
        ("torch.special.ndtri(x)", [0.0, 0.5, 1.0]),
        ("torch.special.log_ndtr(x)", [0.0, INF]),
        ("torch.ldexp(x, torch.ones_like(x))", [0.0, 1.0, INF]),
        ("torch.float_power(x, 0)", [0.0, 2.0]),
    ],
    "each: activations": [
        ("x.relu()", [-1.0, -0.0, 0.0, 1.0, NAN, -INF, INF]),
        ("F.relu6(x)", [-1.0, 0.0, 3.0, 6.0, 7.0, NAN]),
        ("F.hardtanh(x)", [-2.0, -1.0, 0.0, 1.0, 2.0, NAN]),
        ("F.hardtanh(x, -2.0, 0.5)", [-2.0, 0.0, 0.5]),
        ("F.leaky_relu(x, 0.1)", [-1.0, -0.0, 0.0, 1.0, NAN]),
        ("F.elu(x, 1.5)", [-1000.0, -0.0, 0.0, 1.0, -INF, INF, NAN]),
        ("F.celu(x, 1.5)", [-2.0, -0.0, 0.0, 1.0, -INF, INF, NAN]),
        ("F.selu(x)", [-2.0, -0.0, 0.0, 1.0, -INF, INF, NAN]),
        ("F.prelu(x, torch.tensor([0.25], dtype=x.dtype))", [-1.0, -0.0, 0.0, 1.0, NAN]),
        ("F.hardswish(x)", [-4.0, -3.0, 0.0, 3.0, 4.0, INF, NAN]),
        ("F.hardsigmoid(x)", [-4.0, -3.0, 0.0, 3.0, 4.0, -INF, INF]),
        ("F.hardshrink(x)", [-1.0, -0.5, 0.0, 0.5, 1.0, NAN]),
        ("F.softshrink(x)", [-1.0, -0.5, 0.0, 0.5, 1.0, NAN]),
        ("F.threshold(x, 0.0, 5.0)", [-1.0, 0.0, 1.0, NAN]),
        ("x.sigmoid()", [-INF, -1000.0, 0.0, 1000.0, INF]),
        ("F.logsigmoid(x)", [-INF, -1000.0, 0.0, 1000.0, INF]),
        ("F.softplus(x)", [-1000.0, 0.0, 20.0, 20.5, 1000.0, -INF, INF]),
        ("F.softplus(x, beta=2.0, threshold=4.0)", [1.0, 2.0, 2.5]),
        ("F.softsign(x)", [-0.0, 0.0, INF]),
        ("F.tanhshrink(x)", [0.0, 1000.0]),
        ("F.silu(x)", [0.0, -1000.0, 1000.0, -INF]),
        ("F.gelu(x)", [0.0, -1000.0, 1000.0, -INF]),
        ("F.gelu(x, approximate='tanh')", [0.0, -1000.0, 1000.0]),
        ("F.mish(x)", [0.0, -1000.0, 1000.0]),
    ],
    "each: bounds and choices": [
        ("x.clamp(-1.0, 1.0)", [-2.0, -1.0, 0.0, 1.0, 2.0, NAN]),
        ("x.clamp(min=0.0)", [-1.0, 0.0, 1.0]),
        ("x.clamp(max=0.0)", [-1.0, 0.0, 1.0]),
        ("x.clamp(2.0, 1.0)", [0.0, 1.0, 1.5, 2.0, 3.0]),
        ("x.clamp(min=y)", [-1.0, 0.0, 0.0, 1.0, NAN], [0.0, 0.0, 1.0, NAN, 0.0]),
        ("x.clamp(max=y)", [-1.0, 0.0, 0.0, 1.0, NAN], [0.0, 0.0, 1.0, NAN, 0.0]),
        ("x.clamp(y, 1 - y)", [-1.0, 0.0, 0.25, 1.0, 2.0], [0.0, 0.0, 0.25, 0.0, 2.0]),
        ("torch.maximum(x, y)", [1.0, 2.0, 3.0, NAN, 1.0, 0.0], [2.0, 2.0, 2.0, 1.0, NAN, -0.0]),
        ("torch.minimum(x, y)", [1.0, 2.0, 3.0, NAN, 1.0, 0.0], [2.0, 2.0, 2.0, 1.0, NAN, -0.0]),
        ("torch.fmax(x, y)", [1.0, 2.0, 3.0, NAN, 1.0, NAN], [2.0, 2.0, 2.0, 1.0, NAN, NAN]),
        ("torch.fmin(x, y)", [1.0, 2.0, 3.0, NAN, 1.0, NAN], [2.0, 2.0, 2.0, 1.0, NAN, NAN]),
        ("torch.maximum(x, x)", [1.0, NAN]),
        ("torch.where(x > 0, x.log(), torch.zeros_like(x))", [-1.0, 0.0, 1.0]),
        ("torch.where(x > 0, torch.where(x > 0, x, 1.0).log(), 0.0)", [-1.0, 0.0, 1.0]),
        ("torch.where(x > 0, x.sqrt(), 0.0)", [-1.0, 0.0, 1.0]),
        ("torch.where(x > 0, torch.where(x > 0, x, 1.0).sqrt(), 0.0)", [-1.0, 0.0, 1.0]),
        ("torch.where(x == 0, 1.0, x.sin() / x)", [0.0, 1.0]),
        ("torch.where(x.isnan(), y, x)", [NAN, 1.0], [2.0, NAN]),
        ("x.log() * (x > 0)", [0.0, 1.0]),
        ("x.log().masked_fill(x <= 0, 0.0)", [-1.0, 0.0, 1.0]),
        ("x.masked_fill(x.isnan(), 0.0)", [NAN, 1.0]),
        ("torch.lerp(x, y, 0.5)", [0.0, INF, 1.0], [0.0, 1.0, INF]),
    ],
    "sums, products, moments": [
        ("x.sum()", []),
        ("x.mean()", []),
        ("x.prod()", []),
        ("x.sum(0)", [[], []]),
        ("x.mean(1)", [[], []]),
        ("x.nansum()", [NAN, 1.0, 2.0]),
        ("x.nanmean()", [NAN, 1.0, 2.0]),
        ("x.nanmean()", [NAN, NAN]),
        ("x.prod()", [2.0, 0.0, 3.0]),
        ("x.prod()", [0.0, 2.0, 0.0]),
        ("x.prod()", [0.0, 0.0, 0.0]),
        ("x.prod()", [0.0]),
        ("x.prod()", [2.0, INF, 0.0]),
        ("x.prod(1)", [[2.0, 0.0, 3.0], [0.0, 4.0, 0.0], [1.0, 2.0, 3.0]]),
        ("x.cumprod(0)", [2.0, 0.0, 3.0]),
        ("x.cumprod(0)", [0.0, 2.0, 0.0, 3.0]),
        ("x.cumprod(0)", [0.0, 0.0, 0.0]),
        ("x.cumprod(0)", []),
        ("x.cumsum(0)", [INF, 1.0, -INF]),
        ("x.logcumsumexp(0)", [-INF, -INF, 0.0, 1.0]),
        ("x.var()", [2.0, 2.0, 2.0]),
        ("x.std()", [2.0, 2.0, 2.0]),
        ("x.std(unbiased=False)", [2.0, 2.0, 2.0]),
        ("x.std(1)", [[2.0, 2.0], [1.0, 3.0]]),
        ("x.std(unbiased=False)", [2.0]),
        ("x.var()", [2.0]),
        ("x.std()", [2.0]),
        ("x.var()", []),
        ("torch.std_mean(x)[0]", [2.0, 2.0]),
        ("torch.diff(x)", [INF, INF, 1.0]),
    ],
    "norms and distances": [
        ("x.norm()", [0.0, 0.0]),
        ("x.norm()", [3.0, 4.0, 0.0]),
        ("x.norm()", []),
        ("x.norm()", 0.0),
        ("x.norm(p=0)", [0.0, 2.0]),
        ("x.norm(p=0.5)", [0.0, 0.0]),
        ("x.norm(p=0.5)", [0.0, 4.0]),
        ("x.norm(p=1)", [0.0, -2.0]),
        ("x.norm(p=1)", [0.0, 0.0]),
        ("x.norm(p=1.5)", [0.0, 0.0]),
        ("x.norm(p=1.5)", [0.0, 4.0]),
        ("x.norm(p=2)", [0.0, 2.0]),
        ("x.norm(p=3)", [0.0, 0.0]),
        ("x.norm(p=3)", [0.0, -2.0]),
        ("x.norm(p=-1)", [0.0, 2.0]),
        ("x.norm(p=-1)", [1.0, -2.0]),
        ("x.norm(p=float('inf'))", [0.0, 0.0]),
        ("x.norm(p=float('inf'))", [2.0, -2.0, 1.0]),
        ("x.norm(p=float('-inf'))", [0.0, 2.0]),
        ("x.norm(p=float('-inf'))", [2.0, -2.0, 3.0]),
        ("x.norm(dim=1)", [[0.0, 0.0], [3.0, 4.0]]),
        ("x.norm(p=1, dim=1)", [[0.0, 0.0], [3.0, -4.0]]),
        ("x.norm(p=3, dim=1)", [[0.0, 0.0], [0.0, -4.0]]),
        ("x.norm(p=float('inf'), dim=1)", [[0.0, 0.0], [4.0, -4.0]]),
        ("x.norm(dim=1)", [[], []]),
        ("torch.linalg.vector_norm(x, 0.5)", [0.0, 0.0]),
        ("torch.linalg.vector_norm(x, 0)", [0.0, 2.0]),
        ("torch.linalg.vector_norm(x)", [0.0, 0.0]),
        ("(x - y).norm()", [1.0, 2.0], [1.0, 2.0]),
        ("torch.dist(x, y)", [1.0, 2.0], [1.0, 2.0]),
        ("torch.renorm(x, 2.0, 0, 1.0)", [[0.0, 0.0], [1.0, 0.0], [3.0, 4.0]]),
        ("torch.linalg.matrix_norm(x)", [[0.0, 0.0], [0.0, 0.0]]),
        ("torch.linalg.matrix_norm(x, 1)", [[1.0, 1.0], [1.0, -1.0]]),
        ("torch.linalg.matrix_norm(x, 2)", [[2.0, 0.0], [0.0, 1.0]]),
        ("torch.cov(x)", [[1.0, 1.0], [1.0, 2.0]]),
        ("torch.corrcoef(x)", [[1.0, 1.0], [1.0, 2.0]]),
        ("torch.cdist(x, y)", [[1.0, 2.0]], [[1.0, 2.0], [4.0, 6.0]]),
        ("torch.cdist(x, y, p=0.0)", [[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]),
        ("torch.cdist(x, y, p=0.5)", [[1.0, 2.0]], [[1.0, 2.0], [2.0, 3.0]]),
        ("torch.cdist(x, y, p=1.0)", [[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]),
        ("torch.cdist(x, y, p=1.5)", [[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]),
        ("torch.cdist(x, y, p=3.0)", [[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]),
        ("torch.cdist(x, y, p=float('inf'))", [[1.0, 2.0]], [[1.0, 2.0], [4.0, 5.0]]),
        ("torch.cdist(x, x)", [[1.0, 2.0], [1.0, 2.0]]),
        ("F.normalize(x, dim=0)", [0.0, 0.0]),
        ("F.cosine_similarity(x, y, dim=0)", [0.0, 0.0], [1.0, 2.0]),
        ("F.normalize(x, p=1.0, dim=0)", [0.0, 0.0]),
        ("F.pairwise_distance(x, y, eps=0.0)", [[1.0, 2.0]], [[1.0, 2.0]]),
        ("F.pairwise_distance(x, y)", [[1.0, 2.0]], [[1.0, 2.0]]),
        ("F.layer_norm(x, (3,))", [2.0, 2.0, 2.0]),
        ("F.group_norm(x, 1)", [[2.0, 2.0]]),
        ("F.batch_norm(x, None, None, training=True)", [[2.0], [2.0]]),
        ("F.rms_norm(x, (2,))", [0.0, 0.0]),
    ],
    "largest, smallest, middle": [
        ("x.max()", [1.0, 3.0, 3.0, 2.0, 3.0]),
        ("x.min()", [1.0, 3.0, 1.0, 1.0]),
        ("x.amax()", [1.0, 3.0, 3.0, 2.0, 3.0]),
        ("x.amin()", [1.0, 3.0, 1.0, 1.0]),
        ("x.amax(1)", [[1.0, 1.0], [1.0, 2.0]]),
        ("x.max(0).values", [1.0, 3.0, 3.0, 2.0, 3.0]),
        ("x.min(0).values", [1.0, 3.0, 1.0, 1.0]),
        ("x.max(0).values", [[1.0, 2.0], [1.0, 2.0], [0.0, 3.0]]),
        ("torch.aminmax(x)[0]", [1.0, 3.0, 1.0]),
        ("torch.aminmax(x)[1]", [3.0, 3.0, 1.0]),
        ("x.max()", [1.0, NAN, 3.0, NAN]),
        ("x.amax()", [1.0, NAN, 3.0, NAN]),
        ("x.max(0).values", [1.0, NAN, 3.0, NAN]),
        ("x.max()", []),
        ("x.amax()", []),
        ("x.median()", [1.0, 2.0, 2.0, 3.0]),
        ("x.median()", [2.0, 2.0]),
        ("x.median()", [1.0, NAN, 3.0]),
        ("x.median()", []),
        ("x.median(0).values", [1.0, 2.0, 2.0, 3.0]),
        ("x.median(0).values", [3.0, 2.0, 2.0, 2.0, 1.0]),
        ("x.mode(0).values", [1.0, 2.0, 2.0, 1.0]),
        ("torch.nanmedian(x)", [1.0, NAN, 3.0, 3.0]),
        ("torch.quantile(x, 0.5)", [1.0, 2.0, 2.0, 3.0]),
        ("torch.quantile(x, 0.5)", [1.0, 2.0, 4.0]),
        ("torch.nanquantile(x, 0.5)", [1.0, NAN, 3.0]),
        ("x.kthvalue(2).values", [2.0, 1.0, 2.0, 2.0]),
        ("x.topk(2).values", [3.0, 3.0, 1.0]),
        ("x.sort(stable=True).values", [2.0, 1.0, 2.0, 1.0]),
        ("x.sort(stable=True, descending=True).values", [2.0, 1.0, 2.0, 1.0]),
        ("x.sort(stable=True).values", [0.0, NAN, -0.0, -INF]),
        ("torch.msort(x)", [2.0, 1.0, 2.0]),
        ("x.cummax(0).values", [1.0, 1.0, 0.0, 2.0, 2.0]),
        ("x.cummin(0).values", [1.0, 1.0, 2.0, 0.0, 0.0]),
        ("x.cummax(0).values", [1.0, NAN, 2.0]),
        ("F.max_pool1d(x, 2)", [[1.0, 1.0, 0.0, NAN]]),
        ("F.max_pool1d(x, 2, 1)", [[1.0, 1.0, 1.0, 0.0]]),
        ("F.adaptive_max_pool1d(x, 2)", [[1.0, 1.0, 0.0, 0.0]]),
    ],
    "softmax and losses": [
        ("x.logsumexp(0)", [-INF, -INF]),
        ("x.logsumexp(0)", [-INF, 0.0]),
        ("x.logsumexp(0)", [INF, 0.0]),
        ("x.logsumexp(0)", [INF, INF]),
        ("x.logsumexp(0)", [1000.0, 1000.0]),
        ("x.logsumexp(0)", []),
        ("x.softmax(0)", [-INF, -INF]),
        ("x.softmax(0)", [-INF, 0.0, 0.0]),
        ("x.softmax(0)", [INF, 0.0]),
        ("x.softmax(0)", [1000.0, -1000.0]),
        ("x.softmax(1)", [[-INF, -INF], [0.0, 1.0]]),
        ("x.log_softmax(0)", [-INF, -INF]),
        ("x.log_softmax(0)", [-INF, 0.0, 0.0]),
        ("x.log_softmax(0)", [1000.0, -1000.0]),
        ("F.cross_entropy(x, torch.tensor([1, -100]))", [[1.0, 1.0], [2.0, 3.0]]),
        ("F.cross_entropy(x, torch.tensor([-100, -100]))", [[1.0, 1.0], [2.0, 3.0]]),
        ("F.cross_entropy(x, torch.tensor([-100, -100]), reduction='sum')", [[1.0, 1.0], [2.0, 3.0]]),
        ("F.cross_entropy(x, torch.tensor([0, 1]), ignore_index=1, reduction='none')", [[1.0, 1.0], [2.0, 3.0]]),
        ("F.cross_entropy(x, torch.tensor([0, 1]))", [[-INF, 0.0], [0.0, 0.0]]),
        ("F.cross_entropy(x, torch.tensor([1, 1]))", [[-INF, 0.0], [0.0, 0.0]]),
        ("F.nll_loss(x, torch.tensor([-100, 1]))", [[NAN, 1.0], [2.0, 3.0]]),
        ("F.binary_cross_entropy(x, torch.tensor([0.0, 1.0, 0.0, 1.0], dtype=x.dtype))", [0.0, 0.0, 1.0, 1.0]),
        ("F.binary_cross_entropy_with_logits(x, torch.zeros_like(x))", [0.0, 1000.0, -1000.0]),
        ("F.l1_loss(x, y, reduction='sum')", [1.0, 2.0], [1.0, 3.0]),
        ("F.mse_loss(x, y)", [], []),
        ("F.smooth_l1_loss(x, y, reduction='none')", [0.0, 1.0, -1.0, 2.0], [0.0, 0.0, 0.0, 0.0]),
        ("F.smooth_l1_loss(x, y, reduction='none', beta=0.0)", [0.0, 1.0], [0.0, 0.0]),
        ("F.huber_loss(x, y, reduction='none')", [0.0, 1.0, -1.0, 2.0], [0.0, 0.0, 0.0, 0.0]),
        ("F.kl_div(y, x, reduction='none')", [0.0, 1.0], [0.0, 0.0]),
        (
            "F.margin_ranking_loss(x, y, torch.ones_like(x), reduction='none')",
            [0.0, 1.0, -1.0],
            [0.0, 0.0, 0.0],
        ),
        (
            "F.hinge_embedding_loss(x, torch.tensor([1.0, -1.0, -1.0], dtype=x.dtype), reduction='none')",
            [0.0, 1.0, 2.0],
        ),
        (
            "F.soft_margin_loss(x, torch.tensor([1.0, -1.0], dtype=x.dtype), reduction='none')",
            [0.0, -1000.0],
        ),
        ("F.multi_margin_loss(x, torch.tensor([0]))", [[1.0, 0.0, 0.5]]),
        ("F.triplet_margin_loss(x, y, x.detach())", [[0.0, 1.0]], [[0.0, 1.0]]),
        ("F.poisson_nll_loss(x, torch.zeros_like(x), reduction='none')", [0.0, -1000.0]),
    ],
}


def weights(torch, like, each):
    """Ones, or 1, 2, 3, ... in the shape of a tensor."""
    if each:
        return torch.ones_like(like)
    return torch.arange(1, like.numel() + 1, dtype=like.dtype).reshape(like.shape)


def listed(torch, tensor):
    """A tensor as nested lists that JSON can hold: what is not finite by its name."""

    def named(value):
        if isinstance(value, list):
            return [named(part) for part in value]
        return float(value) if math.isfinite(value) else str(float(value))

    # What is known to be zero throughout has no memory in PyTorch: clone() gives it some.
    return named(tensor.detach().clone().to(torch.float64).tolist())


def tensor_of(torch, values, dtype):
    return torch.tensor(values, dtype=getattr(torch, dtype))


def function_of(torch, expression):
    """The row's expression as a function of its operands."""
    names = {"torch": torch, "F": torch.nn.functional}
    return lambda *operands: eval(expression, names | dict(zip("xy", operands)))


def value(torch, f, points, each):
    return listed(torch, f(*points))


def first(torch, f, points, each, create=False):
    points = [p.clone().requires_grad_() for p in points]
    result = f(*points)
    found = torch.autograd.grad(
        (result * weights(torch, result, each)).sum() if each else result,
        points,
        None if each else weights(torch, result, each),
        create_graph=create,
        allow_unused=True,
    )
    return points, [torch.zeros_like(p) if g is None else g for g, p in zip(found, points)]


def reverse(torch, f, points, each):
    """Gradients of the weighted sum, one for each operand."""
    return [listed(torch, g) for g in first(torch, f, points, each)[1]]


def forward(torch, f, points, each):
    """The same by forward mode: along ones where elements are independent, else along one unit vector after the other."""
    found = []
    for at, point in enumerate(points):

        def along(direction, at=at, point=point):
            def moving(x):
                return f(*points[:at], x, *points[at + 1 :])

            return torch.func.jvp(moving, (point,), (direction,))[1]

        if each or not point.numel():
            moved = along(torch.ones_like(point))
            found.append(listed(torch, moved if each else point))
            continue
        slopes = torch.zeros(point.numel(), dtype=point.dtype)
        for i in range(point.numel()):
            unit = torch.zeros(point.numel(), dtype=point.dtype)
            unit[i] = 1
            moved = along(unit.reshape(point.shape))
            slopes[i] = (moved * weights(torch, moved, each)).sum()
        found.append(listed(torch, slopes.reshape(point.shape)))
    return found


def second(torch, f, points, each):
    """Gradients of the weighted sum of each first gradient, by reverse over reverse: for each operand a list of as many."""
    points, gradients = first(torch, f, points, each, create=True)
    found = []
    for g in gradients:
        if g.requires_grad:
            rows = torch.autograd.grad(g, points, weights(torch, g, each), retain_graph=True, allow_unused=True)
        else:
            rows = [None] * len(points)
        found.append([listed(torch, torch.zeros_like(p) if r is None else r) for r, p in zip(rows, points)])
    return found


QUESTIONS = {"value": value, "reverse": reverse, "forward": forward, "second": second}


def answer(torch, question, expression, points, each, dtype="float64"):
    """The answer, or the class of the error by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        operands = [tensor_of(torch, p, dtype) for p in points]
        try:
            return QUESTIONS[question](torch, function_of(torch, expression), operands, each)
        except (RuntimeError, TypeError, IndexError, ValueError) as error:
            return "NotImplementedError" if isinstance(error, NotImplementedError) else type(error).__name__


def error(answer):
    """Whether an answer is the class of an error, by name."""
    return isinstance(answer, str) and answer.endswith("Error")


def flat(answer):
    return [x for part in answer for x in flat(part)] if isinstance(answer, list) else [float(answer)]


# Of the largest finite number of an answer, at least of 1.
TOLERANCE = {"float64": 1e-10, "float32": 2e-6}


def apart(got, wanted, dtype):
    """What separates two answers, or None."""
    if error(got) or error(wanted):
        return None if got == wanted else "an error"
    got, wanted = flat(got), flat(wanted)
    if len(got) != len(wanted):
        return f"{len(got)} numbers, wanted {len(wanted)}"
    bound = TOLERANCE[dtype] * max([1.0, *(abs(y) for y in wanted if math.isfinite(y))])
    for at, (x, y) in enumerate(zip(got, wanted)):
        if not (x == y or (math.isnan(x) and math.isnan(y)) or abs(x - y) <= bound):
            return f"{x} at place {at}, wanted {y}"
    return None


def main():
    import torch

    lines = []
    for section, rows in ROWS.items():
        each = section.startswith("each: ")
        for expression, *points in rows:
            row = {"section": section, "f": expression}
            row |= {name: listed(torch, tensor_of(torch, p, "float64")) for name, p in zip("xy", points)}
            row |= {question: answer(torch, question, expression, points, each) for question in QUESTIONS}
            # In single precision only where that makes more of a difference than rounding.
            single = {question: answer(torch, question, expression, points, each, "float32") for question in QUESTIONS}
            single = {question: found for question, found in single.items() if apart(found, row[question], "float32")}
            if single:
                row["float32"] = single
            lines.append(json.dumps(row, separators=(",", ":")))
    text = ",\n".join(lines)
    TARGET.write_text(f'{{"torch":"{torch.__version__}","rows":[\n{text}\n]}}\n')
    print(f"{TARGET}: {len(lines)} rows")


if __name__ == "__main__":
    main()
