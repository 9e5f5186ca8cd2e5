"""`record` and `Graph`. Depends on `tree`, `_core` and, for derivatives, `func`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._graph.tree import build, flatten
from wengert._graph.watch import Entry, Watch, holds

# A function that goes another way each time gains nothing from being recorded.
MOST_WAYS = 64


class Instruction:
    """One step of a recorded graph: what is done, with which variables, and where the program asked for it.

    Variables are named x0, x1, ... (arguments), w1, w2, ... (captured tensors), c1, ... (constants), v1, ... (values).

    >>> import wengert
    >>> g = wengert.record(lambda x: x * x, wengert.ones(3))
    >>> i = g[0]
    >>> i.name, i.inputs, i.outputs, i.shape, i.dtype
    ('mul', ('x0', 'x0'), ('v1',), torch.Size([3]), torch.float32)
    """

    __slots__ = ("dtype", "file", "inputs", "line", "name", "outputs", "shape")

    def __init__(self, entry: tuple[Any, ...]) -> None:
        self.name: str = entry[0]
        self.inputs: tuple[str, ...] = entry[1]
        self.outputs: tuple[str, ...] = entry[2]
        self.shape: Any = entry[3]
        self.dtype: Any = entry[4]
        self.file: str | None
        self.line: int | None
        self.file, self.line = entry[5] if entry[5] is not None else (None, None)

    def __repr__(self) -> str:
        made = f"{', '.join(self.outputs)} = " if self.outputs else ""
        kind = str(self.dtype).removeprefix("torch.")
        where = "" if self.file is None else f"  # {os.path.basename(self.file)}:{self.line}"
        return f"{made}{self.name}({', '.join(self.inputs)}) : {kind}{list(self.shape)}{where}"


class _Way:
    """One recorded way, and the form of what it returns."""

    __slots__ = ("form", "path", "read", "same")

    def __init__(self, path: _core.Path, form: Any, same: list[int | None], read: list[Entry]) -> None:
        self.path = path
        self.form = form
        # Which argument a result is, where it is one.
        self.same = same
        # What else of Python it read.
        self.read = read

    def fits(self, leaves: list[Tensor]) -> bool:
        return holds(self.read) and self.path.fits(leaves)


class Graph:
    """A function whose operations were recorded: called, it runs them on other values without running the function.

    Made by `record`. Its arguments and results are tensors, and tuples, lists and dicts of tensors; anything else among
    the arguments is a constant. What a call must have in common with a recorded one (the form of the arguments, shapes,
    strides and dtypes, the values that Python looked at) is checked; where it has not, the function is run and recorded
    anew, or with `strict` a RuntimeError raised. Tensors that the function captures are read as they are at each call.

    >>> import wengert
    >>> g = wengert.record(lambda x, y: x * y + 1, wengert.ones(2), wengert.ones(2))
    >>> g(wengert.tensor([2.0, 3.0]), wengert.tensor([4.0, 5.0]))
    tensor([ 9., 16.])
    >>> len(g)
    2
    """

    def __init__(self, f: Callable[..., Any], *, strict: bool = False) -> None:
        if not callable(f):
            raise TypeError(f"record(): expected a function, got {type(f).__name__}")
        self._f = f
        self._strict = strict
        self._ways: dict[Any, list[_Way]] = {}
        self._last: _Way | None = None
        self._examples: tuple[Any, ...] = ()

    def __call__(self, *inputs: Any) -> Any:
        """What the function gives for these arguments."""
        leaves: list[Tensor] = []
        form = _form(inputs, leaves)
        if self._is_for_python(leaves):
            return self._f(*inputs)
        ways = self._ways.setdefault(form, [])
        fitting = [way for way in ways if way.fits(leaves)]
        for way in fitting:
            if way.path.has_history:
                # What is returned can be differentiated: the function builds the graph of that.
                return self._f(*inputs)
            found = way.path.run(leaves)
            if found is not None:
                self._last = way
                results = [r if i is None else leaves[i] for r, i in zip(found, way.same, strict=True)]
                return build(way.form, iter(results))
        if self._strict:
            raise RuntimeError(_strictly(fitting, ways))
        if len(ways) >= MOST_WAYS or any(way.path.is_entangled(leaves) for way in ways):
            return self._f(*inputs)
        return self._record(inputs, form, leaves)

    def _is_for_python(self, leaves: list[Tensor]) -> bool:
        """Whether the function is to be run as it is: in another recording, for arguments with a history, or transformed."""
        if _core._is_recording_graph():
            return True
        if any(x._is_lifted() for x in leaves):
            return True
        return _core._is_recording() and any(x.requires_grad for x in leaves)

    def _record(self, inputs: tuple[Any, ...], form: Any, leaves: list[Tensor]) -> Any:
        recording = _core._start_recording(leaves)
        try:
            stand_ins = recording.inputs()
            with Watch() as watch:
                out = self._f(*build(form[0], iter(stand_ins)))
            results: list[Tensor] = []
            out_form = flatten(out, results)
            same = [next((i for i, x in enumerate(stand_ins) if x is r), None) for r in results]
            path = recording.finish(leaves, results)
        finally:
            recording.abandon()
        way = _Way(path, out_form, same, watch.entries)
        self._ways.setdefault(form, []).append(way)
        self._last = way
        return build(out_form, iter([r if i is None else leaves[i] for r, i in zip(results, same, strict=True)]))

    def grad(self, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Graph:
        """The graph of the gradient with respect to the arguments at `argnums`, as of `func.grad`.

        >>> import wengert
        >>> g = wengert.record(lambda x: (x * x * x).sum(), wengert.ones(2))
        >>> g.grad()(wengert.tensor([1.0, 2.0]))
        tensor([ 3., 12.])
        """
        from wengert import func

        return self._derived(func.grad(self._f, argnums, has_aux), self._examples)

    def vjp(self) -> Graph:
        """The graph of `(primals, cotangents) -> (result, gradients)`: both arguments are tuples, as the gradients are.

        `cotangents` has the form of the result.

        >>> import wengert
        >>> g = wengert.record(lambda x: x * x, wengert.ones(2))
        >>> g.vjp()((wengert.tensor([1.0, 2.0]),), wengert.ones(2))
        (tensor([1., 4.]), (tensor([2., 4.]),))
        """
        from wengert import func

        def reverse(primals: tuple[Any, ...], cotangents: Any) -> tuple[Any, Any]:
            out, pull = func.vjp(self._f, *primals)[:2]
            return out, pull(cotangents)

        return self._derived(reverse, ())

    def jvp(self) -> Graph:
        """The graph of `(primals, tangents) -> (result, tangent of the result)`: both arguments are tuples.

        >>> import wengert
        >>> g = wengert.record(lambda x: x * x, wengert.ones(2))
        >>> g.jvp()((wengert.tensor([1.0, 2.0]),), (wengert.ones(2),))
        (tensor([1., 4.]), tensor([2., 4.]))
        """
        from wengert import func

        def forward(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
            out, tangent = func.jvp(self._f, primals, tangents)[:2]
            return out, tangent

        return self._derived(forward, ())

    def _derived(self, f: Callable[..., Any], examples: tuple[Any, ...]) -> Graph:
        graph = Graph(f, strict=False)
        if examples:
            graph._begin(examples)
        graph._strict = self._strict and bool(examples)
        return graph

    def _begin(self, examples: tuple[Any, ...]) -> None:
        leaves: list[Tensor] = []
        form = _form(examples, leaves)
        plain = [x.detach() for x in leaves]
        self._examples = build(form[0], iter(plain))
        self._record(examples, form, plain)

    @property
    def _entries(self) -> list[tuple[Any, ...]]:
        return [] if self._last is None else self._last.path.instructions()

    def __len__(self) -> int:
        """How many instructions the way has that was run or recorded last."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Instruction]:
        return map(Instruction, self._entries)

    def __getitem__(self, index: int) -> Instruction:
        return Instruction(self._entries[index])

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the variables that are returned, in order."""
        return () if self._last is None else tuple(self._last.path.results)

    @property
    def ways(self) -> int:
        """How many ways through the function were recorded."""
        return sum(len(ways) for ways in self._ways.values())

    def __str__(self) -> str:
        lines = [*map(repr, self), f"return {', '.join(self.outputs)}"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        name = getattr(self._f, "__qualname__", type(self._f).__name__)
        return f"<Graph of {name}: {len(self)} instructions, {self.ways} recorded ways>"


def _form(inputs: tuple[Any, ...], leaves: list[Tensor]) -> tuple[Any, Any]:
    """What a call must have in common with a recorded one: the form of its arguments, and the default dtype."""
    return flatten(inputs, leaves), _core.get_default_dtype()


def _strictly(fitting: list[_Way], ways: list[_Way]) -> str:
    if fitting:
        return (
            "a strict graph went another way than it was recorded: values that Python branched on (bool, item, tolist) "
            "differ; got no recorded way for these values, try record(..., strict=False)"
        )
    if ways:
        return (
            "a strict graph got arguments of other shapes, strides or dtypes, or in another grad mode, than it was recorded "
            "for; try contiguous(), or record(..., strict=False)"
        )
    return "a strict graph got arguments of another form than it was recorded for; try record(..., strict=False)"


def record(f: Callable[..., Any], *examples: Any, strict: bool = False) -> Graph:
    """A graph of what `f` does: `f` is run once on the examples, and its operations are noted.

    Arguments are tensors, and tuples, lists and dicts of tensors; anything else is a constant. The examples are taken
    without their histories. The graph, called with other values, runs the operations and not `f`: side effects of Python
    (printing, appending to lists, attributes) happen while recording only. See docs/design/recorded-graphs.md.

    Raises RuntimeError for what cannot be recorded (NumPy round trips, histc(), in-place operations with gradient on
    tensors from outside), naming the operation and the line; with `strict` also where a call does not go the recorded way.

    >>> import wengert
    >>> g = wengert.record(lambda x: (x.sin() * 2).sum(), wengert.zeros(3))
    >>> g(wengert.tensor([0.0, 0.0, 0.5]))
    tensor(0.9589)
    >>> print(g)
    v1 = sin(x0) : float32[3]  # <doctest wengert._graph.graph.record[1]>:1
    v2 = mul(v1, c1) : float32[3]  # <doctest wengert._graph.graph.record[1]>:1
    v3 = sum(v2) : float32[]  # <doctest wengert._graph.graph.record[1]>:1
    return v3
    """
    graph = Graph(f)
    graph._begin(examples)
    graph._strict = strict
    return graph
