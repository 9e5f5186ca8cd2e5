"""What the compiled module's names take and give, where introspection does not tell: the tables of tools/stubs.py."""

HEADER = '''\
# Written by tools/stubs.py from the compiled module: `make stubs`. Do not edit.
"""The compiled core of wengert."""

import builtins
from collections.abc import Callable, Iterator, Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Self, SupportsIndex, TypeAlias, final, overload, type_check_only

from numpy.typing import NDArray
from typing_extensions import disjoint_base

from wengert._device import device as _device, layout as _layout
from wengert._face.queries import TypedStorage
from wengert._generator import Generator
from wengert._interchange import DLDeviceType
from wengert._kinds import UntypedStorage
from wengert._size import Size
from wengert.autograd.graph import RemovableHandle

# The module and Tensor have their own bool, float, int and dtype.
_bool: TypeAlias = builtins.bool
_float: TypeAlias = builtins.float
_int: TypeAlias = builtins.int
_Number: TypeAlias = _int | _float | _bool
_DType: TypeAlias = dtype
_DTypeLike: TypeAlias = dtype | type[_float] | type[_int] | type[_bool]
_Operand: TypeAlias = Tensor | _Number | NDArray[Any]
_Index: TypeAlias = SupportsIndex | slice | EllipsisType | Tensor | NDArray[Any] | Sequence[Any] | None

@type_check_only
class _Max(NamedTuple):
    values: Tensor
    indices: Tensor
'''

# What rows and the tables below write -> what the stub writes.
NAMES = {
    "Number": "_Number", "bool": "_bool", "float": "_float", "int": "_int", "dtype": "_DTypeLike", "_dtype": "_DTypeLike",
    "Hook": "Callable[[Tensor], Tensor | None]",
}  # fmt: skip

# Results that depend on the arguments: (parameters after the first, result) of each overload.
OVERLOADS = {
    "max": [
        ("dim: None = None, keepdim: bool = False", "Tensor"),
        ("dim: int, keepdim: bool = False", "_Max"),
        ("dim: Tensor", "Tensor"),
    ],
    "min": [
        ("dim: None = None, keepdim: bool = False", "Tensor"),
        ("dim: int, keepdim: bool = False", "_Max"),
        ("dim: Tensor", "Tensor"),
    ],
    "median": [
        ("dim: None = None, keepdim: bool = False", "Tensor"),
        ("dim: int, keepdim: bool = False", "_Max"),
    ],
    "where": [
        ("input: Tensor | Number, other: Tensor | Number", "Tensor"),
        ("input: None = None, other: None = None", "tuple[Tensor, ...]"),
    ],
    "nonzero": [
        ("*, as_tuple: Literal[False] = False", "Tensor"),
        ("*, as_tuple: Literal[True]", "tuple[Tensor, ...]"),
    ],
    "sort": [("dim: int = -1, descending: bool = False, *, stable: bool | None = None", "_Max")],
    "topk": [("k: int, dim: int = -1, largest: bool = True, sorted: bool = True", "_Max")],
    "kthvalue": [("k: int, dim: int = -1, keepdim: bool = False", "_Max")],
}

