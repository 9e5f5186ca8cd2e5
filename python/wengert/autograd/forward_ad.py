"""Forward mode on dual tensors that the program makes itself. Names are torch.autograd.forward_ad's. Depends on `_core`."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from wengert import _core
from wengert._core import Tensor

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]


class UnpackedDualTensor(NamedTuple):
    """A primal and its tangent; None where there is no tangent."""

    primal: Tensor
    tangent: Tensor | None


class _Here(threading.local):
    """The level of this thread; one at a time."""

    level: int | None = None


_here = _Here()


def __getattr__(name: str) -> int:
    """`_current_level`: 0 inside of a level, -1 outside, as PyTorch counts."""
    if name == "_current_level":
        return -1 if _here.level is None else 0
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def enter_dual_level() -> int:
    """Starts forward mode; returns the level, which is 0.

    Raises RuntimeError inside another level: derivatives of derivatives are `func.jvp`'s.

    >>> level = enter_dual_level()
    >>> exit_dual_level()
    """
    if _here.level is not None:
        raise RuntimeError("Nested forward mode AD is not supported at the moment; try func.jvp")
    _here.level = _core._enter_level(None, True)
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Ends forward mode: dual tensors lose their tangents. Raises RuntimeError where no level was entered.

    >>> level = enter_dual_level()
    >>> exit_dual_level()
    """
    if _here.level is None:
        raise RuntimeError(
            "Trying to exit a forward AD level but there is none; make sure to enter_dual_level() first."
        )
    if level is not None and level != 0:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    _core._leave_level(_here.level)
    _here.level = None


def _level(level: int | None) -> int | None:
    if level is not None and (level != 0 or _here.level is None):
        raise RuntimeError(
            "Trying to access a forward AD level with an invalid index. This index was either not created or is already"
            " deleted."
        )
    return _here.level


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A dual tensor with `tensor` for primal. `tangent` has its shape, and is brought to its dtype.

    Raises RuntimeError outside of a level, for another shape, and where either has a tangent already; ValueError for
    dtypes that are not floating point; TypeError for what is no tensor.

    >>> import wengert
    >>> with dual_level():
    ...     x = make_dual(wengert.tensor([1.0, 2.0]), wengert.tensor([1.0, 0.0]))
    ...     unpack_dual(x * x).tangent
    tensor([2., 0.])
    """
    at = _level(level)
    if at is None:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    for x in (tensor, tangent):
        if not isinstance(x, Tensor):
            raise TypeError(f"make_dual: expected a Tensor, got {type(x).__name__}")
    if _core._unpack_dual(tangent, at)[1] is not None:
        raise RuntimeError(
            "Setting a forward gradient that itself has a forward gradient at the same level 0 is not supported; try func.jvp"
            " of func.jvp."
        )
    if _core._unpack_dual(tensor, at)[1] is not None:
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported."
        )
    return _core._make_dual(tensor, tangent, at)


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """Primal and tangent of a tensor; the tangent is None where it does not depend on a dual, and outside of a level.

    >>> import wengert
    >>> with dual_level():
    ...     unpack_dual(wengert.ones(1))
    UnpackedDualTensor(primal=tensor([1.]), tangent=None)
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"unpack_dual: argument 'tensor' must be Tensor, not {type(tensor).__name__}")
    at = _level(level)
    if at is None:
        return UnpackedDualTensor(_core._settled(tensor), None)
    return UnpackedDualTensor(*_core._unpack_dual(_core._settled(tensor), at))


class dual_level:  # noqa: N801
    """Context in which forward mode is on.

    >>> import wengert
    >>> with dual_level():
    ...     y = make_dual(wengert.tensor(3.0), wengert.tensor(1.0)).sin()
    >>> unpack_dual(y).tangent is None
    True
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *_: Any) -> None:
        exit_dual_level()
