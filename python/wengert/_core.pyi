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

@final
class Exported:
    """Keeps the memory of an exported tensor alive; NumPy holds it as the base of its array."""
    @property
    def __array_interface__(self) -> dict[str, Any]: ...

@final
class Node:
    """A node of the tape as Python sees it: `grad_fn`. Each kind of node has a class of its own, named as PyTorch names it."""
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call self as a function."""
    def __dir__(self) -> list[str]: ...
    def __getattribute__(self, name: str, /) -> Any:
        """Return getattr(self, name)."""
    def _context(self) -> tuple[Any, SavedEdge] | None:
        """What a Function's node keeps in Python, and an object that leads to the node."""
    def _input_layout(self, i: _int) -> tuple[list[_int], list[_int]] | None:
        """Shape and strides of input `i`; None where it needs no gradient."""
    def _is_awaited(self) -> _bool:
        """Whether the backward under way has yet to reach it."""
    def _keeps(self) -> _int:
        """Which values its rule reads: bits of inputs, and bit 7 for the output."""
    def _kept(self, bit: _int) -> Tensor:
        """The value kept under a bit, with its history."""
    def _key(self) -> _int:
        """What tells the node from others."""
    def _op_text(self) -> str:
        """The operation in words: its attributes are among them."""
    def _out_count(self) -> _int:
        """How many outputs it has."""
    def _outputs(self) -> list[tuple[list[_int], _DType]]:
        """Shape and dtype of each output."""
    def _pack(self, bit: _int, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        """Has hooks pack the value kept under a bit."""
    def _remove_hook(self, id: _int) -> None: ...
    def _sequence_nr(self) -> _int:
        """A number larger than that of every input."""
    def _stand_in(self, out: _int) -> Tensor:
        """A stand-in for output `out`: zeros of its shape, with its history."""
    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for whatever is to be noted of the node: it lives as long as the node."""
    def name(self) -> str:
        """PyTorch's name of the node."""
    @property
    def next_functions(self) -> tuple[tuple[Node | None, _int], ...]:
        """Pairs of the nodes of the inputs and which of their outputs; (None, 0) where no gradient is needed."""
    def register_hook(self, fn: Callable[..., Any]) -> Any:
        """Calls `fn(grad_inputs, grad_outputs)` whenever the node has run in a backward; what it returns replaces the first."""
    def register_prehook(self, fn: Callable[..., Any]) -> Any:
        """Calls `fn(grad_outputs)` whenever the node is about to run in a backward; what it returns replaces these."""
    @property
    def site(self) -> tuple[str, _int] | None:
        """File and line that recorded it, or None."""
    @property
    def variable(self) -> Tensor | None:
        """The leaf tensor of an AccumulateGrad node; None for other nodes. The graph keeps it, with its gradient."""

@final
class Recording:
    """What a thread has seen of its own operations while it watched."""
    def __len__(self) -> _int:
        """Return len(self)."""
    def events(self, start: _int, stop: _int) -> list[Any]:
        """What happened from `start` to `stop`: kind ("op", "write", "detach", "left", "made"), (name, node's name, attributes in words), whether it has a derivative, (file, line), whether the thread recorded, (array, storage, edge) of inputs and output, (shape, dtype) of the output."""
    def input(self, i: _int, k: _int) -> Tensor | None:
        """Input `k` of event `i`, without history; None where it was overwritten since."""
    def recorded(self) -> list[tuple[_int, _int]]:
        """Event and output of the edges that were recorded, by their keys."""
    def result(self, i: _int) -> Tensor | None:
        """The output of event `i` as it was, without history; None where there was none."""
    def totals(self) -> tuple[_int, _int, _int, _int]:
        """Of the events: how many operations, elements computed, bytes read and bytes written."""

@final
class SavedEdge:
    """The edge of the node whose rule runs, for outputs that were saved."""

@final
class SavedTensor:
    """A tensor kept for a backward: its value is protected from later writes, and an output of the very node is kept without its history, which would be a cycle."""
    def __new__(cls, tensor: Tensor, output: int | None = None, hooked: _bool = True) -> Self: ...
    def register_hooks(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        """Has `pack_hook` and `unpack_hook` stand in for the value."""
    def release(self) -> None:
        """Gives the value back."""
    def unpack(self, edge: SavedEdge | None = None) -> Tensor:
        """The tensor, attached to its history; `edge` is that of the node whose rule runs."""

@final
class Stream:
    """Seed and position of a generator; without a seed that of the default one."""
    def __new__(cls, seed: _int | None = None) -> Self: ...
    def set_state(self, seed: _int, drawn: _int) -> None:
        """Goes to a place in the numbers of a seed."""
    def state(self) -> tuple[_int, _int]:
        """Seed, and words drawn so far."""

@disjoint_base
class Tensor:
    """A value of one dtype in some shape, with the history that its derivative needs."""

    __array_priority__: int
    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    def __abs__(self) -> Tensor: ...
    def __add__(self, value: _Operand, /) -> Tensor: ...
    def __and__(self, value: _Operand, /) -> Tensor: ...
    def __bool__(self) -> _bool: ...
    def __divmod__(self, value: _Operand, /) -> tuple[Tensor, Tensor]: ...
    def __eq__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[override]
    def __float__(self) -> _float: ...
    def __floordiv__(self, value: _Operand, /) -> Tensor: ...
    def __ge__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __getitem__(self, key: _Index, /) -> Tensor: ...
    def __gt__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __hash__(self) -> _int: ...
    def __iadd__(self, value: _Operand, /) -> Self: ...
    def __iand__(self, value: _Operand, /) -> Self: ...
    def __ifloordiv__(self, value: _Operand, /) -> Self: ...
    def __ilshift__(self, value: _Operand, /) -> Self: ...
    def __imod__(self, value: _Operand, /) -> Self: ...
    def __imul__(self, value: _Operand, /) -> Self: ...
    def __index__(self) -> _int: ...
    def __int__(self) -> _int: ...
    def __invert__(self) -> Tensor: ...
    def __ior__(self, value: _Operand, /) -> Self: ...
    def __ipow__(self, value: _Operand, /) -> Self: ...  # type: ignore[misc]
    def __irshift__(self, value: _Operand, /) -> Self: ...
    def __isub__(self, value: _Operand, /) -> Self: ...
    def __iter__(self) -> Iterator[Tensor]: ...
    def __itruediv__(self, value: _Operand, /) -> Self: ...
    def __ixor__(self, value: _Operand, /) -> Self: ...
    def __le__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __len__(self) -> _int: ...
    def __lshift__(self, value: _Operand, /) -> Tensor: ...
    def __lt__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __matmul__(self, value: _Operand, /) -> Tensor: ...
    def __mod__(self, value: _Operand, /) -> Tensor: ...
    def __mul__(self, value: _Operand, /) -> Tensor: ...
    def __ne__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor: ...
    def __or__(self, value: _Operand, /) -> Tensor: ...
    def __pos__(self) -> Self: ...
    def __pow__(self, value: _Operand, mod: None = None, /) -> Tensor: ...
    def __radd__(self, value: _Operand, /) -> Tensor: ...
    def __rand__(self, value: _Operand, /) -> Tensor: ...
    def __rdivmod__(self, value: _Operand, /) -> tuple[Tensor, Tensor]: ...
    def __rfloordiv__(self, value: _Operand, /) -> Tensor: ...
    def __rlshift__(self, value: _Operand, /) -> Tensor: ...
    def __rmatmul__(self, value: _Operand, /) -> Tensor: ...
    def __rmod__(self, value: _Operand, /) -> Tensor: ...
    def __rmul__(self, value: _Operand, /) -> Tensor: ...
    def __ror__(self, value: _Operand, /) -> Tensor: ...
    def __rpow__(self, value: _Operand, mod: None = None, /) -> Tensor: ...
    def __rrshift__(self, value: _Operand, /) -> Tensor: ...
    def __rshift__(self, value: _Operand, /) -> Tensor: ...
    def __rsub__(self, value: _Operand, /) -> Tensor: ...
    def __rtruediv__(self, value: _Operand, /) -> Tensor: ...
    def __rxor__(self, value: _Operand, /) -> Tensor: ...
    def __setitem__(self, key: _Index, value: _Operand, /) -> None: ...
    def __sub__(self, value: _Operand, /) -> Tensor: ...
    def __truediv__(self, value: _Operand, /) -> Tensor: ...
    def __xor__(self, value: _Operand, /) -> Tensor: ...
    @property
    def H(self) -> Tensor:
        """Conjugate transpose of a matrix: for real numbers its transpose, a view."""
    @property
    def T(self) -> Tensor:
        """View with all dimensions reversed."""
    @property
    def __array_interface__(self) -> dict[str, Any]:
        """NumPy's array interface: shares memory."""
    @property
    def _base(self) -> Tensor | None:
        """The tensor it is a view of, or None."""
    @property
    def _node(self) -> Node | None:
        """Its node, a leaf's included."""
    @property
    def _strides(self) -> tuple[_int, ...]:
        """Strides in elements."""
    @property
    def _version(self) -> _int:
        """Writes into its storage so far."""
    @property
    def data(self) -> Tensor:
        """The same storage without history; assigning replaces the storage."""
    @data.setter
    def data(self, value: Tensor) -> None: ...
    @property
    def device(self) -> _device:
        """Where the tensor is: the CPU."""
    @property
    def dtype(self) -> _DType:
        """Type of the elements."""
    @property
    def grad(self) -> Tensor | None:
        """The gradient accumulated by backward(), or None."""
    @grad.setter
    def grad(self, value: Tensor | None) -> None: ...
    @property
    def grad_fn(self) -> Node | None:
        """The node that recorded the operation it came from, or None."""
    @property
    def imag(self) -> Tensor:
        """Raises TypeError: tensors are real."""
    @property
    def is_cpu(self) -> _bool:
        """Whether it is on the CPU: always."""
    @property
    def is_cuda(self) -> _bool:
        """Whether it is on a GPU: never."""
    @property
    def is_leaf(self) -> _bool:
        """Whether the program made it, rather than a recorded operation."""
    @property
    def is_meta(self) -> _bool:
        """Whether it has no elements to its shape: never."""
    @property
    def is_mkldnn(self) -> _bool:
        """Whether it has a layout of oneDNN's: never."""
    @property
    def is_mps(self) -> _bool:
        """Whether it is on a GPU of Apple's: never."""
    @property
    def is_nested(self) -> _bool:
        """Whether its rows have different lengths: never."""
    @property
    def is_quantized(self) -> _bool:
        """Whether its elements are quantized: never."""
    @property
    def is_sparse(self) -> _bool:
        """Whether only elements that are not 0 are kept: never."""
    @property
    def is_sparse_csr(self) -> _bool:
        """Whether only elements that are not 0 are kept, by rows: never."""
    @property
    def is_xpu(self) -> _bool:
        """Whether it is on a GPU of Intel's: never."""
    @property
    def itemsize(self) -> _int:
        """Bytes of an element."""
    @property
    def layout(self) -> _layout:
        """How the elements are laid out: strided."""
    @property
    def mH(self) -> Tensor:
        """View with the last two dimensions exchanged, for real numbers the same as mT."""
    @property
    def mT(self) -> Tensor:
        """View with the last two dimensions exchanged."""
    @property
    def nbytes(self) -> _int:
        """Bytes of all elements."""
    @property
    def ndim(self) -> _int:
        """Number of dimensions."""
    @property
    def output_nr(self) -> _int:
        """Which output of grad_fn it is."""
    @property
    def real(self) -> Tensor:
        """The real part: the tensor itself."""
    @property
    def requires_grad(self) -> _bool:
        """Whether gradients are computed for it."""
    @requires_grad.setter
    def requires_grad(self, value: _bool) -> None: ...
    @property
    def retains_grad(self) -> Any:
        """Whether a backward leaves the gradient of this non-leaf in `.grad`."""
    @property
    def shape(self) -> Size:
        """Sizes of the dimensions, as a Size."""
    def neg(_self) -> Tensor:
        """Negative of each element."""
    def neg_(_self) -> Self:
        """Negative of each element."""
    def negative(_self) -> Tensor:
        """Negative of each element."""
    def negative_(_self) -> Self:
        """Negative of each element."""
    def exp(_self) -> Tensor:
        """Exponential e^x of each element."""
    def exp_(_self) -> Self:
        """Exponential e^x of each element."""
    def log(_self) -> Tensor:
        """Natural logarithm of each element; nan below 0, -inf at 0."""
    def log_(_self) -> Self:
        """Natural logarithm of each element; nan below 0, -inf at 0."""
    def tanh(_self) -> Tensor:
        """Hyperbolic tangent of each element."""
    def tanh_(_self) -> Self:
        """Hyperbolic tangent of each element."""
    def sin(_self) -> Tensor:
        """Sine of each element (radians)."""
    def sin_(_self) -> Self:
        """Sine of each element (radians)."""
    def cos(_self) -> Tensor:
        """Cosine of each element (radians)."""
    def cos_(_self) -> Self:
        """Cosine of each element (radians)."""
    def sqrt(_self) -> Tensor:
        """Square root of each element; nan below 0."""
    def sqrt_(_self) -> Self:
        """Square root of each element; nan below 0."""
    def abs(_self) -> Tensor:
        """Absolute value of each element; the derivative at 0 is 0."""
    def abs_(_self) -> Self:
        """Absolute value of each element; the derivative at 0 is 0."""
    def absolute(_self) -> Tensor:
        """Absolute value of each element; the derivative at 0 is 0."""
    def absolute_(_self) -> Self:
        """Absolute value of each element; the derivative at 0 is 0."""
    def relu(_self) -> Tensor:
        """Larger of 0 and each element; the derivative at 0 is 0."""
    def relu_(_self) -> Self:
        """Larger of 0 and each element; the derivative at 0 is 0."""
    def sign(_self) -> Tensor:
        """Sign of each element: -1, 0 or 1; the derivative is 0."""
    def sign_(_self) -> Self:
        """Sign of each element: -1, 0 or 1; the derivative is 0."""
    def sgn(_self) -> Tensor:
        """Sign of each element: -1, 0 or 1; the derivative is 0."""
    def sgn_(_self) -> Self:
        """Sign of each element: -1, 0 or 1; the derivative is 0."""
    def exp2(_self) -> Tensor:
        """2 to the power of each element."""
    def exp2_(_self) -> Self:
        """2 to the power of each element."""
    def expm1(_self) -> Tensor:
        """e^x - 1 of each element, right where x is near 0."""
    def expm1_(_self) -> Self:
        """e^x - 1 of each element, right where x is near 0."""
    def log2(_self) -> Tensor:
        """Logarithm to base 2 of each element; nan below 0, -inf at 0."""
    def log2_(_self) -> Self:
        """Logarithm to base 2 of each element; nan below 0, -inf at 0."""
    def log10(_self) -> Tensor:
        """Logarithm to base 10 of each element; nan below 0, -inf at 0."""
    def log10_(_self) -> Self:
        """Logarithm to base 10 of each element; nan below 0, -inf at 0."""
    def log1p(_self) -> Tensor:
        """>>> import wengert >>> wengert.log1p(wengert.tensor([0.0, 1e-7, -1.0])) tensor([0.0000e+00, 1.0000e-07,       -inf])"""
    def log1p_(_self) -> Self:
        """>>> import wengert >>> wengert.log1p(wengert.tensor([0.0, 1e-7, -1.0])) tensor([0.0000e+00, 1.0000e-07,       -inf])"""
    def rsqrt(_self) -> Tensor:
        """Reciprocal of the square root of each element; nan below 0, inf at 0."""
    def rsqrt_(_self) -> Self:
        """Reciprocal of the square root of each element; nan below 0, inf at 0."""
    def square(_self) -> Tensor:
        """Square of each element."""
    def square_(_self) -> Self:
        """Square of each element."""
    def reciprocal(_self) -> Tensor:
        """Reciprocal 1 / x of each element; inf at 0."""
    def reciprocal_(_self) -> Self:
        """Reciprocal 1 / x of each element; inf at 0."""
    def erf(_self) -> Tensor:
        """Error function 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to each element (Abramowitz and Stegun 7.1.1)."""
    def erf_(_self) -> Self:
        """Error function 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to each element (Abramowitz and Stegun 7.1.1)."""
    def deg2rad(_self) -> Tensor:
        """Degrees as radians: x pi / 180."""
    def deg2rad_(_self) -> Self:
        """Degrees as radians: x pi / 180."""
    def rad2deg(_self) -> Tensor:
        """Radians as degrees: x 180 / pi."""
    def rad2deg_(_self) -> Self:
        """Radians as degrees: x 180 / pi."""
    def sinc(_self) -> Tensor:
        """>>> import wengert >>> wengert.sinc(wengert.tensor([0.0, 0.5])) tensor([1.0000, 0.6366])"""
    def sinc_(_self) -> Self:
        """>>> import wengert >>> wengert.sinc(wengert.tensor([0.0, 0.5])) tensor([1.0000, 0.6366])"""
    def spherical_bessel_j0(_self) -> Tensor:
        """Spherical Bessel function j0(x) = sin(x) / x of each element, 1 at 0."""
    def spherical_bessel_j0_(_self) -> Self:
        """Spherical Bessel function j0(x) = sin(x) / x of each element, 1 at 0."""
    def tan(_self) -> Tensor:
        """Tangent of each element (radians)."""
    def tan_(_self) -> Self:
        """Tangent of each element (radians)."""
    def asin(_self) -> Tensor:
        """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""
    def asin_(_self) -> Self:
        """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""
    def arcsin(_self) -> Tensor:
        """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""
    def arcsin_(_self) -> Self:
        """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""
    def acos(_self) -> Tensor:
        """Arc cosine of each element, in 0..pi; nan outside of -1..1."""
    def acos_(_self) -> Self:
        """Arc cosine of each element, in 0..pi; nan outside of -1..1."""
    def arccos(_self) -> Tensor:
        """Arc cosine of each element, in 0..pi; nan outside of -1..1."""
    def arccos_(_self) -> Self:
        """Arc cosine of each element, in 0..pi; nan outside of -1..1."""
    def atan(_self) -> Tensor:
        """Arc tangent of each element, in -pi/2..pi/2."""
    def atan_(_self) -> Self:
        """Arc tangent of each element, in -pi/2..pi/2."""
    def arctan(_self) -> Tensor:
        """Arc tangent of each element, in -pi/2..pi/2."""
    def arctan_(_self) -> Self:
        """Arc tangent of each element, in -pi/2..pi/2."""
    def sinh(_self) -> Tensor:
        """Hyperbolic sine of each element."""
    def sinh_(_self) -> Self:
        """Hyperbolic sine of each element."""
    def cosh(_self) -> Tensor:
        """Hyperbolic cosine of each element."""
    def cosh_(_self) -> Self:
        """Hyperbolic cosine of each element."""
    def asinh(_self) -> Tensor:
        """Inverse hyperbolic sine of each element."""
    def asinh_(_self) -> Self:
        """Inverse hyperbolic sine of each element."""
    def arcsinh(_self) -> Tensor:
        """Inverse hyperbolic sine of each element."""
    def arcsinh_(_self) -> Self:
        """Inverse hyperbolic sine of each element."""
    def acosh(_self) -> Tensor:
        """Inverse hyperbolic cosine of each element; nan below 1."""
    def acosh_(_self) -> Self:
        """Inverse hyperbolic cosine of each element; nan below 1."""
    def arccosh(_self) -> Tensor:
        """Inverse hyperbolic cosine of each element; nan below 1."""
    def arccosh_(_self) -> Self:
        """Inverse hyperbolic cosine of each element; nan below 1."""
    def atanh(_self) -> Tensor:
        """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""
    def atanh_(_self) -> Self:
        """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""
    def arctanh(_self) -> Tensor:
        """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""
    def arctanh_(_self) -> Self:
        """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""
    def floor(_self) -> Tensor:
        """Largest integer not above each element; the derivative is 0."""
    def floor_(_self) -> Self:
        """Largest integer not above each element; the derivative is 0."""
    def ceil(_self) -> Tensor:
        """Smallest integer not below each element; the derivative is 0."""
    def ceil_(_self) -> Self:
        """Smallest integer not below each element; the derivative is 0."""
    def trunc(_self) -> Tensor:
        """Integral part of each element; the derivative is 0."""
    def trunc_(_self) -> Self:
        """Integral part of each element; the derivative is 0."""
    def fix(_self) -> Tensor:
        """Integral part of each element; the derivative is 0."""
    def fix_(_self) -> Self:
        """Integral part of each element; the derivative is 0."""
    def round(_self, *, decimals: _int = 0) -> Tensor:
        """Nearest integer to each element, the even one of two equally near; with `decimals`, the nearest multiple of 10^-decimals (computed as round(x 10^decimals) 10^-decimals). The derivative is 0."""
    def round_(_self, *, decimals: _int = 0) -> Self:
        """Nearest integer to each element, the even one of two equally near; with `decimals`, the nearest multiple of 10^-decimals (computed as round(x 10^decimals) 10^-decimals). The derivative is 0."""
    def frac(_self) -> Tensor:
        """Fractional part x - trunc(x) of each element, with its sign."""
    def frac_(_self) -> Self:
        """Fractional part x - trunc(x) of each element, with its sign."""
    def sigmoid(_self) -> Tensor:
        """Logistic function 1 / (1 + e^-x) of each element."""
    def sigmoid_(_self) -> Self:
        """Logistic function 1 / (1 + e^-x) of each element."""
    def add(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Sum of two tensors, or of a tensor and a number, with broadcasting: input + alpha * other."""
    def add_(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Self:
        """Sum of two tensors, or of a tensor and a number, with broadcasting: input + alpha * other."""
    def sub(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other."""
    def sub_(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Self:
        """Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other."""
    def subtract(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other."""
    def subtract_(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Self:
        """Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other."""
    def rsub(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Difference the other way round: other - alpha * input."""
    def rsub_(_self, other: Tensor | _Number, *, alpha: _Number = 1) -> Self:
        """Difference the other way round: other - alpha * input."""
    def mul(_self, other: Tensor | _Number) -> Tensor:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def mul_(_self, other: Tensor | _Number) -> Self:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def multiply(_self, other: Tensor | _Number) -> Tensor:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def multiply_(_self, other: Tensor | _Number) -> Self:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def div(_self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def div_(_self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Self:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def divide(_self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def divide_(_self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Self:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def true_divide(_self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def true_divide_(_self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Self:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def maximum(_self, other: Tensor | _Number) -> Tensor:
        """Larger of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient, where one is nan each gets it whole."""
    def maximum_(_self, other: Tensor | _Number) -> Self:
        """Larger of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient, where one is nan each gets it whole."""
    def minimum(_self, other: Tensor | _Number) -> Tensor:
        """Smaller of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient, where one is nan each gets it whole."""
    def minimum_(_self, other: Tensor | _Number) -> Self:
        """Smaller of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient, where one is nan each gets it whole."""
    def fmax(_self, other: Tensor | _Number) -> Tensor:
        """Larger of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half of the gradient."""
    def fmax_(_self, other: Tensor | _Number) -> Self:
        """Larger of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half of the gradient."""
    def fmin(_self, other: Tensor | _Number) -> Tensor:
        """Smaller of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half of the gradient."""
    def fmin_(_self, other: Tensor | _Number) -> Self:
        """Smaller of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half of the gradient."""
    def atan2(_self, other: Tensor | _Number) -> Tensor:
        """Angle of the point (other, input) in radians, in -pi..pi. The derivative at (0, 0) is 0."""
    def atan2_(_self, other: Tensor | _Number) -> Self:
        """Angle of the point (other, input) in radians, in -pi..pi. The derivative at (0, 0) is 0."""
    def arctan2(_self, other: Tensor | _Number) -> Tensor:
        """Angle of the point (other, input) in radians, in -pi..pi. The derivative at (0, 0) is 0."""
    def arctan2_(_self, other: Tensor | _Number) -> Self:
        """Angle of the point (other, input) in radians, in -pi..pi. The derivative at (0, 0) is 0."""
    def hypot(_self, other: Tensor | _Number) -> Tensor:
        """Length sqrt(input^2 + other^2), without overflow on the way."""
    def hypot_(_self, other: Tensor | _Number) -> Self:
        """Length sqrt(input^2 + other^2), without overflow on the way."""
    def copysign(_self, other: Tensor | _Number) -> Tensor:
        """Magnitude of input with the sign of other."""
    def copysign_(_self, other: Tensor | _Number) -> Self:
        """Magnitude of input with the sign of other."""
    def logaddexp(_self, other: Tensor | _Number) -> Tensor:
        """>>> import wengert >>> wengert.logaddexp(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0])) tensor([  0.6931, 100.6931])"""
    def logaddexp_(_self, other: Tensor | _Number) -> Self:
        """>>> import wengert >>> wengert.logaddexp(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0])) tensor([  0.6931, 100.6931])"""
    def logaddexp2(_self, other: Tensor | _Number) -> Tensor:
        """>>> import wengert >>> wengert.logaddexp2(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0])) tensor([  1., 101.])"""
    def logaddexp2_(_self, other: Tensor | _Number) -> Self:
        """>>> import wengert >>> wengert.logaddexp2(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0])) tensor([  1., 101.])"""
    def xlogy(_self, other: Tensor | _Number) -> Tensor:
        """input * log(other), and 0 where input is 0 and other no nan."""
    def xlogy_(_self, other: Tensor | _Number) -> Self:
        """input * log(other), and 0 where input is 0 and other no nan."""
    def fmod(_self, other: Tensor | _Number) -> Tensor:
        """Remainder of input / other with the sign of input, as C's fmod."""
    def fmod_(_self, other: Tensor | _Number) -> Self:
        """Remainder of input / other with the sign of input, as C's fmod."""
    def remainder(_self, other: Tensor | _Number) -> Tensor:
        """Remainder of input / other with the sign of other, as Python's %."""
    def remainder_(_self, other: Tensor | _Number) -> Self:
        """Remainder of input / other with the sign of other, as Python's %."""
    def floor_divide(_self, other: Tensor | _Number) -> Tensor:
        """Quotient input / other rounded down, as Python's //; the derivative is 0."""
    def floor_divide_(_self, other: Tensor | _Number) -> Self:
        """Quotient input / other rounded down, as Python's //; the derivative is 0."""
    def pow(_self, exponent: Tensor | _Number) -> Tensor:
        """Power input ** exponent of tensors or numbers, with broadcasting."""
    def pow_(_self, exponent: Tensor | _Number) -> Self:
        """Power input ** exponent of tensors or numbers, with broadcasting."""
    def eq(_self, other: Tensor | _Number) -> Tensor:
        """Where elements are equal, as bool, with broadcasting."""
    def eq_(_self, other: Tensor | _Number) -> Self:
        """Where elements are equal, as bool, with broadcasting."""
    def ne(_self, other: Tensor | _Number) -> Tensor:
        """Where elements differ, as bool, with broadcasting."""
    def ne_(_self, other: Tensor | _Number) -> Self:
        """Where elements differ, as bool, with broadcasting."""
    def not_equal(_self, other: Tensor | _Number) -> Tensor:
        """Where elements differ, as bool, with broadcasting."""
    def not_equal_(_self, other: Tensor | _Number) -> Self:
        """Where elements differ, as bool, with broadcasting."""
    def lt(_self, other: Tensor | _Number) -> Tensor:
        """Where `input < other`, as bool, with broadcasting."""
    def lt_(_self, other: Tensor | _Number) -> Self:
        """Where `input < other`, as bool, with broadcasting."""
    def less(_self, other: Tensor | _Number) -> Tensor:
        """Where `input < other`, as bool, with broadcasting."""
    def less_(_self, other: Tensor | _Number) -> Self:
        """Where `input < other`, as bool, with broadcasting."""
    def le(_self, other: Tensor | _Number) -> Tensor:
        """Where `input <= other`, as bool, with broadcasting."""
    def le_(_self, other: Tensor | _Number) -> Self:
        """Where `input <= other`, as bool, with broadcasting."""
    def less_equal(_self, other: Tensor | _Number) -> Tensor:
        """Where `input <= other`, as bool, with broadcasting."""
    def less_equal_(_self, other: Tensor | _Number) -> Self:
        """Where `input <= other`, as bool, with broadcasting."""
    def gt(_self, other: Tensor | _Number) -> Tensor:
        """Where `input > other`, as bool, with broadcasting."""
    def gt_(_self, other: Tensor | _Number) -> Self:
        """Where `input > other`, as bool, with broadcasting."""
    def greater(_self, other: Tensor | _Number) -> Tensor:
        """Where `input > other`, as bool, with broadcasting."""
    def greater_(_self, other: Tensor | _Number) -> Self:
        """Where `input > other`, as bool, with broadcasting."""
    def ge(_self, other: Tensor | _Number) -> Tensor:
        """Where `input >= other`, as bool, with broadcasting."""
    def ge_(_self, other: Tensor | _Number) -> Self:
        """Where `input >= other`, as bool, with broadcasting."""
    def greater_equal(_self, other: Tensor | _Number) -> Tensor:
        """Where `input >= other`, as bool, with broadcasting."""
    def greater_equal_(_self, other: Tensor | _Number) -> Self:
        """Where `input >= other`, as bool, with broadcasting."""
    def bitwise_and(_self, other: Tensor | _Number) -> Tensor:
        """Bitwise and of integers, logical and of bools; the operator &."""
    def bitwise_and_(_self, other: Tensor | _Number) -> Self:
        """Bitwise and of integers, logical and of bools; the operator &."""
    def bitwise_or(_self, other: Tensor | _Number) -> Tensor:
        """Bitwise or of integers, logical or of bools; the operator |."""
    def bitwise_or_(_self, other: Tensor | _Number) -> Self:
        """Bitwise or of integers, logical or of bools; the operator |."""
    def bitwise_xor(_self, other: Tensor | _Number) -> Tensor:
        """Bitwise exclusive or of integers, logical of bools; the operator ^."""
    def bitwise_xor_(_self, other: Tensor | _Number) -> Self:
        """Bitwise exclusive or of integers, logical of bools; the operator ^."""
    def bitwise_not(_self) -> Tensor:
        """Every bit of integers inverted, bools negated; the operator ~."""
    def bitwise_not_(_self) -> Self:
        """Every bit of integers inverted, bools negated; the operator ~."""
    def bitwise_left_shift(_self, other: Tensor | _Number) -> Tensor:
        """Bits of integers moved to higher places; 0 where the count is not below the width. The operator <<."""
    def bitwise_left_shift_(_self, other: Tensor | _Number) -> Self:
        """Bits of integers moved to higher places; 0 where the count is not below the width. The operator <<."""
    def bitwise_right_shift(_self, other: Tensor | _Number) -> Tensor:
        """Bits of integers moved to lower places, the sign kept. The operator >>."""
    def bitwise_right_shift_(_self, other: Tensor | _Number) -> Self:
        """Bits of integers moved to lower places, the sign kept. The operator >>."""
    def logical_and(_self, other: Tensor) -> Tensor:
        """Whether both are not 0."""
    def logical_and_(_self, other: Tensor) -> Self:
        """Whether both are not 0."""
    def logical_or(_self, other: Tensor) -> Tensor:
        """Whether one or both are not 0."""
    def logical_or_(_self, other: Tensor) -> Self:
        """Whether one or both are not 0."""
    def logical_xor(_self, other: Tensor) -> Tensor:
        """Whether just one is not 0."""
    def logical_xor_(_self, other: Tensor) -> Self:
        """Whether just one is not 0."""
    def logical_not(_self) -> Tensor:
        """Where the input is 0 (false)."""
    def logical_not_(_self) -> Self:
        """Where the input is 0 (false)."""
    def isnan(_self) -> Tensor:
        """Where the input is nan."""
    def isinf(_self) -> Tensor:
        """Where the input is infinite."""
    def isfinite(_self) -> Tensor:
        """Where the input is neither infinite nor nan."""
    def isposinf(_self) -> Tensor:
        """Where the input is positive infinity."""
    def isneginf(_self) -> Tensor:
        """Where the input is negative infinity."""
    def isreal(_self) -> Tensor:
        """Where the input is a real number: everywhere, as there are no complex dtypes."""
    def signbit(_self) -> Tensor:
        """Where the sign is negative, that of -0.0 included."""
    def isclose(_self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """Where |input - other| <= atol + rtol * |other|, of tensors of one dtype; equal infinities are close."""
    def allclose(_self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Whether |input - other| <= atol + rtol * |other| for all elements, of tensors of one dtype."""
    def equal(_self, other: Tensor) -> _bool:
        """Whether two tensors have the same shape and elements."""
    def clamp(_self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""
    def clamp_(_self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Self:
        """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""
    def clip(_self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""
    def clip_(_self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Self:
        """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""
    def clamp_min(_self, min: Tensor | _Number) -> Tensor:
        """Each element raised to `min`."""
    def clamp_min_(_self, min: Tensor | _Number) -> Self:
        """Each element raised to `min`."""
    def clamp_max(_self, max: Tensor | _Number) -> Tensor:
        """Each element lowered to `max`."""
    def clamp_max_(_self, max: Tensor | _Number) -> Self:
        """Each element lowered to `max`."""
    def lerp(_self, end: Tensor, weight: Tensor | _Number) -> Tensor:
        """Linear interpolation input + weight * (end - input), computed from the nearer end; one dtype throughout."""
    def lerp_(_self, end: Tensor, weight: Tensor | _Number) -> Self:
        """Linear interpolation input + weight * (end - input), computed from the nearer end; one dtype throughout."""
    def addcmul(_self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
        """input + value * tensor1 * tensor2, with broadcasting."""
    def addcmul_(_self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Self:
        """input + value * tensor1 * tensor2, with broadcasting."""
    def addcdiv(_self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
        """input + value * tensor1 / tensor2, with broadcasting, of floating-point tensors."""
    def addcdiv_(_self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Self:
        """input + value * tensor1 / tensor2, with broadcasting, of floating-point tensors."""
    def nan_to_num(
        _self,
        nan: _float | None = None,
        posinf: _float | None = None,
        neginf: _float | None = None,
    ) -> Tensor:
        """NaN replaced by `nan`, infinities by `posinf` and `neginf`: the largest and smallest number of the dtype if None. No gradient flows where something was replaced."""
    def nan_to_num_(
        _self,
        nan: _float | None = None,
        posinf: _float | None = None,
        neginf: _float | None = None,
    ) -> Self:
        """NaN replaced by `nan`, infinities by `posinf` and `neginf`: the largest and smallest number of the dtype if None. No gradient flows where something was replaced."""
    def logit(_self, eps: _float | None = None) -> Tensor:
        """Inverse of the logistic function, log(x / (1 - x)); with `eps`, of x brought into eps..1 - eps."""
    def logit_(_self, eps: _float | None = None) -> Self:
        """Inverse of the logistic function, log(x / (1 - x)); with `eps`, of x brought into eps..1 - eps."""
    def heaviside(_self, values: Tensor) -> Tensor:
        """Step function: 0 where the input is negative, 1 where it is positive, `values` where it is 0 (both of one dtype)."""
    def heaviside_(_self, values: Tensor) -> Self:
        """Step function: 0 where the input is negative, 1 where it is positive, `values` where it is 0 (both of one dtype)."""
    def positive(_self) -> Tensor:
        """The input itself; a bool is refused (RuntimeError)."""
    def erfc(_self) -> Tensor:
        """1 - erf(x) of each element, to full precision where it is small (series of Shepherd and Laframboise, 1981)."""
    def erfc_(_self) -> Self:
        """1 - erf(x) of each element, to full precision where it is small (series of Shepherd and Laframboise, 1981)."""
    def erfinv(_self) -> Tensor:
        """Inverse of the error function: infinite at 1 and -1, nan beyond (Newton's method on erf)."""
    def erfinv_(_self) -> Self:
        """Inverse of the error function: infinite at 1 and -1, nan beyond (Newton's method on erf)."""
    def lgamma(_self) -> Tensor:
        """Logarithm of the absolute value of the gamma function: infinite at 0 and negative whole numbers (DLMF 5.7.3, 5.11.1)."""
    def lgamma_(_self) -> Self:
        """Logarithm of the absolute value of the gamma function: infinite at 0 and negative whole numbers (DLMF 5.7.3, 5.11.1)."""
    def digamma(_self) -> Tensor:
        """Derivative of lgamma: -inf at 0, nan at negative whole numbers (Abramowitz and Stegun 6.3)."""
    def digamma_(_self) -> Self:
        """Derivative of lgamma: -inf at 0, nan at negative whole numbers (Abramowitz and Stegun 6.3)."""
    def i0(_self) -> Tensor:
        """Modified Bessel function of the first kind, of order 0 (DLMF 10.25.2, 10.40.1)."""
    def i0_(_self) -> Self:
        """Modified Bessel function of the first kind, of order 0 (DLMF 10.25.2, 10.40.1)."""
    def igamma(_self, other: Tensor) -> Tensor:
        """Regularized lower incomplete gamma function P(input, other); derivatives with respect to `other` only (DLMF 8.7, 8.9)."""
    def igamma_(_self, other: Tensor) -> Self:
        """Regularized lower incomplete gamma function P(input, other); derivatives with respect to `other` only (DLMF 8.7, 8.9)."""
    def igammac(_self, other: Tensor) -> Tensor:
        """Regularized upper incomplete gamma function Q(input, other) = 1 - P; derivatives with respect to `other` only."""
    def igammac_(_self, other: Tensor) -> Self:
        """Regularized upper incomplete gamma function Q(input, other) = 1 - P; derivatives with respect to `other` only."""
    def gcd(_self, other: Tensor) -> Tensor:
        """Greatest common divisor of whole numbers, with broadcasting."""
    def gcd_(_self, other: Tensor) -> Self:
        """Greatest common divisor of whole numbers, with broadcasting."""
    def lcm(_self, other: Tensor) -> Tensor:
        """Least common multiple of whole numbers, with broadcasting."""
    def lcm_(_self, other: Tensor) -> Self:
        """Least common multiple of whole numbers, with broadcasting."""
    def nextafter(_self, other: Tensor) -> Tensor:
        """The next number of the dtype from `input` towards `other`, with broadcasting."""
    def nextafter_(_self, other: Tensor) -> Self:
        """The next number of the dtype from `input` towards `other`, with broadcasting."""
    def sum(
        _self,
        dim: _int | tuple[_int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Sum over `dim` (all dimensions when None); integers and bool sum as int64 unless `dtype` is given."""
    def mean(
        _self,
        dim: _int | tuple[_int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Mean over `dim` (all dimensions when None) of a floating-point tensor."""
    def prod(
        _self,
        dim: _int | tuple[_int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Product over `dim` (all dimensions when None); integers and bool multiply as int64 unless `dtype` is given."""
    @overload
    def max(_self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""
    @overload
    def max(_self, dim: _int, keepdim: _bool = False) -> _Max:
        """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""
    @overload
    def max(_self, dim: Tensor) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""
    @overload
    def min(_self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""
    @overload
    def min(_self, dim: _int, keepdim: _bool = False) -> _Max:
        """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""
    @overload
    def min(_self, dim: Tensor) -> Tensor:
        """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""
    def argmax(_self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Index of the first largest element along `dim`, of the flattened tensor when None; NaN counts as largest."""
    def argmin(_self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Index of the first smallest element along `dim`, of the flattened tensor when None; NaN counts as smallest."""
    def amax(_self, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Largest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""
    def amin(_self, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Smallest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""
    def aminmax(_self, *, dim: _int | None = None, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
        """Smallest and largest elements along `dim` (of all when None), as a named tuple (min, max)."""
    def any(_self, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Whether any element is not zero, over `dim` (all dimensions when None); NaN is not zero."""
    def all(_self, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Whether no element is zero, over `dim` (all dimensions when None)."""
    def count_nonzero(_self, dim: _int | tuple[_int, ...] | None = None) -> Tensor:
        """Number of elements that are not zero, over `dim` (all dimensions when None), as int64."""
    def var(
        _self,
        dim: _int | tuple[_int, ...] | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: _Number | None = None,
    ) -> Tensor:
        """Variance over `dim` (all dimensions when None): squared deviations over max(0, n - `correction`)."""
    def std(
        _self,
        dim: _int | tuple[_int, ...] | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: _Number | None = None,
    ) -> Tensor:
        """Standard deviation over `dim` (all dimensions when None): the root of `var`. Where it is 0 its derivative is 0."""
    @overload
    def median(_self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """Lower median of all elements; along `dim`, medians and their indices: a named tuple (values, indices)."""
    @overload
    def median(_self, dim: _int, keepdim: _bool = False) -> _Max:
        """Lower median of all elements; along `dim`, medians and their indices: a named tuple (values, indices)."""
    def mode(_self, dim: _int = -1, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
        """Most frequent elements along `dim`, the smallest of equally frequent ones, and their last indices."""
    def nansum(
        _self,
        dim: _int | tuple[_int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Sum over `dim` (all dimensions when None) of the elements that are not NaN."""
    def nanmean(
        _self,
        dim: _int | tuple[_int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Mean over `dim` (all dimensions when None) of the elements that are not NaN; NaN where there are none."""
    def norm(
        _self,
        p: _Number | str | None = "fro",
        dim: _int | tuple[_int, ...] | None = None,
        keepdim: _bool = False,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Vector norm (sum |x|^p)^(1/p) over `dim` (all when None); p may be inf, -inf, 0 or 'fro' (2)."""
    def cumsum(_self, dim: _int, *, dtype: _DTypeLike | None = None) -> Tensor:
        """Sum of the elements so far along `dim`; integers and bool sum as int64 unless `dtype` is given."""
    def cumsum_(_self, dim: _int, *, dtype: _DTypeLike | None = None) -> Self:
        """Sum of the elements so far along `dim`; integers and bool sum as int64 unless `dtype` is given."""
    def cumprod(_self, dim: _int, *, dtype: _DTypeLike | None = None) -> Tensor:
        """Product of the elements so far along `dim`; integers and bool multiply as int64 unless `dtype` is given."""
    def cumprod_(_self, dim: _int, *, dtype: _DTypeLike | None = None) -> Self:
        """Product of the elements so far along `dim`; integers and bool multiply as int64 unless `dtype` is given."""
    def logcumsumexp(_self, dim: _int) -> Tensor:
        """Logarithm of the sum of exponentials so far along `dim`, without overflow."""
    def cummax(_self, dim: _int) -> tuple[Tensor, Tensor]:
        """Largest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""
    def cummin(_self, dim: _int) -> tuple[Tensor, Tensor]:
        """Smallest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""
    def diff(_self, n: _int = 1, dim: _int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
        """Differences of neighbours along `dim`, `n` times over; `prepend` and `append` are joined to the input first."""
    def softmax(_self, dim: _int, dtype: _DTypeLike | None = None) -> Tensor:
        """Raises NotImplementedError for integers without `dtype`."""
    def log_softmax(_self, dim: _int, dtype: _DTypeLike | None = None) -> Tensor:
        """x - log(sum exp(x)) along `dim`, after a cast to `dtype` if one is given: the logarithm of softmax."""
    def logsumexp(_self, dim: _int | tuple[_int, ...], keepdim: _bool = False) -> Tensor:
        """>>> import wengert >>> wengert.logsumexp(wengert.tensor([100.0, 100.0]), dim=0) tensor(100.6931)"""
    def dot(_self, tensor: Tensor) -> Tensor:
        """Inner product of two vectors of one length."""
    def mv(_self, vec: Tensor) -> Tensor:
        """Product of a matrix (n, m) and a vector (m)."""
    def mm(_self, mat2: Tensor) -> Tensor:
        """Product of matrices (n, m) and (m, p)."""
    def bmm(_self, mat2: Tensor) -> Tensor:
        """Products of two batches of matrices, (b, n, m) and (b, m, p)."""
    def matmul(_self, other: Tensor) -> Tensor:
        """Matrix product as NumPy's: vectors, matrices, and stacks of matrices whose leading dimensions broadcast."""
    def addmm(_self, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * (mat1 @ mat2)`; `input` broadcasts to the product's shape. With a beta of 0 the values of `input` do not matter."""
    def addmm_(_self, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Self:
        """`beta * input + alpha * (mat1 @ mat2)`; `input` broadcasts to the product's shape. With a beta of 0 the values of `input` do not matter."""
    def addmv(_self, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * (mat @ vec)`; `input` broadcasts to the product's shape."""
    def addmv_(_self, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Self:
        """`beta * input + alpha * (mat @ vec)`; `input` broadcasts to the product's shape."""
    def addbmm(_self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * sum of batch1[i] @ batch2[i]`; `input` broadcasts to the product's shape."""
    def addbmm_(_self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Self:
        """`beta * input + alpha * sum of batch1[i] @ batch2[i]`; `input` broadcasts to the product's shape."""
    def baddbmm(_self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * (batch1 @ batch2)` for each of a batch; `input` broadcasts to the product's shape."""
    def baddbmm_(_self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Self:
        """`beta * input + alpha * (batch1 @ batch2)` for each of a batch; `input` broadcasts to the product's shape."""
    def addr(_self, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * outer(vec1, vec2)`; `input` broadcasts to the product's shape."""
    def addr_(_self, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Self:
        """`beta * input + alpha * outer(vec1, vec2)`; `input` broadcasts to the product's shape."""
    def outer(_self, vec2: Tensor) -> Tensor:
        """Outer product of two vectors (n) and (m), an (n, m) matrix; dtypes promote."""
    def ger(_self, vec2: Tensor) -> Tensor:
        """Outer product of two vectors (n) and (m), an (n, m) matrix; dtypes promote."""
    def inner(_self, other: Tensor) -> Tensor:
        """Sums of products over the last dimensions; of a 0-d tensor the product."""
    def kron(_self, other: Tensor) -> Tensor:
        """Kronecker product: every element of `input` times all of `other`."""
    def vdot(_self, other: Tensor) -> Tensor:
        """Inner product of two vectors; for real numbers the same as `dot`."""
    def matrix_power(_self, n: _int) -> Tensor:
        """Matrices to a whole power, by squaring."""
    def trace(_self) -> Tensor:
        """Sum of the main diagonal of a matrix."""
    def cross(_self, other: Tensor, dim: _int | None = None) -> Tensor:
        """Vector product along `dim`, by default the first dimension of size 3."""
    @overload
    def reshape(_self, *shape: _int) -> Tensor:
        """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""
    @overload
    def reshape(_self, shape: Sequence[_int]) -> Tensor:
        """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""
    @overload
    def view(_self, *shape: _int | _DTypeLike) -> Tensor:
        """The same elements as `shape` (one size may be -1), always a view; or, of a dtype, the same memory as its elements, without history (not as bool)."""
    @overload
    def view(_self, shape: Sequence[_int | _DTypeLike]) -> Tensor:
        """The same elements as `shape` (one size may be -1), always a view; or, of a dtype, the same memory as its elements, without history (not as bool)."""
    def transpose(_self, dim0: _int, dim1: _int) -> Tensor:
        """View with dimensions `dim0` and `dim1` exchanged."""
    def swapaxes(_self, dim0: _int, dim1: _int) -> Tensor:
        """View with dimensions `dim0` and `dim1` exchanged."""
    def swapdims(_self, dim0: _int, dim1: _int) -> Tensor:
        """View with dimensions `dim0` and `dim1` exchanged."""
    def t(_self) -> Tensor:
        """View of a matrix transposed; vectors and 0-d tensors as they are."""
    @overload
    def permute(_self, *dims: _int) -> Tensor:
        """View with dimensions in the order `dims`."""
    @overload
    def permute(_self, dims: Sequence[_int]) -> Tensor:
        """View with dimensions in the order `dims`."""
    @overload
    def expand(_self, *size: _int) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    @overload
    def expand(_self, size: Sequence[_int]) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    def unsqueeze(_self, dim: _int) -> Tensor:
        """View with a dimension of size 1 inserted at `dim`."""
    def squeeze(_self, dim: _int | tuple[_int, ...] | None = None) -> Tensor:
        """View without dimensions of size 1: all of them, or those of `dim` that have size 1."""
    def select(_self, dim: _int, index: _int) -> Tensor:
        """View at one `index` of dimension `dim`, which disappears."""
    def narrow(_self, dim: _int, start: _int | Tensor, length: _int) -> Tensor:
        """View of `length` indices of dimension `dim`, from `start` (a number or a 0-d tensor of integers)."""
    def diagonal(_self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """View of the diagonal of dimensions `dim1` and `dim2`: their place is taken by one dimension, the last. A positive `offset` is above the main diagonal, a negative one below it."""
    def diag(_self, diagonal: _int = 0) -> Tensor:
        """A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy)."""
    def diagflat(_self, offset: _int = 0) -> Tensor:
        """The elements, in order, on the diagonal of a matrix."""
    def diag_embed(_self, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
        """The last dimension on the diagonal of two new dimensions, `dim1` and `dim2` of the result; zeros elsewhere."""
    def squeeze_(_self, dim: _int | tuple[_int, ...] | None = None) -> Self:
        """Drops dimensions of size 1 of the tensor itself: all of them, or those of `dim`; returns the tensor."""
    def unsqueeze_(_self, dim: _int) -> Self:
        """Inserts a dimension of size 1 at `dim` into the tensor itself; returns the tensor."""
    def transpose_(_self, dim0: _int, dim1: _int) -> Self:
        """Exchanges dimensions `dim0` and `dim1` of the tensor itself; returns the tensor."""
    def swapaxes_(_self, dim0: _int, dim1: _int) -> Self:
        """Exchanges dimensions `dim0` and `dim1` of the tensor itself; returns the tensor."""
    def swapdims_(_self, dim0: _int, dim1: _int) -> Self:
        """Exchanges dimensions `dim0` and `dim1` of the tensor itself; returns the tensor."""
    def t_(_self) -> Self:
        """Transposes the tensor itself, a matrix (vectors and 0-d tensors stay as they are); returns the tensor."""
    def split(_self, split_size_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of parts of dimension `dim`: of one size (the last may be shorter), or of the sizes listed."""
    def chunk(_self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of at most `chunks` parts of dimension `dim`, all of one size but the last."""
    def unbind(_self, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views at each index of dimension `dim`, which disappears."""
    def tensor_split(_self, indices_or_sections: _int | Sequence[_int] | Tensor, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of parts of dimension `dim`: so many, the first ones longer by one where it does not divide, or cut before the given indices."""
    def hsplit(_self, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
        """Views of parts along the second dimension (of a vector: the first), in equal sections or cut before indices."""
    def vsplit(_self, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
        """Views of parts along the first dimension, in equal sections or cut before indices."""
    def dsplit(_self, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
        """Views of parts along the third dimension, in equal sections or cut before indices."""
    def movedim(_self, source: _int | tuple[_int, ...], destination: _int | tuple[_int, ...]) -> Tensor:
        """View with the dimensions at `source` moved to `destination`; the others keep their order."""
    def moveaxis(_self, source: _int | tuple[_int, ...], destination: _int | tuple[_int, ...]) -> Tensor:
        """View with the dimensions at `source` moved to `destination`; the others keep their order."""
    def flatten(_self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """Dimensions `start_dim` to `end_dim` as one: a view where strides allow, else a copy."""
    def unflatten(_self, dim: _int, sizes: Sequence[_int]) -> Tensor:
        """View with dimension `dim` split into `sizes` (one of them may be -1)."""
    def ravel(_self) -> Tensor:
        """All elements in row-major order as a vector: a view where they lie so, else a copy."""
    @overload
    def broadcast_to(_self, *size: _int) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    @overload
    def broadcast_to(_self, size: Sequence[_int]) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    def adjoint(_self) -> Tensor:
        """View with the last two dimensions exchanged: for real numbers the conjugate transpose."""
    def as_strided(_self, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """View with the given `size` and `stride` (in elements), from element `storage_offset` of the storage; by default from the tensor's own first element. Elements may overlap: their gradients add."""
    def unfold(_self, dimension: _int, size: _int, step: _int) -> Tensor:
        """View of all windows of `size` elements of a dimension, `step` apart: one more dimension, the last. Windows may overlap: their gradients add."""
    @overload
    def flip(_self, *dims: _int) -> Tensor:
        """Copy with the order of elements reversed along `dims`."""
    @overload
    def flip(_self, dims: Sequence[_int]) -> Tensor:
        """Copy with the order of elements reversed along `dims`."""
    def fliplr(_self) -> Tensor:
        """Copy with the order of columns (dimension 1) reversed."""
    def flipud(_self) -> Tensor:
        """Copy with the order of rows (dimension 0) reversed."""
    def rot90(_self, k: _int = 1, dims: Sequence[_int] = (0, 1)) -> Tensor:
        """Copy turned by 90 degrees `k` times in the plane of two dimensions, from the first towards the second."""
    def roll(_self, shifts: _int | tuple[_int, ...], dims: _int | tuple[_int, ...] | None = None) -> Tensor:
        """Copy with elements moved by `shifts` along `dims`; what leaves at one end comes in at the other. Without `dims` all elements move as one row."""
    @overload
    def repeat(_self, *repeats: _int) -> Tensor:
        """Copy with the whole repeated along each dimension; more `repeats` than dimensions add leading ones."""
    @overload
    def repeat(_self, repeats: Sequence[_int]) -> Tensor:
        """Copy with the whole repeated along each dimension; more `repeats` than dimensions add leading ones."""
    @overload
    def tile(_self, *dims: _int) -> Tensor:
        """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""
    @overload
    def tile(_self, dims: Sequence[_int]) -> Tensor:
        """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""
    def tril(_self, diagonal: _int = 0) -> Tensor:
        """Lower triangle of the last two dimensions: elements on and below the diagonal, zeros above. A positive `diagonal` is above the main one, a negative one below it."""
    def triu(_self, diagonal: _int = 0) -> Tensor:
        """Upper triangle of the last two dimensions: elements on and above the diagonal, zeros below. A positive `diagonal` is above the main one, a negative one below it."""
    def tril_(_self, diagonal: _int = 0) -> Self:
        """Zeroes the tensor itself above the diagonal; returns the tensor."""
    def triu_(_self, diagonal: _int = 0) -> Self:
        """Zeroes the tensor itself below the diagonal; returns the tensor."""
    def repeat_interleave(
        _self,
        repeats: Tensor | _int | None = None,
        dim: _int | None = None,
        *,
        output_size: _int | None = None,
    ) -> Tensor:
        """Copy with each element repeated along `dim` (flattened first when None): all as often, or each as often as a tensor says. Of one tensor of counts: each index as often as its count."""
    def clone(_self, *, memory_format: object = None) -> Tensor:
        """Copy in fresh memory, dimensions in the same order there unless `memory_format` is contiguous_format; gradients flow through."""
    def contiguous(_self, memory_format: object = None) -> Tensor:
        """Itself where it is row-major, else a row-major copy."""
    def copy_(_self, src: Tensor | _Number, non_blocking: _bool = False) -> Self:
        """Overwrites the tensor with `src`, broadcast and cast; returns the tensor."""
    def fill_(_self, value: Tensor | _Number) -> Self:
        """Overwrites every element with `value`; returns the tensor."""
    def zero_(_self) -> Self:
        """Overwrites every element with 0; returns the tensor."""
    def gather(_self, dim: _int, index: Tensor, *, sparse_grad: _bool = False) -> Tensor:
        """Elements of `input` at `index` along `dim`: `out[i][j] = input[index[i][j]][j]` for `dim=0`."""
    def scatter(_self, dim: _int, index: Tensor, src: Tensor | _Number, *, reduce: str | None = None) -> Tensor:
        """`input` with `src` scattered along `dim`: `out[index[i][j]][j] = src[i][j]` for `dim=0`."""
    def scatter_(_self, dim: _int, index: Tensor, src: Tensor | _Number, *, reduce: str | None = None) -> Self:
        """`input` with `src` scattered along `dim`: `out[index[i][j]][j] = src[i][j]` for `dim=0`."""
    def scatter_add(_self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """`input` with `src` added along `dim`: `out[index[i][j]][j] += src[i][j]` for `dim=0`, in order."""
    def scatter_add_(_self, dim: _int, index: Tensor, src: Tensor) -> Self:
        """`input` with `src` added along `dim`: `out[index[i][j]][j] += src[i][j]` for `dim=0`, in order."""
    @overload
    def nonzero(_self, *, as_tuple: Literal[False] = False) -> Tensor:
        """Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim)."""
    @overload
    def nonzero(_self, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]:
        """Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim)."""
    def argwhere(_self) -> Tensor:
        """Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim)."""
    def masked_fill(_self, mask: Tensor, value: Tensor | _Number) -> Tensor:
        """`input` with `value`, a number or a 0-d tensor, where the bool `mask` is true; the two broadcast."""
    def masked_fill_(_self, mask: Tensor, value: Tensor | _Number) -> Self:
        """`input` with `value`, a number or a 0-d tensor, where the bool `mask` is true; the two broadcast."""
    def masked_select(_self, mask: Tensor) -> Tensor:
        """Elements of `input` where the bool `mask` is true, as a vector; the two broadcast."""
    def masked_scatter(_self, mask: Tensor, source: Tensor) -> Tensor:
        """`input` with the first elements of `source`, in order, where the bool `mask` is true."""
    def masked_scatter_(_self, mask: Tensor, source: Tensor) -> Self:
        """`input` with the first elements of `source`, in order, where the bool `mask` is true."""
    def index_put(_self, indices: Sequence[Tensor], values: Tensor, accumulate: _bool = False) -> Tensor:
        """`input` with `values`, broadcast, at `indices`: a tuple of integer tensors or masks, as in `input[indices]`."""
    def index_put_(_self, indices: Sequence[Tensor], values: Tensor, accumulate: _bool = False) -> Self:
        """`input` with `values`, broadcast, at `indices`: a tuple of integer tensors or masks, as in `input[indices]`."""
    def scatter_reduce(
        _self,
        dim: _int,
        index: Tensor,
        src: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Tensor:
        """`input` with `src` joined along `dim`, placed as `scatter` places it: `reduce` is `'sum'`, `'prod'`, `'mean'`, `'amax'` or `'amin'`."""
    def scatter_reduce_(
        _self,
        dim: _int,
        index: Tensor,
        src: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Self:
        """`input` with `src` joined along `dim`, placed as `scatter` places it: `reduce` is `'sum'`, `'prod'`, `'mean'`, `'amax'` or `'amin'`."""
    def index_select(_self, dim: _int, index: Tensor) -> Tensor:
        """Slices of `input` along `dim`, in the order of `index`, a vector of int64."""
    def index_add(_self, dim: _int, index: Tensor, source: Tensor, *, alpha: _Number = 1) -> Tensor:
        """`input` with slices of `source`, times `alpha`, added along `dim` at `index`, in order."""
    def index_add_(_self, dim: _int, index: Tensor, source: Tensor, *, alpha: _Number = 1) -> Self:
        """`input` with slices of `source`, times `alpha`, added along `dim` at `index`, in order."""
    def index_copy(_self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """`input` with slices of `source` along `dim` at `index`; of several for one place the last stays."""
    def index_copy_(_self, dim: _int, index: Tensor, source: Tensor) -> Self:
        """`input` with slices of `source` along `dim` at `index`; of several for one place the last stays."""
    def index_fill(_self, dim: _int, index: Tensor, value: Tensor | _Number) -> Tensor:
        """`input` with `value`, a number or a 0-d tensor, in the slices along `dim` at `index`."""
    def index_fill_(_self, dim: _int, index: Tensor, value: Tensor | _Number) -> Self:
        """`input` with `value`, a number or a 0-d tensor, in the slices along `dim` at `index`."""
    def take(_self, index: Tensor) -> Tensor:
        """Elements of `input`, as if it were flattened, at `index` (int64); the result has the shape of `index`."""
    def put(_self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """`input` with `source` at `index` (int64), as if all three were flattened."""
    def put_(_self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Self:
        """`input` with `source` at `index` (int64), as if all three were flattened."""
    def take_along_dim(_self, indices: Tensor, dim: _int | None = None) -> Tensor:
        """Elements of `input` at `indices` along `dim`; the other dimensions broadcast. Without `dim` both are flattened."""
    def select_scatter(_self, src: Tensor, dim: _int, index: _int) -> Tensor:
        """`input` with `input.select(dim, index)` replaced by `src`, which has that shape."""
    def slice_scatter(
        _self,
        src: Tensor,
        dim: _int = 0,
        start: _int | None = None,
        end: _int | None = None,
        step: _int = 1,
    ) -> Tensor:
        """`input` with the slice `start:end:step` of `dim` replaced by `src`, which has its shape."""
    def diagonal_scatter(_self, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """`input` with the diagonal of `dim1` and `dim2`, `offset` above the main one, replaced by `src`."""
    def sort(_self, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = None) -> _Max:
        """`input` sorted along `dim`, and the indices (int64) that the elements had."""
    def argsort(_self, dim: _int = -1, descending: _bool = False, *, stable: _bool = False) -> Tensor:
        """Indices (int64) that sort `input` along `dim`; equal elements keep their order, NaN counts as the largest."""
    def msort(_self) -> Tensor:
        """`input` sorted along its first dimension; NaN counts as the largest."""
    def topk(_self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> _Max:
        """The `k` largest elements along `dim` (with `largest=False` the smallest), and their indices (int64)."""
    def kthvalue(_self, k: _int, dim: _int = -1, keepdim: _bool = False) -> _Max:
        """The `k`-th smallest element along `dim`, counted from 1, and its index (int64); of equal ones the order is theirs."""
    def bincount(_self, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
        """How often each of 0, 1, 2, ... occurs in a vector of non-negative integers; at least `minlength` numbers."""
    def histc(_self, bins: _int = 100, min: _Number = 0, max: _Number = 0) -> Tensor:
        """How many elements lie in each of `bins` equal parts of `min` to `max`, in the dtype of `input`."""
    def unique(
        _self,
        sorted: _bool = True,
        return_inverse: _bool = False,
        return_counts: _bool = False,
        dim: _int | None = None,
    ) -> Any:
        """Elements of `input` in ascending order, each once; with `dim` the slices along it, in lexicographic order."""
    def unique_consecutive(
        _self,
        return_inverse: _bool = False,
        return_counts: _bool = False,
        dim: _int | None = None,
    ) -> Any:
        """`input`, flattened, with each run of equal elements as one; with `dim` the slices along it."""
    def __array__(self, dtype: Any = None, copy: _bool | None = None) -> Any: ...
    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """The module whose functions take this array."""
    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: _bool = False) -> Tensor: ...
    def __complex__(self) -> complex: ...
    def __contains__(self, element: Any) -> Any: ...
    def __copy__(self) -> Tensor: ...
    def __deepcopy__(self, memo: dict[_int, Any]) -> Tensor: ...
    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[_int, _int] | None = None,
        dl_device: tuple[_int, _int] | None = None,
        copy: _bool | None = None,
    ) -> Any:
        """Capsule over the tensor's memory, by the DLPack protocol; versioned where `max_version` is (1, 0) or more."""
    def __dlpack_device__(self) -> tuple[DLDeviceType, _int]:
        """DLPack's number of the CPU, and 0."""
    def __format__(self, spec: str) -> str: ...
    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]: ...
    def __repr__(self) -> str: ...
    def __reversed__(self) -> Tensor: ...
    def _is_contiguous(self) -> _bool:
        """Whether elements lie in row-major order."""
    def _is_lifted(self) -> _bool:
        """Whether a transform has wrapped it."""
    def _is_view(self) -> _bool:
        """Whether it is a view of another tensor."""
    @staticmethod
    def _make_subclass(cls: type, data: Tensor, require_grad: Any = False) -> Tensor: ...
    def _references(self) -> tuple[_int]:
        """References to its node, for tests."""
    def _repr_html_(self) -> str: ...
    def _retains_grad(self) -> _bool:
        """Whether .grad will be kept for it, a non-leaf."""
    def _share_numpy(self) -> NDArray[Any]:
        """A NumPy array over the same memory, whatever the history."""
    def _storage_bytes(self) -> _int:
        """Bytes of the whole storage."""
    def _storage_id(self) -> _int:
        """A number that is equal for tensors that share storage."""
    def angle(input) -> Tensor:
        """The angle of real numbers as complex ones: 0, and pi for negative ones; NaN of NaN. The derivative is 0."""
    def apply_(self, callable: Callable[[Any], Any]) -> Tensor:
        """Replaces each element x by `callable(x)`, one after the other in Python. Returns the tensor."""
    def as_strided_(self, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """The tensor made to show the elements of its storage at given sizes and strides."""
    def as_strided_scatter(
        input,
        src: Tensor,
        size: Sequence[_int],
        stride: Sequence[_int],
        storage_offset: _int | None = None,
    ) -> Tensor:
        """Copy of `input` in which the elements that `as_strided` shows are those of `src`."""
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: _bool | None = None,
        create_graph: _bool = False,
        inputs: Any = None,
    ) -> None:
        """Accumulates the gradients of the leaves it depends on into their .grad."""
    def bernoulli(
        input,
        p: _float | None = None,
        *,
        generator: Generator | None = None,
        out: Tensor | None = None,
    ) -> Tensor:
        """Ones with the probabilities that stand in `input`, else zeros; with `p` that probability for all elements. No gradient flows."""
    def bernoulli_(self, p: _float | Tensor = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with ones of probability `p` (a number or a tensor), else zeros."""
    def bfloat16(self) -> Tensor:
        """Raises TypeError: there are no floats of 16 bits."""
    def bool(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as bool: where it is not 0."""
    def byte(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as uint8, truncated; integers keep their low bits."""
    def cauchy_(self, median: _float = 0.0, sigma: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with numbers of the Cauchy distribution."""
    def char(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int8, truncated; integers keep their low bits."""
    def cholesky(input, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
        """The lower triangular L with L L' = input, or L' with `upper`; as `linalg.cholesky`."""
    def cholesky_inverse(L, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
        """The inverse of L L', or of U' U with `upper`."""
    def cholesky_solve(B, L: Tensor, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
        """X with L L' X = B, or U' U X = B with `upper`."""
    def conj(input) -> Tensor:
        """The complex conjugate: the tensor itself, which is real."""
    def conj_physical(input) -> Tensor:
        """The complex conjugate: the tensor itself, which is real."""
    def conj_physical_(input) -> Tensor:
        """The complex conjugate, in place: the tensor itself, which is real."""
    def corrcoef(input) -> Tensor:
        """Correlation coefficients of variables (rows) from observations (columns)."""
    def cov(input, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
        """Covariances of variables (rows) from observations (columns), which may have frequencies and weights."""
    def cpu(self, memory_format: Any = None) -> Tensor:
        """The tensor itself: it is there already."""
    def cuda(self, device: Any = None, non_blocking: _bool = False) -> Tensor:
        """Raises RuntimeError: tensors are on the CPU."""
    def data_ptr(self) -> _int:
        """Address of the first element."""
    def det(A, *, out: Tensor | None = None) -> Tensor:
        """Determinants of square matrices; singular ones have derivatives too. As `linalg.det`."""
    def detach(self) -> Tensor:
        """The same storage and version, without history."""
    def detach_(self) -> Tensor:
        """Cuts the tensor from its history, in place."""
    def dim(self) -> _int:
        """Number of dimensions."""
    def dim_order(self, *, ambiguity_check: Any = False) -> tuple[_int, ...]:
        """The dimensions in the order in which they lie in memory, the slowest first."""
    def dist(input, other: Tensor, p: _float = 2) -> Tensor:
        """The p-norm of input - other."""
    def double(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as float64."""
    def element_size(self) -> _int:
        """Bytes per element."""
    def expand_as(self, other: Tensor) -> Tensor:
        """View expanded to the sizes of `other`."""
    def exponential_(self, lambd: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with exponential numbers of the rate `lambd`."""
    def fill_diagonal_(self, fill_value: Any, wrap: _bool = False) -> Tensor:
        """Overwrites the main diagonal; with `wrap` that of each further square of a tall matrix, one row left out between them."""
    def float(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as float32."""
    def float_power(input, exponent: Any, *, out: Tensor | None = None) -> Tensor:
        """`input` to the power of `exponent`, in float64."""
    def float_power_(self, exponent: Any) -> Tensor:
        """As `float_power`, in place."""
    def frexp(input, *, out: Any = None) -> Any:
        """Mantissas m with 1/2 <= |m| < 1 and exponents e (int32) with input = m 2^e; m has derivatives."""
    def geometric_(self, p: _float, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with the number of trials until the first success of probability `p`."""
    def get_device(self) -> _int:
        """Number of the GPU it is on: -1, for the CPU."""
    def half(self) -> Tensor:
        """Raises TypeError: there are no floats of 16 bits."""
    def histogram(input, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: _bool = False) -> Any:
        """How many elements (or how much weight) lie in each bin, and the bins' edges."""
    def index_reduce(
        input,
        dim: _int,
        index: Tensor,
        source: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Tensor:
        """Copy of `input` into whose slices at `index` those of `source` are reduced: 'prod', 'mean', 'amax' or 'amin'."""
    def index_reduce_(
        self,
        dim: _int,
        index: Tensor,
        source: Tensor,
        reduce: str,
        *,
        include_self: _bool = True,
    ) -> Tensor:
        """As `index_reduce`, in place."""
    def int(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int32, truncated; integers keep their low bits."""
    def inverse(input, *, out: Tensor | None = None) -> Tensor:
        """Inverses of square matrices; as `linalg.inv`."""
    def is_complex(self) -> Any:
        """Whether its dtype is a complex type: never."""
    def is_conj(self) -> Any:
        """Whether its conjugation is put off: never."""
    def is_contiguous(self, memory_format: Any = None) -> Any:
        """Whether elements lie in row-major order, or in that of `memory_format`."""
    def is_floating_point(self) -> _bool:
        """Whether its dtype is a floating-point type."""
    def is_inference(self) -> Any:
        """Whether it was made in `inference_mode`."""
    def is_neg(self) -> Any:
        """Whether its negation is put off: never."""
    def is_nonzero(input) -> Any:
        """Whether its one element is not 0."""
    def is_pinned(self) -> Any:
        """Whether its memory is pinned for a GPU: never."""
    def is_same_size(input, other: Tensor) -> Any:
        """Whether both have the same shape."""
    def is_set_to(self, tensor: Tensor) -> Any:
        """Whether both are the same elements: one address, one shape, the same strides."""
    def is_shared(self) -> Any:
        """Whether it lies in memory that other processes see: never."""
    def is_signed(self) -> Any:
        """Whether its dtype has negative values."""
    def item(self) -> Any:
        """Its one value as a Python number. RuntimeError unless it has one element."""
    def ldexp(input, other: Tensor, *, out: Tensor | None = None) -> Tensor:
        """input * 2^other."""
    def ldexp_(self, other: Tensor) -> Tensor:
        """As `ldexp`, in place."""
    def log_normal_(self, mean: _float = 1.0, std: _float = 2.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with numbers whose logarithms are normal, with this mean and standard deviation."""
    def logdet(input) -> Tensor:
        """Logarithms of determinants; NaN where one is negative, -inf where it is 0."""
    def long(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int64, truncated."""
    def lu(A, pivot: _bool = True, get_infos: _bool = False, out: Any = None) -> Any:
        """L and U in one matrix, and pivots; with `get_infos` also 0 for each matrix, or the first step without a pivot."""
    def lu_solve(b, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
        """X with A X = b from `linalg.lu_factor` of A."""
    def map2_(self, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
        """Replaces each element a by `callable(a, b, c)` with those of `x` and `y`. Returns the tensor."""
    def map_(self, other: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
        """Replaces each element x by `callable(x, y)` with y that of `other`. Returns the tensor."""
    def matrix_exp(A) -> Tensor:
        """The exponentials of square matrices. As `linalg.matrix_exp`."""
    def multinomial(
        input,
        num_samples: _int,
        replacement: _bool = False,
        *,
        generator: Generator | None = None,
        out: Tensor | None = None,
    ) -> Tensor:
        """Indices drawn from each row of `input` with probabilities in proportion to its values, int64 of shape (rows, num_samples), or (num_samples,) for one dimension. Without replacement no index comes twice (Efraimidis and Spirakis 2006)."""
    def mvlgamma(input, p: _int, *, out: Tensor | None = None) -> Tensor:
        """Logarithm of the multivariate gamma function of dimension `p` (DLMF 35.3.5)."""
    def mvlgamma_(self, p: _int) -> Tensor:
        """As `mvlgamma`, in place."""
    def nanmedian(input, dim: _int | None = None, keepdim: _bool = False, *, out: Any = None) -> Any:
        """Median of what is no NaN: of all elements, or along `dim` with its index (then a named tuple); NaN where all are."""
    def nanquantile(
        input,
        q: Any,
        dim: _int | None = None,
        keepdim: _bool = False,
        *,
        interpolation: str = "linear",
        out: Tensor | None = None,
    ) -> Tensor:
        """As `quantile`, of what is no NaN."""
    def narrow_copy(input, *args: Any, out: Tensor | None = None, **kw: Any) -> Any:
        """Copy of a range of a dimension; no view."""
    def ndimension(self) -> _int:
        """Number of dimensions."""
    def nelement(self) -> _int:
        """Number of elements."""
    def new(self, *args: Any) -> Tensor:
        """A tensor of the same dtype from sizes (zeros) or from data; `new_empty` and `new_tensor` say which."""
    def new_empty(self, *size: Any, **kw: Any) -> Tensor:
        """A tensor of the given sizes in the dtype of the tensor; its values are not to be relied upon (they are zeros)."""
    def new_empty_strided(self, size: Sequence[_int], stride: Sequence[_int], **kw: Any) -> Tensor:
        """As `empty_strided`, of this tensor's dtype unless told."""
    def new_full(self, size: Any, fill_value: _Number, **kw: Any) -> Tensor:
        """One value in the given sizes and the dtype of the tensor, unless `dtype` is given."""
    def new_ones(self, *size: Any, **kw: Any) -> Tensor:
        """Ones of the given sizes in the dtype of the tensor, unless `dtype` is given."""
    def new_tensor(self, data: Any, **kw: Any) -> Tensor:
        """A copy of the data in the dtype of the tensor, unless `dtype` is given."""
    def new_zeros(self, *size: Any, **kw: Any) -> Tensor:
        """Zeros of the given sizes in the dtype of the tensor, unless `dtype` is given."""
    def nonzero_static(input, *, size: _int, fill_value: _int = -1) -> Tensor:
        """The first `size` rows of `nonzero`, padded with `fill_value`."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with normal numbers."""
    def numel(self) -> _int:
        """Number of elements."""
    def numpy(self, *, force: _bool = False) -> Any:
        """NumPy array that shares the tensor's memory."""
    def pin_memory(self, device: Any = None) -> Tensor:
        """Raises RuntimeError: memory is pinned for a GPU only."""
    def pinverse(input, rcond: _float = 1e-15) -> Tensor:
        """Pseudoinverses: singular values up to `rcond` times the largest count as 0; as `linalg.pinv`."""
    def polygamma(self, n: _int) -> Tensor:
        """Derivative of order `n` of digamma."""
    def polygamma_(self, n: _int) -> Tensor:
        """As `polygamma`, in place."""
    def qr(input, some: _bool = True, *, out: Any = None) -> Any:
        """Q and R; as `linalg.qr`, in mode 'complete' without `some`."""
    def quantile(
        input,
        q: Any,
        dim: _int | None = None,
        keepdim: _bool = False,
        *,
        interpolation: str = "linear",
        out: Tensor | None = None,
    ) -> Tensor:
        """Quantiles of all elements or along `dim`: a number q or a vector of them, which become the first dimension of the result."""
    def random_(
        self,
        from_: _int | None = None,
        to: _int | None = None,
        *,
        generator: Generator | None = None,
        **kw: Any,
    ) -> Tensor:
        """Overwrites the elements with whole numbers in [from, to), or [0, to); without bounds with all from 0 that the dtype holds."""
    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Calls `hook(grad)` whenever a backward has this tensor's gradient; what it returns replaces the gradient."""
    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Calls `hook(tensor)` whenever a gradient was accumulated into this leaf."""
    def renorm(input, p: _float, dim: _int, maxnorm: _float, *, out: Tensor | None = None) -> Tensor:
        """Slices along `dim` whose p-norm is larger than `maxnorm` scaled down to it."""
    def renorm_(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """As `renorm`, in place."""
    def requires_grad_(self, requires_grad: _bool = True) -> Self:
        """Has operations on it recorded (or not); returns it."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """The same elements with the sizes of `other`."""
    def resize_(self, *size: Any, memory_format: Any = None) -> Tensor:
        """The tensor with another shape, row-major over its storage; where that is too small a larger one takes its place, with the old elements first and zeros after them (views of the tensor then keep the old storage)."""
    def resize_as_(self, tensor: Tensor, memory_format: Any = None) -> Tensor:
        """As `resize_`, to the shape of another tensor."""
    def resolve_conj(self) -> Tensor:
        """The tensor itself: no conjugation is put off."""
    def resolve_neg(self) -> Tensor:
        """The tensor itself: no negation is put off."""
    def retain_grad(self) -> None:
        """Keeps the gradient of a non-leaf in .grad as well."""
    def set_(self, source: Any = None, storage_offset: _int = 0, size: Any = None, stride: Any = None) -> Tensor:
        """The tensor made to share the memory, shape and strides of `source`, a tensor or its storage; without one it gets no elements."""
    def share_memory_(self) -> Tensor:
        """The tensor itself: a child process made by a fork sees what was written before."""
    def short(self, *, memory_format: Any = None) -> Tensor:
        """The tensor as int16, truncated; integers keep their low bits."""
    def size(self, dim: _int | None = None) -> Any:
        """Sizes as a Size, or that of one dimension."""
    def slogdet(A, *, out: Any = None) -> Any:
        """Signs of determinants, and logarithms of their absolute values (-inf of singular matrices). As `linalg.slogdet`."""
    def split_with_sizes(input, split_sizes: Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of parts of the given sizes along `dim`."""
    def storage(self) -> TypedStorage:
        """The memory that the tensor and its views share, counted in elements."""
    def storage_offset(self) -> _int:
        """Elements before the first in its storage."""
    def stride(self, dim: _int | None = None) -> Any:
        """Strides in elements as a tuple, or that of one dimension."""
    def sum_to_size(self, *size: Any) -> Tensor:
        """The sum over the dimensions along which `size` would be expanded to the tensor's shape."""
    def svd(input, some: _bool = True, compute_uv: _bool = True, *, out: Any = None) -> Any:
        """U, S and V (not its transpose) with input = U diag(S) V'; without `compute_uv` U and V are zeros."""
    def to(
        self,
        *args: Any,
        dtype: _DTypeLike | None = None,
        device: Any = None,
        copy: _bool = False,
        non_blocking: _bool = False,
        memory_format: Any = None,
    ) -> Tensor:
        """The tensor in another dtype: `to(dtype)`, `to(other)`, `to("cpu", dtype)`; itself where nothing changes."""
    def to_dense(self, dtype: _DTypeLike | None = None, *, masked_grad: _bool | None = None) -> Tensor:
        """The tensor itself, cast where a dtype is given: all its elements are kept anyway."""
    def to_device(self, device: Any, *, stream: Any = None) -> Tensor:
        """The tensor itself: it is on the CPU, the only device."""
    def tolist(self) -> Any:
        """Its values as nested lists of Python numbers."""
    def triangular_solve(
        b,
        A: Tensor,
        upper: _bool = True,
        transpose: _bool = False,
        unitriangular: _bool = False,
    ) -> Any:
        """X with A X = b, of whose A one triangle is read (A' X = b with `transpose`), and A."""
    def type(self, dtype: Any = None, non_blocking: _bool = False) -> Any:
        """Its type as a string such as 'torch.FloatTensor'; with a dtype, such a string or a typed class: the tensor cast."""
    def type_as(self, other: Tensor) -> Tensor:
        """The tensor in the dtype of `other`."""
    def uniform_(
        self,
        from_: _float = 0.0,
        to: _float = 1.0,
        *,
        generator: Generator | None = None,
        **kw: Any,
    ) -> Tensor:
        """Overwrites the elements with uniform numbers in [from, to)."""
    def unsafe_chunk(input, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """As `chunk`."""
    def unsafe_split(tensor, split_size: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """As `split`. PyTorch lets its parts be written to, at the user's own risk; here they are as those of `split`."""
    def unsafe_split_with_sizes(input, split_sizes: Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
        """As `split_with_sizes`."""
    def untyped_storage(self) -> UntypedStorage:
        """The memory that the tensor and its views share."""
    def view_as(self, other: Tensor) -> Tensor:
        """View with the sizes of `other`."""
    def where(self, condition: Tensor, other: Any) -> Tensor:
        """Own elements where the condition holds, those of `other` (tensor or number) elsewhere; as `wengert.where`."""

@final
class Walk:
    """The nodes that led to some tensors or nodes, in an order in which a node comes after its inputs."""
    def __new__(cls, roots: Sequence[Tensor | Node]) -> Self: ...
    def __len__(self) -> _int:
        """Return len(self)."""
    def leaf_count(self) -> _int:
        """How many of the nodes are leaves."""
    def named(self, names: Sequence[str]) -> list[_int]:
        """Which of the nodes are of operations with one of these names (or names of nodes), in order."""
    def node(self, i: _int) -> Node:
        """The object of node `i`."""
    def number(self, i: _int) -> tuple[_bool, _int]:
        """Whether node `i` is a leaf, and its number among the leaves or among the others, from 1."""
    def operand(self, i: _int, k: _int) -> Tensor | None:
        """The value that node `i` keeps of its input `k`, without history; else None."""
    def place(self, of: Tensor | Node) -> _int | None:
        """Where a node, or the node of a tensor, stands; None for one that is not in the list."""
    def rows(self, start: _int, stop: _int) -> list[Any]:
        """What there is to know of the nodes from `start` to `stop`: (operation, node's name, attributes in words), (file, line), [(place, output) of inputs], [(shape, dtype) of outputs], bits of what is kept, whether that was given back, whether it is a leaf."""
    def value(self, i: _int, out: _int = 0, near: _bool = False) -> Tensor | None:
        """The value of an output of node `i` where some node keeps it (with `near` one that comes soon after it), without history; else None."""

@final
class dtype:
    """A dtype, one object for each: `wengert.float32`."""
    @property
    def is_complex(self) -> _bool:
        """Whether it is a complex type: never."""
    @property
    def is_floating_point(self) -> _bool:
        """Whether it is a floating-point type."""
    @property
    def is_signed(self) -> _bool:
        """Whether it has negative values."""
    @property
    def itemsize(self) -> _int:
        """Bytes per element."""
    @property
    def name(self) -> str:
        """Its bare name."""
    def to_real(self) -> _DType:
        """The real type of a complex one; any other is real already."""

bool: _DType
float32: _DType
float64: _DType
int16: _DType
int32: _DType
int64: _DType
int8: _DType
uint8: _DType

def neg(input: Tensor) -> Tensor:
    """Negative of each element."""

def negative(input: Tensor) -> Tensor:
    """Negative of each element."""

def exp(input: Tensor) -> Tensor:
    """Exponential e^x of each element."""

def log(input: Tensor) -> Tensor:
    """Natural logarithm of each element; nan below 0, -inf at 0."""

def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent of each element."""

def sin(input: Tensor) -> Tensor:
    """Sine of each element (radians)."""

def cos(input: Tensor) -> Tensor:
    """Cosine of each element (radians)."""

def sqrt(input: Tensor) -> Tensor:
    """Square root of each element; nan below 0."""

def abs(input: Tensor) -> Tensor:
    """Absolute value of each element; the derivative at 0 is 0."""

def absolute(input: Tensor) -> Tensor:
    """Absolute value of each element; the derivative at 0 is 0."""

def relu(input: Tensor) -> Tensor:
    """Larger of 0 and each element; the derivative at 0 is 0."""

def sign(input: Tensor) -> Tensor:
    """Sign of each element: -1, 0 or 1; the derivative is 0."""

def sgn(input: Tensor) -> Tensor:
    """Sign of each element: -1, 0 or 1; the derivative is 0."""

def exp2(input: Tensor) -> Tensor:
    """2 to the power of each element."""

def expm1(input: Tensor) -> Tensor:
    """e^x - 1 of each element, right where x is near 0."""

def log2(input: Tensor) -> Tensor:
    """Logarithm to base 2 of each element; nan below 0, -inf at 0."""

def log10(input: Tensor) -> Tensor:
    """Logarithm to base 10 of each element; nan below 0, -inf at 0."""

def log1p(input: Tensor) -> Tensor:
    """>>> import wengert >>> wengert.log1p(wengert.tensor([0.0, 1e-7, -1.0])) tensor([0.0000e+00, 1.0000e-07,       -inf])"""

def rsqrt(input: Tensor) -> Tensor:
    """Reciprocal of the square root of each element; nan below 0, inf at 0."""

def square(input: Tensor) -> Tensor:
    """Square of each element."""

def reciprocal(input: Tensor) -> Tensor:
    """Reciprocal 1 / x of each element; inf at 0."""

def erf(input: Tensor) -> Tensor:
    """Error function 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to each element (Abramowitz and Stegun 7.1.1)."""

def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians: x pi / 180."""

def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees: x 180 / pi."""

def sinc(input: Tensor) -> Tensor:
    """>>> import wengert >>> wengert.sinc(wengert.tensor([0.0, 0.5])) tensor([1.0000, 0.6366])"""

def spherical_bessel_j0(input: Tensor) -> Tensor:
    """Spherical Bessel function j0(x) = sin(x) / x of each element, 1 at 0."""

def tan(input: Tensor) -> Tensor:
    """Tangent of each element (radians)."""

def asin(input: Tensor) -> Tensor:
    """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""

def arcsin(input: Tensor) -> Tensor:
    """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""

def acos(input: Tensor) -> Tensor:
    """Arc cosine of each element, in 0..pi; nan outside of -1..1."""

def arccos(input: Tensor) -> Tensor:
    """Arc cosine of each element, in 0..pi; nan outside of -1..1."""

def atan(input: Tensor) -> Tensor:
    """Arc tangent of each element, in -pi/2..pi/2."""

def arctan(input: Tensor) -> Tensor:
    """Arc tangent of each element, in -pi/2..pi/2."""

def sinh(input: Tensor) -> Tensor:
    """Hyperbolic sine of each element."""

def cosh(input: Tensor) -> Tensor:
    """Hyperbolic cosine of each element."""

def asinh(input: Tensor) -> Tensor:
    """Inverse hyperbolic sine of each element."""

def arcsinh(input: Tensor) -> Tensor:
    """Inverse hyperbolic sine of each element."""

def acosh(input: Tensor) -> Tensor:
    """Inverse hyperbolic cosine of each element; nan below 1."""

def arccosh(input: Tensor) -> Tensor:
    """Inverse hyperbolic cosine of each element; nan below 1."""

def atanh(input: Tensor) -> Tensor:
    """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""

def arctanh(input: Tensor) -> Tensor:
    """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""

def floor(input: Tensor) -> Tensor:
    """Largest integer not above each element; the derivative is 0."""

def ceil(input: Tensor) -> Tensor:
    """Smallest integer not below each element; the derivative is 0."""

def trunc(input: Tensor) -> Tensor:
    """Integral part of each element; the derivative is 0."""

def fix(input: Tensor) -> Tensor:
    """Integral part of each element; the derivative is 0."""

def round(input: Tensor, *, decimals: _int = 0) -> Tensor:
    """Nearest integer to each element, the even one of two equally near; with `decimals`, the nearest multiple of 10^-decimals (computed as round(x 10^decimals) 10^-decimals). The derivative is 0."""

def frac(input: Tensor) -> Tensor:
    """Fractional part x - trunc(x) of each element, with its sign."""

def sigmoid(input: Tensor) -> Tensor:
    """Logistic function 1 / (1 + e^-x) of each element."""

def silu(input: Tensor) -> Tensor:
    """x times its logistic function, of each element (Elfwing et al. 2017; also called swish)."""

def add(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """Sum of two tensors, or of a tensor and a number, with broadcasting: input + alpha * other."""

def sub(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other."""

def subtract(input: Tensor | _Number, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """Difference of two tensors, or of a tensor and a number, with broadcasting: input - alpha * other."""

def rsub(input: Tensor, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """Difference the other way round: other - alpha * input."""

def mul(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Product of two tensors, or of a tensor and a number, with broadcasting."""

def multiply(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Product of two tensors, or of a tensor and a number, with broadcasting."""

def div(input: Tensor | _Number, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
    """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""

def divide(input: Tensor | _Number, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
    """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""

def true_divide(input: Tensor | _Number, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
    """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""

def maximum(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Larger of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient, where one is nan each gets it whole."""

def minimum(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Smaller of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient, where one is nan each gets it whole."""

def fmax(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Larger of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half of the gradient."""

def fmin(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Smaller of two elements, with broadcasting; the other one where one is nan. Where both are equal each gets half of the gradient."""

def atan2(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Angle of the point (other, input) in radians, in -pi..pi. The derivative at (0, 0) is 0."""

def arctan2(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Angle of the point (other, input) in radians, in -pi..pi. The derivative at (0, 0) is 0."""

def hypot(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Length sqrt(input^2 + other^2), without overflow on the way."""

def copysign(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Magnitude of input with the sign of other."""

def logaddexp(input: Tensor, other: Tensor | _Number) -> Tensor:
    """>>> import wengert >>> wengert.logaddexp(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0])) tensor([  0.6931, 100.6931])"""

def logaddexp2(input: Tensor, other: Tensor | _Number) -> Tensor:
    """>>> import wengert >>> wengert.logaddexp2(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0])) tensor([  1., 101.])"""

def xlogy(input: Tensor, other: Tensor | _Number) -> Tensor:
    """input * log(other), and 0 where input is 0 and other no nan."""

def fmod(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Remainder of input / other with the sign of input, as C's fmod."""

def remainder(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Remainder of input / other with the sign of other, as Python's %."""

def floor_divide(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Quotient input / other rounded down, as Python's //; the derivative is 0."""

def pow(input: Tensor | _Number, exponent: Tensor | _Number) -> Tensor:
    """Power input ** exponent of tensors or numbers, with broadcasting."""

def eq(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where elements are equal, as bool, with broadcasting."""

def ne(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where elements differ, as bool, with broadcasting."""

def not_equal(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where elements differ, as bool, with broadcasting."""

def lt(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input < other`, as bool, with broadcasting."""

def less(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input < other`, as bool, with broadcasting."""

def le(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input <= other`, as bool, with broadcasting."""

def less_equal(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input <= other`, as bool, with broadcasting."""

def gt(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input > other`, as bool, with broadcasting."""

def greater(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input > other`, as bool, with broadcasting."""

def ge(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input >= other`, as bool, with broadcasting."""

def greater_equal(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Where `input >= other`, as bool, with broadcasting."""

def bitwise_and(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Bitwise and of integers, logical and of bools; the operator &."""

def bitwise_or(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Bitwise or of integers, logical or of bools; the operator |."""

def bitwise_xor(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Bitwise exclusive or of integers, logical of bools; the operator ^."""

def bitwise_not(input: Tensor) -> Tensor:
    """Every bit of integers inverted, bools negated; the operator ~."""

def bitwise_left_shift(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Bits of integers moved to higher places; 0 where the count is not below the width. The operator <<."""

def bitwise_right_shift(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Bits of integers moved to lower places, the sign kept. The operator >>."""

def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both are not 0."""

def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether one or both are not 0."""

def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether just one is not 0."""

def logical_not(input: Tensor) -> Tensor:
    """Where the input is 0 (false)."""

def isnan(input: Tensor) -> Tensor:
    """Where the input is nan."""

def isinf(input: Tensor) -> Tensor:
    """Where the input is infinite."""

def isfinite(input: Tensor) -> Tensor:
    """Where the input is neither infinite nor nan."""

def isposinf(input: Tensor) -> Tensor:
    """Where the input is positive infinity."""

def isneginf(input: Tensor) -> Tensor:
    """Where the input is negative infinity."""

def isreal(input: Tensor) -> Tensor:
    """Where the input is a real number: everywhere, as there are no complex dtypes."""

def signbit(input: Tensor) -> Tensor:
    """Where the sign is negative, that of -0.0 included."""

def isclose(
    input: Tensor,
    other: Tensor,
    rtol: _float = 1e-05,
    atol: _float = 1e-08,
    equal_nan: _bool = False,
) -> Tensor:
    """Where |input - other| <= atol + rtol * |other|, of tensors of one dtype; equal infinities are close."""

def allclose(
    input: Tensor,
    other: Tensor,
    rtol: _float = 1e-05,
    atol: _float = 1e-08,
    equal_nan: _bool = False,
) -> _bool:
    """Whether |input - other| <= atol + rtol * |other| for all elements, of tensors of one dtype."""

def equal(input: Tensor, other: Tensor) -> _bool:
    """Whether two tensors have the same shape and elements."""

@overload
def where(condition: Tensor, input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Elements of `input` where `condition` holds, else of `other`; shapes broadcast, dtypes promote."""

@overload
def where(condition: Tensor, input: None = None, other: None = None) -> tuple[Tensor, ...]:
    """Elements of `input` where `condition` holds, else of `other`; shapes broadcast, dtypes promote."""

def clamp(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""

def clip(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""

def clamp_min(input: Tensor, min: Tensor | _Number) -> Tensor:
    """Each element raised to `min`."""

def clamp_max(input: Tensor, max: Tensor | _Number) -> Tensor:
    """Each element lowered to `max`."""

def lerp(input: Tensor, end: Tensor, weight: Tensor | _Number) -> Tensor:
    """Linear interpolation input + weight * (end - input), computed from the nearer end; one dtype throughout."""

def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
    """input + value * tensor1 * tensor2, with broadcasting."""

def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
    """input + value * tensor1 / tensor2, with broadcasting, of floating-point tensors."""

def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """Gaussian error linear unit x * Phi(x) (Hendrycks and Gimpel 2016), or its approximation by tanh."""

def softplus(input: Tensor, beta: _Number = 1, threshold: _Number = 20) -> Tensor:
    """>>> import wengert >>> wengert.softplus(wengert.tensor([-1.0, 0.0, 30.0])) tensor([ 0.3133,  0.6931, 30.0000])"""

def nan_to_num(
    input: Tensor,
    nan: _float | None = None,
    posinf: _float | None = None,
    neginf: _float | None = None,
) -> Tensor:
    """NaN replaced by `nan`, infinities by `posinf` and `neginf`: the largest and smallest number of the dtype if None. No gradient flows where something was replaced."""

def logit(input: Tensor, eps: _float | None = None) -> Tensor:
    """Inverse of the logistic function, log(x / (1 - x)); with `eps`, of x brought into eps..1 - eps."""

def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """Step function: 0 where the input is negative, 1 where it is positive, `values` where it is 0 (both of one dtype)."""

def positive(input: Tensor) -> Tensor:
    """The input itself; a bool is refused (RuntimeError)."""

def erfc(input: Tensor) -> Tensor:
    """1 - erf(x) of each element, to full precision where it is small (series of Shepherd and Laframboise, 1981)."""

def _erfcx(input: Tensor) -> Tensor:
    """>>> import wengert >>> wengert.special.erfcx(wengert.tensor([0.0, 10.0])) tensor([1.0000, 0.0561])"""

def erfinv(input: Tensor) -> Tensor:
    """Inverse of the error function: infinite at 1 and -1, nan beyond (Newton's method on erf)."""

def _ndtr(input: Tensor) -> Tensor:
    """Distribution function of the normal distribution, (1 + erf(x / sqrt(2))) / 2, of each element."""

def _ndtri(input: Tensor) -> Tensor:
    """Inverse of `ndtr`: infinite at 0 and 1, nan outside."""

def _log_ndtr(input: Tensor) -> Tensor:
    """Logarithm of `ndtr`, right where that is too small for a number."""

def _entr(input: Tensor) -> Tensor:
    """Entropy -x log x of each element: 0 at 0, -inf below."""

def lgamma(input: Tensor) -> Tensor:
    """Logarithm of the absolute value of the gamma function: infinite at 0 and negative whole numbers (DLMF 5.7.3, 5.11.1)."""

def digamma(input: Tensor) -> Tensor:
    """Derivative of lgamma: -inf at 0, nan at negative whole numbers (Abramowitz and Stegun 6.3)."""

def _polygamma(input: Tensor, n: _int) -> Tensor:
    """Derivative of order `n` of digamma (Abramowitz and Stegun 6.4.10)."""

def i0(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 0 (DLMF 10.25.2, 10.40.1)."""

def _i0e(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 0, times e^-|x|."""

def _i1(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 1."""

def _i1e(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 1, times e^-|x|."""

def _exponent(input: Tensor) -> Tensor:
    """The exponents e of the elements m 2^e with 1/2 <= |m| < 1, as int32."""

def _zeta(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Zeta function of Hurwitz, the sum of (other + k)^-input over k = 0, 1, ...; derivatives with respect to `other` only (DLMF 25.11)."""

def igamma(input: Tensor, other: Tensor) -> Tensor:
    """Regularized lower incomplete gamma function P(input, other); derivatives with respect to `other` only (DLMF 8.7, 8.9)."""

def igammac(input: Tensor, other: Tensor) -> Tensor:
    """Regularized upper incomplete gamma function Q(input, other) = 1 - P; derivatives with respect to `other` only."""

def gcd(input: Tensor, other: Tensor) -> Tensor:
    """Greatest common divisor of whole numbers, with broadcasting."""

def lcm(input: Tensor, other: Tensor) -> Tensor:
    """Least common multiple of whole numbers, with broadcasting."""

def nextafter(input: Tensor, other: Tensor) -> Tensor:
    """The next number of the dtype from `input` towards `other`, with broadcasting."""

def _xlog1py(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """input log(1 + other), 0 where `input` is 0 (unless `other` is nan), with broadcasting."""

def sum(
    input: Tensor,
    dim: _int | tuple[_int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Sum over `dim` (all dimensions when None); integers and bool sum as int64 unless `dtype` is given."""

def mean(
    input: Tensor,
    dim: _int | tuple[_int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Mean over `dim` (all dimensions when None) of a floating-point tensor."""

def prod(
    input: Tensor,
    dim: _int | tuple[_int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Product over `dim` (all dimensions when None); integers and bool multiply as int64 unless `dtype` is given."""

@overload
def max(input: Tensor, dim: None = None, keepdim: _bool = False) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""

@overload
def max(input: Tensor, dim: _int, keepdim: _bool = False) -> _Max:
    """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""

@overload
def max(input: Tensor, dim: Tensor) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""

@overload
def min(input: Tensor, dim: None = None, keepdim: _bool = False) -> Tensor:
    """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""

@overload
def min(input: Tensor, dim: _int, keepdim: _bool = False) -> _Max:
    """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""

@overload
def min(input: Tensor, dim: Tensor) -> Tensor:
    """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""

def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
    """Index of the first largest element along `dim`, of the flattened tensor when None; NaN counts as largest."""

def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
    """Index of the first smallest element along `dim`, of the flattened tensor when None; NaN counts as smallest."""

def amax(input: Tensor, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Largest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""

def amin(input: Tensor, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Smallest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""

def aminmax(input: Tensor, *, dim: _int | None = None, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
    """Smallest and largest elements along `dim` (of all when None), as a named tuple (min, max)."""

def any(input: Tensor, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Whether any element is not zero, over `dim` (all dimensions when None); NaN is not zero."""

def all(input: Tensor, dim: _int | tuple[_int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Whether no element is zero, over `dim` (all dimensions when None)."""

def count_nonzero(input: Tensor, dim: _int | tuple[_int, ...] | None = None) -> Tensor:
    """Number of elements that are not zero, over `dim` (all dimensions when None), as int64."""

def var(
    input: Tensor,
    dim: _int | tuple[_int, ...] | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """Variance over `dim` (all dimensions when None): squared deviations over max(0, n - `correction`)."""

def std(
    input: Tensor,
    dim: _int | tuple[_int, ...] | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """Standard deviation over `dim` (all dimensions when None): the root of `var`. Where it is 0 its derivative is 0."""

def var_mean(
    input: Tensor,
    dim: _int | tuple[_int, ...] | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> tuple[Tensor, Tensor]:
    """Variance and mean over `dim` (all dimensions when None), as a tuple; see `var`."""

def std_mean(
    input: Tensor,
    dim: _int | tuple[_int, ...] | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> tuple[Tensor, Tensor]:
    """Standard deviation and mean over `dim` (all dimensions when None), as a tuple; see `std`."""

@overload
def median(input: Tensor, dim: None = None, keepdim: _bool = False) -> Tensor:
    """Lower median of all elements; along `dim`, medians and their indices: a named tuple (values, indices)."""

@overload
def median(input: Tensor, dim: _int, keepdim: _bool = False) -> _Max:
    """Lower median of all elements; along `dim`, medians and their indices: a named tuple (values, indices)."""

def mode(input: Tensor, dim: _int = -1, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
    """Most frequent elements along `dim`, the smallest of equally frequent ones, and their last indices."""

def _nanmedian(input: Tensor) -> Tensor:
    """Lower median of all elements that are no NaN; ties share the gradient."""

def nansum(
    input: Tensor,
    dim: _int | tuple[_int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Sum over `dim` (all dimensions when None) of the elements that are not NaN."""

def nanmean(
    input: Tensor,
    dim: _int | tuple[_int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Mean over `dim` (all dimensions when None) of the elements that are not NaN; NaN where there are none."""

def norm(
    input: Tensor,
    p: _Number | str | None = "fro",
    dim: _int | tuple[_int, ...] | None = None,
    keepdim: _bool = False,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Vector norm (sum |x|^p)^(1/p) over `dim` (all when None); p may be inf, -inf, 0 or 'fro' (2)."""

def cumsum(input: Tensor, dim: _int, *, dtype: _DTypeLike | None = None) -> Tensor:
    """Sum of the elements so far along `dim`; integers and bool sum as int64 unless `dtype` is given."""

def cumprod(input: Tensor, dim: _int, *, dtype: _DTypeLike | None = None) -> Tensor:
    """Product of the elements so far along `dim`; integers and bool multiply as int64 unless `dtype` is given."""

def logcumsumexp(input: Tensor, dim: _int) -> Tensor:
    """Logarithm of the sum of exponentials so far along `dim`, without overflow."""

def cummax(input: Tensor, dim: _int) -> tuple[Tensor, Tensor]:
    """Largest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""

def cummin(input: Tensor, dim: _int) -> tuple[Tensor, Tensor]:
    """Smallest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""

def diff(
    input: Tensor,
    n: _int = 1,
    dim: _int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Tensor:
    """Differences of neighbours along `dim`, `n` times over; `prepend` and `append` are joined to the input first."""

def softmax(input: Tensor, dim: _int, dtype: _DTypeLike | None = None) -> Tensor:
    """Raises NotImplementedError for integers without `dtype`."""

def log_softmax(input: Tensor, dim: _int, dtype: _DTypeLike | None = None) -> Tensor:
    """x - log(sum exp(x)) along `dim`, after a cast to `dtype` if one is given: the logarithm of softmax."""

def logsumexp(input: Tensor, dim: _int | tuple[_int, ...], keepdim: _bool = False) -> Tensor:
    """>>> import wengert >>> wengert.logsumexp(wengert.tensor([100.0, 100.0]), dim=0) tensor(100.6931)"""

def layer_norm(
    input: Tensor,
    normalized_shape: tuple[_int, ...],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: _float = 1e-05,
    cudnn_enable: _bool = True,
) -> Tensor:
    """Each slice over the last dimensions brought to mean 0 and variance 1, then times `weight`, plus `bias`."""

def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: _bool | None = None,
    ignore_index: _int = -100,
    reduce: _bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Negative log-likelihood -x[target] of log-probabilities of shape (C), (N, C) or (N, C, d1, ...)."""

def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: _bool | None = None,
    ignore_index: _int = -100,
    reduce: _bool | None = None,
    reduction: str = "mean",
    label_smoothing: _float = 0.0,
) -> Tensor:
    """Cross entropy of logits of shape (C), (N, C) or (N, C, d1, ...) with a target: -log softmax(x)[target]."""

def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Inner product of two vectors of one length."""

def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Product of a matrix (n, m) and a vector (m)."""

def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Product of matrices (n, m) and (m, p)."""

def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Products of two batches of matrices, (b, n, m) and (b, m, p)."""

def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Matrix product as NumPy's: vectors, matrices, and stacks of matrices whose leading dimensions broadcast."""

def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`beta * input + alpha * (mat1 @ mat2)`; `input` broadcasts to the product's shape. With a beta of 0 the values of `input` do not matter."""

def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`beta * input + alpha * (mat @ vec)`; `input` broadcasts to the product's shape."""

def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`beta * input + alpha * sum of batch1[i] @ batch2[i]`; `input` broadcasts to the product's shape."""

def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`beta * input + alpha * (batch1 @ batch2)` for each of a batch; `input` broadcasts to the product's shape."""

def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`beta * input + alpha * outer(vec1, vec2)`; `input` broadcasts to the product's shape."""

def _linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input @ weight.T + bias` over the last dimension of `input` (*, in); `weight` is (out, in), `bias` (out) or None."""

def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Outer product of two vectors (n) and (m), an (n, m) matrix; dtypes promote."""

def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """Outer product of two vectors (n) and (m), an (n, m) matrix; dtypes promote."""

def inner(input: Tensor, other: Tensor) -> Tensor:
    """Sums of products over the last dimensions; of a 0-d tensor the product."""

def tensordot(a: Tensor, b: Tensor, dims: _int | Sequence[Sequence[_int]] | Tensor = 2) -> Tensor:
    """Sums of products over `dims`: the last so many of `a` and first of `b`, or those in two lists, one for each."""

def kron(input: Tensor, other: Tensor) -> Tensor:
    """Kronecker product: every element of `input` times all of `other`."""

def vdot(input: Tensor, other: Tensor) -> Tensor:
    """Inner product of two vectors; for real numbers the same as `dot`."""

@overload
def chain_matmul(*matrices: Tensor) -> Tensor:
    """Product of matrices, multiplied in the order that takes the fewest multiplications."""

@overload
def chain_matmul(matrices: Sequence[Tensor]) -> Tensor:
    """Product of matrices, multiplied in the order that takes the fewest multiplications."""

def _multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """Product of two or more matrices; the first and the last may be vectors."""

def matrix_power(input: Tensor, n: _int) -> Tensor:
    """Matrices to a whole power, by squaring."""

def trace(input: Tensor) -> Tensor:
    """Sum of the main diagonal of a matrix."""

def cross(input: Tensor, other: Tensor, dim: _int | None = None) -> Tensor:
    """Vector product along `dim`, by default the first dimension of size 3."""

def _bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input1_i weight_oij input2_j + bias_o` over the last dimensions; `bias` may be None."""

def cdist(x1: Tensor, x2: Tensor, p: _float = 2.0, compute_mode: str | None = None) -> Tensor:
    """Distances by the p-norm between the rows of `x1` (*, n, m) and those of `x2` (*, k, m): (*, n, k)."""

@overload
def einsum(*args: Any) -> Tensor:
    """Sums of products of elements by Einstein's convention: dimensions with one letter go together, letters that the output lacks are summed over. Without `->` the output has the letters that appear once, in alphabetical order; `...` stands for dimensions that broadcast; a letter twice in a term is a diagonal. Operands are contracted from left to right. Subscripts may also be lists: `einsum(x, [0, 1], y, [1, 2], [0, 2])`."""

@overload
def einsum(args: Sequence[Any]) -> Tensor:
    """Sums of products of elements by Einstein's convention: dimensions with one letter go together, letters that the output lacks are summed over. Without `->` the output has the letters that appear once, in alphabetical order; `...` stands for dimensions that broadcast; a letter twice in a term is a diagonal. Operands are contracted from left to right. Subscripts may also be lists: `einsum(x, [0, 1], y, [1, 2], [0, 2])`."""

@overload
def reshape(input: Tensor, *shape: _int) -> Tensor:
    """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""

@overload
def reshape(input: Tensor, shape: Sequence[_int]) -> Tensor:
    """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""

def transpose(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """View with dimensions `dim0` and `dim1` exchanged."""

def swapaxes(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """View with dimensions `dim0` and `dim1` exchanged."""

def swapdims(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """View with dimensions `dim0` and `dim1` exchanged."""

def t(input: Tensor) -> Tensor:
    """View of a matrix transposed; vectors and 0-d tensors as they are."""

@overload
def permute(input: Tensor, *dims: _int) -> Tensor:
    """View with dimensions in the order `dims`."""

@overload
def permute(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """View with dimensions in the order `dims`."""

def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """View with a dimension of size 1 inserted at `dim`."""

def squeeze(input: Tensor, dim: _int | tuple[_int, ...] | None = None) -> Tensor:
    """View without dimensions of size 1: all of them, or those of `dim` that have size 1."""

def select(input: Tensor, dim: _int, index: _int) -> Tensor:
    """View at one `index` of dimension `dim`, which disappears."""

def narrow(input: Tensor, dim: _int, start: _int | Tensor, length: _int) -> Tensor:
    """View of `length` indices of dimension `dim`, from `start` (a number or a 0-d tensor of integers)."""

def diagonal(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """View of the diagonal of dimensions `dim1` and `dim2`: their place is taken by one dimension, the last. A positive `offset` is above the main diagonal, a negative one below it."""

def diag(input: Tensor, diagonal: _int = 0) -> Tensor:
    """A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy)."""

def diagflat(input: Tensor, offset: _int = 0) -> Tensor:
    """The elements, in order, on the diagonal of a matrix."""

def diag_embed(input: Tensor, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
    """The last dimension on the diagonal of two new dimensions, `dim1` and `dim2` of the result; zeros elsewhere."""

def split(tensor: Tensor, split_size_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
    """Views of parts of dimension `dim`: of one size (the last may be shorter), or of the sizes listed."""

def chunk(input: Tensor, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
    """Views of at most `chunks` parts of dimension `dim`, all of one size but the last."""

def unbind(input: Tensor, dim: _int = 0) -> tuple[Tensor, ...]:
    """Views at each index of dimension `dim`, which disappears."""

def tensor_split(
    input: Tensor,
    indices_or_sections: _int | Sequence[_int] | Tensor,
    dim: _int = 0,
) -> tuple[Tensor, ...]:
    """Views of parts of dimension `dim`: so many, the first ones longer by one where it does not divide, or cut before the given indices."""

def hsplit(input: Tensor, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Views of parts along the second dimension (of a vector: the first), in equal sections or cut before indices."""

def vsplit(input: Tensor, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Views of parts along the first dimension, in equal sections or cut before indices."""

def dsplit(input: Tensor, indices_or_sections: _int | Sequence[_int]) -> tuple[Tensor, ...]:
    """Views of parts along the third dimension, in equal sections or cut before indices."""

def movedim(input: Tensor, source: _int | tuple[_int, ...], destination: _int | tuple[_int, ...]) -> Tensor:
    """View with the dimensions at `source` moved to `destination`; the others keep their order."""

def moveaxis(input: Tensor, source: _int | tuple[_int, ...], destination: _int | tuple[_int, ...]) -> Tensor:
    """View with the dimensions at `source` moved to `destination`; the others keep their order."""

def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """Dimensions `start_dim` to `end_dim` as one: a view where strides allow, else a copy."""

def unflatten(input: Tensor, dim: _int, sizes: Sequence[_int]) -> Tensor:
    """View with dimension `dim` split into `sizes` (one of them may be -1)."""

def ravel(input: Tensor) -> Tensor:
    """All elements in row-major order as a vector: a view where they lie so, else a copy."""

@overload
def broadcast_to(input: Tensor, *size: _int) -> Tensor:
    """View with sizes of 1 repeated to `size`; -1 keeps a size."""

@overload
def broadcast_to(input: Tensor, size: Sequence[_int]) -> Tensor:
    """View with sizes of 1 repeated to `size`; -1 keeps a size."""

def adjoint(input: Tensor) -> Tensor:
    """View with the last two dimensions exchanged: for real numbers the conjugate transpose."""

@overload
def atleast_1d(*tensors: Tensor) -> Any:
    """Tensors with at least one dimension: 0-d tensors become vectors. One tensor gives one, several give a tuple."""

@overload
def atleast_1d(tensors: Sequence[Tensor]) -> Any:
    """Tensors with at least one dimension: 0-d tensors become vectors. One tensor gives one, several give a tuple."""

@overload
def atleast_2d(*tensors: Tensor) -> Any:
    """Tensors with at least two dimensions: vectors become rows. One tensor gives one, several give a tuple."""

@overload
def atleast_2d(tensors: Sequence[Tensor]) -> Any:
    """Tensors with at least two dimensions: vectors become rows. One tensor gives one, several give a tuple."""

@overload
def atleast_3d(*tensors: Tensor) -> Any:
    """Tensors with at least three dimensions: a vector of n becomes (1, n, 1), a matrix gets a last dimension of size 1. One tensor gives one, several give a tuple."""

@overload
def atleast_3d(tensors: Sequence[Tensor]) -> Any:
    """Tensors with at least three dimensions: a vector of n becomes (1, n, 1), a matrix gets a last dimension of size 1. One tensor gives one, several give a tuple."""

@overload
def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Views of the tensors expanded to the shape that they broadcast to."""

@overload
def broadcast_tensors(tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Views of the tensors expanded to the shape that they broadcast to."""

def as_strided(
    input: Tensor,
    size: Sequence[_int],
    stride: Sequence[_int],
    storage_offset: _int | None = None,
) -> Tensor:
    """View with the given `size` and `stride` (in elements), from element `storage_offset` of the storage; by default from the tensor's own first element. Elements may overlap: their gradients add."""

@overload
def flip(input: Tensor, *dims: _int) -> Tensor:
    """Copy with the order of elements reversed along `dims`."""

@overload
def flip(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """Copy with the order of elements reversed along `dims`."""

def fliplr(input: Tensor) -> Tensor:
    """Copy with the order of columns (dimension 1) reversed."""

def flipud(input: Tensor) -> Tensor:
    """Copy with the order of rows (dimension 0) reversed."""

def rot90(input: Tensor, k: _int = 1, dims: Sequence[_int] = (0, 1)) -> Tensor:
    """Copy turned by 90 degrees `k` times in the plane of two dimensions, from the first towards the second."""

def roll(input: Tensor, shifts: _int | tuple[_int, ...], dims: _int | tuple[_int, ...] | None = None) -> Tensor:
    """Copy with elements moved by `shifts` along `dims`; what leaves at one end comes in at the other. Without `dims` all elements move as one row."""

@overload
def tile(input: Tensor, *dims: _int) -> Tensor:
    """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""

@overload
def tile(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""

def tril(input: Tensor, diagonal: _int = 0) -> Tensor:
    """Lower triangle of the last two dimensions: elements on and below the diagonal, zeros above. A positive `diagonal` is above the main one, a negative one below it."""

def triu(input: Tensor, diagonal: _int = 0) -> Tensor:
    """Upper triangle of the last two dimensions: elements on and above the diagonal, zeros below. A positive `diagonal` is above the main one, a negative one below it."""

def tril_indices(
    row: _int,
    col: _int,
    offset: _int = 0,
    *,
    dtype: _DTypeLike | None = None,
    device: object = None,
) -> Tensor:
    """Indices of the lower triangle of a `row` by `col` matrix: rows of indices first, then their columns."""

def triu_indices(
    row: _int,
    col: _int,
    offset: _int = 0,
    *,
    dtype: _DTypeLike | None = None,
    device: object = None,
) -> Tensor:
    """Indices of the upper triangle of a `row` by `col` matrix: rows of indices first, then their columns."""

def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the second dimension (vectors: along the first); dtypes promote."""

def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the first dimension, vectors as rows; dtypes promote."""

def row_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the first dimension, vectors as rows; dtypes promote."""

def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the third dimension, which smaller ones get; dtypes promote."""

def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the second dimension, vectors as columns; dtypes promote."""

@overload
def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along a diagonal, zeros elsewhere; vectors and 0-d tensors count as rows, dtypes promote."""

@overload
def block_diag(tensors: Sequence[Tensor]) -> Tensor:
    """Matrices along a diagonal, zeros elsewhere; vectors and 0-d tensors count as rows, dtypes promote."""

@overload
def meshgrid(*tensors: Tensor, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Views of vectors as grids: the i-th varies along dimension i. With `indexing` "xy" the first two dimensions are exchanged; "ij" is the default."""

@overload
def meshgrid(tensors: Sequence[Tensor], *, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Views of vectors as grids: the i-th varies along dimension i. With `indexing` "xy" the first two dimensions are exchanged; "ij" is the default."""

@overload
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All tuples of elements of vectors, one a row; of one vector, itself."""

@overload
def cartesian_prod(tensors: Sequence[Tensor]) -> Tensor:
    """All tuples of elements of vectors, one a row; of one vector, itself."""

def combinations(input: Tensor, r: _int = 2, with_replacement: _bool = False) -> Tensor:
    """All choices of `r` elements of a vector, one a row, in order; an element may come again where `with_replacement`."""

def repeat_interleave(
    input: Tensor,
    repeats: Tensor | _int | None = None,
    dim: _int | None = None,
    *,
    output_size: _int | None = None,
) -> Tensor:
    """Copy with each element repeated along `dim` (flattened first when None): all as often, or each as often as a tensor says. Of one tensor of counts: each index as often as its count."""

def cat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def concat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def concatenate(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def stack(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension."""

def clone(input: Tensor, *, memory_format: object = None) -> Tensor:
    """Copy in fresh memory, dimensions in the same order there unless `memory_format` is contiguous_format; gradients flow through."""

def gather(input: Tensor, dim: _int, index: Tensor, *, sparse_grad: _bool = False) -> Tensor:
    """Elements of `input` at `index` along `dim`: `out[i][j] = input[index[i][j]][j]` for `dim=0`."""

def scatter(input: Tensor, dim: _int, index: Tensor, src: Tensor | _Number, *, reduce: str | None = None) -> Tensor:
    """`input` with `src` scattered along `dim`: `out[index[i][j]][j] = src[i][j]` for `dim=0`."""

def scatter_add(input: Tensor, dim: _int, index: Tensor, src: Tensor) -> Tensor:
    """`input` with `src` added along `dim`: `out[index[i][j]][j] += src[i][j]` for `dim=0`, in order."""

@overload
def nonzero(input: Tensor, *, as_tuple: Literal[False] = False) -> Tensor:
    """Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim)."""

@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]:
    """Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim)."""

def argwhere(input: Tensor) -> Tensor:
    """Indices of the elements that are not zero, a row each: int64 of shape (n, input.ndim)."""

def masked_fill(input: Tensor, mask: Tensor, value: Tensor | _Number) -> Tensor:
    """`input` with `value`, a number or a 0-d tensor, where the bool `mask` is true; the two broadcast."""

def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """Elements of `input` where the bool `mask` is true, as a vector; the two broadcast."""

def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """`input` with the first elements of `source`, in order, where the bool `mask` is true."""

def index_put(input: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: _bool = False) -> Tensor:
    """`input` with `values`, broadcast, at `indices`: a tuple of integer tensors or masks, as in `input[indices]`."""

def scatter_reduce(
    input: Tensor,
    dim: _int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: _bool = True,
) -> Tensor:
    """`input` with `src` joined along `dim`, placed as `scatter` places it: `reduce` is `'sum'`, `'prod'`, `'mean'`, `'amax'` or `'amin'`."""

def index_select(input: Tensor, dim: _int, index: Tensor) -> Tensor:
    """Slices of `input` along `dim`, in the order of `index`, a vector of int64."""

def index_add(input: Tensor, dim: _int, index: Tensor, source: Tensor, *, alpha: _Number = 1) -> Tensor:
    """`input` with slices of `source`, times `alpha`, added along `dim` at `index`, in order."""

def index_copy(input: Tensor, dim: _int, index: Tensor, source: Tensor) -> Tensor:
    """`input` with slices of `source` along `dim` at `index`; of several for one place the last stays."""

def index_fill(input: Tensor, dim: _int, index: Tensor, value: Tensor | _Number) -> Tensor:
    """`input` with `value`, a number or a 0-d tensor, in the slices along `dim` at `index`."""

def take(input: Tensor, index: Tensor) -> Tensor:
    """Elements of `input`, as if it were flattened, at `index` (int64); the result has the shape of `index`."""

def put(input: Tensor, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
    """`input` with `source` at `index` (int64), as if all three were flattened."""

def take_along_dim(input: Tensor, indices: Tensor, dim: _int | None = None) -> Tensor:
    """Elements of `input` at `indices` along `dim`; the other dimensions broadcast. Without `dim` both are flattened."""

def select_scatter(input: Tensor, src: Tensor, dim: _int, index: _int) -> Tensor:
    """`input` with `input.select(dim, index)` replaced by `src`, which has that shape."""

def slice_scatter(
    input: Tensor,
    src: Tensor,
    dim: _int = 0,
    start: _int | None = None,
    end: _int | None = None,
    step: _int = 1,
) -> Tensor:
    """`input` with the slice `start:end:step` of `dim` replaced by `src`, which has its shape."""

def diagonal_scatter(input: Tensor, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """`input` with the diagonal of `dim1` and `dim2`, `offset` above the main one, replaced by `src`."""

def sort(input: Tensor, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = None) -> _Max:
    """`input` sorted along `dim`, and the indices (int64) that the elements had."""

def argsort(input: Tensor, dim: _int = -1, descending: _bool = False, *, stable: _bool = False) -> Tensor:
    """Indices (int64) that sort `input` along `dim`; equal elements keep their order, NaN counts as the largest."""

def msort(input: Tensor) -> Tensor:
    """`input` sorted along its first dimension; NaN counts as the largest."""

def topk(input: Tensor, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> _Max:
    """The `k` largest elements along `dim` (with `largest=False` the smallest), and their indices (int64)."""

def kthvalue(input: Tensor, k: _int, dim: _int = -1, keepdim: _bool = False) -> _Max:
    """The `k`-th smallest element along `dim`, counted from 1, and its index (int64); of equal ones the order is theirs."""

def bincount(input: Tensor, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
    """How often each of 0, 1, 2, ... occurs in a vector of non-negative integers; at least `minlength` numbers."""

def histc(input: Tensor, bins: _int = 100, min: _Number = 0, max: _Number = 0) -> Tensor:
    """How many elements lie in each of `bins` equal parts of `min` to `max`, in the dtype of `input`."""

def searchsorted(
    sorted_sequence: Tensor,
    input: Tensor | _Number,
    *,
    out_int32: _bool = False,
    right: _bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Indices (int64) into the last dimension of `sorted_sequence` at which the elements of `input` keep it sorted."""

def bucketize(input: Tensor | _Number, boundaries: Tensor, *, out_int32: _bool = False, right: _bool = False) -> Tensor:
    """For each element the index (int64) of the interval between sorted `boundaries` that it lies in."""

def isin(
    elements: Tensor | _Number,
    test_elements: Tensor | _Number,
    *,
    assume_unique: _bool = False,
    invert: _bool = False,
) -> Tensor:
    """Where elements are among `test_elements`, as bool; with `invert` where they are not. NaN is among nothing."""

def unique(
    input: Tensor,
    sorted: _bool = True,
    return_inverse: _bool = False,
    return_counts: _bool = False,
    dim: _int | None = None,
) -> Any:
    """Elements of `input` in ascending order, each once; with `dim` the slices along it, in lexicographic order."""

def unique_consecutive(
    input: Tensor,
    return_inverse: _bool = False,
    return_counts: _bool = False,
    dim: _int | None = None,
) -> Any:
    """`input`, flattened, with each run of equal elements as one; with `dim` the slices along it."""

def abs_(input: Tensor) -> Tensor:
    """Absolute value of each element; the derivative at 0 is 0."""

def acos_(input: Tensor) -> Tensor:
    """Arc cosine of each element, in 0..pi; nan outside of -1..1."""

def acosh_(input: Tensor) -> Tensor:
    """Inverse hyperbolic cosine of each element; nan below 1."""

def addmv_(input: Tensor, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
    """`beta * input + alpha * (mat @ vec)`; `input` broadcasts to the product's shape."""

def arccos_(input: Tensor) -> Tensor:
    """Arc cosine of each element, in 0..pi; nan outside of -1..1."""

def arccosh_(input: Tensor) -> Tensor:
    """Inverse hyperbolic cosine of each element; nan below 1."""

def arcsin_(input: Tensor) -> Tensor:
    """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""

def arcsinh_(input: Tensor) -> Tensor:
    """Inverse hyperbolic sine of each element."""

def arctan_(input: Tensor) -> Tensor:
    """Arc tangent of each element, in -pi/2..pi/2."""

def arctanh_(input: Tensor) -> Tensor:
    """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""

def asin_(input: Tensor) -> Tensor:
    """Arc sine of each element, in -pi/2..pi/2; nan outside of -1..1."""

def asinh_(input: Tensor) -> Tensor:
    """Inverse hyperbolic sine of each element."""

def atan_(input: Tensor) -> Tensor:
    """Arc tangent of each element, in -pi/2..pi/2."""

def atanh_(input: Tensor) -> Tensor:
    """Inverse hyperbolic tangent of each element; nan outside of -1..1, infinite at its ends."""

def ceil_(input: Tensor) -> Tensor:
    """Smallest integer not below each element; the derivative is 0."""

def clamp_(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""

def clamp_max_(input: Tensor, max: Tensor | _Number) -> Tensor:
    """Each element lowered to `max`."""

def clamp_min_(input: Tensor, min: Tensor | _Number) -> Tensor:
    """Each element raised to `min`."""

def clip_(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """Each element raised to `min` and lowered to `max` (numbers or tensors, either may be missing); nan stays."""

def cos_(input: Tensor) -> Tensor:
    """Cosine of each element (radians)."""

def cosh_(input: Tensor) -> Tensor:
    """Hyperbolic cosine of each element."""

def deg2rad_(input: Tensor) -> Tensor:
    """Degrees as radians: x pi / 180."""

def erf_(input: Tensor) -> Tensor:
    """Error function 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to each element (Abramowitz and Stegun 7.1.1)."""

def erfc_(input: Tensor) -> Tensor:
    """1 - erf(x) of each element, to full precision where it is small (series of Shepherd and Laframboise, 1981)."""

def exp2_(input: Tensor) -> Tensor:
    """2 to the power of each element."""

def exp_(input: Tensor) -> Tensor:
    """Exponential e^x of each element."""

def expm1_(input: Tensor) -> Tensor:
    """e^x - 1 of each element, right where x is near 0."""

def fix_(input: Tensor) -> Tensor:
    """Integral part of each element; the derivative is 0."""

def floor_(input: Tensor) -> Tensor:
    """Largest integer not above each element; the derivative is 0."""

def frac_(input: Tensor) -> Tensor:
    """Fractional part x - trunc(x) of each element, with its sign."""

def gcd_(input: Tensor, other: Tensor) -> Tensor:
    """Greatest common divisor of whole numbers, with broadcasting."""

def i0_(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 0 (DLMF 10.25.2, 10.40.1)."""

def lcm_(input: Tensor, other: Tensor) -> Tensor:
    """Least common multiple of whole numbers, with broadcasting."""

def log10_(input: Tensor) -> Tensor:
    """Logarithm to base 10 of each element; nan below 0, -inf at 0."""

def log1p_(input: Tensor) -> Tensor:
    """>>> import wengert >>> wengert.log1p(wengert.tensor([0.0, 1e-7, -1.0])) tensor([0.0000e+00, 1.0000e-07,       -inf])"""

def log2_(input: Tensor) -> Tensor:
    """Logarithm to base 2 of each element; nan below 0, -inf at 0."""

def log_(input: Tensor) -> Tensor:
    """Natural logarithm of each element; nan below 0, -inf at 0."""

def logit_(input: Tensor, eps: _float | None = None) -> Tensor:
    """Inverse of the logistic function, log(x / (1 - x)); with `eps`, of x brought into eps..1 - eps."""

def nan_to_num_(
    input: Tensor,
    nan: _float | None = None,
    posinf: _float | None = None,
    neginf: _float | None = None,
) -> Tensor:
    """NaN replaced by `nan`, infinities by `posinf` and `neginf`: the largest and smallest number of the dtype if None. No gradient flows where something was replaced."""

def neg_(input: Tensor) -> Tensor:
    """Negative of each element."""

def negative_(input: Tensor) -> Tensor:
    """Negative of each element."""

def rad2deg_(input: Tensor) -> Tensor:
    """Radians as degrees: x 180 / pi."""

def reciprocal_(input: Tensor) -> Tensor:
    """Reciprocal 1 / x of each element; inf at 0."""

def relu_(input: Tensor) -> Tensor:
    """Larger of 0 and each element; the derivative at 0 is 0."""

def round_(input: Tensor, *, decimals: _int = 0) -> Tensor:
    """Nearest integer to each element, the even one of two equally near; with `decimals`, the nearest multiple of 10^-decimals (computed as round(x 10^decimals) 10^-decimals). The derivative is 0."""

def rsqrt_(input: Tensor) -> Tensor:
    """Reciprocal of the square root of each element; nan below 0, inf at 0."""

def sigmoid_(input: Tensor) -> Tensor:
    """Logistic function 1 / (1 + e^-x) of each element."""

def sin_(input: Tensor) -> Tensor:
    """Sine of each element (radians)."""

def sinc_(input: Tensor) -> Tensor:
    """>>> import wengert >>> wengert.sinc(wengert.tensor([0.0, 0.5])) tensor([1.0000, 0.6366])"""

def sinh_(input: Tensor) -> Tensor:
    """Hyperbolic sine of each element."""

def sqrt_(input: Tensor) -> Tensor:
    """Square root of each element; nan below 0."""

def square_(input: Tensor) -> Tensor:
    """Square of each element."""

def tan_(input: Tensor) -> Tensor:
    """Tangent of each element (radians)."""

def tanh_(input: Tensor) -> Tensor:
    """Hyperbolic tangent of each element."""

def trunc_(input: Tensor) -> Tensor:
    """Integral part of each element; the derivative is 0."""

def xlogy_(input: Tensor, other: Tensor | _Number) -> Tensor:
    """input * log(other), and 0 where input is 0 and other no nan."""

def _adopt(x: Tensor, result: Tensor) -> None:
    """Gives a tensor that a Function has made the history of another."""

def _arange(start: _Number, end: _Number, step: _Number, dtype: _DTypeLike | None, requires_grad: _bool) -> Tensor:
    """start, start + step, ... below end."""

def _backward(
    tensors: Sequence[Tensor],
    gradients: Sequence[Tensor | None],
    retain_graph: _bool | None = None,
    create_graph: _bool | None = None,
    inputs: Any = None,
) -> None:
    """`_backward(tensors, gradients, retain_graph, create_graph, inputs)`."""

def _calls_back(y: Tensor) -> _bool:
    """Whether a sweep from `y` runs code of the user's: hooks, or the rules of a Function."""

def _cast(x: Tensor, dtype: _DTypeLike, copy: _bool) -> Tensor:
    """The tensor in another dtype, or itself."""

def _copy_storage(x: Tensor) -> Tensor:
    """A copy of a tensor's whole storage."""

def _detach_(x: Tensor) -> None:
    """Cuts a tensor from its history, in place."""

def _disable_saved_hooks(message: str | None, fail_if_active: _bool) -> str | None:
    """`_disable_saved_hooks(message, fail_if_active)`: has `_push_saved_hooks` fail with the message; returns what was."""

def _empty_cache() -> None:
    """Returns all kept memory to the system."""

def _ending() -> None:
    """At exit, while the interpreter still runs: lets those that are taking the lock back have it, and no others."""

def _enter_level(size: _int | None = None, open: _bool = False) -> _int:
    """Starts a transform: a map over `size`, or forward mode where it is None. What an open one has wrapped outlives it."""

def _eye(n: _int, m: _int, dtype: _DTypeLike, requires_grad: _bool) -> Tensor:
    """Zeros with ones on the diagonal."""

def _forked() -> None:
    """In the child of a fork there is no thread that could be taking the lock back."""

def _from_dlpack(capsule: object) -> Tensor:
    """A tensor over the memory that a capsule describes; the capsule is used up."""

def _full(shape: Sequence[_int], value: _Number, dtype: _DTypeLike | None, requires_grad: _bool) -> Tensor:
    """A tensor of one value."""

def _full_like(like: Tensor, value: _Number, dtype: _DTypeLike | None, requires_grad: _bool) -> Tensor:
    """A tensor of one value, of the sizes of `like`, dimensions in the same order in memory."""

def _function_needs(args: tuple[Any, ...]) -> tuple[tuple[_bool, ...], _bool] | None:
    """`_function_needs(args)`: which arguments need a gradient, and whether a node is to be recorded; None where an argument is wrapped by a transform or is a collection, which may hold such tensors."""

def _grad(
    outputs: Sequence[Tensor],
    inputs: Sequence[Tensor],
    grad_outputs: Sequence[Tensor | None],
    retain_graph: _bool,
    create_graph: _bool | None,
) -> tuple[Any, ...]:
    """`_grad(outputs, inputs, grad_outputs, retain_graph, create_graph)`: a tuple with None where unused. `create_graph` None means: if the outputs depend on more of the tape than the inputs."""

def _grad_cut(
    outputs: Sequence[Tensor],
    inputs: Sequence[Tensor],
    grad_outputs: Sequence[Tensor],
    create_graph: _bool,
) -> tuple[Tensor | None, ...]:
    """Gradients where what an input gets through another one does not count."""

def _identity(x: Tensor) -> tuple[_int, _int, _int]:
    """What tells a tensor's array from others, its storage, and the key of its edge."""

def _increment_version(x: Tensor) -> None:
    """Has rules that kept the present value of a tensor find it overwritten."""

def _install(package: str) -> None:
    """Tells the core where this package lies, so that its own frames are passed over when an operation is recorded."""

def _is_batched(x: Tensor, level: _int) -> _bool:
    """Whether a tensor is a batch of the map at a level."""

def _is_capsule(ob: object) -> _bool:
    """Refuses what is no capsule and cannot give one."""

def _is_inference(x: Tensor) -> _bool:
    """Whether a tensor was made in inference mode."""

def _is_recording() -> _bool:
    """Whether this thread records operations: it was told to, and is not in inference mode."""

def _leave_level(level: _int) -> None:
    """Ends a transform."""

def _make_batched(value: Tensor, dim: _int, level: _int) -> Tensor:
    """A batch mapped over dimension `dim`."""

def _make_dual(primal: Tensor, tangent: Tensor, level: _int) -> Tensor:
    """A dual number."""

def _make_subclass(cls: type, data: Tensor, requires_grad: _bool) -> Any:
    """An instance of a Tensor subclass over the same storage."""

def _mark_same() -> None:
    """Says of the innermost map that it maps over directions: values are the same for all examples."""

def _memory_stats() -> dict[str, _int]:
    """Bytes and numbers of the cache."""

def _named(x: Tensor, name: str) -> Tensor:
    """The tensor itself, its node, if it was just recorded, under one of the names above."""

def _node_class(name: str) -> type:
    """`_node_class(name)`: the class of nodes of a name."""

def _outermost_level(x: Tensor) -> tuple[_int, _bool] | None:
    """The highest level of a tensor's wrappings with that level's kind (whether it is a map): None for a plain tensor."""

def _pause_saved_hooks() -> None:
    """Has tensors be saved as they are, until the innermost hooks are taken away."""

def _placed_in(x: Tensor, storage: Tensor) -> Tensor:
    """The elements of a copied storage at the place of a tensor."""

def _pop_saved_hooks() -> None:
    """Takes the innermost hooks of this thread away."""

def _profile_start() -> _bool:
    """Starts a profile; False if one is under way."""

def _profile_stop() -> list[tuple[str, str, _int, _int, _int, _int, tuple[str, _int] | None, _int, _int]]:
    """Ends the profile: (name, phase, start, total, own, bytes, (file, line), thread, depth) of each span, times in nanoseconds."""

def _push_saved_hooks(
    pack_hook: Callable[[Tensor], Any] | None = None,
    unpack_hook: Callable[[Any], Tensor] | None = None,
) -> None:
    """Puts a pair of hooks above those of this thread; without any, tensors are saved as they are."""

def _queue_callback(callback: Callable[[], None]) -> None:
    """Has a callable run when the backward pass under way on this thread has succeeded."""

def _random(shape: Sequence[_int], normal: _bool, dtype: _DTypeLike, requires_grad: _bool, stream: Stream) -> Tensor:
    """Standard normal or uniform numbers."""

def _random_order(n: _int, dtype: _DTypeLike, requires_grad: _bool, stream: Stream) -> Tensor:
    """The numbers below n in a random order."""

def _random_places(weights: Tensor, count: _int, replacement: _bool, stream: Stream) -> Tensor:
    """Places drawn with probabilities in proportion to weights."""

def _random_whole(
    shape: Sequence[_int],
    low: _int,
    last: _int,
    dtype: _DTypeLike,
    requires_grad: _bool,
    stream: Stream,
) -> Tensor:
    """Whole numbers from `low` to `last`."""

def _rebase(x: Tensor, result: Tensor, name: str) -> None:
    """After a write that a custom Function did in place: `x` gets the history of `result`."""

def _record_fresh(
    name: str,
    ctx: Any,
    args: tuple[Any, ...],
    to_save: tuple[Any, ...],
    output: Any,
) -> list[SavedTensor | None] | None:
    """`_record_fresh(name, ctx, args, to_save, output)`: the common case of `_record_function`: one differentiable output that forward has made. It gets its history, and what was to be saved is returned; None, and nothing done, in any other case."""

def _record_function(
    name: str,
    ctx: Any,
    inputs: Sequence[Tensor | None],
    outputs: Sequence[Tensor | None],
    views: Sequence[_bool] = ...,
    many: _bool = False,
) -> tuple[Any, ...]:
    """`_record_function(name, ctx, inputs, outputs, views, many)`: the outputs as results of one node, None for what is no tensor. `inputs` are the tensors (or None) in the order of the backward's results; `views` says which outputs show memory of inputs, `many` whether several are differentiable."""

def _recorded(function: Callable[[], Any]) -> tuple[Any, list[_int]]:
    """`_recorded(function)`: what a function without arguments returned, and the keys of the nodes that were recorded."""

def _register_hook(tensor: Tensor, hook: Callable[[Tensor], Tensor | None], post: _bool) -> _int:
    """`_register_hook(tensor, hook, post)`: the hook's id at the tensor's node."""

def _release_saved(saved: list[SavedTensor | None]) -> None:
    """Gives the values of a list of `SavedTensor` and None back."""

def _reset_peak_memory_stats() -> None:
    """What is live now becomes the peak."""

def _return_idle() -> None:
    """Returns what lay unused since the last look."""

def _set_cache_limit(bytes: _int) -> None:
    """Bounds the memory kept."""

def _set_check_nan(on: _bool) -> None:
    """Has sweeps look for NaN among gradients."""

def _set_grad_enabled(on: _bool) -> _bool:
    """Sets whether this thread records; returns what was."""

def _set_inference(on: _bool) -> _bool:
    """Takes this thread into inference mode or out of it; returns what was."""

def _set_log(ops: _bool, graph: _bool, memory: _bool) -> None:
    """Has operations, nodes and misses of the buffer cache told on standard error."""

def _settled(x: Tensor) -> Tensor:
    """A tensor without wrappings of levels that have ended."""

def _spaced(
    start: _Number,
    end: _Number,
    steps: _int,
    base: _float | None,
    dtype: _DTypeLike,
    requires_grad: _bool,
) -> Tensor:
    """Evenly spaced values; powers of `base` where one is given."""

def _span_close(key: _int) -> None:
    """Closes a named span."""

def _span_open(name: str) -> _int:
    """Opens a named span; what closes it."""

def _sweeps() -> _int:
    """How many backward passes were begun so far."""

def _to_dlpack(x: Tensor, versioned: _bool, copied: _bool) -> Any:
    """A capsule over a tensor's memory, versioned or not."""

def _track(x: Tensor) -> Tensor:
    """A fresh alias to differentiate with respect to."""

def _unpack_batched(value: Tensor, dim: _int, size: _int, level: _int) -> Tensor:
    """The batch behind a tensor, mapped dimension at `dim`."""

def _unpack_dual(dual: Tensor, level: _int) -> tuple[Tensor, Tensor | None]:
    """Primal and tangent (None where there is none)."""

def _unpack_saved(saved: list[SavedTensor | None], edge: Any = None) -> tuple[Tensor | None, ...]:
    """`_unpack_saved(saved, edge)`: the tensors of a list of `SavedTensor` and None."""

def _untrack(x: Tensor, tracked: Sequence[Tensor]) -> Tensor:
    """A result of a function that was differentiated, off the tape where only the tracked inputs had put it there."""

def _watch_begin() -> None:
    """Begins to watch this thread."""

def _watch_end() -> Recording:
    """Ends the innermost watch of this thread and returns what it saw."""

def _watch_so_far() -> Recording:
    """What the innermost watch of this thread has seen so far."""

def _zeros_like(x: Tensor) -> Tensor:
    """Zeros of the same shape and dtype, whatever wraps the tensor."""

def build_info() -> dict[str, str]:
    """Facts about the build and the machine."""

def can_cast(from_: _DTypeLike, to: _DTypeLike) -> _bool:
    """Whether a value of one dtype may be written into another: not float into integer, not integer into bool."""

def from_numpy(ndarray: NDArray[Any]) -> Tensor:
    """A tensor over a NumPy array's memory."""

def get_default_dtype() -> _DType:
    """The default dtype."""

def get_num_threads() -> _int:
    """How many threads kernels may use."""

def is_grad_enabled() -> _bool:
    """Whether this thread was told to record operations."""

def is_inference_mode_enabled() -> _bool:
    """Whether this thread is in inference mode."""

def is_tensor(ob: object) -> _bool:
    """Whether an object is a tensor."""

def ops() -> list[dict[str, Any]]:
    """Every row of the table as a dict, for tests and generators."""

def promote_types(type1: _DTypeLike, type2: _DTypeLike) -> _DType:
    """The narrowest dtype that values of both types can be cast to."""

def result_type(tensor1: Tensor | _Number, tensor2: Tensor | _Number) -> _DType:
    """The dtype of an arithmetic operation on two operands, tensors or numbers."""

def set_default_dtype(d: _DTypeLike) -> None:
    """Sets the default dtype: float32 or float64."""

def set_num_threads(n: _int) -> None:
    """Sets how many threads kernels may use."""

def tensor(
    data: Any,
    *,
    dtype: _DTypeLike | None = None,
    device: Any = None,
    requires_grad: _bool = False,
    pin_memory: _bool = False,
) -> Tensor:
    """`tensor(data, dtype=None, requires_grad=False)`: a new tensor with its own copy of the data."""

__all__ = [
    "Tensor",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "exp",
    "exp_",
    "log",
    "log_",
    "tanh",
    "tanh_",
    "sin",
    "sin_",
    "cos",
    "cos_",
    "sqrt",
    "sqrt_",
    "abs",
    "abs_",
    "absolute",
    "relu",
    "relu_",
    "sign",
    "sgn",
    "exp2",
    "exp2_",
    "expm1",
    "expm1_",
    "log2",
    "log2_",
    "log10",
    "log10_",
    "log1p",
    "log1p_",
    "rsqrt",
    "rsqrt_",
    "square",
    "square_",
    "reciprocal",
    "reciprocal_",
    "erf",
    "erf_",
    "deg2rad",
    "deg2rad_",
    "rad2deg",
    "rad2deg_",
    "sinc",
    "sinc_",
    "spherical_bessel_j0",
    "tan",
    "tan_",
    "asin",
    "asin_",
    "arcsin",
    "arcsin_",
    "acos",
    "acos_",
    "arccos",
    "arccos_",
    "atan",
    "atan_",
    "arctan",
    "arctan_",
    "sinh",
    "sinh_",
    "cosh",
    "cosh_",
    "asinh",
    "asinh_",
    "arcsinh",
    "arcsinh_",
    "acosh",
    "acosh_",
    "arccosh",
    "arccosh_",
    "atanh",
    "atanh_",
    "arctanh",
    "arctanh_",
    "floor",
    "floor_",
    "ceil",
    "ceil_",
    "trunc",
    "trunc_",
    "fix",
    "fix_",
    "round",
    "round_",
    "frac",
    "frac_",
    "sigmoid",
    "sigmoid_",
    "silu",
    "add",
    "sub",
    "subtract",
    "rsub",
    "mul",
    "multiply",
    "div",
    "divide",
    "true_divide",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "atan2",
    "arctan2",
    "hypot",
    "copysign",
    "logaddexp",
    "logaddexp2",
    "xlogy",
    "xlogy_",
    "fmod",
    "remainder",
    "floor_divide",
    "pow",
    "eq",
    "ne",
    "not_equal",
    "lt",
    "less",
    "le",
    "less_equal",
    "gt",
    "greater",
    "ge",
    "greater_equal",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_not",
    "bitwise_left_shift",
    "bitwise_right_shift",
    "logical_and",
    "logical_or",
    "logical_xor",
    "logical_not",
    "isnan",
    "isinf",
    "isfinite",
    "isposinf",
    "isneginf",
    "isreal",
    "signbit",
    "isclose",
    "allclose",
    "equal",
    "where",
    "clamp",
    "clamp_",
    "clip",
    "clip_",
    "clamp_min",
    "clamp_min_",
    "clamp_max",
    "clamp_max_",
    "lerp",
    "addcmul",
    "addcdiv",
    "gelu",
    "softplus",
    "nan_to_num",
    "nan_to_num_",
    "logit",
    "logit_",
    "heaviside",
    "positive",
    "erfc",
    "erfc_",
    "erfinv",
    "lgamma",
    "digamma",
    "i0",
    "i0_",
    "igamma",
    "igammac",
    "gcd",
    "gcd_",
    "lcm",
    "lcm_",
    "nextafter",
    "sum",
    "mean",
    "prod",
    "max",
    "min",
    "argmax",
    "argmin",
    "amax",
    "amin",
    "aminmax",
    "any",
    "all",
    "count_nonzero",
    "var",
    "std",
    "var_mean",
    "std_mean",
    "median",
    "mode",
    "nansum",
    "nanmean",
    "norm",
    "cumsum",
    "cumprod",
    "logcumsumexp",
    "cummax",
    "cummin",
    "diff",
    "softmax",
    "log_softmax",
    "logsumexp",
    "layer_norm",
    "nll_loss",
    "cross_entropy",
    "dot",
    "mv",
    "mm",
    "bmm",
    "matmul",
    "addmm",
    "addmv",
    "addmv_",
    "addbmm",
    "baddbmm",
    "addr",
    "outer",
    "ger",
    "inner",
    "tensordot",
    "kron",
    "vdot",
    "chain_matmul",
    "matrix_power",
    "trace",
    "cross",
    "cdist",
    "einsum",
    "reshape",
    "transpose",
    "swapaxes",
    "swapdims",
    "t",
    "permute",
    "unsqueeze",
    "squeeze",
    "select",
    "narrow",
    "diagonal",
    "diag",
    "diagflat",
    "diag_embed",
    "split",
    "chunk",
    "unbind",
    "tensor_split",
    "hsplit",
    "vsplit",
    "dsplit",
    "movedim",
    "moveaxis",
    "flatten",
    "unflatten",
    "ravel",
    "broadcast_to",
    "adjoint",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_tensors",
    "as_strided",
    "flip",
    "fliplr",
    "flipud",
    "rot90",
    "roll",
    "tile",
    "tril",
    "triu",
    "tril_indices",
    "triu_indices",
    "hstack",
    "vstack",
    "row_stack",
    "dstack",
    "column_stack",
    "block_diag",
    "meshgrid",
    "cartesian_prod",
    "combinations",
    "repeat_interleave",
    "cat",
    "concat",
    "concatenate",
    "stack",
    "clone",
    "gather",
    "scatter",
    "scatter_add",
    "nonzero",
    "argwhere",
    "masked_fill",
    "masked_select",
    "masked_scatter",
    "index_put",
    "scatter_reduce",
    "index_select",
    "index_add",
    "index_copy",
    "index_fill",
    "take",
    "put",
    "take_along_dim",
    "select_scatter",
    "slice_scatter",
    "diagonal_scatter",
    "sort",
    "argsort",
    "msort",
    "topk",
    "kthvalue",
    "bincount",
    "histc",
    "searchsorted",
    "bucketize",
    "isin",
    "unique",
    "unique_consecutive",
    "dtype",
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float32",
    "float64",
    "result_type",
    "promote_types",
    "can_cast",
    "get_default_dtype",
    "set_default_dtype",
    "tensor",
    "is_tensor",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "from_numpy",
    "set_num_threads",
    "get_num_threads",
]
