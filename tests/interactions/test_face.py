"""The face of Tensor: devices, kinds, types by name, storages, copies, what Python's protocols give."""

import copy
import pickle

import pytest

from backend import DTYPES, t64, torch, wengert_only


def test_devices():
    cpu = torch.device("cpu")
    assert repr(cpu) == "device(type='cpu')" and str(cpu) == "cpu" and cpu.type == "cpu" and cpu.index is None
    assert repr(torch.device("cpu:0")) == "device(type='cpu', index=0)" and str(torch.device("cpu", 0)) == "cpu:0"
    assert (
        cpu == torch.device("cpu")
        and cpu != torch.device("cpu", 0)
        and cpu != "cpu"
        and len({cpu, torch.device("cpu")}) == 1
    )
    assert torch.device(cpu) == cpu and torch.device(type="cpu", index=1).index == 1
    assert pickle.loads(pickle.dumps(torch.device("cpu:1"))) == torch.device("cpu:1")
    assert torch.device("cuda").type == "cuda"
    for wrong in ("foo", "cpu:x", "cpu:-1"):
        with pytest.raises(RuntimeError):
            torch.device(wrong)
    with pytest.raises(AttributeError):
        cpu.type = "cuda"


def test_a_tensor_is_on_the_cpu():
    x = torch.ones(2)
    assert x.device == torch.device("cpu") and torch.zeros(2, device="cpu").device == x.device
    assert torch.zeros(2, device=torch.device("cpu")).device.type == "cpu" and x.get_device() == -1
    assert x.is_cpu and not (x.is_cuda or x.is_sparse or x.is_quantized or x.is_meta or x.is_mkldnn)
    assert x.layout is torch.strided and repr(x.layout) == "torch.strided"
    assert x.cpu() is x and x.to("cpu") is x and x.to(torch.device("cpu")) is x
    assert (
        x.to("cpu", torch.float64).dtype == torch.float64 and x.to(device="cpu", dtype=torch.int64).dtype == torch.int64
    )
    assert x.to(torch.float32, False, True) is not x and x.to(t64(1.0)).dtype == torch.float64
    with pytest.raises(RuntimeError):
        torch.zeros(2, device="foo")
    with pytest.raises(TypeError):
        torch.zeros(2, device=1.5)


@wengert_only
@pytest.mark.parametrize("make", ["zeros", "ones", "empty", "rand", "randn"])
def test_other_devices_are_refused(make):
    with pytest.raises(RuntimeError, match="cpu"):
        getattr(torch, make)(2, device="cuda")
    with pytest.raises(RuntimeError, match="cpu"):
        torch.ones(2).to("cuda")
    with pytest.raises(RuntimeError, match="pinned"):
        getattr(torch, make)(2, pin_memory=True)


TYPES = {
    "float32": "Float", "float64": "Double", "uint8": "Byte", "int8": "Char", "int16": "Short", "int32": "Int",
    "int64": "Long", "bool": "Bool",
}  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
def test_types_by_name(dtype):
    name = f"torch.{TYPES[dtype]}Tensor"
    x = torch.ones(2, dtype=getattr(torch, dtype))
    assert x.type() == name and torch.typename(x) == name
    assert t64([1.0]).type(name).dtype == x.dtype and t64([1.0]).type(x.dtype).dtype == x.dtype
    typed = getattr(torch, TYPES[dtype] + "Tensor")
    assert isinstance(x, typed) and not isinstance(3, typed) and t64([1.0]).type(typed).dtype == x.dtype
    assert typed([1, 0]).dtype == x.dtype and typed(2, 3).shape == (2, 3) and typed().shape == (0,)


def test_wrong_types():
    for wrong in ("foo", float):
        with pytest.raises(ValueError, match="invalid type"):
            torch.ones(2).type(wrong)
    with pytest.raises(TypeError):
        torch.FloatTensor(t64([1.0]))
    assert torch.LongTensor([1.5]).tolist() == [1]


