"""Memory shared with NumPy: arrays, the buffer protocol, DLPack both ways, and how long the owner lives."""

import gc
import weakref

import numpy as np
import pytest

from backend import DTYPES, array, t64, torch, wengert_only

each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def test_asarray_shares_and_array_copies():
    x = torch.zeros(2, 3)
    shared, copied = np.asarray(x), np.array(x)
    x[0, 1] = 5.0
    assert shared[0, 1] == 5.0 and copied[0, 1] == 0.0
    assert np.asarray(x.t()).shape == (3, 2) and np.asarray(x, dtype=np.float64).dtype == np.float64


@each_dtype
def test_asarray_of_every_dtype(dtype):
    x = torch.ones(2, 2, dtype=getattr(torch, dtype))
    assert np.asarray(x).dtype == np.dtype(dtype) and np.asarray(x).tolist() == x.tolist()
    assert np.asarray(torch.ones((), dtype=getattr(torch, dtype))).shape == ()
    assert np.asarray(torch.ones(0, 3, dtype=getattr(torch, dtype))).shape == (0, 3)


@pytest.mark.filterwarnings("ignore")
def test_a_tensor_that_requires_grad_is_not_exported():
    x = t64([1.0], requires_grad=True)
    for attempt in (lambda: x.numpy(), lambda: np.asarray(x), lambda: np.sin(x)):
        with pytest.raises(RuntimeError, match="detach"):
            attempt()
    for attempt in (lambda: x.__dlpack__(), lambda: np.from_dlpack(x)):
        with pytest.raises(BufferError, match="detach"):
            attempt()
    assert x.numpy(force=True).tolist() == [1.0] and np.asarray(x.detach()).tolist() == [1.0]


@wengert_only
def test_memoryview():
    x = torch.arange(6).reshape(2, 3)
    view = memoryview(x)
    assert (view.shape, view.strides, view.itemsize, view.readonly) == ((2, 3), (24, 8), 8, False)
    assert view.tolist() == x.tolist()
    assert memoryview(x.t()).strides == (8, 24) and memoryview(torch.tensor(2.5)).tolist() == 2.5
    np.asarray(view)[0, 0] = 9
    assert x[0, 0].item() == 9
    with pytest.raises(BufferError, match="detach"):
        memoryview(t64([1.0], requires_grad=True))
    assert bytes(torch.tensor([1, 2], dtype=torch.uint8)) == b"\x01\x02"


@wengert_only
def test_a_view_outlives_the_tensor_and_its_data():
    x = torch.ones(1000)
    view = memoryview(x)
    x.data = torch.zeros(3)
    del x
    gc.collect()
    assert sum(view) == 1000


@wengert_only
def test_read_only_memory_stays_so():
    given = np.arange(3.0)
    given.flags.writeable = False
    x = torch.from_numpy(given)
    assert memoryview(x).readonly and not np.asarray(x).flags.writeable
    with pytest.raises((RuntimeError, ValueError), match="read"):
        x.add_(1)
    y = torch.from_dlpack(given)
    assert not np.asarray(y).flags.writeable and not np.from_dlpack(y).flags.writeable
    with pytest.raises(BufferError, match="read-only"):
        x.__dlpack__()
    assert given.tolist() == [0.0, 1.0, 2.0]


@each_dtype
def test_dlpack_both_ways(dtype):
    x = torch.ones(2, 3, dtype=getattr(torch, dtype))
    there = np.from_dlpack(x.t())
    assert there.dtype == np.dtype(dtype) and there.shape == (3, 2) and there.tolist() == x.t().tolist()
    x[0, 1] = 0
    assert there[1, 0] == 0
    given = np.ones((2, 3), dtype)
    back = torch.from_dlpack(given[:, ::2])
    assert back.dtype == x.dtype and back.tolist() == given[:, ::2].tolist()
    given[1, 2] = 0
    assert back[1, 1].item() == 0
    assert torch.from_dlpack(torch.ones(0, 2, dtype=x.dtype)).shape == (0, 2)
    assert torch.from_dlpack(torch.ones((), dtype=x.dtype)).shape == ()


def test_dlpack_capsules():
    x = torch.ones(3)
    assert tuple(x.__dlpack_device__()) == (1, 0)
    assert '"dltensor"' in repr(x.__dlpack__()) and '"dltensor_versioned"' in repr(x.__dlpack__(max_version=(1, 0)))
    assert '"dltensor"' in repr(x.__dlpack__(max_version=(0, 8)))
    for version in (None, (1, 0), (2, 5)):
        capsule = x.__dlpack__(max_version=version)
        y = torch.from_dlpack(capsule)
        assert y.data_ptr() == x.data_ptr()
        with pytest.raises(RuntimeError, match="once"):
            torch.from_dlpack(capsule)
    assert torch.from_dlpack(x.__dlpack__(copy=True)).data_ptr() != x.data_ptr()
    with pytest.raises((BufferError, AssertionError)):
        x.__dlpack__(stream=1)
    with pytest.raises((BufferError, RuntimeError)):
        torch.from_dlpack(np.arange(3)[::-1])
    with pytest.raises((TypeError, RuntimeError)):
        torch.from_dlpack([1.0])


