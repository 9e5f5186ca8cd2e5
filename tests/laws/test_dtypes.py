"""Dtypes beyond the default: integers wrap in their own width in every op, casts keep low bits, dtype objects and limits."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from backend import DTYPES, INTEGERS, array, dtype_name, torch

from .layouts import LAYOUTS

each_integer = pytest.mark.parametrize("dtype", INTEGERS)
each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def edges(dtype):
    """The values at which a width ends, and ordinary ones."""
    info = np.iinfo(dtype)
    chosen = [info.min, info.min + 1, info.max, info.max - 1, 0, 1, 2, 3, 7, 13, 100]
    chosen += [-1, -2, -7, -100] if info.min else [200, 254]
    return np.array(chosen, dtype)


def pair(dtype):
    """Every edge beside every edge, as two (n, n) arrays."""
    values = edges(dtype)
    return np.broadcast_arrays(values[:, None], values[None, :])


def same(tensor, want):
    want = np.asarray(want)
    assert tuple(tensor.shape) == want.shape and dtype_name(tensor) == want.dtype.name
    assert array(tensor).tolist() == want.tolist()


def power(a, b):
    """Powers modulo the width; of a negative exponent only 1 and -1 have an integer one."""
    bits = 8 * a.dtype.itemsize

    def one(x, n):
        if n < 0:
            return {1: 1, -1: -1 if n % 2 else 1}.get(x, 0)
        return pow(x % 2**bits, n, 2**bits)

    whole = [one(int(x), int(n)) % 2**bits for x, n in zip(a.ravel(), b.ravel())]
    return np.array(whole, f"uint{bits}").astype(a.dtype).reshape(a.shape)


UNARY = {
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "relu": lambda x: np.maximum(x, x.dtype.type(0)),
}  # fmt: skip
BINARY = {
    "add": np.add, "sub": np.subtract, "rsub": lambda a, b: np.subtract(b, a), "mul": np.multiply, "pow": power,
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip
TO_FLOAT = {"exp": np.exp, "tanh": np.tanh, "sin": np.sin, "cos": np.cos, "sqrt": np.sqrt, "log": np.log}


@each_integer
@each_layout
@pytest.mark.parametrize("name", UNARY)
def test_unary_ops_wrap(name, dtype, layout):
    values = np.tile(edges(dtype), (2, 1))
    placed = layout(values.shape)
    values = placed.settle(values)
    with np.errstate(all="ignore"):
        want = UNARY[name](values)
    x = placed.place(values)
    same(getattr(torch, name)(x), want)
    same(x, values)
    same(getattr(torch.tensor(values), name + "_")(), want)


@each_integer
@each_layout
@pytest.mark.parametrize("name", BINARY)
def test_binary_ops_wrap(name, dtype, layout):
    a, b = pair(dtype)
    placed = layout(a.shape)
    a, b = placed.settle(a), placed.settle(b)
    with np.errstate(all="ignore"):
        want = BINARY[name](a, b)
    same(getattr(torch, name)(placed.place(a), placed.place(b)), want)
    if name in ("add", "sub", "mul", "pow"):
        target = torch.tensor(a)
        same(getattr(target, name + "_")(placed.place(b)), want)


@each_integer
@pytest.mark.parametrize("n", [1, 3, 17, 63, 64, 65, 255, 256, 257, 1000, 70_001])
def test_long_runs_and_their_ends(dtype, n):
    random = np.random.default_rng(n)
    info = np.iinfo(dtype)
    a, b = (random.integers(info.min, info.max, n, dtype, endpoint=True) for _ in range(2))
    x, y = torch.tensor(a), torch.tensor(b)
    same(x + y, a + b)
    same(x * y, a * b)
    same(-x, -a)
    same(x < y, a < b)
    same(x.sum(), a.sum(dtype=np.int64))
    same(x.sum(dtype=getattr(torch, dtype)), a.sum(dtype=dtype))
    same(x.max(), a.max())
    values, places = x.max(0)
    same(values, a.max())
    same(places, a.argmax())
    same(x[::2] + y[::2], a[::2] + b[::2])
    same(x[torch.tensor([n - 1, 0])], a[[n - 1, 0]])
    same(torch.where(x < y, x, y), np.minimum(a, b))


@each_integer
@pytest.mark.parametrize("name", TO_FLOAT)
def test_functions_of_integers_are_floats(name, dtype):
    values = edges(dtype)
    values = values[(values > 0) & (values < 50)]
    got = getattr(torch, name)(torch.tensor(values))
    assert dtype_name(got) == "float32"
    np.testing.assert_allclose(array(got), TO_FLOAT[name](values.astype(np.float32)), rtol=1e-6)


@each_integer
def test_quotients_are_floats(dtype):
    a, b = pair(dtype)
    keep = b != 0
    got = torch.tensor(a[keep]) / torch.tensor(b[keep])
    assert dtype_name(got) == "float32"
    np.testing.assert_allclose(array(got), a[keep].astype(np.float32) / b[keep].astype(np.float32), rtol=1e-6)


@each_integer
@pytest.mark.parametrize(
    "sizes", [(1, 1, 1), (2, 3, 4), (5, 1, 3), (4, 7, 1), (3, 0, 2), (0, 2, 2), (9, 33, 600), (40, 1030, 1)]
)
def test_matrix_products_are_exact_modulo_the_width(dtype, sizes):
    m, k, n = sizes
    random = np.random.default_rng(m + k + n)
    info = np.iinfo(dtype)
    a, b = (random.integers(info.min, info.max, shape, dtype, endpoint=True) for shape in ((m, k), (k, n)))
    want = (a.astype(np.int64) @ b.astype(np.int64)).astype(dtype) if k else np.zeros((m, n), dtype)
    x, y = torch.tensor(a), torch.tensor(b)
    same(x @ y, want)
    same(torch.tensor(np.ascontiguousarray(a.T)).t() @ torch.tensor(np.ascontiguousarray(b.T)).t(), want)
    same(torch.stack([x, x]) @ y, np.stack([want, want]))
    same(torch.bmm(torch.stack([x, x]), torch.stack([y, y])), np.stack([want, want]))
    if n:
        same(torch.mv(x, y[:, 0]), want[:, 0])
        if m:
            same(torch.dot(x[0], y[:, 0]), want[0, 0])


@each_integer
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1), -1])
def test_sums(dtype, axis):
    values = np.tile(edges(dtype), (3, 1)).T
    x = torch.tensor(values)
    dims = () if axis is None else (axis,)
    same(x.sum(*dims), values.sum(axis, dtype=np.int64))
    for wanted in INTEGERS:
        same(x.sum(*dims, dtype=getattr(torch, wanted)), values.astype(wanted).sum(axis, dtype=wanted))
    same(x.t().sum(*dims), values.T.sum(axis, dtype=np.int64))


# Casts.

SOURCES = {
    **{dtype: edges(dtype) for dtype in INTEGERS},
    "bool": np.array([True, False]),
    # Past the last width every compiler does what it likes: only what fits int32 is compared.
    **{
        dtype: np.array(
            [0.0, -0.0, 0.5, -0.5, 1.9, -1.9, 127.5, -128.9, 255.9, 256.0, 300.0, -300.0, 40000.0, 2.0**31 - 200], dtype
        )
        for dtype in ("float32", "float64")
    },
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("target", DTYPES)
@pytest.mark.parametrize("repeats", [1, 40])
def test_casts_of_edges(source, target, repeats):
    values = np.tile(SOURCES[source], repeats)
    whole = source.startswith("float") and target in INTEGERS
    want = (values.astype(np.int64) if whole else values).astype(DTYPES[target])
    x = torch.tensor(values)
    same(x.to(getattr(torch, target)), want)
    same(x[::3].to(getattr(torch, target)), want[::3])
    same(torch.zeros(len(values), dtype=getattr(torch, target)).copy_(x), want)
    same(x[2 % len(values)].to(getattr(torch, target)), want[2 % len(values)])


@pytest.mark.parametrize("source", ["float32", "float64"])
def test_casts_of_what_is_no_number(source):
    x = torch.tensor([np.nan, np.inf, -np.inf, 0.0, 1e-30], dtype=getattr(torch, source))
    same(x.bool(), np.array([True, True, True, False, True]))
    other = {"float32": "float64", "float64": "float32"}[source]
    got = array(x.to(getattr(torch, other)))
    assert np.isnan(got[0]) and got[1:3].tolist() == [np.inf, -np.inf]
    assert array(torch.tensor([1e300, -1e300], dtype=torch.float64).float()).tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize("target", INTEGERS)
def test_casts_of_floats_out_of_range_are_those_of_x86(target):
    """Undefined in C; here what PyTorch's CPU build gives on x86: the lowest int64 or int32, or the low bits of that."""
    values = np.array([np.nan, np.inf, -np.inf, 1e19, -1e19] * 9)
    want = {"int64": -(2**63), "int32": -(2**31)}.get(target, 0)
    for source in ("float32", "float64"):
        x = torch.tensor(values.astype(source))
        assert x.to(getattr(torch, target)).tolist() == [want] * len(values)