@wengert_only
def test_what_is_not_there_says_so():
    with pytest.raises(TypeError, match="float16"):
        torch.ones(2).half()
    with pytest.raises(TypeError, match="bfloat16"):
        torch.ones(2).bfloat16()
    with pytest.raises(RuntimeError, match="CPU"):
        torch.ones(2).cuda()
    for name in ("float16", "half", "bfloat16", "complex64", "cdouble"):
        with pytest.raises(TypeError, match="float|complex"):
            torch.ones(2, dtype=getattr(torch, name))
        with pytest.raises(TypeError, match="float|complex"):
            torch.ones(2).to(getattr(torch, name))


def test_dtypes_can_be_compared_with_ones_that_are_not_there():
    small = (torch.float16, torch.bfloat16, torch.complex64, torch.complex128)
    for name in ("float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"):
        assert getattr(torch, name) not in small
    assert torch.half is torch.float16 and torch.cfloat is torch.complex64 and len(set(small)) == 4
    assert repr(torch.bfloat16) == "torch.bfloat16" and torch.float16.itemsize == 2
    assert torch.float16.is_floating_point and torch.complex64.is_complex and not torch.complex64.is_floating_point
    assert pickle.loads(pickle.dumps(torch.bfloat16)) is torch.bfloat16 and copy.deepcopy(torch.half) is torch.half


def test_sizes_of_memory():
    x = torch.zeros(2, 3, dtype=torch.float64)
    assert x.element_size() == x.itemsize == 8 and x.nbytes == 48 and x.numel() == x.nelement() == torch.numel(x) == 6
    y = x[1]
    s = y.untyped_storage()
    assert s.nbytes() == len(s) == s.size() == 48 and s.data_ptr() == x.data_ptr() == y.data_ptr() - 24
    assert torch.is_storage(s) and y.storage_offset() == 3
    assert torch.Size([2, 3]).numel() == 6 and isinstance(torch.Size([2]) + (1,), torch.Size)
    assert x.stride(-1) == 1
    for wrong in (lambda: x.stride(2), lambda: x.size(-3), lambda: torch.tensor(1.0).size(0)):
        with pytest.raises(IndexError):
            wrong()
    with pytest.raises(TypeError):
        x.size("a")


def test_memory_formats():
    x = torch.ones(2, 3)
    assert repr(torch.contiguous_format) == "torch.contiguous_format"
    assert x.is_contiguous(memory_format=torch.contiguous_format) and not x.t().is_contiguous()
    assert not torch.ones(1, 2, 3, 4).is_contiguous(memory_format=torch.channels_last)
    assert torch.ones(1, 3, 4, 2).permute(0, 3, 1, 2).is_contiguous(memory_format=torch.channels_last)
    assert x.contiguous(memory_format=torch.contiguous_format) is not None
    assert x.clone(memory_format=torch.contiguous_format).tolist() == x.tolist()
    assert torch.zeros_like(x, memory_format=torch.preserve_format).shape == x.shape


@wengert_only
def test_other_memory_formats_are_refused():
    x = torch.ones(1, 2, 3, 4)
    for attempt in (x.clone, x.contiguous, lambda memory_format: torch.zeros_like(x, memory_format=memory_format)):
        with pytest.raises(NotImplementedError, match="channels_last"):
            attempt(memory_format=torch.channels_last)


def test_questions():
    x = torch.ones(2)
    assert x.is_same_size(torch.zeros(2)) and not x.is_same_size(torch.zeros(3)) and torch.is_same_size(x, x)
    assert torch.tensor(2.0).is_nonzero() and not torch.is_nonzero(input=torch.tensor([0]))
    assert torch.is_same_size(input=torch.ones(2), other=torch.zeros(2))
    for many in (x, torch.ones(0)):
        with pytest.raises(RuntimeError, match="ambiguous"):
            many.is_nonzero()
    assert x.is_set_to(x[:]) and not x.is_set_to(x[1:])
    assert not (x.is_shared() or x.is_pinned() or x.is_inference() or x.is_conj() or x.is_neg())
    assert x.resolve_conj().tolist() == [1.0, 1.0]
    assert torch.is_tensor(x) and not torch.is_tensor(1) and torch.typename(3) == "int"


