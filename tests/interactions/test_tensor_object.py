"""A tensor as a Python object: conversions, shared memory, hashing, weak references, attributes, subclasses, pickle, copy."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

from backend import array, assert_close, dtype_name, t64, torch


def test_item():
    assert t64(2.5).item() == 2.5 and type(t64(2.5).item()) is float
    assert torch.tensor([[3]]).item() == 3 and type(torch.tensor(3).item()) is int
    assert torch.tensor(True).item() is True
    assert t64(2.5, requires_grad=True).item() == 2.5
    for many in (t64([1.0, 2.0]), t64([])):
        with pytest.raises((RuntimeError, ValueError)):
            many.item()


def test_python_numbers():
    assert float(t64([2.5])) == 2.5 and int(t64(2.9)) == 2
    assert [10, 20, 30][torch.tensor(1)] == 20
    assert complex(t64(2.0)) == 2 + 0j
    with pytest.raises(TypeError):
        [1, 2][t64(1.0)]
    assert f"{t64(2.5):.2f}" == "2.50"


def test_tolist():
    assert t64([[1.0, 2.0], [3.0, 4.0]]).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert torch.tensor([1, 2]).tolist() == [1, 2]
    assert torch.tensor([True, False]).tolist() == [True, False]
    assert t64(1.5).tolist() == 1.5
    assert torch.zeros(2, 0).tolist() == [[], []]
    assert t64([[1.0, 2.0], [3.0, 4.0]], requires_grad=True).t().tolist() == [[1.0, 3.0], [2.0, 4.0]]


def test_len_bool_iteration_contains():
    x = t64([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2
    assert [row.tolist() for row in x] == [[1.0, 2.0], [3.0, 4.0]]
    assert bool(t64([2.0])) is True and bool(t64(0.0)) is False
    assert 3.0 in x and 9.0 not in x
    with pytest.raises(TypeError):
        len(t64(1.0))
    with pytest.raises(TypeError):
        iter(t64(1.0))
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(x)


def test_unpacking_keeps_the_graph():
    x = t64([1.0, 2.0], requires_grad=True)
    a, b = x
    (a * b).backward()
    assert_close(x.grad, [2.0, 1.0])


def test_shape():
    x = torch.zeros(2, 3)
    assert x.shape == (2, 3) and tuple(x.size()) == (2, 3) and x.size(1) == 3 and x.size(-1) == 3
    assert x.dim() == x.ndim == 2 and x.numel() == 6
    assert x.stride() == (3, 1) and x.t().stride() == (1, 3) and x.t().is_contiguous() is False
    assert x[1].storage_offset() == 3
    assert isinstance(x.shape, tuple)
    with pytest.raises(IndexError):
        x.size(2)


def test_numpy_shares_memory_both_ways():
    x = torch.zeros(2, 3)
    seen = x.numpy()
    x[0, 1] = 5.0
    assert seen[0, 1] == 5.0
    seen[1, 2] = 7.0
    assert x[1, 2].item() == 7.0
    assert x.t().numpy().strides == (4, 12)
    given = np.arange(6.0).reshape(2, 3)
    y = torch.from_numpy(given)
    assert dtype_name(y) == "float64"
    given[0, 0] = 9.0
    assert y[0, 0].item() == 9.0
    y.mul_(2)
    assert given[1, 2] == 10.0
    assert torch.from_numpy(given[:, ::2]).tolist() == given[:, ::2].tolist()


def test_memory_outlives_the_other_side():
    seen = torch.ones(1000).numpy()
    gc.collect()
    assert seen.sum() == 1000
    y = torch.from_numpy(np.ones(1000))
    gc.collect()
    assert y.sum().item() == 1000


def test_tensor_copies():
    given = np.arange(3.0)
    x = torch.tensor(given)
    given[0] = 9.0
    assert x.tolist() == [0.0, 1.0, 2.0]


def test_numpy_functions_accept_tensors():
    x = t64([1.0, 2.0])
    assert np.asarray(x).tolist() == [1.0, 2.0]
    assert np.sin(x.numpy()).shape == (2,)
    assert np.asarray(x, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        ([1.0, 2.0], "float32"), ([1, 2], "int64"), ([True], "bool"), ([1, 2.5], "float32"), (3, "int64"), ([], "float32"),
        (np.float64(1.5), "float64"), ([np.float64(1.5)], "float64"), (np.arange(3), "int64"), (np.zeros(2, np.float32), "float32"), ([[1], [2]], "int64"),
    ],
)  # fmt: skip
def test_inferred_dtype(data, dtype):
    assert dtype_name(torch.tensor(data)) == dtype


def test_casts():
    x = t64([0.0, 1.7, -1.7])
    assert x.long().tolist() == [0, 1, -1] and x.bool().tolist() == [False, True, True]
    assert dtype_name(x.float()) == "float32" and dtype_name(x.to(torch.int64)) == "int64"
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w.double() * t64([1.0, 3.0])).sum().backward()
    assert dtype_name(w.grad) == "float32" and w.grad.tolist() == [1.0, 3.0]
    assert not w.long().requires_grad


def test_hash_is_by_identity():
    a, b = t64([1.0]), t64([1.0])
    assert hash(a) == hash(a) and a in {a} and len({a, b}) == 2
    assert {a: 1}[a] == 1


def test_identity_survives_a_round_trip():
    w = t64([1.0], requires_grad=True)
    (w * 2).sum().backward()
    assert w.grad is w.grad
    node = (w * 2).grad_fn.next_functions[0][0]
    assert node.variable is w
    w.grad.tag = "kept"
    gc.collect()
    assert w.grad.tag == "kept"


def test_weak_reference_and_attributes():
    x = t64([1.0])
    x.note = {"a": 1}
    assert x.note == {"a": 1}
    seen = weakref.ref(x)
    assert seen() is x
    del x
    gc.collect()
    assert seen() is None


class Weight(torch.nn.Parameter if hasattr(torch, "nn") else torch.Tensor):
    """A user's own parameter class."""