# Numbers that do not fit.


@pytest.mark.parametrize(
    ("dtype", "number", "fits"),
    [
        ("uint8", 255, True), ("uint8", 256, False), ("uint8", -1, True), ("uint8", -255, True), ("uint8", -256, False),
        ("uint8", 255.9, True), ("uint8", 256.0, False), ("uint8", -0.5, False),
        ("int8", 127, True), ("int8", 128, False), ("int8", -128, True), ("int8", -129, False), ("int8", 127.9, True),
        ("int16", 2**15, False), ("int32", 2**31, False), ("int32", 2**31 - 0.5, True), ("int64", 2.0**63, False),
        ("int64", -(2.0**63), True), ("int8", float("nan"), False), ("int8", float("inf"), False), ("bool", 300, True),
    ],
)  # fmt: skip
def test_numbers_that_do_not_fit_are_refused(dtype, number, fits):
    kind = getattr(torch, dtype)
    makers = [
        lambda: torch.full((2,), number, dtype=kind),
        lambda: torch.tensor([number], dtype=kind),
        lambda: torch.tensor(number, dtype=kind),
        lambda: torch.zeros(2, dtype=kind).fill_(number),
        lambda: torch.zeros(2, dtype=kind).__setitem__(0, number),
        lambda: torch.zeros(2, dtype=kind).__setitem__(slice(None), number),
    ]
    for make in makers:
        if fits:
            make()
        else:
            with pytest.raises(RuntimeError, match="without overflow"):
                make()


