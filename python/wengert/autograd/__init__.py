"""Automatic differentiation: backward, grad, grad modes, custom functions, checks of derivatives, forward mode on dual
tensors. Names and defaults are torch.autograd's."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from wengert.autograd.function import Function
from wengert.autograd.grad_mode import (
    enable_grad,
    inference_mode,
    is_multithreading_enabled,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from wengert.autograd.graph import GradientEdge, _stand_in
from wengert.autograd.variable import Variable

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_multithreading_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
    "variable",
]


def variable(*_args: Any, **_kwargs: Any) -> Any:
    """Was a way to make tensors: RuntimeError.

    >>> variable([1.0])
    Traceback (most recent call last):
    RuntimeError: torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead...
    """
    raise RuntimeError(
        "torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead: wengert.tensor(...) here"
    )


def _tuple(x: Any) -> tuple[Any, ...]:
    return (_stand_in(x),) if isinstance(x, Tensor | GradientEdge) or x is None else tuple(map(_stand_in, x))


def _pair(name: str, outputs: tuple[Any, ...], cotangents: Any) -> list[Any]:
    given = list(_tuple(cotangents)) if cotangents is not None else [None] * len(outputs)
    if len(given) != len(outputs):
        raise RuntimeError(f"{name}: got {len(outputs)} tensors and {len(given)} gradients; wanted as many of each")
    return given


def backward(
    tensors: Tensor | GradientEdge | Sequence[Tensor | GradientEdge],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Accumulates the gradients of `tensors` into the leaves they depend on (into `inputs` only, where given).

    `grad_tensors` are the cotangents to start from, with the shapes of `tensors`; None means 1 for one element.
    Each of `tensors` and `inputs` may be a `graph.GradientEdge` as well, and `inputs` a dict of them. `grad_variables` is the
    old name of `grad_tensors`.
    Raises RuntimeError where a tensor is on no tape, has several elements and no cotangent, or its graph was freed.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> backward((x * 3).sum())
    >>> x.grad
    tensor([3., 3.])
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.", category=FutureWarning, stacklevel=2
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`; got both, wanted"
                " `grad_tensors` only"
            )
        grad_tensors = grad_variables
    outputs = _tuple(tensors)
    if inputs is not None:
        inputs = list(inputs.values() if isinstance(inputs, Mapping) else _tuple(inputs))
    _core._backward(list(outputs), _pair("backward", outputs, grad_tensors), retain_graph, create_graph, inputs)


def grad(
    outputs: Tensor | GradientEdge | Sequence[Tensor | GradientEdge],
    inputs: Tensor | GradientEdge | Sequence[Tensor | GradientEdge] | Mapping[str, Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """Gradients of `outputs` with respect to `inputs`, as a tuple (as a dict, where `inputs` is one); no `.grad` changes.

    `grad_outputs` are the cotangents to start from, with the shapes of `outputs`; None means 1 for one element. They are cast
    to the dtypes of `outputs`. With `is_grads_batched` each has one more leading dimension, and so have the gradients. A
    computed tensor that leads to another input gives its gradient as it is before its hooks change it, as in PyTorch.

    An input that no output depends on gives None if `allow_unused`, zeros if `materialize_grads`, else RuntimeError.
    `only_inputs` is True, whatever is said: it stands where older programs give it.

    >>> import wengert
    >>> x = wengert.tensor(3.0, requires_grad=True)
    >>> grad(x * x, x)
    (tensor(6.),)
    """
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts"
            " of the graph, please use torch.autograd.backward.",
            category=FutureWarning,
            stacklevel=2,
        )
    if isinstance(inputs, Mapping):
        found = grad(
            outputs, tuple(inputs.values()), grad_outputs, retain_graph, create_graph, True, allow_unused,
            is_grads_batched, materialize_grads,
        )  # fmt: skip
        return dict(zip(inputs, found, strict=True))
    outs, ins = _tuple(outputs), _tuple(inputs)
    if not ins:
        raise RuntimeError("grad: `inputs` argument to `grad()` cannot be empty; got none, wanted a Tensor or several")
    if allow_unused is None:
        allow_unused = materialize_grads
    elif materialize_grads and not allow_unused:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    cotangents = _pair("grad", outs, grad_outputs)
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        found = _batched(outs, ins, cotangents, create_graph)
    else:
        found = _core._grad(list(outs), list(ins), cotangents, keep, create_graph)
    if materialize_grads:
        from wengert import zeros_like

        # A constant whose derivatives can be asked for, where the others' can.
        return tuple(
            zeros_like(x, requires_grad=create_graph) if g is None else g for g, x in zip(found, ins, strict=True)
        )
    for i, g in enumerate(found):
        if g is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set allow_unused=True if"
                " this is the desired behavior."
            )
    return found


def _batched(outs: tuple[Any, ...], ins: tuple[Any, ...], cotangents: list[Any], create_graph: bool) -> tuple[Any, ...]:
    """Each cotangent has one more leading dimension, which is mapped over."""
    for i, (c, y) in enumerate(zip(cotangents, outs, strict=True)):
        if c is not None and isinstance(y, Tensor) and c.shape[1:] != y.shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The"
                " sizes of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was"
                f" detected: grad_output[{i}] has a shape of {c.shape} and output[{i}] has a shape of {y.shape}. Only some"
                " cotangents batched: try func.vmap."
            )
    sizes = {c.shape[0] for c in cotangents if c is not None and c.dim()}
    if len(sizes) != 1:
        raise ValueError(
            f"grad: with is_grads_batched all grad_outputs need one leading size in common, got {sorted(sizes)}"
        )
    (size,) = sizes
    level = _core._enter_level(size)
    try:
        starts = [None if c is None else _core._make_batched(c, 0, level) for c in cotangents]
        found = _core._grad(list(outs), list(ins), starts, True, create_graph)
        return tuple(None if g is None else _core._unpack_batched(g, 0, size, level) for g in found)
    finally:
        _core._leave_level(level)


from wengert.autograd import forward_ad as forward_ad, functional as functional, graph as graph  # noqa: E402
from wengert.autograd.gradcheck import gradcheck, gradgradcheck  # noqa: E402


def __getattr__(name: str) -> Any:
    """What is imported when first used."""
    if name == "profiler":
        import importlib

        return importlib.import_module("wengert.autograd.profiler")
    raise AttributeError(f"module 'wengert.autograd' has no attribute {name!r}")