@wengert_only
def test_dlpack_refuses_what_it_does_not_know_and_leaves_it():
    given = np.arange(3, dtype=np.uint16)
    capsule = given.__dlpack__()
    with pytest.raises(BufferError, match="16 bits"):
        torch.from_dlpack(capsule)
    assert '"dltensor"' in repr(capsule)
    with pytest.raises(BufferError, match="dl_device"):
        torch.ones(2).__dlpack__(dl_device=(2, 0))


def test_dlpack_memory_outlives_the_other_side():
    seen = np.from_dlpack(torch.ones(1000))
    gc.collect()
    assert seen.sum() == 1000
    y = torch.from_dlpack(np.ones(1000))
    gc.collect()
    assert array(y).sum() == 1000
    capsule = torch.ones(1000).__dlpack__()
    del capsule


class Owner(np.ndarray):
    """An array that can be watched."""


@wengert_only
def test_owners_are_let_go():
    for take in (torch.from_numpy, torch.from_dlpack):
        given = np.ones(10).view(Owner) if take is torch.from_dlpack else np.ones(10)
        seen = weakref.ref(given)
        x = take(given)
        view = x[2:]
        del given, x
        gc.collect()
        assert seen() is not None and view.sum().item() == 8
        del view
        gc.collect()
        assert seen() is None


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: np.arange(3)[::-1], ValueError, "negative"),
        (lambda: np.arange(3, dtype=">i4"), ValueError, "byte order"),
        (lambda: np.array(["a"]), TypeError, "np.ndarray of type"),
        (lambda: np.array([object()]), TypeError, "np.ndarray of type"),
    ],
)
def test_arrays_that_cannot_be_shared(make, error, words):
    with pytest.raises(error, match=words):
        torch.from_numpy(make())
    with pytest.raises(error, match=words):
        torch.as_tensor(make())


def test_as_tensor():
    given = np.arange(3.0)
    x = torch.as_tensor(given)
    given[0] = 5.0
    assert x[0].item() == 5.0 and torch.as_tensor(x) is x
    assert torch.as_tensor(given, dtype=torch.float32).dtype == torch.float32
    assert torch.as_tensor([1, 2]).dtype == torch.int64 and torch.as_tensor(2.5).shape == ()
    y = torch.asarray(given)
    given[1] = 7.0
    assert y[1].item() == 7.0
    assert torch.asarray(given, copy=True).data_ptr() != y.data_ptr()
    assert torch.asarray([1.0, 2.0], requires_grad=True).requires_grad
    w = t64([1.0], requires_grad=True)
    assert (
        torch.asarray(w, requires_grad=True).requires_grad and not torch.asarray(w, requires_grad=False).requires_grad
    )
    with pytest.raises(ValueError, match="alias"):
        torch.asarray([1.0], copy=False)
    with pytest.raises(ValueError, match="alias"):
        torch.asarray(given, copy=False, dtype=torch.float32)


def test_numpys_functions_give_tensors():
    y = np.sin(torch.zeros(2))
    assert isinstance(y, torch.Tensor) and y.tolist() == [0.0, 0.0]
    assert isinstance(np.add(torch.ones(2), 1), torch.Tensor)


def test_numpys_scalars_on_the_left_keep_the_gradient():
    x = t64([1.0, 2.0], requires_grad=True)
    for scalar in (np.float64(2), np.float32(2), np.int64(2)):
        y = scalar * x
        assert isinstance(y, torch.Tensor) and y.requires_grad and y.tolist() == [2.0, 4.0]
        assert (scalar - x).tolist() == [1.0, 0.0] and (scalar < x).tolist() == [False, False]
        assert (x**scalar).tolist() == [1.0, 4.0] and (scalar**x).tolist() == [2.0, 4.0]


@wengert_only
def test_numpys_arrays_on_the_left_keep_the_gradient():
    x = t64([1.0, 2.0], requires_grad=True)
    given = np.array([3.0, 4.0])
    for y, want in [(given * x, [3.0, 8.0]), (given + x, [4.0, 6.0]), (given - x, [2.0, 2.0]), (given / x, [3.0, 2.0])]:
        assert isinstance(y, torch.Tensor) and y.requires_grad and y.tolist() == want
    assert (given @ x).item() == 11.0 and (given < x).tolist() == [False, False]


@wengert_only
def test_array_namespace():
    x = torch.ones(2, 3)
    xp = x.__array_namespace__(api_version="2023.12")
    assert xp is torch
    assert xp.permute_dims(x, (1, 0)).shape == xp.matrix_transpose(x).shape == (3, 2)
    assert xp.astype(x, xp.int64).dtype == xp.int64 and xp.concat([x, x]).shape == (4, 3)
    assert xp.isdtype(xp.int8, ("bool", "integral")) and not xp.isdtype(xp.bool, "numeric")
    assert xp.bitwise_invert(torch.tensor([True])).tolist() == [False] and xp.acos(x).shape == (2, 3)
    assert x.to_device("cpu") is x
    with pytest.raises(ValueError, match="1999"):
        x.__array_namespace__(api_version="1999.1")
    with pytest.raises(ValueError, match="kind"):
        xp.isdtype(xp.int8, "odd")