@each_integer
@given(number=st.integers(-(2**40), 2**40))
def test_numbers_as_operands_wrap(dtype, number):
    values = edges(dtype)
    x = torch.tensor(values)
    taken = np.array(number).astype(dtype)
    same(x + number, values + taken)
    same(number - x, taken - values)
    same(x < number, values < taken)


def test_floats_stay_in_range():
    assert torch.tensor(1e300).item() == float("inf")
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.full((2,), 1e300, dtype=torch.float32)
    assert torch.full((1,), 1e300, dtype=torch.float64).item() == 1e300


# NumPy, printing, copies.


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_shares_memory_both_ways(dtype):
    given_array = np.array([[0, 1, 0], [1, 1, 0]], DTYPES[dtype])
    x = torch.from_numpy(given_array[:, ::2])
    assert dtype_name(x) == dtype and x.stride() == (3, 2)
    x[0, 0] = 1
    assert given_array[0, 0] == 1
    back = x.numpy()
    assert back.dtype == DTYPES[dtype]
    back[1, 1] = 1
    assert given_array[1, 2] == 1 and x[1, 1].item() == 1
    assert np.asarray(x).dtype == DTYPES[dtype]


@pytest.mark.parametrize("dtype", DTYPES)
def test_elements_pickles_and_copies(dtype):
    x = torch.tensor([[0, 1], [1, 1]], dtype=getattr(torch, dtype))
    kind = {"b": bool, "f": float}.get(np.dtype(dtype).kind, int)
    assert type(x[0, 1].item()) is kind and type(x.tolist()[0][0]) is kind
    for twin in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x), x.clone()):
        same(twin, array(x))
    assert x.element_size() == np.dtype(dtype).itemsize == getattr(torch, dtype).itemsize
    assert int(x[0, 1]) == 1 and float(x[0, 1]) == 1.0 and bool(x[0, 1])
    assert ("dtype=" in repr(x)) == (dtype not in ("int64", "float32", "bool"))


