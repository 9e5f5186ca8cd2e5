"""Memory for time: a function whose intermediate values are computed anew in the backward pass. Names are
torch.utils.checkpoint's. Depends on `_core`, random states and trees.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from wengert import _core
from wengert._core import Node, SavedTensor, Tensor
from wengert._transforms.tree import flatten as _flatten
from wengert.random import fork_rng, get_rng_state, set_rng_state

__all__ = [
    "CheckpointError",
    "checkpoint",
    "checkpoint_sequential",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
]

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]


class CheckpointError(RuntimeError):
    """The second run of a function gave something else than the first."""


def noop_context_fn() -> Contexts:
    """Contexts of the two runs that do nothing.

    >>> len(noop_context_fn())
    2
    """
    return nullcontext(), nullcontext()


def checkpoint(
    function: Callable[..., Any] | None = None,
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, of which a graph keeps the arguments only: the function runs again in the backward pass.

    Gradients are those of the function without it, also of tensors that it takes from outside of its arguments, with
    `autograd.grad`, `inputs=` and `create_graph` as well: both values of `use_reentrant` mean the same here. Random numbers
    are the same in both runs while `preserve_rng_state`. The function sees copies of arguments that need a gradient.
    Without a function it is a decorator of one. `context_fn` makes the contexts of the two runs. With `debug` the error names the operations of both runs. `early_stop`
    changes nothing: the second run always goes to the end, since the gradient starts there.

    Raises CheckpointError in the backward pass where the second run returns other shapes or dtypes, unless
    `determinism_check` is "none".

    >>> import wengert
    >>> x = wengert.tensor([1.0, 2.0], requires_grad=True)
    >>> checkpoint(lambda x: (x * x).exp(), x, use_reentrant=False).sum().backward()
    >>> wengert.allclose(x.grad, 2 * x * (x * x).exp())
    True
    """
    if function is None:
        if args or kwargs:
            raise TypeError("checkpoint(): got arguments without a function to call with them")
        return functools.partial(
            _decorate,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve_rng_state,
            context_fn=context_fn,
            determinism_check=determinism_check,
            debug=debug,
            early_stop=early_stop,
        )
    if use_reentrant and kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be 'default' or 'none', got {determinism_check!r}")
    forward, again = context_fn()
    leaves, _ = _flatten((args, kwargs))
    transformed = any(isinstance(x, Tensor) and x._is_lifted() for x in leaves)
    if transformed or not _core.is_grad_enabled():
        with forward:
            return function(*args, **kwargs)
    state = get_rng_state() if preserve_rng_state else None
    run = _Run(function, args, kwargs, state, again, determinism_check != "none")
    run.debug = _Debug.enabled if _Debug.enabled is not None else bool(debug)
    with forward:
        return run.first()