# Functions of the module that are no operations: parameters and result.
FUNCTIONS = {
    "_is_recording_graph": ("", "bool"),
    "_start_recording": ("inputs: list[Tensor]", "GraphRecording"),
    "_adopt": ("x: Tensor, result: Tensor", "None"),
    "_arange": ("start: Number, end: Number, step: Number, dtype: dtype | None, requires_grad: bool", "Tensor"),
    "_backward": (
        "tensors: Sequence[Tensor], gradients: Sequence[Tensor | None], retain_graph: bool | None = None,"
        " create_graph: bool | None = None, inputs: Any = None",
        "None",
    ),
    "_calls_back": ("y: Tensor", "bool"),
    "_cast": ("x: Tensor, dtype: dtype, copy: bool", "Tensor"),
    "_copy_storage": ("x: Tensor", "Tensor"),
    "_detach_": ("x: Tensor", "None"),
    "_placed_in": ("x: Tensor, storage: Tensor", "Tensor"),
    "_named": ("x: Tensor, name: str", "Tensor"),
    "_full_like": ("like: Tensor, value: Number, dtype: dtype | None, requires_grad: bool", "Tensor"),
    "_disable_saved_hooks": ("message: str | None, fail_if_active: bool", "str | None"),
    "_increment_version": ("x: Tensor", "None"),
    "_is_inference": ("x: Tensor", "bool"),
    "_is_recording": ("", "bool"),
    "_node_class": ("name: str", "type"),
    "_pause_saved_hooks": ("", "None"),
    "_pop_saved_hooks": ("", "None"),
    "_push_saved_hooks": (
        "pack_hook: Callable[[Tensor], Any] | None = None, unpack_hook: Callable[[Any], Tensor] | None = None",
        "None",
    ),
    "_queue_callback": ("callback: Callable[[], None]", "None"),
    "_set_inference": ("on: bool", "bool"),
    "_enter_level": ("size: int | None = None, open: bool = False", "int"),
    "_full": ("shape: Sequence[int], value: Number, dtype: dtype | None, requires_grad: bool", "Tensor"),
    "_grad": (
        "outputs: Sequence[Tensor], inputs: Sequence[Tensor], grad_outputs: Sequence[Tensor | None], retain_graph: bool,"
        " create_graph: bool | None",
        "tuple[Any, ...]",
    ),
    "_install": ("package: str", "None"),
    "_leave_level": ("level: int", "None"),
    "_mark_same": ("", "None"),
    "_make_batched": ("value: Tensor, dim: int, level: int", "Tensor"),
    "_make_dual": ("primal: Tensor, tangent: Tensor, level: int", "Tensor"),
    "_make_subclass": ("cls: type, data: Tensor, requires_grad: bool", "Any"),
    "_eye": ("n: int, m: int, dtype: dtype, requires_grad: bool", "Tensor"),
    "_from_dlpack": ("capsule: object", "Tensor"),
    "_is_capsule": ("ob: object", "bool"),
    "_random": ("shape: Sequence[int], normal: bool, dtype: dtype, requires_grad: bool, stream: Stream", "Tensor"),
    "_random_order": ("n: int, dtype: dtype, requires_grad: bool, stream: Stream", "Tensor"),
    "_random_places": ("weights: Tensor, count: int, replacement: bool, stream: Stream", "Tensor"),
    "_random_whole": (
        "shape: Sequence[int], low: int, last: int, dtype: dtype, requires_grad: bool, stream: Stream",
        "Tensor",
    ),
    "_spaced": (
        "start: Number, end: Number, steps: int, base: float | None, dtype: dtype, requires_grad: bool",
        "Tensor",
    ),
    "_to_dlpack": ("x: Tensor, versioned: bool, copied: bool", "Any"),
    "_function_needs": ("args: tuple[Any, ...]", "tuple[tuple[bool, ...], bool] | None"),
    "_record_fresh": (
        "name: str, ctx: Any, args: tuple[Any, ...], to_save: tuple[Any, ...], output: Any",
        "list[SavedTensor | None] | None",
    ),
    "_unpack_saved": ("saved: list[SavedTensor | None], edge: Any = None", "tuple[Tensor | None, ...]"),
    "_release_saved": ("saved: list[SavedTensor | None]", "None"),
    "_record_function": (
        "name: str, ctx: Any, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor | None], views: Sequence[bool] = ...,"
        " many: bool = False",
        "tuple[Any, ...]",
    ),
    "_register_hook": ("tensor: Tensor, hook: Callable[[Tensor], Tensor | None], post: bool", "int"),
    "_set_grad_enabled": ("on: bool", "bool"),
    "_ending": ("", "None"),
    "_forked": ("", "None"),
    "_profile_start": ("", "bool"),
    "_profile_stop": ("", "list[tuple[str, str, int, int, int, int, tuple[str, int] | None, int, int]]"),
    "_set_log": ("ops: bool, graph: bool, memory: bool", "None"),
    "_span_close": ("key: int", "None"),
    "_span_open": ("name: str", "int"),
    "_memory_stats": ("", "dict[str, int]"),
    "_empty_cache": ("", "None"),
    "_return_idle": ("", "None"),
    "_set_cache_limit": ("bytes: int", "None"),
    "_reset_peak_memory_stats": ("", "None"),
    "_track": ("x: Tensor", "Tensor"),
    "_unpack_batched": ("value: Tensor, dim: int, size: int, level: int", "Tensor"),
    "_unpack_dual": ("dual: Tensor, level: int", "tuple[Tensor, Tensor | None]"),
    "_is_batched": ("x: Tensor, level: int", "bool"),
    "_outermost_level": ("x: Tensor", "tuple[int, bool] | None"),
    "_set_check_nan": ("on: bool", "None"),
    "_rebase": ("x: Tensor, result: Tensor, name: str", "None"),
    "_settled": ("x: Tensor", "Tensor"),
    "_recorded": ("function: Callable[[], Any]", "tuple[Any, list[int]]"),
    "_grad_cut": (
        "outputs: Sequence[Tensor], inputs: Sequence[Tensor], grad_outputs: Sequence[Tensor], create_graph: bool",
        "tuple[Tensor | None, ...]",
    ),
    "_sweeps": ("", "int"),
    "_identity": ("x: Tensor", "tuple[int, int, int]"),
    "_watch_begin": ("", "None"),
    "_watch_end": ("", "Recording"),
    "_watch_so_far": ("", "Recording"),
    "_untrack": ("x: Tensor, tracked: Sequence[Tensor]", "Tensor"),
    "_zeros_like": ("x: Tensor", "Tensor"),
    "build_info": ("", "dict[str, str]"),
    "can_cast": ("from_: dtype, to: dtype", "bool"),
    "from_numpy": ("ndarray: NDArray[Any]", "Tensor"),
    "get_default_dtype": ("", "_DType"),
    "get_num_threads": ("", "int"),
    "is_grad_enabled": ("", "bool"),
    "is_inference_mode_enabled": ("", "bool"),
    "is_tensor": ("ob: object", "bool"),
    "ops": ("", "list[dict[str, Any]]"),
    "promote_types": ("type1: dtype, type2: dtype", "_DType"),
    "result_type": ("tensor1: Tensor | Number, tensor2: Tensor | Number", "_DType"),
    "set_default_dtype": ("d: dtype", "None"),
    "set_num_threads": ("n: int", "None"),
    "tensor": (
        "data: Any, *, dtype: dtype | None = None, device: Any = None, requires_grad: bool = False,"
        " pin_memory: bool = False",
        "Tensor",
    ),
}

