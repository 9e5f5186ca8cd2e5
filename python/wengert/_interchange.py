"""Tensors and other libraries' arrays: NumPy's protocols, DLPack, the array API's namespace. Depends on `_core`."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor, dtype as _dtype
from wengert._device import check_device


class DLDeviceType(enum.IntEnum):
    """Devices as DLPack numbers them: the CPU."""

    kDLCPU = 1


def numpy(self: Tensor, *, force: bool = False) -> Any:
    """NumPy array that shares the tensor's memory.

    Raises RuntimeError where the tensor requires grad, unless `force` (which detaches) or under `no_grad`.

    >>> import wengert
    >>> wengert.ones(2).numpy()
    array([1., 1.], dtype=float32)
    """
    if self.requires_grad and not force and _core.is_grad_enabled():
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return self._share_numpy()


def __array__(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    array = numpy(self)
    if dtype is not None and array.dtype != dtype:
        if copy is False:
            raise ValueError(f"Unable to avoid copy while creating an array of {dtype} from a tensor of {self.dtype}")
        return array.astype(dtype)
    return array.copy() if copy else array


def __array_wrap__(self: Tensor, array: Any, context: Any = None, return_scalar: bool = False) -> Tensor:
    import numpy as np

    # NumPy calls this with what it made; it would look for numbers in other objects for however long that takes.
    if not isinstance(array, (np.ndarray, np.generic)):
        raise TypeError(f"__array_wrap__: got {type(array).__name__}, wanted np.ndarray")
    return _core.from_numpy(np.asarray(array))


def __dlpack__(
    self: Tensor,
    *,
    stream: Any = None,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """Capsule over the tensor's memory, by the DLPack protocol; versioned where `max_version` is (1, 0) or more.

    Raises BufferError where the tensor requires grad, or another device than the CPU is asked for.
    """
    if self.requires_grad:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    if stream is not None:
        raise BufferError(f"__dlpack__: stream should be None on cpu; got {stream!r}")
    if dl_device is not None and tuple(dl_device) != (1, 0):
        raise BufferError(f"__dlpack__: got dl_device {dl_device!r}, wanted the CPU: (1, 0)")
    given = self.clone() if copy else self
    return _core._to_dlpack(given, max_version is not None and max_version[0] >= 1, bool(copy))


def __dlpack_device__(self: Tensor) -> tuple[DLDeviceType, int]:
    """DLPack's number of the CPU, and 0."""
    return (DLDeviceType.kDLCPU, 0)


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """Tensor over the memory of an object with `__dlpack__`, or of a capsule; no copy unless `copy` is True.

    Raises BufferError for memory elsewhere or elements of other types, RuntimeError for a capsule that is used up.

    >>> import numpy as np
    >>> from_dlpack(np.arange(3.0))
    tensor([0., 1., 2.], dtype=torch.float64)
    """
    check_device(device, "from_dlpack")
    capsule = ext_tensor
    if not _core._is_capsule(ext_tensor):
        if not callable(getattr(ext_tensor, "__dlpack__", None)):
            got = type(ext_tensor).__name__
            raise TypeError(f"from_dlpack: got {got}, wanted an object with __dlpack__ or a capsule of one")
        try:
            capsule = ext_tensor.__dlpack__(max_version=(1, 0))
        except TypeError:  # An exporter from before versions.
            capsule = ext_tensor.__dlpack__()
    made = _core._from_dlpack(capsule)
    return made.clone() if copy else made


def to_dlpack(tensor: Tensor) -> Any:
    """Capsule over the tensor's memory, without a version.

    >>> import wengert
    >>> from_dlpack(to_dlpack(wengert.ones(2)))
    tensor([1., 1.])
    """
    expect.tensors("to_dlpack", tensor=tensor)
    return __dlpack__(tensor)


def __array_namespace__(self: Tensor, *, api_version: str | None = None) -> Any:
    """The module whose functions take this array.

    Raises ValueError for a version that is not of the standard.
    """
    if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
        raise ValueError(f"unsupported array API version {api_version!r}; wanted '2021.12' to '2024.12'")
    import wengert

    return wengert


def to_device(self: Tensor, device: Any, *, stream: Any = None) -> Tensor:
    """The tensor itself: it is on the CPU, the only device.

    Raises RuntimeError for other devices.
    """
    check_device(device, "to_device")
    return self


def astype(x: Tensor, dtype: _dtype, /, *, copy: bool = True, device: Any = None) -> Tensor:
    """The array in another dtype; a copy even where it has that dtype, unless `copy` is False.

    >>> import wengert
    >>> astype(wengert.ones(2), wengert.int64)
    tensor([1, 1])
    """
    expect.tensors("astype", x=x)
    return x.to(dtype, device=device, copy=copy)


_KINDS: dict[str, Callable[[_dtype], Any]] = {
    "bool": lambda d: d == _core.bool,
    "signed integer": lambda d: d.is_signed and not d.is_floating_point,
    "unsigned integer": lambda d: not d.is_signed and d != _core.bool,
    "integral": lambda d: not d.is_floating_point and d != _core.bool,
    "real floating": lambda d: d.is_floating_point,
    "complex floating": lambda d: d.is_complex,
    "numeric": lambda d: d != _core.bool,
}


def isdtype(dtype: _dtype, kind: Any) -> bool:
    """Whether a dtype is of a kind: a dtype, a name of the array API standard, or a tuple of these.

    Raises ValueError for an unknown name.

    >>> import wengert
    >>> isdtype(wengert.int8, "integral")
    True
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, one) for one in kind)
    if isinstance(kind, _dtype):
        return dtype == kind
    if kind not in _KINDS:
        raise ValueError(f"isdtype: got kind {kind!r}, wanted one of {', '.join(map(repr, _KINDS))}")
    return _KINDS[kind](dtype)


def permute_dims(x: Tensor, axes: Any) -> Tensor:
    """View with the dimensions in the order of `axes`.

    >>> import wengert
    >>> permute_dims(wengert.ones(2, 3), (1, 0)).shape
    torch.Size([3, 2])
    """
    expect.tensors("permute_dims", x=x)
    return x.permute(tuple(axes))


def matrix_transpose(x: Tensor) -> Tensor:
    """View with the last two dimensions exchanged.

    >>> import wengert
    >>> matrix_transpose(wengert.ones(2, 3)).shape
    torch.Size([3, 2])
    """
    expect.tensors("matrix_transpose", x=x)
    return x.mT


METHODS = [
    numpy, __array__, __array_wrap__, __dlpack__, __dlpack_device__, __array_namespace__, to_device,
]  # fmt: skip

__all__ = ["astype", "from_dlpack", "isdtype", "matrix_transpose", "permute_dims", "to_dlpack"]