def test_lists_of_numpy_scalars():
    for values, want in [
        ([np.int8(1), 2], "int64"), ([np.int8(1), True], "int8"), ([np.int8(1), np.uint8(1)], "int16"),
        ([np.int8(1), 1.0], "float32"), ([np.float64(1), 1], "float64"), ([np.array([1, 2], np.int8)], "int8"),
    ]:  # fmt: skip
        assert dtype_name(torch.tensor(values)) == want
    assert dtype_name(torch.tensor(np.uint8(3))) == "uint8"


def test_foreign_byte_order_is_refused():
    with pytest.raises(ValueError, match="byte order"):
        torch.from_numpy(np.zeros(2, ">i4"))


# Indices and masks.


def test_indices_of_other_integers():
    x = torch.arange(5)
    assert x[torch.tensor([3, -1], dtype=torch.int32)].tolist() == [3, 4]
    assert x[np.array([3, 1], np.int8)].tolist() == [3, 1]
    assert x[torch.tensor(2, dtype=torch.int8)].item() == 2
    for dtype in (torch.int8, torch.int16):
        with pytest.raises(IndexError, match="long, int, byte or bool"):
            x[torch.tensor([1], dtype=dtype)]
    y = torch.zeros(3)
    y[torch.tensor([2, 0], dtype=torch.int32)] = torch.tensor([1.0, 2.0])
    assert y.tolist() == [2.0, 0.0, 1.0]


@pytest.mark.filterwarnings("ignore:indexing with dtype torch.uint8", "ignore:where received a uint8")
def test_bytes_are_masks():
    x = torch.arange(5)
    mask = torch.tensor([1, 0, 2, 0, 1], dtype=torch.uint8)
    assert x[mask].tolist() == [0, 2, 4]
    x[mask] = torch.tensor([-1, -2, -3])
    assert x.tolist() == [-1, 1, -2, 3, -3]
    assert torch.where(mask, 1.0, 0.0).tolist() == [1.0, 0.0, 1.0, 0.0, 1.0]
    with pytest.raises(IndexError, match="shape of the mask"):
        x[torch.tensor([1, 0], dtype=torch.uint8)]


@pytest.mark.parametrize("use", [lambda x, m: x[m], lambda x, m: torch.where(m, x, x)])
def test_masks_of_bytes_warn(use):
    from backend import ON_TORCH

    if not ON_TORCH:  # PyTorch warns once in a process
        with pytest.warns(UserWarning, match="uint8"):
            use(torch.zeros(2), torch.tensor([1, 0], dtype=torch.uint8))


# dtype objects and limits.


