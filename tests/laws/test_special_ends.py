"""Special functions at infinities, NaN, zeros, poles and far arguments: what PyTorch 2.15 answers, in float64 and float32."""

import math

import numpy as np
import pytest

from backend import torch

INF, NAN = math.inf, math.nan
AT = [INF, -INF, NAN, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 1e30, -1e30]
ANSWERS = {
    "erfc": [0, 2, NAN, 1, 1, 0.15729920705028513, 1.8427007929497148, 0.004677734981047266, 1.9953222650189528, 0, 2],
    "erfcx": [0, INF, NAN, 1, 1, 0.427583576155807, 5.008980080762283, 0.2553956763105058, 108.94090438997797]
    + [5.641895835477563e-31, INF],
    "erfinv": [NAN, NAN, NAN, 0, -0.0, INF, -INF, NAN, NAN, NAN, NAN],
    "gammaln": [INF, INF, NAN, INF, INF, 0, INF, 0, INF, 6.807755278982137e31, INF],
    "digamma": [INF, NAN, NAN, -INF, INF, -0.5772156649015328, NAN, 0.422784335098467, NAN, 69.07755278982137, NAN],
    "i0e": [0, 0, NAN, 1, 1, 0.46575960759364043, 0.46575960759364043, 0.308508322553671, 0.308508322553671]
    + [3.989422804014327e-16] * 2,
    "i1e": [0, -0.0, NAN, 0, 0, 0.2079104153497085, -0.2079104153497085, 0.2152692892489377, -0.2152692892489377]
    + [3.989422804014327e-16, -3.989422804014327e-16],
    "ndtr": [
        1,
        0,
        NAN,
        0.5,
        0.5,
        0.841344746068543,
        0.15865525393145702,
        0.9772498680518208,
        0.02275013194817921,
        1,
        0,
    ],
    "ndtri": [NAN, NAN, NAN, -INF, -INF, INF, NAN, NAN, NAN, NAN, NAN],
    "log_ndtr": [0, -INF, NAN, -0.6931471805599453, -0.6931471805599453, -0.17275377902344985, -1.841021645009264]
    + [-0.02301290932896348, -3.7831843336820317, 0, -5.0000000000000015e59],
    "entr": [-INF, -INF, NAN, 0, 0, 0, -INF, -1.3862943611198906, -INF, -6.907755278982137e31, -INF],
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ANSWERS)
def test_ends(name, dtype):
    got = getattr(torch.special, name)(torch.tensor(AT, dtype=getattr(torch, dtype)))
    with np.errstate(over="ignore"):
        wanted = np.array(ANSWERS[name], dtype)
    np.testing.assert_allclose(got.numpy(), wanted, rtol=1e-13 if dtype == "float64" else 1e-6)
