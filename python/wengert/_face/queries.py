"""What PyTorch asks of complex and lazily changed tensors, answered for real ones; storages. Depends on `_core`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from wengert import _core, _expect as expect, _kinds
from wengert._core import Tensor
from wengert._device import memory_format


def is_signed(input: Tensor) -> bool:
    """Whether its dtype has negative values.

    >>> import wengert
    >>> wengert.is_signed(wengert.tensor([1], dtype=wengert.uint8))
    False
    """
    expect.tensors("is_signed", input=input)
    return input.dtype.is_signed


def _never(name: str, what: str) -> Callable[[Tensor], bool]:
    def ask(input: Tensor) -> bool:
        expect.tensors(name, input=input)
        return False

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"""Whether {what}: never.

    >>> import wengert
    >>> wengert.{name}(wengert.ones(1))
    False
    """
    return ask


def _itself(name: str, what: str) -> Callable[[Tensor], Tensor]:
    def same(input: Tensor) -> Tensor:
        expect.tensors(name, input=input)
        return input

    same.__name__ = same.__qualname__ = name
    same.__doc__ = f"""{what}: the tensor itself, which is real.

    >>> import wengert
    >>> wengert.{name}(wengert.ones(1))
    tensor([1.])
    """
    return same


is_conj = _never("is_conj", "its conjugation is put off")
is_neg = _never("is_neg", "its negation is put off")
conj = _itself("conj", "The complex conjugate")
conj_physical = _itself("conj_physical", "The complex conjugate")
conj_physical_ = _itself("conj_physical_", "The complex conjugate, in place")
real = _itself("real", "The real part")
resolve_conj = _itself("resolve_conj", "The conjugation done if it was put off")
resolve_neg = _itself("resolve_neg", "The negation done if it was put off")


def imag(input: Tensor) -> Tensor:
    """Raises TypeError: tensors are real.

    >>> import wengert
    >>> wengert.imag(wengert.ones(1))
    Traceback (most recent call last):
    TypeError: imag is not implemented for tensors with non-complex dtypes.
    """
    expect.tensors("imag", input=input)
    raise TypeError("imag is not implemented for tensors with non-complex dtypes.")


def is_inference(input: Tensor) -> bool:
    """Whether it was made in an inference mode.

    >>> import wengert
    >>> wengert.is_inference(wengert.ones(1))
    False
    """
    expect.tensors("is_inference", input=input)
    return input.is_inference()


def angle(input: Tensor) -> Tensor:
    """The angle of real numbers as complex ones: 0, and pi for negative ones; NaN of NaN. The derivative is 0.

    >>> import wengert
    >>> wengert.angle(wengert.tensor([1.0, -1.0]))
    tensor([0.0000, 3.1416])
    """
    expect.tensors("angle", input=input)
    x = input if input.is_floating_point() else input.to(_core.get_default_dtype())
    # Of the sign, which is recorded and has the derivative 0: (s^2 - s) pi/2, pi for -1.
    s = _core.sign(x)
    found = (s * s - s) * (math.pi / 2)
    return _core.where(x.isnan(), x.detach(), found)


def get_device(input: Tensor) -> int:
    """Number of the GPU it is on: -1, for the CPU.

    >>> import wengert
    >>> wengert.get_device(wengert.ones(1))
    -1
    """
    expect.tensors("get_device", input=input)
    return -1


class TypedStorage(_kinds.UntypedStorage):
    """The memory of a tensor and its views, counted in elements."""

    @property
    def dtype(self) -> Any:
        """What its elements are."""
        return self._tensor.dtype

    def size(self) -> int:
        """Elements of it."""
        return self.nbytes() // self._tensor.element_size()

    __len__ = size

    def element_size(self) -> int:
        """Bytes of an element."""
        return self._tensor.element_size()

    def untyped(self) -> _kinds.UntypedStorage:
        """The same memory, counted in bytes."""
        return _kinds.UntypedStorage(self._tensor)

    def _whole(self) -> Tensor:
        return self._tensor.as_strided((self.size(),), (1,), 0)

    def tolist(self) -> list[Any]:
        """Its elements as Python numbers."""
        return self._whole().tolist()

    def __getitem__(self, place: Any) -> Any:
        found = self._whole()[place]
        return found.item() if found.dim() == 0 else found.tolist()

    def __setitem__(self, place: Any, value: Any) -> None:
        self._whole()[place] = value

    def __repr__(self) -> str:
        values = "".join(f" {value}\n" for value in self.tolist())
        return f"{values}[wengert.TypedStorage(dtype={self.dtype}, device=cpu) of size {self.size()}]"


def storage(self: Tensor) -> TypedStorage:
    """The memory that the tensor and its views share, counted in elements."""
    return TypedStorage(self)


def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """Replaces each element a by `callable(a, b, c)` with those of `x` and `y`. Returns the tensor.

    Raises RuntimeError where one of them requires grad, TypeError where the dtypes differ.

    >>> import wengert
    >>> wengert.tensor([1.0]).map2_(wengert.ones(1), wengert.ones(1), lambda a, b, c: a + b + c)
    tensor([3.])
    """
    for name, other in (("x", x), ("y", y)):
        if not isinstance(other, Tensor) or other.dtype != self.dtype:
            raise TypeError(
                f"map2_: expected {_kinds._NAMES[self.dtype]} for argument '{name}' (got {_kinds.typename(other)})"
            )
    return _kinds._each("map2_", self, [self, x.expand(self.shape), y.expand(self.shape)], callable)


def dim_order(self: Tensor, *, ambiguity_check: Any = False) -> tuple[int, ...]:
    """The dimensions in the order in which they lie in memory, the slowest first.

    With `ambiguity_check` raises RuntimeError where another order would do as well, because of sizes of 1 or equal strides; with a
    list of memory formats, unless it is one of these alone.

    >>> import wengert
    >>> wengert.ones(2, 3).t().dim_order()
    (1, 0)
    """
    formats = [] if isinstance(ambiguity_check, bool) else ambiguity_check
    if not isinstance(formats, list) or not all(isinstance(name, memory_format) for name in formats):
        raise TypeError("The ambiguity_check argument must be a bool or a list of memory formats.")
    strides = self._strides
    several = 1 in self.shape or any(a == b for a, b in zip(strides, strides[1:], strict=False))
    if ambiguity_check is not False and several and sum(self.is_contiguous(name) for name in formats) != 1:
        raise RuntimeError(
            "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats."
        )
    return tuple(sorted(range(self.dim()), key=lambda d: -self._strides[d]))


METHODS = [angle, conj, conj_physical, conj_physical_, dim_order, map2_, storage]

PROPERTIES = {
    "real": property(real, doc="The real part: the tensor itself."),
    "imag": property(imag, doc="Raises TypeError: tensors are real."),
}

__all__ = [
    "TypedStorage", "angle", "conj", "conj_physical", "conj_physical_", "get_device", "imag", "is_conj", "is_inference", "is_neg",
    "is_signed", "real", "resolve_conj", "resolve_neg",
]  # fmt: skip