def _decorate(function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """The function that calls it in a checkpoint."""

    @functools.wraps(function)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        return checkpoint(function, *args, **options, **kwargs)

    return checkpointed


class _Run:
    """A function with its arguments, and what its node in the graph needs."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        state: Tensor | None,
        again: AbstractContextManager[Any],
        checked: bool,
    ) -> None:
        self.function, self.state, self.again, self.checked = function, state, again, checked
        self.leaves, self.form = _flatten((args, kwargs))
        self.moving: list[int] = []
        self.outside: list[Tensor] = []
        self.on: list[int] = []
        self.shapes: list[Any] = []
        self.debug = False
        self.operations: list[str] = []

    def call(self, leaves: list[Any]) -> Any:
        args, kwargs = self.form.build(leaves)
        return self.function(*args, **kwargs)

    def first(self) -> Any:
        self.moving = [i for i, x in enumerate(self.leaves) if isinstance(x, Tensor) and x.requires_grad]
        given, saved = (
            list(self.leaves),
            [SavedTensor(x, None, False) if isinstance(x, Tensor) else x for x in self.leaves],
        )

        def run() -> Any:
            for i in self.moving:
                # A node between the argument and the function, and no storage in common with what was saved.
                given[i] = self.leaves[i].clone()
            return self.call(given)

        # Hooks on saved tensors are not for what this run saves: it is let go at once.
        _core._pause_saved_hooks()
        try:
            out, keys = _core._recorded(run)
        finally:
            _core._pop_saved_hooks()
        values, form = _flatten(out)
        if any(isinstance(y, Tensor) and y._is_lifted() for y in values):
            # What the function found outside is being transformed: its graph stays as it is.
            return out
        aliases = {given[i].grad_fn._key() for i in self.moving}
        recorded = [i for i, y in enumerate(values) if isinstance(y, Tensor) and y.requires_grad]
        # What was on the tape before, or returned as it came, keeps its own history.
        self.on = [i for i in recorded if _first(values[i].grad_fn) in keys or _first(values[i].grad_fn) in aliases]
        if not self.on:
            return out
        self.outside = _boundary([values[i].grad_fn for i in self.on], set(keys), aliases)
        self.shapes = [(tuple(values[i].shape), values[i].dtype) for i in self.on]
        if self.debug:
            self.operations = _operations([values[i].grad_fn for i in self.on], aliases)
        inputs = [self.leaves[i] for i in self.moving] + self.outside
        results = _core._record_function("Checkpoint", self, inputs, [values[i].detach() for i in self.on])
        # As they were before the run, whatever is written to them later; the graph of this run goes.
        self.leaves = saved
        for i, y in zip(self.on, results, strict=True):
            values[i] = y
        return form.build(values)

    def _release(self) -> None:
        """The arguments are as good as the graph: a second backward runs the function once more."""

    def _run_backward(self, edge: Any, cotangents: tuple[Any, ...], on_tensors: bool) -> tuple[Any, ...]:
        given = [x.unpack(edge) if isinstance(x, SavedTensor) else x for x in self.leaves]
        create = _core.is_grad_enabled()
        aliases = []
        before = _core._set_grad_enabled(True)
        try:
            for i in self.moving:
                given[i] = given[i].clone() if create else given[i].detach().clone().requires_grad_()
                aliases.append(given[i])
            with fork_rng(enabled=self.state is not None), self.again:
                if self.state is not None:
                    set_rng_state(self.state)
                out = self.call(given)
        finally:
            _core._set_grad_enabled(before)
        values = _flatten(out)[0]
        self.check(values, {x.grad_fn._key() for x in aliases if x.grad_fn is not None})
        pairs = [
            (values[i], g)
            for i, g in zip(self.on, cotangents, strict=True)
            if g is not None and isinstance(values[i], Tensor) and values[i].requires_grad
        ]
        if not pairs:
            return (None,) * (len(aliases) + len(self.outside))
        return _core._grad_cut([y for y, _ in pairs], [*aliases, *self.outside], [g for _, g in pairs], create)

    def check(self, values: list[Any], aliases: set[int]) -> None:
        again = [
            (tuple(values[i].shape), values[i].dtype) if i < len(values) and isinstance(values[i], Tensor) else None
            for i in self.on
        ]
        if any(x is None for x in again) or (self.checked and again != self.shapes):
            raise CheckpointError(
                "wengert.utils.checkpoint: Recomputed values have different metadata than during the forward pass: got"
                f" {again}, wanted {self.shapes}; the function must do the same in both runs"
                + (self.trace(values, aliases) if self.debug else "; try debug=True to see what it did")
            )

    def trace(self, values: list[Any], aliases: set[int]) -> str:
        """Both runs, operation by operation."""
        nodes = [values[i].grad_fn for i in self.on if i < len(values) and isinstance(values[i], Tensor)]
        again = _operations([node for node in nodes if node is not None], aliases)
        return "\nOperations of the first run:\n{}\nOperations of the second run:\n{}".format(
            *("\n".join(f"  {line}" for line in run) or "  none" for run in (self.operations, again))
        )


class _Debug:
    enabled: bool | None = None


@contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Context in which checkpoints take `enabled` for their `debug`; None leaves it to them.

    >>> with set_checkpoint_debug_enabled(True):
    ...     pass
    """
    before = _Debug.enabled
    _Debug.enabled = enabled
    try:
        yield
    finally:
        _Debug.enabled = before


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Context for the `early_stop` of checkpoints, which changes nothing here.

    >>> with set_checkpoint_early_stop(False):
    ...     pass
    """
    yield


def _operations(roots: list[Node], aliases: set[int]) -> list[str]:
    """The operations that lead to nodes, in their order, with the lines that recorded them."""
    found: dict[int, Node] = {}
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node._key() not in found and node._key() not in aliases:
            found[node._key()] = node
            todo += [below for below, _ in node.next_functions if below is not None]
    inner = [node for node in found.values() if node.variable is None]
    places = [(node, node.site) for node in sorted(inner, key=lambda node: node._sequence_nr())]
    return [node.name() + ("" if at is None else f" at {at[0]}:{at[1]}") for node, at in places]


def _first(node: Any) -> int:
    """The key of a node's first output."""
    return node._key() if node is not None else 0


def _boundary(roots: list[Node], keys: set[int], aliases: set[int]) -> list[Tensor]:
    """Stand-ins for what a run took from the tape besides its tracked arguments."""
    found: dict[tuple[int, int], Tensor] = {}
    seen: set[int] = set()
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node._key() in seen or node._key() in aliases:
            continue
        seen.add(node._key())
        for below, out in node.next_functions:
            if below is None or below._key() in aliases:
                continue
            if below._key() in keys:
                todo.append(below)
            elif (below._key(), out) not in found:
                found[below._key(), out] = below._stand_in(out)
    return list(found.values())


def checkpoint_sequential(
    functions: Sequence[Callable[..., Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    *,
    preserve_rng_state: bool = True,
) -> Any:
    """The functions one after the other, in `segments` parts of which all but the last are checkpoints.

    >>> import wengert
    >>> x = wengert.tensor([0.5], requires_grad=True)
    >>> checkpoint_sequential([wengert.sin, wengert.exp, wengert.cos], 2, x, use_reentrant=False).backward()
    >>> wengert.allclose(x.grad, -x.sin().exp().sin() * x.sin().exp() * x.cos())
    True
    """
    children = getattr(functions, "children", None)
    steps = list(children()) if callable(children) else list(functions)
    if not 1 <= segments <= max(len(steps), 1):
        raise ValueError(f"checkpoint_sequential: got {segments} segments for {len(steps)} functions")
    length = len(steps) // segments

    def part(start: int, stop: int) -> Callable[[Any], Any]:
        def run(x: Any) -> Any:
            for step in steps[start:stop]:
                x = step(x)
            return x

        return run

    last = length * (segments - 1)
    for start in range(0, last, length):
        input = checkpoint(
            part(start, start + length), input, use_reentrant=use_reentrant, preserve_rng_state=preserve_rng_state
        )
    return part(last, len(steps))(input)
