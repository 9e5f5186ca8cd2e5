"""`save` and `load`: tensors and trees of them in one file, a zip of `.npy` arrays and a JSON tree; loading executes nothing.

Depends on `_core` and NumPy.
"""

from __future__ import annotations

import base64
import json
import os
import zipfile
from collections import OrderedDict
from typing import IO, Any

from wengert import _core
from wengert._core import Tensor, dtype as _dtype
from wengert._device import check_device as _check_device, device as _device
from wengert._size import Size

FORMAT = "wengert.save 1"
TREE = "tree.json"


class _Writer:
    """One file being written: storages once each, everything else into the tree."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        # Number in the file by storage and dtype; the tensors are kept so that no address is used twice.
        self.storages: dict[tuple[int, str], int] = {}
        self.held: list[Tensor] = []
        self.above: set[int] = set()

    def tree(self, x: Any) -> Any:
        """What stands in the tree for an object."""
        if x is None or isinstance(x, (bool, str)):
            return x
        if type(x) is int:
            return {"int": str(x)}
        if type(x) is float:
            return {"float": x.hex()}
        if isinstance(x, Tensor):
            return self.tensor(x)
        if isinstance(x, (bytes, bytearray)):
            return {"bytes": base64.b64encode(x).decode("ascii")}
        if isinstance(x, _dtype):
            return {"dtype": _name(x)}
        if isinstance(x, _device):
            return {"device": str(x)}
        if type(x).__module__ == "numpy" and hasattr(x, "dtype") and x.dtype.kind in "biuf":
            return {"array": self.array(x), "scalar": getattr(x, "ndim", 0) == 0 and type(x).__name__ != "ndarray"}
        kinds: dict[type, str] = {
            list: "list", tuple: "tuple", set: "set", frozenset: "frozenset", Size: "size", dict: "dict", OrderedDict: "ordered",
        }  # fmt: skip
        kind = kinds.get(type(x))
        if kind is None and type(x).__name__ == "StateDict" and isinstance(x, OrderedDict):
            state = [[self.tree(k), self.tree(v)] for k, v in x.items()]
            return {"state": state, "metadata": self.tree(getattr(x, "_metadata", None))}
        if kind is None:
            raise TypeError(
                f"save(): got an object of type {type(x).__name__}, wanted tensors, numbers, strings, bytes, NumPy arrays, dtypes and"
                " lists, tuples, sets and dicts of these; for a module or optimiser try its state_dict()"
            )
        if id(x) in self.above:
            raise ValueError(f"save(): got a {type(x).__name__} that contains itself; wanted a tree")
        self.above.add(id(x))
        try:
            if isinstance(x, dict):
                return {kind: [[self.tree(k), self.tree(v)] for k, v in x.items()]}
            return {kind: [self.tree(item) for item in x]}
        finally:
            self.above.discard(id(x))

    def tensor(self, x: Tensor) -> Any:
        """A tensor: the number of its storage, and how it lies there."""
        if not x.is_leaf:
            # What made it is not saved, as in PyTorch.
            x = x.detach().requires_grad_()
        kind = type(x).__name__
        if type(x) is not Tensor and kind != "Parameter":
            raise TypeError(f"save(): got a tensor of class {kind}, wanted Tensor or nn.Parameter; try detach()")
        data = x.detach()
        key = (data._storage_id(), _name(data.dtype))
        if key not in self.storages:
            self.held.append(data)
            whole = data.as_strided((data._storage_bytes() // data.element_size(),), (1,), 0)
            self.storages[key] = self.array(whole._share_numpy())
        return {
            "tensor": self.storages[key],
            "offset": data.storage_offset(),
            "size": list(data.shape),
            "stride": list(data._strides),
            "requires_grad": x.requires_grad,
            "parameter": kind == "Parameter",
        }

    def array(self, values: Any) -> int:
        """The number in the file of an array that is written to it."""
        import numpy as np

        number = sum(name.endswith(".npy") for name in self.archive.namelist())
        with self.archive.open(f"{number}.npy", "w", force_zip64=True) as part:
            np.lib.format.write_array(part, np.asanyarray(values), allow_pickle=False)
        return number


def _name(dtype: _dtype) -> str:
    return str(dtype).rpartition(".")[2]


def save(
    obj: Any,
    f: str | os.PathLike[str] | IO[bytes],
    pickle_module: Any = None,
    pickle_protocol: int | None = None,
    _use_new_zipfile_serialization: bool = True,
) -> None:
    """Writes tensors, and lists, tuples, sets and dicts of them, of numbers, strings, bytes and NumPy arrays, to a file. Tensors that
    share memory do so when loaded. The file is a zip of `.npy` arrays and a JSON tree; PyTorch does not read it.

    Raises TypeError for other objects: of a module or an optimiser save the `state_dict()`.

    >>> import io
    >>> file = io.BytesIO()
    >>> save({"weight": wengert.ones(2), "step": 3}, file)
    >>> load(file)
    {'weight': tensor([1., 1.]), 'step': 3}
    """
    if pickle_module is not None:
        raise TypeError("save(): got a pickle_module, but nothing is pickled; wanted None")
    if not isinstance(f, (str, os.PathLike)) and not hasattr(f, "write"):
        raise AttributeError(
            f"save(): expected 'f' to be string, path, or a file-like object with a 'write' attribute; got {type(f).__name__}"
        )
    import io

    # Whole in memory first: an object that cannot be saved leaves no half of a file.
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        writer = _Writer(archive)
        try:
            tree = writer.tree(obj)
        except RecursionError:
            raise ValueError("save(): got a tree that is too deep") from None
        archive.writestr(TREE, json.dumps({"format": FORMAT, "tree": tree}))
    if isinstance(f, (str, os.PathLike)):
        with open(f, "wb") as file:
            file.write(made.getbuffer())
    else:
        f.write(made.getbuffer())


class _Reader:
    """One file being read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.storages: dict[int, Tensor] = {}

    def tree(self, x: Any) -> Any:
        """The object that a part of the tree stands for."""
        if x is None or isinstance(x, (bool, str)):
            return x
        if "tensor" in x:
            return self.tensor(x)
        if "array" in x:
            found = self.array(x["array"])
            return found[()] if x["scalar"] else found
        if "state" in x:
            from wengert.nn.modules._state import StateDict

            state = StateDict((self.tree(k), self.tree(v)) for k, v in x["state"])
            if (metadata := self.tree(x["metadata"])) is not None:
                state._metadata = metadata
            return state
        ((kind, value),) = x.items()
        if kind in ("dict", "ordered"):
            pairs = [(self.tree(k), self.tree(v)) for k, v in value]
            return OrderedDict(pairs) if kind == "ordered" else dict(pairs)
        if kind in ("list", "tuple", "set", "frozenset", "size"):
            items = [self.tree(item) for item in value]
            made: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset, "size": Size}
            return made[kind](items)
        if kind == "int":
            return int(value)
        if kind == "float":
            return float.fromhex(value)
        if kind == "bytes":
            return base64.b64decode(value, validate=True)
        if kind == "dtype":
            if not isinstance(found := getattr(_core, value), _dtype):
                raise ValueError(f"{value} is no dtype")
            return found
        if kind == "device":
            return _device(value)
        raise ValueError(f"an entry of unknown kind {kind!r}")

    def tensor(self, x: dict[str, Any]) -> Tensor:
        """A tensor over its storage."""
        number = x["tensor"]
        if number not in self.storages:
            self.storages[number] = _core.from_numpy(self.array(number))
        made = self.storages[number].as_strided(x["size"], x["stride"], x["offset"]).detach()
        if x["parameter"]:
            from wengert.nn import Parameter

            return Parameter(made, x["requires_grad"])
        return made.requires_grad_() if x["requires_grad"] else made

    def array(self, number: int) -> Any:
        """One array of the file."""
        import numpy as np

        with self.archive.open(f"{int(number)}.npy") as part:
            found = np.lib.format.read_array(part, allow_pickle=False)
            # To the end, so that the checksum is looked at.
            part.read()
        return found


