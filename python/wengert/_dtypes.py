"""What numbers of a dtype can be: `finfo`, `iinfo`; and questions about the dtype of a tensor. Depends on `_core`."""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor, dtype as _dtype

# IEEE 754: bits, bits of the significand, largest exponent; and the decimal digits that always survive.
_FLOATS = {"float32": (32, 24, 127, 6), "float64": (64, 53, 1023, 15)}
_INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
# Python's types stand for the widest dtype of their kind.
_PYTHON = {float: _core.float64, int: _core.int64, bool: _core.bool}


class _Elsewhere:
    """A dtype of PyTorch's that no tensor here has: programs may compare with it; what takes a dtype refuses it."""

    itemsize: int
    is_complex: bool

    @property
    def is_floating_point(self) -> bool:
        """Whether it is a floating-point type."""
        return not self.is_complex

    @property
    def is_signed(self) -> bool:
        """Whether it has negative numbers: yes."""
        return True

    def __repr__(self) -> str:
        return f"torch.{type(self).__name__}"

    def __reduce__(self) -> str:
        return type(self).__name__


def _elsewhere(name: str, itemsize: int, is_complex: bool = False) -> Any:
    # A class each: messages about arguments name the class.
    names = {"itemsize": itemsize, "is_complex": is_complex, "__module__": __name__, "__doc__": _Elsewhere.__doc__}
    return type(name, (_Elsewhere,), names)()


float16 = half = _elsewhere("float16", 2)
bfloat16 = _elsewhere("bfloat16", 2)
complex32 = chalf = _elsewhere("complex32", 4, True)
complex64 = cfloat = _elsewhere("complex64", 8, True)
complex128 = cdouble = _elsewhere("complex128", 16, True)


class _Info:
    """Equal and hashed by dtype."""

    bits: int
    dtype: str

    def __eq__(self, other: object) -> Any:
        return type(self) is type(other) and self.dtype == getattr(other, "dtype", None)

    def __hash__(self) -> int:
        return hash((type(self), self.dtype))


class finfo(_Info):
    """Limits of a floating-point dtype (the default one unless given): `bits`, `min`, `max`, `eps` (the difference between
    1 and the next number), `tiny` and `smallest_normal`, `resolution` (10 to minus the number of decimal digits that
    always survive), `dtype` (its name).

    Raises TypeError for other dtypes.

    >>> import wengert
    >>> wengert.finfo(wengert.float32).eps
    1.1920928955078125e-07
    """

    eps: float
    max: float
    min: float
    tiny: float
    smallest_normal: float
    resolution: float

    def __init__(self, type: Any = None) -> None:
        type = _core.get_default_dtype() if type is None else _PYTHON.get(type, type)
        if not isinstance(type, _dtype):
            raise TypeError(f"finfo(): argument 'type' must be torch.dtype, not {type.__class__.__name__}")
        if type.name not in _FLOATS:
            raise TypeError(
                f"torch.finfo() requires a floating point input type; got {type}. Use torch.iinfo to handle integers"
            )
        self.dtype = type.name
        self.bits, digits, exponent, decimals = _FLOATS[type.name]
        self.eps = 2.0 ** (1 - digits)
        self.max = (2.0 - self.eps) * 2.0**exponent
        self.min = -self.max
        self.tiny = self.smallest_normal = 2.0 ** (1 - exponent)
        self.resolution = float(f"1e-{decimals}")

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"


class iinfo(_Info):
    """Limits of an integer dtype: `bits`, `min`, `max`, `dtype` (its name).

    Raises TypeError for other dtypes.

    >>> import wengert
    >>> wengert.iinfo(wengert.int8)
    iinfo(min=-128, max=127, dtype=int8)
    """

    max: int
    min: int

    def __init__(self, type: Any) -> None:
        type = _PYTHON.get(type, type)
        if not isinstance(type, _dtype):
            raise TypeError(f"iinfo(): argument 'type' must be torch.dtype, not {type.__class__.__name__}")
        if type.is_floating_point:
            raise TypeError(f"torch.iinfo() requires an integer input type; got {type}. Use torch.finfo to handle it")
        if type.name not in _INTEGERS:
            raise TypeError(f"{type} is not supported by torch.iinfo")
        self.dtype = type.name
        self.bits = 8 * type.itemsize
        self.min = -(2 ** (self.bits - 1)) if type.is_signed else 0
        self.max = 2 ** (self.bits - type.is_signed) - 1

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype of `input` is a floating-point type.

    >>> import wengert
    >>> wengert.is_floating_point(wengert.ones(2))
    True
    """
    expect.tensors("is_floating_point", input=input)
    return input.dtype.is_floating_point


def is_complex(input: Tensor) -> bool:
    """Whether the dtype of `input` is a complex type: never.

    >>> import wengert
    >>> wengert.is_complex(wengert.ones(2))
    False
    """
    expect.tensors("is_complex", input=input)
    return input.dtype.is_complex


__all__ = [
    "bfloat16", "cdouble", "cfloat", "chalf", "complex32", "complex64", "complex128", "finfo", "float16", "half", "iinfo",
    "is_complex", "is_floating_point",
]  # fmt: skip
