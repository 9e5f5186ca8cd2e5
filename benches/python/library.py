"""One adapter a library: the few spellings in which the libraries differ. Everything else a row takes from `lib.m`,
the library's own module. An adapter adds no work to what is timed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from row import Case


class Adapter:
    """What every adapter has: its name, its module `m`, and what it makes of a row."""

    name: str
    m: Any

    def array(self, data: Any, grad: bool = False) -> Any:
        raise NotImplementedError

    def forward(self, f: Callable[..., Any], *inputs: Any) -> Case:
        """f at the arrays `inputs`, not recorded."""
        data = [self.array(x) for x in inputs]
        named = [f"x{i}" for i in range(len(data))]
        return Case(f"f({', '.join(named)})", {"f": f, **dict(zip(named, data))})


class TorchLike(Adapter):
    """wengert and PyTorch: the same vocabulary, so the same code."""

    def __init__(self, name: str, module: str, threads: int) -> None:
        self.name = name
        self.module_name = module
        self.m: Any = importlib.import_module(module)
        self.version = str(getattr(self.m, "__version__", "?"))
        if hasattr(self.m, "set_num_threads"):
            self.m.set_num_threads(threads)
        m = self.m
        self.relu: Any = getattr(m, "relu", None)
        self.cat: Any = getattr(m, "cat", None)
        # A library without `amax` has `max` along a dimension, which finds the indices as well.
        self.amax: Any = getattr(m, "amax", None) or (lambda x, dim: m.max(x, dim)[0])

    def array(self, data: Any, grad: bool = False) -> Any:
        """A tensor with a copy of `data` (anything NumPy understands), of the same dtype."""
        return self.m.tensor(np.asarray(data), requires_grad=grad)

    def from_list(self, data: list[float]) -> Any:
        return self.m.tensor(data)

    def constructor(self) -> Any:
        return self.m.tensor

    def numpy(self, x: Any) -> np.ndarray:
        return np.asarray(x.detach().numpy())

    def norm(self, x: Any) -> Any:
        return self.m.linalg.norm(x)

    def transposed_copy(self, x: Any) -> Any:
        return x.T.contiguous()

    def step(self, f: Callable[..., Any], inputs: Sequence[Any], cotangent: Any = None) -> Case:
        """Forward and backward through f at `inputs`; gradients start from None each time."""
        data = [self.array(x, grad=True) for x in inputs]
        names: dict[str, Any] = {"f": f}
        if len(data) <= 4:
            named = [f"x{i}" for i in range(len(data))]
            names.update(zip(named, data))
            clear, call = " = ".join(f"{x}.grad" for x in named) + " = None", ", ".join(named)
        else:
            names["xs"] = data
            clear, call = "for x in xs: x.grad = None", "*xs"
        if cotangent is not None:
            names["g"] = self.array(cotangent)
        backward = "backward()" if cotangent is None else "backward(g)"
        stmt = f"{clear}\nf({call}).{backward}"

        def result() -> list[np.ndarray]:
            exec(stmt, dict(names))
            return [self.numpy(x.grad) for x in data]

        return Case(stmt, names, result=result)


class NumPy(Adapter):
    """NumPy: values only. The array libraries that follow its spelling derive from this."""

    def __init__(self, name: str, module: str, threads: int) -> None:
        self.name = name
        self.module_name = module
        top = importlib.import_module(module)
        self.m: Any = self.array_module(top)
        self.version = self.find_version(top, module)
        m = self.m
        self.relu: Any = lambda x: m.maximum(x, 0)
        self.cat: Any = m.concatenate
        self.amax: Any = m.max

    def array_module(self, top: Any) -> Any:
        return top

    def find_version(self, top: Any, module: str) -> str:
        from importlib.metadata import version

        return str(getattr(top, "__version__", "")) or version(module)

    def array(self, data: Any, grad: bool = False) -> Any:
        return self.m.array(data)

    def from_list(self, data: list[float]) -> Any:
        return self.m.array(data)

    def constructor(self) -> Any:
        return self.m.array

    def numpy(self, x: Any) -> np.ndarray:
        return np.asarray(x)

    def norm(self, x: Any) -> Any:
        return self.m.linalg.norm(x)

    def transposed_copy(self, x: Any) -> Any:
        return self.m.ascontiguousarray(x.T)

    def vjp(self, f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Any, Callable[[Any], Any]]:
        raise NotImplementedError("NumPy has no gradients")

    def step(self, f: Callable[..., Any], inputs: Sequence[Any], cotangent: Any = None) -> Case:
        data = [self.array(x) for x in inputs]
        seed = None if cotangent is None else self.array(cotangent)

        def run() -> Any:
            value, pullback = self.vjp(f, data)
            return pullback(self.m.ones_like(value) if seed is None else seed)

        return Case("run()", {"run": run}, result=lambda: [self.numpy(x) for x in run()])


class HipsAutograd(NumPy):
    """HIPS autograd over NumPy."""

    def array_module(self, top: Any) -> Any:
        return importlib.import_module("autograd.numpy")

    def array(self, data: Any, grad: bool = False) -> Any:
        return np.array(data)

    def vjp(self, f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Any, Callable[[Any], Any]]:
        from autograd.differential_operators import make_vjp

        pullback, value = make_vjp(f, tuple(range(len(inputs))))(*inputs)
        return value, pullback


class Jax(NumPy):
    """jax, eagerly (no jit), waiting for its results."""

    def array_module(self, top: Any) -> Any:
        top.config.update("jax_enable_x64", True)
        self.top = top
        return importlib.import_module("jax.numpy")

    def forward(self, f: Callable[..., Any], *inputs: Any) -> Case:
        wait = self.top.block_until_ready
        return super().forward(lambda *xs: wait(f(*xs)), *inputs)

    def transposed_copy(self, x: Any) -> Any:
        return self.m.array(x.T, copy=True)

    def vjp(self, f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Any, Callable[[Any], Any]]:
        value, pullback = self.top.vjp(f, *inputs)
        return value, lambda g: self.top.block_until_ready(pullback(g))


ADAPTERS: dict[str, Any] = {
    "wengert": TorchLike,
    "torch": TorchLike,
    "numpy": NumPy,
    "autograd": HipsAutograd,
    "jax": Jax,
}


def load(names: Sequence[str], as_wengert: str, threads: int) -> tuple[list[Any], dict[str, str]]:
    """The adapters of the libraries that can be imported, and for the others the reason why not."""
    found, missing = [], {}
    for name in names:
        module = as_wengert if name == "wengert" and as_wengert else name
        try:
            found.append(ADAPTERS[name](name, module, threads))
        except (ImportError, AttributeError) as error:
            missing[name] = f"{type(error).__name__}: {error}"
    return found, missing