def load(
    f: str | os.PathLike[str] | IO[bytes],
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Reads what `save` wrote. Nothing in a file is executed, whatever `weights_only` says; `encoding` and what else tells pickle how
    to read changes nothing.

    Raises RuntimeError for a file that is damaged, or that something else wrote; FileNotFoundError where there is none.

    >>> import io
    >>> file = io.BytesIO()
    >>> save([wengert.arange(2)], file)
    >>> load(file)
    [tensor([0, 1])]
    """
    if pickle_module is not None:
        raise TypeError("load(): got a pickle_module, but nothing is pickled; wanted None")
    if unknown := set(pickle_load_args) - {"encoding", "errors", "fix_imports"}:
        raise TypeError(f"load() got an unexpected keyword argument {min(unknown)!r}")
    if mmap:
        raise RuntimeError("load(): got mmap=True, but files are read into memory; wanted False")
    if map_location is not None and not callable(map_location) and not isinstance(map_location, dict):
        _check_device(map_location, "load")
    if not isinstance(f, (str, os.PathLike)):
        if not hasattr(f, "read") or not hasattr(f, "seek"):
            raise AttributeError(
                f"load(): expected 'f' to be string, path, or a file-like object with 'read' and 'seek'; got {type(f).__name__}"
            )
        f.seek(0)
    shown = repr(os.fspath(f)) if isinstance(f, (str, os.PathLike)) else "the file"
    try:
        with zipfile.ZipFile(f) as archive:
            names = archive.namelist()
            if any(name.endswith("data.pkl") for name in names):
                raise RuntimeError(
                    f"load(): {shown} was pickled by PyTorch, and loading it could execute anything; try safetensors to bring tensors"
                    " across"
                )
            if TREE not in names:
                raise RuntimeError(f"load(): {shown} is a zip that save() did not write")
            said = json.loads(archive.read(TREE))
            if said["format"] != FORMAT:
                raise RuntimeError(f"load(): {shown} has the format {said['format']!r}, wanted {FORMAT!r}")
            return _Reader(archive).tree(said["tree"])
    except (OSError, RuntimeError, MemoryError) as error:
        if isinstance(error, RecursionError):
            raise RuntimeError(f"load(): {shown} is damaged: its tree is too deep") from error
        if isinstance(error, RuntimeError) and not str(error).startswith("load()"):
            raise RuntimeError(f"load(): {shown} is damaged: {error}") from error
        raise
    except Exception as error:
        raise RuntimeError(
            f"load(): {shown} is damaged, or no file of save(): {type(error).__name__}: {error}"
        ) from error


__all__ = ["load", "save"]