def test_new():
    x = torch.ones(1, dtype=torch.int64)
    assert x.new_zeros(2, 1).tolist() == [[0], [0]] and x.new_ones((2,)).dtype == torch.int64
    assert x.new_full((2,), 3).tolist() == [3, 3] and x.new_full((1,), 1.5, dtype=torch.float64).tolist() == [1.5]
    assert x.new_empty(2, 3).shape == (2, 3) and x.new_empty(size=(2,)).dtype == torch.int64
    assert (
        x.new_tensor([1.0, 2.0]).tolist() == [1, 2] and x.new([3, 4]).tolist() == [3, 4] and x.new(2, 2).shape == (2, 2)
    )
    assert t64(1.0).new_zeros(1, requires_grad=True).requires_grad


def test_apply_and_map():
    x = t64([[1.0, 2.0], [3.0, 4.0]])
    assert x.apply_(lambda v: v + 1) is x and x.tolist() == [[2.0, 3.0], [4.0, 5.0]]
    x.map_(other=t64([10.0, 20.0]).expand(2, 2), callable=lambda a, b: a + b)
    assert x.tolist() == [[12.0, 23.0], [14.0, 25.0]]
    with pytest.raises(RuntimeError, match="requires grad"):
        t64([1.0], requires_grad=True).apply_(lambda v: v)
    with pytest.raises(TypeError):
        x.map_(torch.ones(2, 2), lambda a, b: a)


def test_contains():
    x = t64([1.0, 2.0])
    assert 2.0 in x and 3 not in x and x[0] in x and 1.0 not in torch.ones(0)
    for wrong in ("a", [1], None):
        with pytest.raises(RuntimeError, match="only supports"):
            wrong in x  # noqa: B015


def test_python_numbers_of_it():
    assert complex(t64(2.5)) == 2.5 + 0j and torch.tensor([2]).__index__() == 2 and torch.tensor(True).__index__() == 1
    with pytest.raises(TypeError):
        torch.tensor(2.0).__index__()
    with pytest.raises((ValueError, RuntimeError)):
        complex(t64([1.0, 2.0]))
    assert f"{t64(2.0):.3f}" == "2.000" and f"{t64([2.0])}" == str(t64([2.0]))
    with pytest.raises(TypeError, match="format"):
        f"{t64([2.0]):.2f}"
    with pytest.raises(TypeError):
        round(t64(2.5))


def test_a_shallow_copy_shares_memory():
    x = t64([1.0, 2.0], requires_grad=True)
    x.note = "kept"
    y = copy.copy(x)
    assert y.data_ptr() == x.data_ptr() and y.requires_grad and y.is_leaf and y.note == "kept" and y is not x
    z = copy.copy(x * 2)
    assert z.is_leaf and z.requires_grad and z.tolist() == [2.0, 4.0]


def test_printing_options():
    get = getattr(torch, "get_printoptions", None) or torch._tensor_str.get_printoptions
    before = get()
    torch.set_printoptions(precision=2, sci_mode=False)
    now = get()
    try:
        assert (now["precision"] if isinstance(now, dict) else now.precision) == 2
        assert repr(torch.tensor([1.23456])) == "tensor([1.23])"
    finally:
        torch.set_printoptions(profile="default")
    assert get() == before


def test_contiguous_in_the_format_it_has():
    assert torch.ones(2, 3).is_contiguous(memory_format=torch.preserve_format)
    assert torch.ones(2, 3).is_contiguous(memory_format=torch.contiguous_format)


def test_sizes_stay_sizes():
    size = torch.Size([2, 3])
    for made in (size * 2, 2 * size, (1,) + size, size + (1,), size[1:], torch.Size((True, 2))):
        assert type(made) is torch.Size
    assert size * 2 == 2 * size == (2, 3, 2, 3)
    assert (1,) + size == (1, 2, 3) and size + (1,) == (2, 3, 1)
    assert repr(torch.Size((True, 2))) == "torch.Size([1, 2])"
    assert size.numel() == 6 and size.index(3) == 1 and size == (2, 3) and hash(size) == hash((2, 3))
