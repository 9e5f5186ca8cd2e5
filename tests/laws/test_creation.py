"""Making tensors and changing their dtype, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from backend import DTYPES, INTEGERS, array, dtype_name, torch

each_dtype = pytest.mark.parametrize("dtype", DTYPES)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
NUMBERS = {
    "float32": st.floats(-100, 100, width=32), "float64": st.floats(-100, 100),
    **dict.fromkeys(INTEGERS, st.integers(-100, 100)), "uint8": st.integers(0, 200), "bool": st.booleans(),
}  # fmt: skip
SHORT = {
    "float32": "float", "float64": "double", "bool": "bool",
    "uint8": "byte", "int8": "char", "int16": "short", "int32": "int", "int64": "long",
}  # fmt: skip


def same(tensor, want):
    want = np.asarray(want)
    assert tuple(tensor.shape) == want.shape and dtype_name(tensor) == want.dtype.name
    assert np.array_equal(array(tensor), want)


@each_dtype
@given(shape=SHAPES, data=st.data())
def test_filled(dtype, shape, data):
    wanted, kind = DTYPES[dtype], getattr(torch, dtype)
    same(torch.zeros(shape, dtype=kind), np.zeros(shape, wanted))
    if shape:
        same(torch.zeros(*shape, dtype=kind), np.zeros(shape, wanted))
    same(torch.ones(shape, dtype=kind), np.ones(shape, wanted))
    number = data.draw(NUMBERS[dtype])
    same(torch.full(shape, number, dtype=kind), np.full(shape, number, wanted))


def test_defaults():
    same(torch.zeros(2), np.zeros(2, np.float32))
    same(torch.ones(2, 1), np.ones((2, 1), np.float32))
    same(torch.full((2,), 3), np.full(2, 3))
    same(torch.full((2,), 3.5), np.full(2, 3.5, np.float32))
    same(torch.full((), True), np.full((), True))
    same(torch.zeros(()), np.zeros((), np.float32))
    assert torch.zeros(2, requires_grad=True).requires_grad
    assert torch.ones(2, requires_grad=True).is_leaf


@each_dtype
@given(data=st.data())
def test_tensor_from_lists_and_arrays(dtype, data):
    value = data.draw(hnp.arrays(DTYPES[dtype], SHAPES, elements=NUMBERS[dtype]))
    kind = getattr(torch, dtype)
    same(torch.tensor(value), value)
    same(torch.tensor(value.T), value.T)
    same(torch.from_numpy(value), value)
    listed = torch.tensor(value.tolist(), dtype=kind)
    if value.size or not value.ndim:
        same(listed, value)


@pytest.mark.parametrize(
    "bounds", [(5,), (1, 4), (0, 10, 3), (5, 0, -2), (0.5, 2.0, 0.25), (3.0,), (0, 1, 0.3), (2, 2), (0,)]
)
def test_arange(bounds):
    whole = all(isinstance(bound, int) for bound in bounds)
    got, wide = torch.arange(*bounds), torch.arange(*bounds, dtype=torch.float64)
    assert dtype_name(got) == ("int64" if whole else "float32")
    assert dtype_name(wide) == "float64"
    np.testing.assert_allclose(array(got), np.arange(*bounds), rtol=1e-6)
    np.testing.assert_allclose(array(wide), np.arange(*bounds), rtol=1e-14)


def test_randn():
    torch.manual_seed(0)
    x = torch.randn(2, 3)
    assert tuple(x.shape) == (2, 3) and dtype_name(x) == "float32"
    assert dtype_name(torch.randn((2,), dtype=torch.float64)) == "float64"
    assert tuple(torch.randn(()).shape) == () and tuple(torch.randn(0, 2).shape) == (0, 2)
    many = array(torch.randn(100_000, dtype=torch.float64))
    assert abs(many.mean()) < 0.02 and abs(many.std() - 1) < 0.02 and np.unique(many).size > 99_990
    assert abs((many**4).mean() - 3) < 0.2  # the tails of a normal distribution


@each_dtype
@pytest.mark.parametrize("target", DTYPES)
@given(data=st.data())
def test_casts(dtype, target, data):
    value = data.draw(hnp.arrays(DTYPES[dtype], SHAPES, elements=NUMBERS[dtype]))
    kind = getattr(torch, target)
    x = torch.tensor(value)
    # C leaves a negative float as an unsigned number open; here and in PyTorch it goes through a signed one.
    whole = dtype.startswith("float") and target in INTEGERS
    want = (value.astype(np.int64) if whole else value).astype(DTYPES[target])
    same(x.to(kind), want)
    same(x.to(dtype=kind), want)
    same(x.t().to(kind) if x.dim() <= 2 else x.to(kind), want.T if x.dim() <= 2 else want)
    same(getattr(x, SHORT[target])(), want)
    assert (x.to(kind) is x) == (dtype == target)
    same(x, value)


def test_to_another_tensors_dtype():
    x, y = torch.tensor([1, 2]), torch.tensor(1.0, dtype=torch.float64)
    assert dtype_name(x.to(y)) == "float64"
    assert x.to(torch.int64, copy=True) is not x


def test_gradients_come_back_in_the_leafs_dtype():
    single = torch.tensor([1.0, 2.0], requires_grad=True)
    double = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
    (single * double).sum().backward()
    assert dtype_name(single.grad) == "float32" and single.grad.tolist() == [3.0, 4.0]
    assert dtype_name(double.grad) == "float64" and double.grad.tolist() == [1.0, 2.0]
    single.grad = None
    single.double().sum(dtype=torch.float64).backward()
    assert dtype_name(single.grad) == "float32"
    assert not double.long().requires_grad and not double.bool().requires_grad


def test_like():
    x = torch.zeros(2, 3, dtype=torch.float64)
    same(torch.ones_like(x), np.ones((2, 3)))
    same(torch.zeros_like(x, dtype=torch.int64), np.zeros((2, 3), np.int64))
    assert not torch.zeros_like(x.requires_grad_()).requires_grad


def test_linspace_and_logspace():
    for start, end, steps in [(0, 1, 5), (-2.5, 7, 8), (3, -3, 7), (1, 2, 1), (0, 1, 0), (2, 2, 3), (0, 10, 11)]:
        got = torch.linspace(start, end, steps, dtype=torch.float64)
        np.testing.assert_allclose(array(got), np.linspace(start, end, steps), rtol=1e-15, atol=1e-15)
        single = torch.linspace(start, end, steps)
        assert dtype_name(single) == "float32"
        np.testing.assert_allclose(array(single), np.linspace(start, end, steps), rtol=1e-6, atol=1e-6)
        powers = torch.logspace(start, end, steps, base=2, dtype=torch.float64)
        np.testing.assert_allclose(array(powers), 2.0 ** np.linspace(start, end, steps), rtol=1e-14)
    same(torch.linspace(0, 10, 4, dtype=torch.int64), np.array([0, 3, 6, 10]))
    # 15 - 7 * 26 / 14 rounded once is just below 2.
    assert torch.linspace(-11, 15, 15, dtype=torch.int16)[7].item() == 1
    same(torch.linspace(torch.tensor(0.0), torch.tensor(1.0), 3), np.array([0, 0.5, 1], np.float32))
    same(torch.logspace(0, 2, 3), np.array([1, 10, 100], np.float32))
    for wrong in (lambda: torch.linspace(0, 1, -1), lambda: torch.linspace(torch.zeros(2), 1, 3)):
        with pytest.raises(RuntimeError):
            wrong()


@each_dtype
def test_eye(dtype):
    kind = getattr(torch, dtype)
    for n, m in [(3, 3), (2, 4), (4, 2), (0, 3), (1, 1)]:
        same(torch.eye(n, m, dtype=kind), np.eye(n, m, dtype=DTYPES[dtype]))
    same(torch.eye(2), np.eye(2, dtype=np.float32))
    with pytest.raises(RuntimeError):
        torch.eye(-1)


def test_out():
    out = torch.ones(2, 3, dtype=torch.float64)
    assert torch.zeros(2, 3, out=out) is out
    same(out, np.zeros((2, 3)))
    torch.full((2, 3), 2.5, out=out)
    same(out, np.full((2, 3), 2.5))
    place = torch.zeros(3, dtype=torch.int64)
    torch.arange(3, out=place)
    same(place, np.arange(3))
    torch.eye(2, 3, out=out)
    same(out, np.eye(2, 3))
    with pytest.raises(RuntimeError, match="dtype"):
        torch.zeros(2, 3, out=out, dtype=torch.float32)


def test_rarer_arguments():
    x = torch.zeros(2, dtype=torch.float64)
    same(torch.empty(2, 3).zero_(), np.zeros((2, 3), np.float32))
    assert dtype_name(torch.empty_like(x)) == "float64" and torch.empty(0, 2).shape == (0, 2)
    same(torch.scalar_tensor(3), np.float32(3))
    for make in (torch.zeros, torch.ones, torch.empty, torch.rand):
        made = make(2, layout=torch.strided, device="cpu", pin_memory=False, requires_grad=True)
        assert made.requires_grad and made.is_leaf
    assert torch.zeros_like(x, layout=torch.strided, device="cpu").shape == (2,)
    with pytest.raises(TypeError):
        torch.zeros(2, colour="red")
    with pytest.raises(TypeError):
        torch.zeros_like([1.0])
    for make in (torch.zeros, torch.ones, torch.empty, torch.rand, torch.randn):
        with pytest.raises(TypeError, match="size|combination"):
            make()
    assert dtype_name(torch.zeros(2, dtype=float)) == "float64"


@pytest.mark.filterwarnings("ignore")
def test_range():
    same(torch.range(1, 4), np.array([1, 2, 3, 4], np.float32))
    same(torch.range(0, 1, 0.25), np.array([0, 0.25, 0.5, 0.75, 1], np.float32))
    same(torch.range(3, 1, -1, dtype=torch.int64), np.array([3, 2, 1]))
    same(torch.range(0, 2.5), np.array([0, 1, 2], np.float32))
