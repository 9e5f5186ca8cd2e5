"""Where and how tensors lie: `device`, `layout`, `memory_format`. There is one answer to each. Depends on nothing."""

from __future__ import annotations

from typing import Any

# The names that PyTorch knows: programs make device objects of them before they ask what there is.
_KINDS = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan",
    "mps", "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip


class device:
    """Where a tensor is: `device("cpu")`, `device("cpu:0")`, `device("cpu", 0)`. Equal by type and index.

    Other types than "cpu" can be named, but no tensor can be there.
    Raises RuntimeError for a name that is no device.

    >>> device("cpu")
    device(type='cpu')
    >>> device("cpu", 0) == device("cpu:0")
    True
    """

    __slots__ = ("_index", "_kind")
    _kind: str
    _index: int | None

    def __new__(cls, type: Any = None, index: int | None = None) -> device:
        if isinstance(type, device):
            return type
        if not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' must be str, got {type.__class__.__name__}; try 'cpu'")
        kind, colon, number = type.partition(":")
        if kind not in _KINDS:
            raise RuntimeError(
                f"Expected one of {', '.join(_KINDS)} device type at start of device string: {kind}; got {type!r}, try 'cpu'"
            )
        if colon:
            if not number.isdecimal() or (number[0] == "0" and number != "0"):
                raise RuntimeError(f"Invalid device string: {type!r}; wanted '{kind}' or '{kind}:0'")
            if index is not None:
                raise RuntimeError(f"type (string) must not include an index because index was passed: {type!r}")
            index = int(number)
        elif index is not None and (isinstance(index, bool) or not isinstance(index, int)):
            raise TypeError(f"device(): argument 'index' (position 2) must be int, not {index.__class__.__name__}")
        elif index is not None and index < 0:
            raise RuntimeError(f"Device index must be a whole number >= 0; got {index!r}")
        made = object.__new__(cls)
        object.__setattr__(made, "_kind", kind)
        object.__setattr__(made, "_index", index)
        return made

    @property
    def type(self) -> str:
        """The name of the kind of device: "cpu"."""
        return self._kind

    @property
    def index(self) -> int | None:
        """Which device of its kind, or None."""
        return self._index

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"attribute {name!r} of device objects is not writable")

    def __repr__(self) -> str:
        number = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{number})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, device):
            return NotImplemented
        return (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((device, self.type, self.index))

    def __reduce__(self) -> tuple[Any, ...]:
        return (device, (str(self),))

    def __enter__(self) -> device:
        check_device(self)
        return self

    def __exit__(self, *_: object) -> None:
        pass


CPU = device("cpu")


def check_device(given: Any, name: str = "device") -> None:
    """Refuses devices that are not the CPU; None is the CPU."""
    if given is None:
        return
    if not isinstance(given, (str, device)):
        raise TypeError(f"{name}(): argument 'device' must be torch.device, not {type(given).__name__}")
    if device(given).type != "cpu":
        raise RuntimeError(f"device must be 'cpu', got {str(given)!r}: wengert runs on CPUs")


def get_default_device() -> device:
    """Where tensors are made: the CPU.

    >>> get_default_device()
    device(type='cpu')
    """
    return CPU


def set_default_device(device: Any) -> None:
    """Takes the CPU, or None for it.

    Raises RuntimeError for any other device.

    >>> set_default_device("cpu")
    """
    check_device(device, "set_default_device")


class layout(str):
    """How elements are laid out: `strided`, the only one.

    >>> strided
    torch.strided
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.{str(self)}"


class memory_format(str):
    """The order of dimensions in memory: `contiguous_format`, `preserve_format`, and names of others.

    >>> contiguous_format
    torch.contiguous_format
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.{str(self)}"


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")


def check_format(name: str, wanted: Any, layout_: Any = None) -> None:
    """Refuses layouts and memory formats that no tensor here has."""
    if wanted is not None and wanted not in ("contiguous_format", "preserve_format"):
        raise NotImplementedError(
            f"{name}(): got memory_format {wanted!r}, wanted contiguous_format or preserve_format; try permute()"
        )
    if layout_ is not None and not isinstance(layout_, layout):
        raise TypeError(f"{name}(): argument 'layout' must be torch.layout, not {type(layout_).__name__}")
    if layout_ is not None and layout_ != "strided":
        raise NotImplementedError(f"{name}(): got layout {layout_!r}, wanted strided")


__all__ = [
    "channels_last", "channels_last_3d", "contiguous_format", "device", "get_default_device", "layout", "memory_format",
    "preserve_format", "set_default_device", "strided",
]  # fmt: skip