# Methods in the core that are no operations, for all its classes; the first parameter is left out.
METHODS = {
    "abandon": ("", "None"),
    "finish": ("inputs: list[Tensor], outputs: list[Tensor]", "Path"),
    "fits": ("inputs: list[Tensor]", "bool"),
    "inputs": ("", "list[Tensor]"),
    "instructions": ("", "list[tuple[Any, ...]]"),
    "is_entangled": ("inputs: list[Tensor]", "bool"),
    "run": ("inputs: list[Tensor]", "list[Tensor] | None"),
    "__call__": ("*args: Any, **kwargs: Any", "Any"),
    "__dir__": ("", "list[str]"),
    "__getattribute__": ("name: str, /", "Any"),
    "__len__": ("", "int"),
    "_context": ("", "tuple[Any, SavedEdge] | None"),
    "events": ("start: int, stop: int", "list[Any]"),
    "input": ("i: int, k: int", "Tensor | None"),
    "leaf_count": ("", "int"),
    "named": ("names: Sequence[str]", "list[int]"),
    "node": ("i: int", "Node"),
    "number": ("i: int", "tuple[_bool, int]"),
    "operand": ("i: int, k: int", "Tensor | None"),
    "place": ("of: Tensor | Node", "int | None"),
    "recorded": ("", "list[tuple[int, int]]"),
    "result": ("i: int", "Tensor | None"),
    "rows": ("start: int, stop: int", "list[Any]"),
    "totals": ("", "tuple[int, int, int, int]"),
    "value": ("i: int, out: int = 0, near: bool = False", "Tensor | None"),
    "_input_layout": ("i: int", "tuple[list[int], list[int]] | None"),
    "_keeps": ("", "int"),
    "_kept": ("bit: int", "Tensor"),
    "_op_text": ("", "str"),
    "_outputs": ("", "list[tuple[list[int], _DType]]"),
    "_pack": (
        "bit: int, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]",
        "None",
    ),
    "_is_awaited": ("", "bool"),
    "_is_contiguous": ("", "bool"),
    "_is_lifted": ("", "bool"),
    "_is_view": ("", "bool"),
    "_key": ("", "int"),
    "_out_count": ("", "int"),
    "_references": ("", "tuple[int]"),
    "_remove_hook": ("id: int", "None"),
    "_retains_grad": ("", "bool"),
    "_sequence_nr": ("", "int"),
    "_share_numpy": ("", "NDArray[Any]"),
    "_stand_in": ("out: int", "Tensor"),
    "_storage_bytes": ("", "int"),
    "_storage_id": ("", "int"),
    "backward": (
        "gradient: Tensor | None = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None",
        "None",
    ),
    "data_ptr": ("", "int"),
    "detach": ("", "Tensor"),
    "dim": ("", "int"),
    "element_size": ("", "int"),
    "is_floating_point": ("", "bool"),
    "item": ("", "Any"),
    "name": ("", "str"),
    "ndimension": ("", "int"),
    "nelement": ("", "int"),
    "numel": ("", "int"),
    "register_hook": ("fn: Callable[..., Any]", "Any"),
    "register_prehook": ("fn: Callable[..., Any]", "Any"),
    "register_hooks": (
        "pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]",
        "None",
    ),
    "release": ("", "None"),
    "requires_grad_": ("requires_grad: bool = True", "Self"),
    "retain_grad": ("", "None"),
    "set_state": ("seed: int, drawn: int", "None"),
    "state": ("", "tuple[int, int]"),
    "storage_offset": ("", "int"),
    "tolist": ("", "Any"),
    "to_real": ("", "_DType"),
    "unpack": ("edge: SavedEdge | None = None", "Tensor"),
}