def test_dtype_objects():
    assert torch.int is torch.int32 and torch.short is torch.int16 and torch.long is torch.int64
    assert torch.float is torch.float32 and torch.double is torch.float64
    for name, wide in DTYPES.items():
        kind = getattr(torch, name)
        assert repr(kind) == str(kind) == f"torch.{name}"
        assert kind.itemsize == np.dtype(wide).itemsize
        assert kind.is_floating_point == name.startswith("float") and not kind.is_complex
        assert kind.is_signed == (name not in ("bool", "uint8"))
        assert kind.to_real() is kind
        assert pickle.loads(pickle.dumps(kind)) is kind and copy.deepcopy(kind) is kind
        assert kind == kind and kind != torch.float16 if hasattr(torch, "float16") else kind == kind
        assert hash(kind) == hash(getattr(torch, name)) and len({kind, kind}) == 1
        assert kind != 3
        with pytest.raises(TypeError):
            assert kind < kind
        x = torch.zeros(1, dtype=kind)
        assert x.is_signed() == kind.is_signed and not x.is_complex() and not torch.is_complex(x)
        assert x.is_floating_point() == torch.is_floating_point(x) == kind.is_floating_point
    assert torch.is_tensor(torch.zeros(1)) and not torch.is_tensor(np.zeros(1))


@each_integer
def test_iinfo(dtype):
    got, want = torch.iinfo(getattr(torch, dtype)), np.iinfo(dtype)
    assert (got.min, got.max, got.bits, got.dtype) == (want.min, want.max, want.bits, dtype)
    assert repr(got) == f"iinfo(min={want.min:g}, max={want.max:g}, dtype={dtype})"
    assert got == torch.iinfo(getattr(torch, dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_finfo(dtype):
    got, want = torch.finfo(getattr(torch, dtype)), np.finfo(dtype)
    assert (got.bits, got.dtype) == (want.bits, dtype)
    for name in ("min", "max", "eps", "tiny", "smallest_normal"):
        assert type(getattr(got, name)) is float and getattr(got, name) == float(getattr(want, name))
    assert got.resolution == {"float32": 1e-6, "float64": 1e-15}[dtype]
    assert got == torch.finfo(getattr(torch, dtype)) and got != torch.iinfo(torch.int8)


def test_shown_limits():
    shown = "finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=float32)"
    assert repr(torch.finfo()) == repr(torch.finfo(torch.float32)) == shown
    assert torch.finfo(float) == torch.finfo(torch.float64) and torch.iinfo(int) == torch.iinfo(torch.int64)


def test_wrong_limits_are_refused():
    for ask in (lambda: torch.iinfo(torch.float32), lambda: torch.iinfo(torch.bool), lambda: torch.finfo(torch.int8)):
        with pytest.raises(TypeError, match="torch.[if]info"):
            ask()
    with pytest.raises(TypeError):
        torch.promote_types(torch.int8, 3)
    for wrong in (torch.int32, 3):
        with pytest.raises(TypeError, match="only floating-point types are supported"):
            torch.set_default_dtype(wrong)


@given(values=hnp.arrays(np.int16, st.integers(1, 200)))
def test_arange_and_progressions_wrap(values):
    start, step = int(values[0]), int(values[-1]) or 1
    got = torch.arange(start, start + 5 * step, step, dtype=torch.int8)
    assert got.tolist() == np.arange(start, start + 5 * step, step).astype(np.int8).tolist()


def test_arange_truncates_bounds_first():
    assert torch.arange(0.5, 3.7, dtype=torch.int16).tolist() == [0, 1, 2, 3]
    assert torch.arange(0, 3, 0.5, dtype=torch.int32).tolist() == [0] * 6
    assert torch.arange(2**62, 2**62 + 3).tolist() == [2**62, 2**62 + 1, 2**62 + 2]


def test_a_recorded_cast_gives_the_gradient_back_in_its_dtype():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * torch.tensor([3, 4], dtype=torch.int8)).sum().backward()
    assert dtype_name(x.grad) == "float32" and x.grad.tolist() == [3.0, 4.0]
    assert not (x.to(torch.int8)).requires_grad
