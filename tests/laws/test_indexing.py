"""x[index] and x[index] = y against NumPy, for drawn indices: numbers, slices, None, ..., integer tensors, masks."""

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from hypothesis.extra import numpy as hnp

from backend import array, t64, torch

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)


def numbered(shape):
    return np.arange(1.0, 1.0 + np.prod(shape, dtype=int)).reshape(shape)


def forward(index):
    """Tensors have no negative steps."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(not isinstance(part, slice) or (part.step or 1) > 0 for part in parts)


@st.composite
def basic(draw):
    shape = draw(SHAPES)
    index = draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True).filter(forward))
    return numbered(shape), index


@st.composite
def advanced(draw):
    """Integer arrays or a mask among slices."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    if draw(st.booleans()):
        covered = draw(st.integers(1, len(shape)))
        return numbered(shape), draw(hnp.arrays(bool, shape[:covered]))
    wide = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=3))
    index = []
    for size in shape[: draw(st.integers(1, len(shape)))]:
        numbers = hnp.arrays(np.int64, wide, elements=st.integers(-size, size - 1))
        index.append(
            draw(
                st.one_of(
                    numbers, numbers, st.just(slice(None)), st.slices(size).filter(forward), st.integers(0, size - 1)
                )
            )
        )
    kinds = {type(part) for part in index}
    assume(np.ndarray in kinds)
    assume(not {int, slice} <= kinds)  # PyTorch takes numbers out first, NumPy counts them among the arrays
    return numbered(shape), tuple(index)


def on_tensors(index):
    """The index as one writes it for tensors."""
    if isinstance(index, tuple):
        return tuple(on_tensors(part) for part in index)
    return torch.tensor(index) if isinstance(index, np.ndarray) else index


def check_reading(value, index):
    want = np.asarray(value[index])
    x = t64(value, requires_grad=True)
    got = x[on_tensors(index)]
    assert tuple(got.shape) == want.shape
    assert np.array_equal(array(got), want)
    weights = np.cos(np.arange(want.size)).reshape(want.shape)
    gradient = np.zeros_like(value)
    np.add.at(gradient, index, weights)
    (found,) = torch.autograd.grad((got * t64(weights)).sum(), x)
    np.testing.assert_allclose(array(found), gradient)


def check_writing(value, index, distinct):
    want = value.copy()
    part = np.asarray(value[index])
    source = -numbered(part.shape)
    want[index] = source
    base, given = t64(value, requires_grad=True), t64(source, requires_grad=True)
    x = base * 1
    x[on_tensors(index)] = given
    if distinct:  # of several writes to one place, which lasts is not said
        assert np.array_equal(array(x), want)
    weights = np.cos(np.arange(value.size)).reshape(value.shape)
    (x * t64(weights)).sum().backward()
    kept = weights.copy()
    kept[index] = 0
    np.testing.assert_allclose(array(base.grad), kept)
    if distinct:
        np.testing.assert_allclose(array(given.grad), weights[index])


@given(basic())
def test_reading_by_numbers_and_slices(case):
    check_reading(*case)


@given(basic())
def test_writing_by_numbers_and_slices(case):
    check_writing(*case, distinct=True)


@given(basic())
def test_such_an_index_is_a_view(case):
    value, index = case
    x = t64(value)
    part = x[index]
    part.fill_(-7.0)
    want = value.copy()
    want[index] = -7.0
    assert np.array_equal(array(x), want)


@given(advanced())
def test_reading_by_tensors(case):
    check_reading(*case)


@given(advanced())
def test_writing_by_tensors(case):
    value, index = case
    counts = np.zeros(value.shape, int)
    np.add.at(counts, index, 1)
    check_writing(value, index, distinct=counts.max(initial=0) <= 1)


@given(advanced())
def test_such_an_index_is_a_copy(case):
    value, index = case
    parts = index if isinstance(index, tuple) else (index,)
    assume(any(getattr(part, "ndim", 0) for part in parts))  # a 0-d tensor counts as a number, which gives a view
    x = t64(value)
    x[on_tensors(index)].fill_(-7.0)
    assert np.array_equal(array(x), value)


@given(advanced(), st.floats(-5, 5))
def test_writing_a_number(case, number):
    value, index = case
    x, want = t64(value), value.copy()
    x[on_tensors(index)] = number
    want[index] = number
    assert np.array_equal(array(x), want)


@pytest.mark.parametrize(
    "index", [[0, 2], [True, False, True], np.array([0, 2]), np.int64(1), np.array([True, False, True])]
)
def test_lists_and_numpy_arrays_are_indices(index):
    value = numbered((3, 2))
    assert array(t64(value)[index]).tolist() == value[index].tolist()


def test_second_order_through_an_index():
    x = t64([1.0, 2.0, 3.0], requires_grad=True)
    where = torch.tensor([0, 0, 2])
    (first,) = torch.autograd.grad((x[where] ** 3).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    assert array(second).tolist() == [12.0, 0.0, 18.0]


def test_tangents_through_an_index():
    where = torch.tensor([2, 0])
    _, tangent = torch.func.jvp(lambda x: x[where] * x[1:], (t64([1.0, 2.0, 3.0]),), (t64([1.0, 10.0, 100.0]),))
    assert array(tangent).tolist() == [3 * 10.0 + 2 * 100.0, 1 * 100.0 + 3 * 1.0]
