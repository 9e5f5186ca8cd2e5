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
    def mH(self) -> Tensor:
        """View with the last two dimensions exchanged, for real numbers the same as mT."""
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
    @overload
    def max(_self, dim: None = None, keepdim: _bool = False) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices."""
    @overload
    def max(_self, dim: int, keepdim: _bool = False) -> _Max:
        """Largest element; along `dim`, largest values and their first indices."""
    @overload
    def max(_self, dim: Tensor) -> Tensor:
        """Largest element; along `dim`, largest values and their first indices."""
    def norm(
        _self,
        p: _Number | str | None = "fro",
        dim: int | tuple[int, ...] | None = None,
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
    def addmm(_self, mat1: Tensor, mat2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * (mat1 @ mat2)`; `input` broadcasts to the product's shape. With a beta of 0 the values of `input` do not matter."""
    def addmv(_self, mat: Tensor, vec: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * (mat @ vec)`; `input` broadcasts to the product's shape."""
    def addbmm(_self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * sum of batch1[i] @ batch2[i]`; `input` broadcasts to the product's shape."""
    def baddbmm(_self, batch1: Tensor, batch2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
        """`beta * input + alpha * (batch1 @ batch2)` for each of a batch; `input` broadcasts to the product's shape."""
    def addr(_self, vec1: Tensor, vec2: Tensor, *, beta: _Number = 1, alpha: _Number = 1) -> Tensor:
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
    def matrix_power(_self, n: int) -> Tensor:
        """Matrices to a whole power, by squaring."""
    def trace(_self) -> Tensor:
        """Sum of the main diagonal of a matrix."""
    def cross(_self, other: Tensor, dim: int | None = None) -> Tensor:
        """Vector product along `dim`, by default the first dimension of size 3."""
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
    def narrow(_self, dim: int, start: int | Tensor, length: int) -> Tensor:
        """View of `length` indices of dimension `dim`, from `start` (a number or a 0-d tensor of integers)."""
    def diagonal(_self, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
        """View of the diagonal of dimensions `dim1` and `dim2`: their place is taken by one dimension, the last. A positive `offset` is above the main diagonal, a negative one below it."""
    def diag(_self, diagonal: int = 0) -> Tensor:
        """A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy)."""
    def diagflat(_self, offset: int = 0) -> Tensor:
        """The elements, in order, on the diagonal of a matrix."""
    def diag_embed(_self, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
        """The last dimension on the diagonal of two new dimensions, `dim1` and `dim2` of the result; zeros elsewhere."""
    def squeeze_(_self, dim: int | tuple[int, ...] | None = None) -> Self:
        """Drops dimensions of size 1 of the tensor itself: all of them, or those of `dim`; returns the tensor."""
    def unsqueeze_(_self, dim: int) -> Self:
        """Inserts a dimension of size 1 at `dim` into the tensor itself; returns the tensor."""
    def transpose_(_self, dim0: int, dim1: int) -> Self:
        """Exchanges dimensions `dim0` and `dim1` of the tensor itself; returns the tensor."""
    def swapaxes_(_self, dim0: int, dim1: int) -> Self:
        """Exchanges dimensions `dim0` and `dim1` of the tensor itself; returns the tensor."""
    def swapdims_(_self, dim0: int, dim1: int) -> Self:
        """Exchanges dimensions `dim0` and `dim1` of the tensor itself; returns the tensor."""
    def t_(_self) -> Self:
        """Transposes the tensor itself, a matrix (vectors and 0-d tensors stay as they are); returns the tensor."""
    def split(_self, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
        """Views of parts of dimension `dim`: of one size (the last may be shorter), or of the sizes listed."""
    def chunk(_self, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
        """Views of at most `chunks` parts of dimension `dim`, all of one size but the last."""
    def unbind(_self, dim: int = 0) -> tuple[Tensor, ...]:
        """Views at each index of dimension `dim`, which disappears."""
    def tensor_split(_self, indices_or_sections: int | Sequence[int] | Tensor, dim: int = 0) -> tuple[Tensor, ...]:
        """Views of parts of dimension `dim`: so many, the first ones longer by one where it does not divide, or cut before the given indices."""
    def hsplit(_self, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
        """Views of parts along the second dimension (of a vector: the first), in equal sections or cut before indices."""
    def vsplit(_self, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
        """Views of parts along the first dimension, in equal sections or cut before indices."""
    def dsplit(_self, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
        """Views of parts along the third dimension, in equal sections or cut before indices."""
    def movedim(_self, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Tensor:
        """View with the dimensions at `source` moved to `destination`; the others keep their order."""
    def moveaxis(_self, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Tensor:
        """View with the dimensions at `source` moved to `destination`; the others keep their order."""
    def flatten(_self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        """Dimensions `start_dim` to `end_dim` as one: a view where strides allow, else a copy."""
    def unflatten(_self, dim: int, sizes: Sequence[int]) -> Tensor:
        """View with dimension `dim` split into `sizes` (one of them may be -1)."""
    def ravel(_self) -> Tensor:
        """All elements in row-major order as a vector: a view where they lie so, else a copy."""
    @overload
    def broadcast_to(_self, *size: int) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    @overload
    def broadcast_to(_self, size: Sequence[int]) -> Tensor:
        """View with sizes of 1 repeated to `size`; -1 keeps a size."""
    def adjoint(_self) -> Tensor:
        """View with the last two dimensions exchanged: for real numbers the conjugate transpose."""
    def as_strided(_self, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
        """View with the given `size` and `stride` (in elements), from element `storage_offset` of the storage; by default from the tensor's own first element. Elements may overlap: their gradients add."""
    def unfold(_self, dimension: int, size: int, step: int) -> Tensor:
        """View of all windows of `size` elements of a dimension, `step` apart: one more dimension, the last. Windows may overlap: their gradients add."""
    @overload
    def flip(_self, *dims: int) -> Tensor:
        """Copy with the order of elements reversed along `dims`."""
    @overload
    def flip(_self, dims: Sequence[int]) -> Tensor:
        """Copy with the order of elements reversed along `dims`."""
    def fliplr(_self) -> Tensor:
        """Copy with the order of columns (dimension 1) reversed."""
    def flipud(_self) -> Tensor:
        """Copy with the order of rows (dimension 0) reversed."""
    def rot90(_self, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
        """Copy turned by 90 degrees `k` times in the plane of two dimensions, from the first towards the second."""
    def roll(_self, shifts: int | tuple[int, ...], dims: int | tuple[int, ...] | None = None) -> Tensor:
        """Copy with elements moved by `shifts` along `dims`; what leaves at one end comes in at the other. Without `dims` all elements move as one row."""
    @overload
    def repeat(_self, *repeats: int) -> Tensor:
        """Copy with the whole repeated along each dimension; more `repeats` than dimensions add leading ones."""
    @overload
    def repeat(_self, repeats: Sequence[int]) -> Tensor:
        """Copy with the whole repeated along each dimension; more `repeats` than dimensions add leading ones."""
    @overload
    def tile(_self, *dims: int) -> Tensor:
        """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""
    @overload
    def tile(_self, dims: Sequence[int]) -> Tensor:
        """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""
    def tril(_self, diagonal: int = 0) -> Tensor:
        """Lower triangle of the last two dimensions: elements on and below the diagonal, zeros above. A positive `diagonal` is above the main one, a negative one below it."""
    def triu(_self, diagonal: int = 0) -> Tensor:
        """Upper triangle of the last two dimensions: elements on and above the diagonal, zeros below. A positive `diagonal` is above the main one, a negative one below it."""
    def tril_(_self, diagonal: int = 0) -> Self:
        """Zeroes the tensor itself above the diagonal; returns the tensor."""
    def triu_(_self, diagonal: int = 0) -> Self:
        """Zeroes the tensor itself below the diagonal; returns the tensor."""
    def repeat_interleave(
        _self,
        repeats: Tensor | int | None = None,
        dim: int | None = None,
        *,
        output_size: int | None = None,
    ) -> Tensor:
        """Copy with each element repeated along `dim` (flattened first when None): all as often, or each as often as a tensor says. Of one tensor of counts: each index as often as its count."""
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
    def __reversed__(self) -> Tensor: ...
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

@overload
def max(input: Tensor, dim: None = None, keepdim: _bool = False) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices."""

@overload
def max(input: Tensor, dim: int, keepdim: _bool = False) -> _Max:
    """Largest element; along `dim`, largest values and their first indices."""

@overload
def max(input: Tensor, dim: Tensor) -> Tensor:
    """Largest element; along `dim`, largest values and their first indices."""

def norm(
    input: Tensor,
    p: _Number | str | None = "fro",
    dim: int | tuple[int, ...] | None = None,
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

def tensordot(a: Tensor, b: Tensor, dims: int | Sequence[Sequence[int]] | Tensor = 2) -> Tensor:
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

def matrix_power(input: Tensor, n: int) -> Tensor:
    """Matrices to a whole power, by squaring."""

def trace(input: Tensor) -> Tensor:
    """Sum of the main diagonal of a matrix."""

def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
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

def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """View of `length` indices of dimension `dim`, from `start` (a number or a 0-d tensor of integers)."""

def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """View of the diagonal of dimensions `dim1` and `dim2`: their place is taken by one dimension, the last. A positive `offset` is above the main diagonal, a negative one below it."""

def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy)."""

def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The elements, in order, on the diagonal of a matrix."""

def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension on the diagonal of two new dimensions, `dim1` and `dim2` of the result; zeros elsewhere."""

def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of parts of dimension `dim`: of one size (the last may be shorter), or of the sizes listed."""

def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of at most `chunks` parts of dimension `dim`, all of one size but the last."""

def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Views at each index of dimension `dim`, which disappears."""

def tensor_split(input: Tensor, indices_or_sections: int | Sequence[int] | Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of parts of dimension `dim`: so many, the first ones longer by one where it does not divide, or cut before the given indices."""

def hsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Views of parts along the second dimension (of a vector: the first), in equal sections or cut before indices."""

def vsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Views of parts along the first dimension, in equal sections or cut before indices."""

def dsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Views of parts along the third dimension, in equal sections or cut before indices."""

def movedim(input: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Tensor:
    """View with the dimensions at `source` moved to `destination`; the others keep their order."""

def moveaxis(input: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Tensor:
    """View with the dimensions at `source` moved to `destination`; the others keep their order."""

def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Dimensions `start_dim` to `end_dim` as one: a view where strides allow, else a copy."""

def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """View with dimension `dim` split into `sizes` (one of them may be -1)."""

def ravel(input: Tensor) -> Tensor:
    """All elements in row-major order as a vector: a view where they lie so, else a copy."""

@overload
def broadcast_to(input: Tensor, *size: int) -> Tensor:
    """View with sizes of 1 repeated to `size`; -1 keeps a size."""

@overload
def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
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

def as_strided(input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """View with the given `size` and `stride` (in elements), from element `storage_offset` of the storage; by default from the tensor's own first element. Elements may overlap: their gradients add."""

@overload
def flip(input: Tensor, *dims: int) -> Tensor:
    """Copy with the order of elements reversed along `dims`."""

@overload
def flip(input: Tensor, dims: Sequence[int]) -> Tensor:
    """Copy with the order of elements reversed along `dims`."""

def fliplr(input: Tensor) -> Tensor:
    """Copy with the order of columns (dimension 1) reversed."""

def flipud(input: Tensor) -> Tensor:
    """Copy with the order of rows (dimension 0) reversed."""

def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Copy turned by 90 degrees `k` times in the plane of two dimensions, from the first towards the second."""

def roll(input: Tensor, shifts: int | tuple[int, ...], dims: int | tuple[int, ...] | None = None) -> Tensor:
    """Copy with elements moved by `shifts` along `dims`; what leaves at one end comes in at the other. Without `dims` all elements move as one row."""

@overload
def tile(input: Tensor, *dims: int) -> Tensor:
    """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""

@overload
def tile(input: Tensor, dims: Sequence[int]) -> Tensor:
    """Copy with the whole repeated along each dimension; fewer numbers than dimensions count from the last."""

def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """Lower triangle of the last two dimensions: elements on and below the diagonal, zeros above. A positive `diagonal` is above the main one, a negative one below it."""

def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Upper triangle of the last two dimensions: elements on and above the diagonal, zeros below. A positive `diagonal` is above the main one, a negative one below it."""

def tril_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: _DTypeLike | None = None,
    device: object = None,
) -> Tensor:
    """Indices of the lower triangle of a `row` by `col` matrix: rows of indices first, then their columns."""

def triu_indices(
    row: int,
    col: int,
    offset: int = 0,
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
def meshgrid(tensors: Sequence[Tensor], indexing: str | None = None) -> tuple[Tensor, ...]:
    """Views of vectors as grids: the i-th varies along dimension i. With `indexing` "xy" the first two dimensions are exchanged; "ij" is the default."""

@overload
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All tuples of elements of vectors, one a row; of one vector, itself."""

@overload
def cartesian_prod(tensors: Sequence[Tensor]) -> Tensor:
    """All tuples of elements of vectors, one a row; of one vector, itself."""

def combinations(input: Tensor, r: int = 2, with_replacement: _bool = False) -> Tensor:
    """All choices of `r` elements of a vector, one a row, in order; an element may come again where `with_replacement`."""

def repeat_interleave(
    input: Tensor,
    repeats: Tensor | int | None = None,
    dim: int | None = None,
    *,
    output_size: int | None = None,
) -> Tensor:
    """Copy with each element repeated along `dim` (flattened first when None): all as often, or each as often as a tensor says. Of one tensor of counts: each index as often as its count."""

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
    "max",
    "norm",
    "dot",
    "mv",
    "mm",
    "bmm",
    "matmul",
    "addmm",
    "addmv",
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
