"""`cost`: what a function and its derivatives compute, counted while they run. Depends on `_watch` and `_tape`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import wengert
from wengert import _core, autograd
from wengert._core import Tensor


class Count(NamedTuple):
    """What was counted: operations (rules, in a sweep) that ran, elements computed, bytes read and bytes written."""

    operations: int
    elements: int
    read: int
    written: int

    @property
    def bytes(self) -> int:
        """Bytes read and written."""
        return self.read + self.written


class Cost:
    """What a function and its derivatives cost: `forward`, `reverse` (the sweep), `recorded` (the sweep when it is recorded for
    a further derivative: its rules run operation by operation) and `jvp` (forward mode: values and tangents), each a Count.
    """

    def __init__(self, forward: Count, reverse: Count, recorded: Count, jvp: Count | None, why: str) -> None:
        self.forward, self.reverse, self.recorded, self.jvp = forward, reverse, recorded, jvp
        self._why = why

    def __str__(self) -> str:
        rows: list[tuple[str, ...]] = [("", "operations", "elements", "bytes read", "bytes written", "bytes / forward")]
        for name, count in (
            ("forward", self.forward),
            ("reverse sweep", self.reverse),
            ("  recorded", self.recorded),
            ("forward mode", self.jvp),
        ):
            if count is None:
                continue
            share = f"{count.bytes / self.forward.bytes:.2f}" if self.forward.bytes else ""
            rows.append((name, *(f"{n:,}" for n in count), share))
        widths = [max(len(row[i]) for row in rows) for i in range(6)]
        lines = [
            "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, *([self._why] if self._why else [])])

    __repr__ = __str__


def _bytes(x: Tensor | None) -> int:
    return 0 if x is None else x.numel() * x.dtype.itemsize


def _watched(f: Callable[[], Any]) -> tuple[Any, Count]:
    """What a call returned, and what its operations computed; views cost nothing."""
    _core._watch_begin()
    try:
        result = f()
    finally:
        seen = _core._watch_end()
    return result, Count(*seen.totals())


def _tensors(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    return [x for part in result for x in _tensors(part)] if isinstance(result, (list, tuple)) else []


class _Counter:
    """A hook on nodes that counts what their rules read and write."""

    def __init__(self) -> None:
        self.rules = self.elements = self.read = self.written = 0

    def hook(self, kept: int) -> Callable[[Any, Any], None]:
        """For a node that keeps so many bytes."""

        def count(grads: tuple[Tensor | None, ...], cotangents: tuple[Tensor | None, ...]) -> None:
            self.rules += 1
            came = {g._storage_id() for g in cotangents if g is not None}
            made = [g for g in grads if g is not None and g._storage_id() not in came]
            if made:
                self.read += kept + sum(map(_bytes, cotangents))
                self.written += sum(map(_bytes, made))
                self.elements += sum(g.numel() for g in made)

        return count


def _reverse(results: list[Tensor], inputs: list[Tensor], ones: list[Tensor]) -> Count:
    """The sweep, with a hook on each node; sums of cotangents that meet are counted as the additions they are."""
    walk = _core.Walk(list(results))
    counter = _Counter()
    handles = []
    uses: dict[tuple[int, int], int] = {}
    for place, row in enumerate(walk.rows(0, len(walk))):
        if row[6]:
            continue
        node = walk.node(place)
        keeps = row[4]
        kept = sum(_bytes(node._kept(1 << bit)) for bit in range(8) if keeps & 1 << bit)
        handles.append(node.register_hook(counter.hook(kept)))
        for at, out in row[2]:
            if at is not None:
                uses[at, out] = uses.get((at, out), 0) + 1
    autograd.grad(results, inputs, ones, allow_unused=True, retain_graph=True)
    for handle in handles:
        handle.remove()
    for (at, out), count in uses.items():
        if count > 1:
            shape, dtype = walk.rows(at, at + 1)[0][3][out]
            numel = wengert.Size(shape).numel()
            counter.rules += count - 1
            counter.elements += (count - 1) * numel
            counter.read += 2 * (count - 1) * numel * dtype.itemsize
            counter.written += (count - 1) * numel * dtype.itemsize
    return Count(counter.rules, counter.elements, counter.read, counter.written)


def cost(f: Callable[..., Any], *args: Any) -> Cost:
    """What `f(*args)` and its derivatives with respect to the float tensors among `args` compute: operations, elements, bytes
    read and written, of the function, of the reverse sweep, of that sweep when it is recorded, and of forward mode. All are
    counted while they run, none is estimated; views, and rules that hand on a view of what came, count as operations and move
    nothing.

    `f` runs twice. An operation's bytes are those of its operands and its result, whatever caches save. Raises TypeError
    where no argument is a float tensor, RuntimeError where the result depends on none.

    >>> import wengert
    >>> counted = wengert.cost(lambda x: (x * x).sum(), wengert.ones(100))
    >>> counted.forward.operations, counted.forward.read, counted.reverse.operations
    (2, 1200, 3)
    """
    fresh = [x.detach().requires_grad_() if isinstance(x, Tensor) and x.dtype.is_floating_point else x for x in args]
    inputs = [x for x in fresh if isinstance(x, Tensor) and x.requires_grad]
    if not inputs:
        raise TypeError("cost: got no float tensor among the arguments; what is differentiated with respect to is one")
    with wengert.enable_grad():
        out, forward = _watched(lambda: f(*fresh))
        results = [y for y in _tensors(out) if y.requires_grad]
        if not results:
            raise RuntimeError("cost: the result depends on none of the arguments; see wengert.why_no_grad")
        ones = [wengert.ones(y.shape, dtype=y.dtype) for y in results]
        reverse = _reverse(results, inputs, ones)
        _, recorded = _watched(lambda: autograd.grad(results, inputs, ones, allow_unused=True, create_graph=True))
    plain = [x.detach() if isinstance(x, Tensor) else x for x in fresh]
    at = [i for i, x in enumerate(fresh) if isinstance(x, Tensor) and x.requires_grad]

    def of_floats(*floats: Tensor) -> Any:
        whole = list(plain)
        for i, x in zip(at, floats):
            whole[i] = x
        return f(*whole)

    primals = tuple(plain[i] for i in at)
    tangents = tuple(wengert.ones_like(x) for x in primals)
    jvp, why = None, ""
    try:
        _, jvp = _watched(lambda: wengert.func.jvp(of_floats, primals, tangents))
    except (NotImplementedError, RuntimeError) as error:
        why = f"forward mode: {error}"
    return Cost(forward, reverse, recorded, jvp, why)
