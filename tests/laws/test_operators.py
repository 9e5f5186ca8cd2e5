"""Python's operators on tensors, both ways round, against NumPy: with tensors, numbers and NumPy scalars."""

import operator

import numpy as np
import pytest

from backend import array, assert_close, dtype_name, t64, torch

from .case import pull

BOTH_WAYS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
ARITHMETIC = ["+", "-", "*", "/", "**"]
IN_PLACE = {"+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv, "**": operator.ipow}

A, B = np.array([[0.5, 1.5, 2.0], [3.0, 0.25, 1.0]]), np.array([1.5, 1.5, 0.5])

each_operator = pytest.mark.parametrize("sign", BOTH_WAYS)
each_arithmetic = pytest.mark.parametrize("sign", ARITHMETIC)


@each_operator
def test_two_tensors(sign):
    function = BOTH_WAYS[sign]
    assert_close(function(t64(A), t64(B)), function(A, B))


@each_operator
@pytest.mark.parametrize("scalar", [2, 0.5])
def test_scalar_on_either_side(sign, scalar):
    function = BOTH_WAYS[sign]
    assert_close(function(t64(A), scalar), function(A, scalar))
    assert_close(function(scalar, t64(A)), function(scalar, A))


@each_arithmetic
def test_numpy_scalar(sign):
    function = BOTH_WAYS[sign]
    assert_close(function(t64(A), np.float64(2.5)), function(A, 2.5))


@each_arithmetic
def test_gradients_on_either_side(sign):
    function = BOTH_WAYS[sign]
    for one, other in [(A, B), (A, 2.5), (2.5, A), (A, 2)]:
        operands = [t64(x, requires_grad=True) if isinstance(x, np.ndarray) else x for x in (one, other)]
        function(*operands).sum().backward()
        for k, (value, operand) in enumerate(zip((one, other), operands)):
            if isinstance(value, np.ndarray):
                rest = [one, other]

                def total(x, rest=rest, k=k):
                    return function(*[*rest[:k], x, *rest[k + 1 :]]).sum()

                assert_close(operand.grad, pull(total, value), rtol=1e-6, atol=1e-8)


@each_arithmetic
def test_in_place(sign):
    x = t64(A)
    before, place = x, x.data_ptr()
    x = IN_PLACE[sign](x, t64(B))
    assert x is before and x.data_ptr() == place
    assert_close(x, BOTH_WAYS[sign](A, B))


def test_unary_signs():
    x = t64(A, requires_grad=True)
    assert_close(-x, -A)
    assert_close(abs(-x), A)
    assert (+x) is not None and array(+x).tolist() == A.tolist()


def test_matmul_sign():
    assert_close(t64(A) @ t64(B), A @ B)
    assert_close(t64(A) @ t64(A.T), A @ A.T)


def test_dtypes_of_mixed_operands():
    whole, single, double = torch.tensor([1, 2]), torch.tensor([1.0, 2.0]), t64([1.0, 2.0])
    flag = torch.tensor([True, False])
    for one, other, want in [
        (whole, 1, "int64"), (whole, 1.5, "float32"), (whole, True, "int64"), (flag, 1, "int64"), (flag, True, "bool"),
        (flag, 0.5, "float32"), (single, 1.5, "float32"), (single, double, "float64"), (whole, double, "float64"),
        (single, t64(1.0), "float32"), (whole, t64(1.0), "float64"), (whole, flag, "int64"), (single, whole, "float32"),
    ]:  # fmt: skip
        assert dtype_name(one + other) == want
        assert dtype_name(other + one) == want
    assert dtype_name(whole / whole) == "float32"
    assert dtype_name(whole**2) == "int64"
    assert dtype_name(whole < double) == "bool"


def test_comparison_gives_no_graph():
    x = t64(A, requires_grad=True)
    assert not (x < 1).requires_grad and not (x == x).requires_grad


def test_foreign_operand_is_refused_politely():
    with pytest.raises(TypeError):
        t64(A) + "one"
    with pytest.raises(TypeError):
        object() * t64(A)

    class Right:
        def __radd__(self, other):
            return "mine"

    assert t64(A) + Right() == "mine"
    assert (t64(A) == "one") is False
    assert (t64(A) != None) is True  # noqa: E711
