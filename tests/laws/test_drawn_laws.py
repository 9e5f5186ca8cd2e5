"""The laws on shapes, strides and values that Hypothesis draws."""

import pytest
from hypothesis import assume, given, settings, strategies as st

from . import laws
from .drawing import cases
from .reference import CONTIGUOUS
from .special import MODERATE
from .table import OPS, carries_derivatives, takes_tangents, variants

# `view` refuses layouts that `reshape` copies, `as_strided` shows them; the samples' own cases cover both.
DRAWN = [op for op in OPS if op["name"] not in CONTIGUOUS]
each_op = pytest.mark.parametrize("op", DRAWN, ids=[op["name"] for op in DRAWN])
SMOOTH_OPS = [
    op
    for op in DRAWN
    if any(carries_derivatives(case) for text in op["samples"] for _, case in variants(op, text, "float64"))
]
each_smooth_op = pytest.mark.parametrize("op", SMOOTH_OPS, ids=[op["name"] for op in SMOOTH_OPS])
few = settings(max_examples=max(5, settings.default.max_examples // 3))


def smooth(data, op):
    case = data.draw(cases(op))
    assume(carries_derivatives(case) and takes_tangents(case))
    return case


@each_op
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(data=st.data())
def test_value(op, dtype, data):
    case = data.draw(cases(op, dtype, anything=op["name"] not in MODERATE))
    laws.value_law(case)


@each_op
@few
@given(data=st.data())
def test_forms(op, data):
    laws.forms_law(data.draw(cases(op)))


@each_smooth_op
@given(data=st.data())
def test_first_derivatives(op, data):
    case = smooth(data, op)
    laws.vjp_law(case)
    laws.jvp_law(case)
    laws.adjoint_law(case)
    laws.recorded_law(case)


@each_smooth_op
@few
@given(data=st.data())
def test_second_derivatives(op, data):
    case = smooth(data, op)
    laws.second_order_law(case)
    laws.mixed_law(case)