# Properties, for all classes; which of Tensor's can be set is tried.
PROPERTIES = {
    "has_history": "bool", "results": "list[str]",
    "H": "Tensor", "T": "Tensor", "__array_interface__": "dict[str, Any]", "_base": "Tensor | None", "_node": "Node | None",
    "_strides": "tuple[int, ...]", "_version": "int", "data": "Tensor", "dtype": "_DType", "grad": "Tensor | None",
    "grad_fn": "Node | None", "is_complex": "bool", "is_floating_point": "bool", "is_leaf": "bool", "is_signed": "bool",
    "itemsize": "int", "mH": "Tensor", "mT": "Tensor", "metadata": "dict[Any, Any]", "name": "str", "ndim": "int",
    "next_functions": "tuple[tuple[Node | None, int], ...]", "output_nr": "int", "requires_grad": "bool",
    "shape": "Size", "retains_grad": "bool", "site": "tuple[str, int] | None", "variable": "Tensor | None",
}  # fmt: skip

# What slots of the type make of Tensor: parameters after `self`, result, and what mypy is to overlook.
_BINARY = ("value: _Operand, /", "Tensor", "")
_INPLACE = ("value: _Operand, /", "Self", "")
_COMPARE = ("value: _Operand, /", "Tensor", "  # type: ignore[misc]")
_EQUAL = ("value: _Operand, /", "Tensor", "  # type: ignore[override]")
SLOTS = {
    **{
        f"__{side}{name}__": _BINARY
        for name in (
            "add",
            "matmul",
            "mul",
            "sub",
            "truediv",
            "floordiv",
            "mod",
            "and",
            "or",
            "xor",
            "lshift",
            "rshift",
        )
        for side in ("", "r")
    },
    **{
        f"__i{name}__": _INPLACE
        for name in ("add", "mul", "sub", "truediv", "floordiv", "mod", "and", "or", "xor", "lshift", "rshift")
    },
    **{f"__{name}__": _COMPARE for name in ("ge", "gt", "le", "lt")},
    "__eq__": _EQUAL,
    "__ne__": _EQUAL,
    "__pow__": ("value: _Operand, mod: None = None, /", "Tensor", ""),
    "__rpow__": ("value: _Operand, mod: None = None, /", "Tensor", ""),
    "__ipow__": ("value: _Operand, /", "Self", "  # type: ignore[misc]"),
    "__abs__": ("", "Tensor", ""),
    "__bool__": ("", "bool", ""),
    "__float__": ("", "float", ""),
    "__getitem__": ("key: _Index, /", "Tensor", ""),
    "__hash__": ("", "int", ""),
    "__index__": ("", "int", ""),
    "__int__": ("", "int", ""),
    "__iter__": ("", "Iterator[Tensor]", ""),
    "__len__": ("", "int", ""),
    "__divmod__": ("value: _Operand, /", "tuple[Tensor, Tensor]", ""),
    "__rdivmod__": ("value: _Operand, /", "tuple[Tensor, Tensor]", ""),
    "__invert__": ("", "Tensor", ""),
    "__neg__": ("", "Tensor", ""),
    "__pos__": ("", "Self", ""),
    "__setitem__": ("key: _Index, value: _Operand, /", "None", ""),
}
# In every type, or told by `object` already.
COMMON = {
    "__delattr__", "__dict__", "__doc__", "__module__", "__new__", "__reduce__", "__setattr__", "__delitem__",
    "__firstlineno__", "__static_attributes__", "__buffer__", "__release_buffer__",
}  # fmt: skip
COMPARISONS = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__repr__"}
