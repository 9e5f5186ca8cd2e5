# Written by tools/stubs.py from the compiled module: `make stubs`. Do not edit.
"""The compiled core of wengert."""

import builtins
from collections.abc import Callable, Iterator, Sequence
from types import EllipsisType
from typing import Any, NamedTuple, Self, SupportsIndex, TypeAlias, final, overload, type_check_only

from numpy.typing import NDArray
from typing_extensions import disjoint_base

from wengert._size import Size
from wengert.autograd.graph import RemovableHandle

# The module and Tensor have their own bool, float and dtype.
_bool: TypeAlias = builtins.bool
_float: TypeAlias = builtins.float
_Number: TypeAlias = int | _float | _bool
_DType: TypeAlias = dtype
_DTypeLike: TypeAlias = dtype | type[_float] | type[int] | type[_bool]
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
    def _remove_hook(self, id: int) -> None: ...
    def _sequence_nr(self) -> int:
        """A number larger than that of every input."""
    def name(self) -> str:
        """PyTorch's name of the node."""
    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """Pairs of the nodes of the inputs and which of their outputs; (None, 0) where no gradient is needed."""
    @property
    def site(self) -> tuple[str, int] | None:
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

@disjoint_base
class Tensor:
    """A value of one dtype in some shape, with the history that its derivative needs."""

    __array_priority__: int
    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    def __abs__(self) -> Tensor: ...
    def __add__(self, value: _Operand, /) -> Tensor: ...
    def __bool__(self) -> _bool: ...
    def __eq__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[override]
    def __float__(self) -> _float: ...
    def __ge__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __getitem__(self, key: _Index, /) -> Tensor: ...
    def __gt__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __hash__(self) -> int: ...
    def __iadd__(self, value: _Operand, /) -> Self: ...
    def __imul__(self, value: _Operand, /) -> Self: ...
    def __index__(self) -> int: ...
    def __int__(self) -> int: ...
    def __ipow__(self, value: _Operand, /) -> Self: ...  # type: ignore[misc]
    def __isub__(self, value: _Operand, /) -> Self: ...
    def __iter__(self) -> Iterator[Tensor]: ...
    def __itruediv__(self, value: _Operand, /) -> Self: ...
    def __le__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __len__(self) -> int: ...
    def __lt__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[misc]
    def __matmul__(self, value: _Operand, /) -> Tensor: ...
    def __mul__(self, value: _Operand, /) -> Tensor: ...
    def __ne__(self, value: _Operand, /) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor: ...
    def __pos__(self) -> Self: ...
    def __pow__(self, value: _Operand, mod: None = None, /) -> Tensor: ...
    def __radd__(self, value: _Operand, /) -> Tensor: ...
    def __rmatmul__(self, value: _Operand, /) -> Tensor: ...
    def __rmul__(self, value: _Operand, /) -> Tensor: ...
    def __rpow__(self, value: _Operand, mod: None = None, /) -> Tensor: ...
    def __rsub__(self, value: _Operand, /) -> Tensor: ...
    def __rtruediv__(self, value: _Operand, /) -> Tensor: ...
    def __setitem__(self, key: _Index, value: _Operand, /) -> None: ...
    def __sub__(self, value: _Operand, /) -> Tensor: ...
    def __truediv__(self, value: _Operand, /) -> Tensor: ...
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
    def _strides(self) -> tuple[int, ...]:
        """Strides in elements."""
    @property
    def _version(self) -> int:
        """Writes into its storage so far."""
    @property
    def data(self) -> Tensor:
        """The same storage without history; assigning replaces the storage."""
    @data.setter
    def data(self, value: Tensor) -> None: ...
    @property
    def device(self) -> str:
        """Where the tensor is: always the CPU."""
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
    def is_leaf(self) -> _bool:
        """Whether the program made it, rather than a recorded operation."""
    @property
    def mT(self) -> Tensor:
        """View with the last two dimensions exchanged."""
    @property
    def ndim(self) -> int:
        """Number of dimensions."""
    @property
    def output_nr(self) -> int:
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
    def sum(
        _self,
        dim: int | tuple[int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Sum over `dim` (all dimensions when None); integers and bool sum as int64 unless `dtype` is given."""
    def mean(
        _self,
        dim: int | tuple[int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Mean over `dim` (all dimensions when None) of a floating-point tensor."""
    def prod(
        _self,
        dim: int | tuple[int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Product over `dim` (all dimensions when None); integers and bool multiply as int64 unless `dtype` is given."""
    @overload
    def max(_self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""
    @overload
    def max(_self, dim: int, keepdim: _bool = False) -> _Max:
        """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""
    @overload
    def max(_self, dim: Tensor) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""
    @overload
    def min(_self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""
    @overload
    def min(_self, dim: int, keepdim: _bool = False) -> _Max:
        """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""
    @overload
    def min(_self, dim: Tensor) -> Tensor:
        """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""
    def argmax(_self, dim: int | None = None, keepdim: _bool = False) -> Tensor:
        """Index of the first largest element along `dim`, of the flattened tensor when None; NaN counts as largest."""
    def argmin(_self, dim: int | None = None, keepdim: _bool = False) -> Tensor:
        """Index of the first smallest element along `dim`, of the flattened tensor when None; NaN counts as smallest."""
    def amax(_self, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Largest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""
    def amin(_self, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Smallest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""
    def aminmax(_self, *, dim: int | None = None, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
        """Smallest and largest elements along `dim` (of all when None), as a named tuple (min, max)."""
    def any(_self, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Whether any element is not zero, over `dim` (all dimensions when None); NaN is not zero."""
    def all(_self, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
        """Whether no element is zero, over `dim` (all dimensions when None)."""
    def count_nonzero(_self, dim: int | tuple[int, ...] | None = None) -> Tensor:
        """Number of elements that are not zero, over `dim` (all dimensions when None), as int64."""
    def var(
        _self,
        dim: int | tuple[int, ...] | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: _Number | None = None,
    ) -> Tensor:
        """Variance over `dim` (all dimensions when None): squared deviations over max(0, n - `correction`)."""
    def std(
        _self,
        dim: int | tuple[int, ...] | _bool | None = None,
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
    def median(_self, dim: int, keepdim: _bool = False) -> _Max:
        """Lower median of all elements; along `dim`, medians and their indices: a named tuple (values, indices)."""
    def mode(_self, dim: int = -1, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
        """Most frequent elements along `dim`, the smallest of equally frequent ones, and their last indices."""
    def nansum(
        _self,
        dim: int | tuple[int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Sum over `dim` (all dimensions when None) of the elements that are not NaN."""
    def nanmean(
        _self,
        dim: int | tuple[int, ...] | None = None,
        keepdim: _bool = False,
        *,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Mean over `dim` (all dimensions when None) of the elements that are not NaN; NaN where there are none."""
    def norm(
        _self,
        p: _Number | str | None = "fro",
        dim: int | tuple[int, ...] | None = None,
        keepdim: _bool = False,
        dtype: _DTypeLike | None = None,
    ) -> Tensor:
        """Vector norm (sum |x|^p)^(1/p) over `dim` (all when None); p may be inf, -inf, 0 or 'fro' (2)."""
    def cumsum(_self, dim: int, *, dtype: _DTypeLike | None = None) -> Tensor:
        """Sum of the elements so far along `dim`; integers and bool sum as int64 unless `dtype` is given."""
    def cumprod(_self, dim: int, *, dtype: _DTypeLike | None = None) -> Tensor:
        """Product of the elements so far along `dim`; integers and bool multiply as int64 unless `dtype` is given."""
    def logcumsumexp(_self, dim: int) -> Tensor:
        """Logarithm of the sum of exponentials so far along `dim`, without overflow."""
    def cummax(_self, dim: int) -> tuple[Tensor, Tensor]:
        """Largest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""
    def cummin(_self, dim: int) -> tuple[Tensor, Tensor]:
        """Smallest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""
    def diff(_self, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
        """Differences of neighbours along `dim`, `n` times over; `prepend` and `append` are joined to the input first."""
    def softmax(_self, dim: int, dtype: _DTypeLike | None = None) -> Tensor:
        """Raises NotImplementedError for integers without `dtype`."""
    def log_softmax(_self, dim: int, dtype: _DTypeLike | None = None) -> Tensor:
        """x - log(sum exp(x)) along `dim`, after a cast to `dtype` if one is given: the logarithm of softmax."""
    def logsumexp(_self, dim: int | tuple[int, ...], keepdim: _bool = False) -> Tensor:
        """>>> import wengert >>> wengert.logsumexp(wengert.tensor([1000.0, 1000.0]), dim=0) tensor(1000.6931)"""
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
    def reshape(_self, *shape: int) -> Tensor:
        """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""
    @overload
    def reshape(_self, shape: Sequence[int]) -> Tensor:
        """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""
    @overload
    def view(_self, *shape: int) -> Tensor:
        """The same elements as `shape` (one size may be -1), always a view."""
    @overload
    def view(_self, shape: Sequence[int]) -> Tensor:
        """The same elements as `shape` (one size may be -1), always a view."""
    def transpose(_self, dim0: int, dim1: int) -> Tensor:
        """View with dimensions `dim0` and `dim1` exchanged."""
    def swapaxes(_self, dim0: int, dim1: int) -> Tensor:
        """View with dimensions `dim0` and `dim1` exchanged."""
    def swapdims(_self, dim0: int, dim1: int) -> Tensor:
        """View with dimensions `dim0` and `dim1` exchanged."""
    def t(_self) -> Tensor:
        """View of a matrix transposed; vectors and 0-d tensors as they are."""
    @overload
    def permute(_self, *dims: int) -> Tensor:
        """View with dimensions in the order `dims`."""
    @overload
    def permute(_self, dims: Sequence[int]) -> Tensor:
        """View with dimensions in the order `dims`."""
    @overload
    def expand(_self, *size: int) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    @overload
    def expand(_self, size: Sequence[int]) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    def unsqueeze(_self, dim: int) -> Tensor:
        """View with a dimension of size 1 inserted at `dim`."""
    def squeeze(_self, dim: int | tuple[int, ...] | None = None) -> Tensor:
        """View without dimensions of size 1: all of them, or those of `dim` that have size 1."""
    def select(_self, dim: int, index: int) -> Tensor:
        """View at one `index` of dimension `dim`, which disappears."""
    def narrow(_self, dim: int, start: int, length: int) -> Tensor:
        """View of `length` indices of dimension `dim`, from `start`."""
    def clone(_self, *, memory_format: object = None) -> Tensor:
        """Copy in fresh memory; gradients flow through."""
    def contiguous(_self) -> Tensor:
        """Itself where it is row-major, else a row-major copy."""
    def copy_(_self, src: Tensor, non_blocking: _bool = False) -> Self:
        """Overwrites the tensor with `src`, broadcast and cast; returns the tensor."""
    def fill_(_self, value: Tensor | _Number) -> Self:
        """Overwrites every element with `value`; returns the tensor."""
    def zero_(_self) -> Self:
        """Overwrites every element with 0; returns the tensor."""
    def __array__(self, dtype: Any = None, copy: _bool | None = None) -> Any: ...
    def __contains__(self, value: Any) -> Any: ...
    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor: ...
    def __format__(self, spec: str) -> str: ...
    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]: ...
    def __repr__(self) -> str: ...
    def __reversed__(self) -> Iterator[Tensor]: ...
    def _is_lifted(self) -> _bool:
        """Whether a transform has wrapped it."""
    def _is_view(self) -> _bool:
        """Whether it is a view of another tensor."""
    @staticmethod
    def _make_subclass(cls: type, data: Tensor, require_grad: Any = False) -> Tensor: ...
    def _references(self) -> tuple[int]:
        """References to its node, for tests."""
    def _retains_grad(self) -> _bool:
        """Whether .grad will be kept for it, a non-leaf."""
    def _share_numpy(self) -> NDArray[Any]:
        """A NumPy array over the same memory, whatever the history."""
    def _storage_id(self) -> int:
        """A number that is equal for tensors that share storage."""
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: _bool | None = None,
        create_graph: _bool = False,
        inputs: Any = None,
    ) -> None:
        """Accumulates the gradients of the leaves it depends on into their .grad."""
    def bool(self) -> Tensor:
        """The tensor as bool: where it is not 0."""
    def cpu(self) -> Tensor:
        """The tensor itself: it is there already."""
    def data_ptr(self) -> int:
        """Address of the first element."""
    def detach(self) -> Tensor:
        """The same storage and version, without history."""
    def detach_(self) -> Tensor:
        """Cuts the tensor from its history, in place."""
    def dim(self) -> int:
        """Number of dimensions."""
    def double(self) -> Tensor:
        """The tensor as float64."""
    def element_size(self) -> int:
        """Bytes per element."""
    def expand_as(self, other: Tensor) -> Tensor:
        """View expanded to the sizes of `other`."""
    def float(self) -> Tensor:
        """The tensor as float32."""
    def is_contiguous(self) -> _bool:
        """Whether elements lie in row-major order."""
    def is_floating_point(self) -> _bool:
        """Whether its dtype is a floating-point type."""
    def item(self) -> Any:
        """Its one value as a Python number. RuntimeError unless it has one element."""
    def long(self) -> Tensor:
        """The tensor as int64, truncated."""
    def ndimension(self) -> int:
        """Number of dimensions."""
    def nelement(self) -> int:
        """Number of elements."""
    def numel(self) -> int:
        """Number of elements."""
    def numpy(self, *, force: _bool = False) -> Any:
        """NumPy array that shares the tensor's memory."""
    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Calls `hook(grad)` whenever a backward has this tensor's gradient; what it returns replaces the gradient."""
    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Calls `hook(tensor)` whenever a gradient was accumulated into this leaf."""
    def requires_grad_(self, requires_grad: _bool = True) -> Self:
        """Has operations on it recorded (or not); returns it."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """The same elements with the sizes of `other`."""
    def retain_grad(self) -> None:
        """Keeps the gradient of a non-leaf in .grad as well."""
    def size(self, dim: int | None = None) -> Any:
        """Sizes as a Size, or that of one dimension."""
    def storage_offset(self) -> int:
        """Elements before the first in its storage."""
    def stride(self, dim: int | None = None) -> Any:
        """Strides in elements as a tuple, or that of one dimension."""
    def to(
        self,
        *args: Any,
        dtype: _DTypeLike | None = None,
        device: Any = None,
        copy: _bool = False,
        non_blocking: _bool = False,
    ) -> Tensor:
        """The tensor in another dtype: `to(dtype)`, `to(other)`, `to("cpu")`; itself where nothing changes."""
    def tolist(self) -> Any:
        """Its values as nested lists of Python numbers."""
    def type_as(self, other: Tensor) -> Tensor:
        """The tensor in the dtype of `other`."""
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
    def itemsize(self) -> int:
        """Bytes per element."""
    @property
    def name(self) -> str:
        """Its bare name."""

bool: _DType
float32: _DType
float64: _DType
int64: _DType

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

def where(condition: Tensor, input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """Elements of `input` where `condition` holds, else of `other`; shapes broadcast, dtypes promote."""

def sum(
    input: Tensor,
    dim: int | tuple[int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Sum over `dim` (all dimensions when None); integers and bool sum as int64 unless `dtype` is given."""

def mean(
    input: Tensor,
    dim: int | tuple[int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Mean over `dim` (all dimensions when None) of a floating-point tensor."""

def prod(
    input: Tensor,
    dim: int | tuple[int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Product over `dim` (all dimensions when None); integers and bool multiply as int64 unless `dtype` is given."""

@overload
def max(input: Tensor, dim: None = None, keepdim: _bool = False) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""

@overload
def max(input: Tensor, dim: int, keepdim: _bool = False) -> _Max:
    """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""

@overload
def max(input: Tensor, dim: Tensor) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices; of two tensors, the larger of each pair."""

@overload
def min(input: Tensor, dim: None = None, keepdim: _bool = False) -> Tensor:
    """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""

@overload
def min(input: Tensor, dim: int, keepdim: _bool = False) -> _Max:
    """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""

@overload
def min(input: Tensor, dim: Tensor) -> Tensor:
    """Smallest element; along `dim`, smallest values and their first indices; of two tensors, the smaller of each pair."""

def argmax(input: Tensor, dim: int | None = None, keepdim: _bool = False) -> Tensor:
    """Index of the first largest element along `dim`, of the flattened tensor when None; NaN counts as largest."""

def argmin(input: Tensor, dim: int | None = None, keepdim: _bool = False) -> Tensor:
    """Index of the first smallest element along `dim`, of the flattened tensor when None; NaN counts as smallest."""

def amax(input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Largest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""

def amin(input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Smallest elements over `dim` (all dimensions when None or empty); ties share the gradient evenly."""

def aminmax(input: Tensor, *, dim: int | None = None, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
    """Smallest and largest elements along `dim` (of all when None), as a named tuple (min, max)."""

def any(input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Whether any element is not zero, over `dim` (all dimensions when None); NaN is not zero."""

def all(input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: _bool = False) -> Tensor:
    """Whether no element is zero, over `dim` (all dimensions when None)."""

def count_nonzero(input: Tensor, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """Number of elements that are not zero, over `dim` (all dimensions when None), as int64."""

def var(
    input: Tensor,
    dim: int | tuple[int, ...] | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """Variance over `dim` (all dimensions when None): squared deviations over max(0, n - `correction`)."""

def std(
    input: Tensor,
    dim: int | tuple[int, ...] | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """Standard deviation over `dim` (all dimensions when None): the root of `var`. Where it is 0 its derivative is 0."""

def var_mean(
    input: Tensor,
    dim: int | tuple[int, ...] | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> tuple[Tensor, Tensor]:
    """Variance and mean over `dim` (all dimensions when None), as a tuple; see `var`."""

def std_mean(
    input: Tensor,
    dim: int | tuple[int, ...] | _bool | None = None,
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
def median(input: Tensor, dim: int, keepdim: _bool = False) -> _Max:
    """Lower median of all elements; along `dim`, medians and their indices: a named tuple (values, indices)."""

def mode(input: Tensor, dim: int = -1, keepdim: _bool = False) -> tuple[Tensor, Tensor]:
    """Most frequent elements along `dim`, the smallest of equally frequent ones, and their last indices."""

def nansum(
    input: Tensor,
    dim: int | tuple[int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Sum over `dim` (all dimensions when None) of the elements that are not NaN."""

def nanmean(
    input: Tensor,
    dim: int | tuple[int, ...] | None = None,
    keepdim: _bool = False,
    *,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Mean over `dim` (all dimensions when None) of the elements that are not NaN; NaN where there are none."""

def norm(
    input: Tensor,
    p: _Number | str | None = "fro",
    dim: int | tuple[int, ...] | None = None,
    keepdim: _bool = False,
    dtype: _DTypeLike | None = None,
) -> Tensor:
    """Vector norm (sum |x|^p)^(1/p) over `dim` (all when None); p may be inf, -inf, 0 or 'fro' (2)."""

def cumsum(input: Tensor, dim: int, *, dtype: _DTypeLike | None = None) -> Tensor:
    """Sum of the elements so far along `dim`; integers and bool sum as int64 unless `dtype` is given."""

def cumprod(input: Tensor, dim: int, *, dtype: _DTypeLike | None = None) -> Tensor:
    """Product of the elements so far along `dim`; integers and bool multiply as int64 unless `dtype` is given."""

def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """Logarithm of the sum of exponentials so far along `dim`, without overflow."""

def cummax(input: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """Largest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""

def cummin(input: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """Smallest element so far along `dim` and where it was, the last place of equal ones: a named tuple (values, indices)."""

def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Tensor:
    """Differences of neighbours along `dim`, `n` times over; `prepend` and `append` are joined to the input first."""

def softmax(input: Tensor, dim: int, dtype: _DTypeLike | None = None) -> Tensor:
    """Raises NotImplementedError for integers without `dtype`."""

def log_softmax(input: Tensor, dim: int, dtype: _DTypeLike | None = None) -> Tensor:
    """x - log(sum exp(x)) along `dim`, after a cast to `dtype` if one is given: the logarithm of softmax."""

def logsumexp(input: Tensor, dim: int | tuple[int, ...], keepdim: _bool = False) -> Tensor:
    """>>> import wengert >>> wengert.logsumexp(wengert.tensor([1000.0, 1000.0]), dim=0) tensor(1000.6931)"""

def layer_norm(
    input: Tensor,
    normalized_shape: tuple[int, ...],
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
    ignore_index: int = -100,
    reduce: _bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Negative log-likelihood -x[target] of log-probabilities of shape (C), (N, C) or (N, C, d1, ...)."""

def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: _bool | None = None,
    ignore_index: int = -100,
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

@overload
def reshape(input: Tensor, *shape: int) -> Tensor:
    """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""

@overload
def reshape(input: Tensor, shape: Sequence[int]) -> Tensor:
    """The same elements as `shape` (one size may be -1): a view where strides allow, else a copy."""

def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """View with dimensions `dim0` and `dim1` exchanged."""

def swapaxes(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """View with dimensions `dim0` and `dim1` exchanged."""

def swapdims(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """View with dimensions `dim0` and `dim1` exchanged."""

def t(input: Tensor) -> Tensor:
    """View of a matrix transposed; vectors and 0-d tensors as they are."""

@overload
def permute(input: Tensor, *dims: int) -> Tensor:
    """View with dimensions in the order `dims`."""

@overload
def permute(input: Tensor, dims: Sequence[int]) -> Tensor:
    """View with dimensions in the order `dims`."""

def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """View with a dimension of size 1 inserted at `dim`."""

def squeeze(input: Tensor, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """View without dimensions of size 1: all of them, or those of `dim` that have size 1."""

def select(input: Tensor, dim: int, index: int) -> Tensor:
    """View at one `index` of dimension `dim`, which disappears."""

def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """View of `length` indices of dimension `dim`, from `start`."""

def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def concat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def concatenate(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an existing dimension; shapes agree in the others, dtypes promote."""

def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
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

def _enter_level(size: int | None = None) -> int:
    """Starts a transform: a map over `size`, or forward mode where it is None."""

def _full(shape: Sequence[int], value: _Number, dtype: _DTypeLike | None, requires_grad: _bool) -> Tensor:
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

def _leave_level(level: int) -> None:
    """Ends a transform."""

def _make_batched(value: Tensor, dim: int, level: int) -> Tensor:
    """A batch mapped over dimension `dim`."""

def _make_dual(primal: Tensor, tangent: Tensor, level: int) -> Tensor:
    """A dual number."""

def _make_subclass(cls: type, data: Tensor, requires_grad: _bool) -> Any:
    """An instance of a Tensor subclass over the same storage."""

def _placed_in(x: Tensor, storage: Tensor) -> Tensor:
    """The elements of a copied storage at the place of a tensor."""

def _random(shape: Sequence[int], normal: _bool, dtype: _DTypeLike | None, requires_grad: _bool) -> Tensor:
    """Random numbers: standard normal or uniform."""

def _random_state() -> tuple[int, int]:
    """Seed and position of the default generator."""

def _record_function(
    name: str,
    ctx: Any,
    inputs: Sequence[Tensor | None],
    outputs: Sequence[Tensor],
) -> tuple[Tensor, ...]:
    """`_record_function(name, ctx, inputs, outputs)`: the outputs as results of one node. `inputs` are the tensors (or None) in the order of the backward's results."""

def _register_hook(tensor: Tensor, hook: Callable[[Tensor], Tensor | None], post: _bool) -> int:
    """`_register_hook(tensor, hook, post)`: the hook's id at the tensor's node."""

def _seed(seed: int) -> None:
    """Restarts the default generator."""

def _set_grad_enabled(on: _bool) -> _bool:
    """Sets whether this thread records; returns what was."""

def _set_random_state(seed: int, drawn: int) -> None:
    """Puts the default generator into a state."""

def _track(x: Tensor) -> Tensor:
    """A fresh alias to differentiate with respect to."""

def _unpack_batched(value: Tensor, dim: int, size: int, level: int) -> Tensor:
    """The batch behind a tensor, mapped dimension at `dim`."""

def _unpack_dual(dual: Tensor, level: int) -> tuple[Tensor, Tensor]:
    """Primal and tangent (zeros where there is none)."""

def _untrack(x: Tensor, tracked: Sequence[Tensor]) -> Tensor:
    """A result of a function that was differentiated, off the tape where only the tracked inputs had put it there."""

def _zeros_like(x: Tensor) -> Tensor:
    """Zeros of the same shape and dtype, whatever wraps the tensor."""

def build_info() -> dict[str, str]:
    """Facts about the build and the machine."""

def from_numpy(ndarray: NDArray[Any]) -> Tensor:
    """A tensor over a NumPy array's memory."""

def get_default_dtype() -> _DType:
    """The default dtype."""

def get_num_threads() -> int:
    """How many threads kernels may use."""

def is_grad_enabled() -> _bool:
    """Whether this thread records."""

def is_tensor(ob: object) -> _bool:
    """Whether an object is a tensor."""

def ops() -> list[dict[str, Any]]:
    """Every row of the table as a dict, for tests and generators."""

def set_default_dtype(d: _DTypeLike) -> None:
    """Sets the default dtype: float32 or float64."""

def set_num_threads(n: int) -> None:
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
    "add",
    "sub",
    "subtract",
    "rsub",
    "mul",
    "multiply",
    "div",
    "divide",
    "true_divide",
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
    "where",
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
    "int64",
    "float32",
    "float64",
    "tensor",
    "is_tensor",
    "is_grad_enabled",
    "get_default_dtype",
    "set_default_dtype",
    "from_numpy",
    "set_num_threads",
    "get_num_threads",
]