class Marked(torch.Tensor):
    """A user's own tensor class."""

    def doubled(self):
        return self * 2


def test_subclass():
    x = torch.Tensor._make_subclass(Marked, t64([1.0, 2.0]), True)
    assert type(x) is Marked and isinstance(x, torch.Tensor) and x.requires_grad and x.is_leaf
    assert_close(x.doubled().detach(), [2.0, 4.0])
    x.doubled().sum().backward()
    assert_close(x.grad, [2.0, 2.0])


def test_subclass_shares_storage():
    base = t64([1.0, 2.0])
    x = torch.Tensor._make_subclass(Marked, base, False)
    base[0] = 5.0
    assert array(x).tolist() == [5.0, 2.0]


@pytest.mark.skipif(not hasattr(torch, "nn"), reason="no nn yet")
def test_parameter():
    w = torch.nn.Parameter(t64([1.0, 2.0]))
    assert w.requires_grad and w.is_leaf and isinstance(w, torch.Tensor)
    assert type(w * 2) is torch.Tensor
    (w * w).sum().backward()
    assert_close(w.grad, [2.0, 4.0])
    assert type(Weight(t64([1.0]))) is Weight
    assert not torch.nn.Parameter(t64([1.0]), requires_grad=False).requires_grad


@pytest.mark.parametrize(
    "make",
    [
        lambda: t64([[1.0, 2.0], [3.0, 4.0]]),
        lambda: t64([[1.0, 2.0], [3.0, 4.0]]).t(),
        lambda: t64([1.0, 2.0, 3.0, 4.0])[1::2],
        lambda: torch.tensor([1, 2]),
        lambda: torch.tensor([True, False]),
        lambda: torch.tensor(1.5),
        lambda: torch.zeros(0, 3),
        lambda: t64([1.0], requires_grad=True),
    ],
)
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x)), copy.copy])
def test_copies(make, duplicate):
    x = make()
    y = duplicate(x)
    assert y is not x and type(y) is type(x)
    assert y.dtype == x.dtype and y.requires_grad == x.requires_grad and y.tolist() == x.tolist()
    assert y.is_leaf


def test_deepcopy_owns_its_storage():
    x = t64([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    y = copy.deepcopy(x)
    assert y.data_ptr() != x.data_ptr() and y.grad is not x.grad
    assert_close(y.grad, [2.0, 4.0])
    with pytest.raises(RuntimeError):
        copy.deepcopy(x * 2)


def test_deepcopy_keeps_sharing():
    x = t64([1.0, 2.0])
    first, second, view = copy.deepcopy([x, x, x[1:]])
    assert first is second
    first[1] = 9.0
    assert view.tolist() == [9.0]


def test_equal_dtype_objects():
    assert torch.float32 is torch.float32 and torch.tensor(1.0).dtype is torch.float32
    assert repr(torch.float64) == "torch.float64" or repr(torch.float64).endswith("float64")
    assert pickle.loads(pickle.dumps(torch.int64)) is torch.int64


def test_manual_seed():
    torch.manual_seed(3)
    first = torch.randn(5)
    torch.manual_seed(3)
    assert torch.randn(5).tolist() == first.tolist()
    assert torch.randn(5).tolist() != first.tolist()
    many = torch.randn(20000)
    assert abs(many.mean().item()) < 0.05 and abs((many * many).mean().item() - 1) < 0.05
    assert torch.randn(3, requires_grad=True).requires_grad
