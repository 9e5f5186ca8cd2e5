# Written by tools/stubs.py from the compiled module: `make stubs`. Do not edit.
"""The compiled core of wengert."""

import builtins
from collections.abc import Callable, Iterator, Sequence
from types import EllipsisType
from typing import Any, NamedTuple, Self, SupportsIndex, TypeAlias, final, overload, type_check_only

from numpy.typing import NDArray
from typing_extensions import disjoint_base

from wengert._device import device as _device, layout as _layout
from wengert._interchange import DLDeviceType
from wengert._kinds import UntypedStorage
from wengert._random import Generator
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
    def _remove_hook(self, id: _int) -> None: ...
    def _sequence_nr(self) -> _int:
        """A number larger than that of every input."""
    def name(self) -> str:
        """PyTorch's name of the node."""
    @property
    def next_functions(self) -> tuple[tuple[Node | None, _int], ...]:
        """Pairs of the nodes of the inputs and which of their outputs; (None, 0) where no gradient is needed."""
    @property
    def site(self) -> tuple[str, _int] | None:
        """File and line that recorded it, or None."""
    @property
    def variable(self) -> Tensor | None:
        """The leaf tensor of an AccumulateGrad node, as long as it is alive; else None."""

@final
class SavedEdge:
    """The edge of the node whose rule runs, for outputs that were saved."""

