"""Nodes of the tape as Python sees them, places in the graph, hooks on several tensors and on what a graph saves, and
handles to remove what was registered. Depends on `_core`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from wengert import _core
from wengert._core import Node, Tensor

__all__ = [
    "GradientEdge",
    "Node",
    "RemovableHandle",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "queue_callback",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away, as does leaving it as a context."""

    def __init__(self, node: Node | None, hook_id: int) -> None:
        self._node = node
        self.id = hook_id

    def remove(self) -> None:
        """Takes the hook away; a second call does nothing."""
        if self._node is not None:
            self._node._remove_hook(self.id)
            self._node = None

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


class _Handles(RemovableHandle):
    """Several handles as one."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        super().__init__(None, 0)
        self._handles = list(handles)

    def remove(self) -> None:
        while self._handles:
            self._handles.pop().remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[..., Any], *, mode: str = "all"
) -> RemovableHandle:
    """Calls `fn` once in every backward pass that reaches one of `tensors`.

    In mode "all" it is called when each that is reached has its gradient, with a list of them, None for the others; in mode
    "any" with the first gradient there is. What it returns changes nothing. Of a backward pass that is run inside another
    one, as in a hook, only mode "any" knows which tensors are reached. Raises ValueError for another mode.

    >>> import wengert
    >>> a, b = wengert.ones(1, requires_grad=True), wengert.ones(1, requires_grad=True)
    >>> handle = register_multi_grad_hook([a, b], print)
    >>> (a * b * 2).backward()
    [tensor([2.]), tensor([2.])]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"register_multi_grad_hook: Expects mode to be one of ('all', 'any') but got {mode}")
    watched = list(tensors)
    for t in watched:
        if not t.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    nodes = [node for t in watched if (node := t._node) is not None]
    sweep = -1
    grads: list[Tensor | None] = []
    missing = 0

    def hook_of(i: int) -> Callable[[Tensor], None]:
        def hook(grad: Tensor) -> None:
            nonlocal sweep, grads, missing
            now = _core._sweeps()
            fresh = now != sweep
            if mode == "any":
                sweep = now
                if fresh:
                    fn(grad)
                return
            if fresh:
                sweep, grads = now, [None] * len(watched)
                missing = 1 + sum(k != i and node._is_awaited() for k, node in enumerate(nodes))
            grads[i] = grad
            missing -= 1
            if missing == 0:
                fn(grads)

        return hook

    return _Handles([t.register_hook(hook_of(i)) for i, t in enumerate(watched)])


class saved_tensors_hooks:  # noqa: N801
    """Context in which `pack_hook` gets each tensor that an operation saves for its derivative, and what it returns is kept
    in the graph instead; `unpack_hook` gets that and returns the tensor, whenever a derivative needs it.

    Of nested contexts the innermost holds. They hold for the thread that enters them; tensors given to `save_for_backward`
    are packed as well, numbers beside a tensor are not. An input comes with its history, and a leaf as the object that it
    is; an output comes without. TypeError where a hook cannot be called or `unpack_hook` returns no tensor, RuntimeError
    where it returns one of another shape or dtype, or where `pack_hook` writes to what it is given.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 2.0], requires_grad=True)
    >>> with saved_tensors_hooks(lambda t: t.tolist(), wengert.tensor):
    ...     y = x.exp().sum()
    >>> y.backward()
    >>> wengert.allclose(x.grad, x.exp())
    True
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        _core._push_saved_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *_: object) -> None:
        _core._pop_saved_hooks()


class save_on_cpu(saved_tensors_hooks):  # noqa: N801
    """Context in which what a graph keeps lies on the CPU: it always does, and is kept as it is, whatever hooks further out
    do.

    >>> with save_on_cpu():
    ...     y = wengert.ones(2) * 2
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cpu") -> None:
        if pin_memory:
            raise NotImplementedError("save_on_cpu: there is no pinned memory without another device")
        super().__init__(lambda tensor: tensor, lambda packed: packed)

    def __enter__(self) -> None:
        _core._push_saved_hooks()


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Context in which entering `saved_tensors_hooks` is a RuntimeError with this message; so is entering this context while
    such hooks hold.

    >>> with disable_saved_tensors_hooks("no hooks here"):
    ...     with save_on_cpu():
    ...         pass
    Traceback (most recent call last):
    RuntimeError: no hooks here
    """
    before = _core._disable_saved_hooks(error_message, True)
    try:
        yield
    finally:
        _core._disable_saved_hooks(before, False)


class _AllowMutation:
    """What `allow_mutation_on_saved_tensors` gives: nothing is to be managed."""

    under_way = False

    def clear(self) -> None:
        """Does nothing: what was saved is let go with its graph."""


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_AllowMutation]:
    """Context in which tensors that a graph has saved may be overwritten. They may be everywhere: a value is set aside when
    it is overwritten while a derivative needs it. RuntimeError where contexts are nested.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> with allow_mutation_on_saved_tensors():
    ...     y = x.clone()
    ...     z = (y**2).sum()
    ...     _ = y.zero_()
    ...     z.backward()
    >>> x.grad
    tensor([2., 2.])
    """
    if _AllowMutation.under_way:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    _AllowMutation.under_way = True
    try:
        yield _AllowMutation()
    finally:
        _AllowMutation.under_way = False


class GradientEdge(NamedTuple):
    """A place in the graph where a gradient is computed: output `output_nr` of `node`.

    `autograd.grad` and `autograd.backward` take it in place of a tensor.
    """

    node: Node
    output_nr: int
    ownership_token: Node | None = None


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of a tensor is computed; RuntimeError for a tensor that needs none.

    >>> import wengert
    >>> x = wengert.tensor(3.0, requires_grad=True)
    >>> y = x * 2
    >>> edge = get_gradient_edge(y)
    >>> wengert.autograd.grad(y * y, edge)
    (tensor(12.),)
    """
    node = tensor._node
    if not tensor.requires_grad or node is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients; try requires_grad_()"
        )
    return GradientEdge(node, tensor.output_nr)


def queue_callback(callback: Callable[[], None]) -> None:
    """Has `callback` run once, when the backward pass under way on this thread has succeeded: after an error it does not run.
    RuntimeError where no backward pass is under way.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> _ = x.register_hook(lambda _: queue_callback(lambda: print("done")))
    >>> x.sum().backward()
    done
    """
    _core._queue_callback(callback)


def _stand_in(x: Any) -> Any:
    """A tensor with the history of a gradient edge; anything else as it is."""
    return x.node._stand_in(x.output_nr) if isinstance(x, GradientEdge) else x


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Says that the values of a tensor (or several) were overwritten from outside: a derivative that needs what was there is
    then a RuntimeError. Writes through the library need no such word.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> y = x.clone()
    >>> z = (y * y).sum()
    >>> increment_version(y)
    >>> z.backward()
    Traceback (most recent call last):
    RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation...
    """
    for t in [tensor] if isinstance(tensor, Tensor) else list(tensor):
        _core._increment_version(t)