@final
class SavedTensor:
    """A tensor kept for a backward: its value is protected from later writes, and an output of the very node is kept without its history, which would be a cycle."""
    def __new__(cls, tensor: Tensor, output: int | None = None) -> Self: ...
    def release(self) -> None:
        """Gives the value back."""
    def unpack(self, edge: SavedEdge) -> Tensor:
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
    def rsub(_self, other: Tensor | _Number) -> Tensor:
        """Difference the other way round: other - input."""
    def rsub_(_self, other: Tensor | _Number) -> Self:
        """Difference the other way round: other - input."""
    def mul(_self, other: Tensor | _Number) -> Tensor:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def mul_(_self, other: Tensor | _Number) -> Self:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def multiply(_self, other: Tensor | _Number) -> Tensor:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def multiply_(_self, other: Tensor | _Number) -> Self:
        """Product of two tensors, or of a tensor and a number, with broadcasting."""
    def div(_self, other: Tensor | _Number) -> Tensor:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def div_(_self, other: Tensor | _Number) -> Self:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def divide(_self, other: Tensor | _Number) -> Tensor:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def divide_(_self, other: Tensor | _Number) -> Self:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def true_divide(_self, other: Tensor | _Number) -> Tensor:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def true_divide_(_self, other: Tensor | _Number) -> Self:
        """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""
    def maximum(_self, other: Tensor | _Number) -> Tensor:
        """Larger of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient."""
    def maximum_(_self, other: Tensor | _Number) -> Self:
        """Larger of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient."""
    def minimum(_self, other: Tensor | _Number) -> Tensor:
        """Smaller of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient."""
    def minimum_(_self, other: Tensor | _Number) -> Self:
        """Smaller of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient."""
    def atan2(_self, other: Tensor | _Number) -> Tensor:
        """Angle of the point (other, input) in radians, in -pi..pi."""
    def atan2_(_self, other: Tensor | _Number) -> Self:
        """Angle of the point (other, input) in radians, in -pi..pi."""
    def arctan2(_self, other: Tensor | _Number) -> Tensor:
        """Angle of the point (other, input) in radians, in -pi..pi."""
    def arctan2_(_self, other: Tensor | _Number) -> Self:
        """Angle of the point (other, input) in radians, in -pi..pi."""
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
    def ne(_self, other: Tensor | _Number) -> Tensor:
        """Where elements differ, as bool, with broadcasting."""
    def not_equal(_self, other: Tensor | _Number) -> Tensor:
        """Where elements differ, as bool, with broadcasting."""
    def lt(_self, other: Tensor | _Number) -> Tensor:
        """Where `input < other`, as bool, with broadcasting."""
    def less(_self, other: Tensor | _Number) -> Tensor:
        """Where `input < other`, as bool, with broadcasting."""
    def le(_self, other: Tensor | _Number) -> Tensor:
        """Where `input <= other`, as bool, with broadcasting."""
    def less_equal(_self, other: Tensor | _Number) -> Tensor:
        """Where `input <= other`, as bool, with broadcasting."""
    def gt(_self, other: Tensor | _Number) -> Tensor:
        """Where `input > other`, as bool, with broadcasting."""
    def greater(_self, other: Tensor | _Number) -> Tensor:
        """Where `input > other`, as bool, with broadcasting."""
    def ge(_self, other: Tensor | _Number) -> Tensor:
        """Where `input >= other`, as bool, with broadcasting."""
    def greater_equal(_self, other: Tensor | _Number) -> Tensor:
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
    @overload
    def max(_self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices."""
    @overload
    def max(_self, dim: _int, keepdim: _bool = False) -> _Max:
        """Largest element; along `dim`, largest values and their first indices."""
    @overload
    def max(_self, dim: Tensor) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices."""
    def norm(
        _self,
        p: _Number | str | None = "fro",
        dim: _int | tuple[_int, ...] | None = None,
        keepdim: _bool = False,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Vector norm (sum |x|^p)^(1/p) over `dim` (all when None); p may be inf, -inf, 0 or 'fro' (2)."""
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
    @overload
    def reshape(_self, *shape: _int) -> Tensor:
        """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""
    @overload
    def reshape(_self, shape: Sequence[_int]) -> Tensor:
        """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""
    @overload
    def view(_self, *shape: _int) -> Tensor:
        """The same elements as `shape` (one size may be -1), always a view."""
    @overload
    def view(_self, shape: Sequence[_int]) -> Tensor:
        """The same elements as `shape` (one size may be -1), always a view."""
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
    def narrow(_self, dim: _int, start: _int, length: _int) -> Tensor:
        """View of `length` indices of dimension `dim`, from `start`."""
    def clone(_self, *, memory_format: object = None) -> Tensor:
        """Copy in fresh memory; gradients flow through."""
    def contiguous(_self, memory_format: object = None) -> Tensor:
        """Itself where it is row-major, else a row-major copy."""
    def copy_(_self, src: Tensor | _Number, non_blocking: _bool = False) -> Self:
        """Overwrites the tensor with `src`, broadcast and cast; returns the tensor."""
    def fill_(_self, value: Tensor | _Number) -> Self:
        """Overwrites every element with `value`; returns the tensor."""
    def zero_(_self) -> Self:
        """Overwrites every element with 0; returns the tensor."""
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
    def __reversed__(self) -> Iterator[Tensor]: ...
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
    def _retains_grad(self) -> _bool:
        """Whether .grad will be kept for it, a non-leaf."""
    def _share_numpy(self) -> NDArray[Any]:
        """A NumPy array over the same memory, whatever the history."""
    def _storage_bytes(self) -> _int:
        """Bytes of the whole storage."""
    def _storage_id(self) -> _int:
        """A number that is equal for tensors that share storage."""
    def apply_(self, callable: Callable[[Any], Any]) -> Tensor:
        """Replaces each element x by `callable(x)`, one after the other in Python. Returns the tensor."""
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: _bool | None = None,
        create_graph: _bool = False,
        inputs: Any = None,
    ) -> None:
        """Accumulates the gradients of the leaves it depends on into their .grad."""
    def bernoulli(
        self,
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
    def bool(self) -> Tensor:
        """The tensor as bool: where it is not 0."""
    def byte(self) -> Tensor:
        """The tensor as uint8, truncated; integers keep their low bits."""
    def cauchy_(self, median: _float = 0.0, sigma: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with numbers of the Cauchy distribution."""
    def char(self) -> Tensor:
        """The tensor as int8, truncated; integers keep their low bits."""
    def cpu(self, memory_format: Any = None) -> Tensor:
        """The tensor itself: it is there already."""
    def cuda(self, device: Any = None, non_blocking: _bool = False) -> Tensor:
        """Raises RuntimeError: tensors are on the CPU."""
    def data_ptr(self) -> _int:
        """Address of the first element."""
    def detach(self) -> Tensor:
        """The same storage and version, without history."""
    def detach_(self) -> Tensor:
        """Cuts the tensor from its history, in place."""
    def dim(self) -> _int:
        """Number of dimensions."""
    def double(self) -> Tensor:
        """The tensor as float64."""
    def element_size(self) -> _int:
        """Bytes per element."""
    def expand_as(self, other: Tensor) -> Tensor:
        """View expanded to the sizes of `other`."""
    def exponential_(self, lambd: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with exponential numbers of the rate `lambd`."""
    def float(self) -> Tensor:
        """The tensor as float32."""
    def geometric_(self, p: _float, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with the number of trials until the first success of probability `p`."""
    def get_device(self) -> _int:
        """Number of the GPU it is on: -1, for the CPU."""
    def half(self) -> Tensor:
        """Raises TypeError: there are no floats of 16 bits."""
    def int(self) -> Tensor:
        """The tensor as int32, truncated; integers keep their low bits."""
    def is_complex(self) -> Any:
        """Whether its dtype is a complex type: never."""
    def is_conj(self) -> Any:
        """Whether its conjugation is put off: never."""
    def is_contiguous(self, memory_format: Any = None) -> Any:
        """Whether elements lie in row-major order, or in that of `memory_format`."""
    def is_floating_point(self) -> _bool:
        """Whether its dtype is a floating-point type."""
    def is_inference(self) -> Any:
        """Whether it was made in an inference mode: never."""
    def is_neg(self) -> Any:
        """Whether its negation is put off: never."""
    def is_nonzero(self) -> Any:
        """Whether its one element is not 0."""
    def is_pinned(self) -> Any:
        """Whether its memory is pinned for a GPU: never."""
    def is_same_size(self, other: Tensor) -> Any:
        """Whether both have the same shape."""
    def is_set_to(self, tensor: Tensor) -> Any:
        """Whether both are the same elements: one address, one shape, the same strides."""
    def is_shared(self) -> Any:
        """Whether it lies in memory that other processes see: never."""
    def is_signed(self) -> Any:
        """Whether its dtype has negative values."""
    def item(self) -> Any:
        """Its one value as a Python number. RuntimeError unless it has one element."""
    def log_normal_(self, mean: _float = 1.0, std: _float = 2.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with numbers whose logarithms are normal, with this mean and standard deviation."""
    def long(self) -> Tensor:
        """The tensor as int64, truncated."""
    def map_(self, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
        """Replaces each element x by `callable(x, y)` with y that of `tensor`. Returns the tensor."""
    def multinomial(
        self,
        num_samples: _int,
        replacement: _bool = False,
        *,
        generator: Generator | None = None,
        out: Tensor | None = None,
    ) -> Tensor:
        """Indices drawn from each row of `input` with probabilities in proportion to its values, int64 of shape (rows, num_samples), or (num_samples,) for one dimension. Without replacement no index comes twice (Efraimidis and Spirakis 2006)."""
    def ndimension(self) -> _int:
        """Number of dimensions."""
    def nelement(self) -> _int:
        """Number of elements."""
    def new(self, *args: Any) -> Tensor:
        """A tensor of the same dtype from sizes (zeros) or from data; `new_empty` and `new_tensor` say which."""
    def new_empty(self, *size: Any, **kw: Any) -> Tensor:
        """A tensor of the given sizes in the dtype of the tensor; its values are not to be relied upon (they are zeros)."""
    def new_full(self, size: Any, fill_value: _Number, **kw: Any) -> Tensor:
        """One value in the given sizes and the dtype of the tensor, unless `dtype` is given."""
    def new_ones(self, *size: Any, **kw: Any) -> Tensor:
        """Ones of the given sizes in the dtype of the tensor, unless `dtype` is given."""
    def new_tensor(self, data: Any, **kw: Any) -> Tensor:
        """A copy of the data in the dtype of the tensor, unless `dtype` is given."""
    def new_zeros(self, *size: Any, **kw: Any) -> Tensor:
        """Zeros of the given sizes in the dtype of the tensor, unless `dtype` is given."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Overwrites the elements with normal numbers."""
    def numel(self) -> _int:
        """Number of elements."""
    def numpy(self, *, force: _bool = False) -> Any:
        """NumPy array that shares the tensor's memory."""
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
    def requires_grad_(self, requires_grad: _bool = True) -> Self:
        """Has operations on it recorded (or not); returns it."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """The same elements with the sizes of `other`."""
    def resolve_conj(self) -> Tensor:
        """The tensor itself: no conjugation is put off."""
    def resolve_neg(self) -> Tensor:
        """The tensor itself: no negation is put off."""
    def retain_grad(self) -> None:
        """Keeps the gradient of a non-leaf in .grad as well."""
    def share_memory_(self) -> Tensor:
        """The tensor itself: a child process made by a fork sees what was written before."""
    def short(self) -> Tensor:
        """The tensor as int16, truncated; integers keep their low bits."""
    def size(self, dim: _int | None = None) -> Any:
        """Sizes as a Size, or that of one dimension."""
    def storage_offset(self) -> _int:
        """Elements before the first in its storage."""
    def stride(self, dim: _int | None = None) -> Any:
        """Strides in elements as a tuple, or that of one dimension."""
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
    def to_device(self, device: Any, *, stream: Any = None) -> Tensor:
        """The tensor itself: it is on the CPU, the only device."""
    def tolist(self) -> Any:
        """Its values as nested lists of Python numbers."""
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
    def untyped_storage(self) -> UntypedStorage:
        """The memory that the tensor and its views share."""
    def view_as(self, other: Tensor) -> Tensor:
        """View with the sizes of `other`."""

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

def rsub(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Difference the other way round: other - input."""

def mul(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Product of two tensors, or of a tensor and a number, with broadcasting."""

def multiply(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Product of two tensors, or of a tensor and a number, with broadcasting."""

def div(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""

def divide(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""

def true_divide(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Quotient of two tensors, or of a tensor and a number, with broadcasting; integers give floats."""

def maximum(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Larger of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient."""

def minimum(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Smaller of two elements, with broadcasting; nan if either is. Where both are equal each gets half of the gradient."""

def atan2(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Angle of the point (other, input) in radians, in -pi..pi."""

def arctan2(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Angle of the point (other, input) in radians, in -pi..pi."""

def hypot(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Length sqrt(input^2 + other^2), without overflow on the way."""

def copysign(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Magnitude of input with the sign of other."""

def logaddexp(input: Tensor, other: Tensor | _Number) -> Tensor:
    """>>> import wengert >>> wengert.logaddexp(wengert.tensor([0.0, 100.0]), wengert.tensor([0.0, 100.0])) tensor([  0.6931, 100.6931])"""

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

def where(condition: Tensor, input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
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

@overload
def max(input: Tensor, dim: None = None, keepdim: _bool = False) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices."""

@overload
def max(input: Tensor, dim: _int, keepdim: _bool = False) -> _Max:
    """Largest element; along `dim`, largest values and their first indices."""

@overload
def max(input: Tensor, dim: Tensor) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices."""

def norm(
    input: Tensor,
    p: _Number | str | None = "fro",
    dim: _int | tuple[_int, ...] | None = None,
    keepdim: _bool = False,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Vector norm (sum |x|^p)^(1/p) over `dim` (all when None); p may be inf, -inf, 0 or 'fro' (2)."""

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

def narrow(input: Tensor, dim: _int, start: _int, length: _int) -> Tensor:
    """View of `length` indices of dimension `dim`, from `start`."""

def cat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def concat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def concatenate(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def stack(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension."""

def clone(input: Tensor, *, memory_format: object = None) -> Tensor:
    """Copy in fresh memory; gradients flow through."""

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

def _cast(x: Tensor, dtype: _DTypeLike, copy: _bool) -> Tensor:
    """The tensor in another dtype, or itself."""

def _copy_storage(x: Tensor) -> Tensor:
    """A copy of a tensor's whole storage."""

def _detach_(x: Tensor) -> None:
    """Cuts a tensor from its history, in place."""

def _enter_level(size: _int | None = None) -> _int:
    """Starts a transform: a map over `size`, or forward mode where it is None."""

def _eye(n: _int, m: _int, dtype: _DTypeLike, requires_grad: _bool) -> Tensor:
    """Zeros with ones on the diagonal."""

def _from_dlpack(capsule: object) -> Tensor:
    """A tensor over the memory that a capsule describes; the capsule is used up."""

def _full(shape: Sequence[_int], value: _Number, dtype: _DTypeLike | None, requires_grad: _bool) -> Tensor:
    """A tensor of one value."""

def _grad(
    outputs: Sequence[Tensor],
    inputs: Sequence[Tensor],
    grad_outputs: Sequence[Tensor | None],
    retain_graph: _bool,
    create_graph: _bool | None,
) -> tuple[Any, ...]:
    """`_grad(outputs, inputs, grad_outputs, retain_graph, create_graph)`: a tuple with None where unused. `create_graph` None means: if the outputs depend on more of the tape than the inputs."""

def _install(package: str) -> None:
    """Tells the core where this package lies, so that its own frames are passed over when an operation is recorded."""

def _is_capsule(ob: object) -> _bool:
    """Refuses what is no capsule and cannot give one."""

def _leave_level(level: _int) -> None:
    """Ends a transform."""

def _make_batched(value: Tensor, dim: _int, level: _int) -> Tensor:
    """A batch mapped over dimension `dim`."""

def _make_dual(primal: Tensor, tangent: Tensor, level: _int) -> Tensor:
    """A dual number."""

def _make_subclass(cls: type, data: Tensor, requires_grad: _bool) -> Any:
    """An instance of a Tensor subclass over the same storage."""

def _placed_in(x: Tensor, storage: Tensor) -> Tensor:
    """The elements of a copied storage at the place of a tensor."""

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

def _record_function(
    name: str,
    ctx: Any,
    inputs: Sequence[Tensor | None],
    outputs: Sequence[Tensor],
) -> tuple[Tensor, ...]:
    """`_record_function(name, ctx, inputs, outputs)`: the outputs as results of one node. `inputs` are the tensors (or None) in the order of the backward's results."""

def _register_hook(tensor: Tensor, hook: Callable[[Tensor], Tensor | None], post: _bool) -> _int:
    """`_register_hook(tensor, hook, post)`: the hook's id at the tensor's node."""

def _set_grad_enabled(on: _bool) -> _bool:
    """Sets whether this thread records; returns what was."""

def _spaced(
    start: _Number,
    end: _Number,
    steps: _int,
    base: _float | None,
    dtype: _DTypeLike,
    requires_grad: _bool,
) -> Tensor:
    """Evenly spaced values; powers of `base` where one is given."""

def _to_dlpack(x: Tensor, versioned: _bool, copied: _bool) -> Any:
    """A capsule over a tensor's memory, versioned or not."""

def _track(x: Tensor) -> Tensor:
    """A fresh alias to differentiate with respect to."""

def _unpack_batched(value: Tensor, dim: _int, size: _int, level: _int) -> Tensor:
    """The batch behind a tensor, mapped dimension at `dim`."""

def _unpack_dual(dual: Tensor, level: _int) -> tuple[Tensor, Tensor]:
    """Primal and tangent (zeros where there is none)."""

def _untrack(x: Tensor, tracked: Sequence[Tensor]) -> Tensor:
    """A result of a function that was differentiated, off the tape where only the tracked inputs had put it there."""

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
    """Whether this thread records."""

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
    "negative",
    "exp",
    "log",
    "tanh",
    "sin",
    "cos",
    "sqrt",
    "abs",
    "absolute",
    "relu",
    "sign",
    "sgn",
    "exp2",
    "expm1",
    "log2",
    "log10",
    "log1p",
    "rsqrt",
    "square",
    "reciprocal",
    "erf",
    "tan",
    "asin",
    "arcsin",
    "acos",
    "arccos",
    "atan",
    "arctan",
    "sinh",
    "cosh",
    "asinh",
    "arcsinh",
    "acosh",
    "arccosh",
    "atanh",
    "arctanh",
    "floor",
    "ceil",
    "trunc",
    "fix",
    "frac",
    "sigmoid",
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
    "atan2",
    "arctan2",
    "hypot",
    "copysign",
    "logaddexp",
    "xlogy",
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
    "isclose",
    "allclose",
    "equal",
    "where",
    "clamp",
    "clip",
    "clamp_min",
    "clamp_max",
    "lerp",
    "addcmul",
    "addcdiv",
    "gelu",
    "softplus",
    "sum",
    "mean",
    "max",
    "norm",
    "dot",
    "mv",
    "mm",
    "bmm",
    "matmul",
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
    "cat",
    "concat",
    "concatenate",
    "stack",
    "clone",
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
    "from_numpy",
    "set_num_threads",
    "get_num_threads",
]
