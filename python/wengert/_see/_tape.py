"""`tape`: the Wengert list of what led to a tensor, as an object to look at. Depends on `_core`, `_names`, `_words` and
`_listing`. Nothing of a node is read before it is shown.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from wengert import _core
from wengert._core import Node, SavedTensor, Tensor
from wengert._see import _listing, _watch, _words
from wengert._see._names import Names, peel

if TYPE_CHECKING:
    from wengert._see._steps import ForwardStep, ReverseStep

# Lines of a page, and how many of them are the last ones where not all fit.
PAGE, TAIL = 30, 5
# Rows that are read at once.
_BLOCK = 256
# Up to so many nodes adjoints are noted without being asked for, and values that the graph keeps are held on to.
_SMALL = 2000
_PREFIXES = ("v", "t", "n", "var")
_LEAVES = ("leaf", "input", "arg")


class Operand(NamedTuple):
    """What goes into an operation: output `out` of the variable at `place`, or a value that is on no tape (None)."""

    place: int | None
    out: int
    name: str


class Variable:
    """One variable of a tape: a leaf, or what an operation made."""

    def __init__(self, source: _Source, place: int, row: tuple[Any, ...]) -> None:
        (self.op, self.rule, self._words), self.site, self._inputs, self._outputs, self._keeps, _, self.is_leaf = row
        self._source, self.place = source, place

    @property
    def name(self) -> str:
        """Its name in the program where it has one, else v1, v2, and so on; x1, x2 for leaves without a name."""
        return self._source.name(self.place)

    @property
    def text(self) -> str:
        """The operation as a program would write it: `w * x`."""
        if self.is_leaf:
            return "leaf"
        return _words.expression(self.op, self._words, [x.name for x in self.inputs])

    @property
    def inputs(self) -> tuple[Operand, ...]:
        """What went into the operation."""
        return tuple(
            Operand(at, out, self._source.constant(self.place, k) if at is None else self._source.name(at, out))
            for k, (at, out) in enumerate(self._inputs)
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape; of an operation with several results that of the first."""
        return tuple(self._outputs[0][0])

    @property
    def dtype(self) -> Any:
        """Its dtype."""
        return self._outputs[0][1]

    @property
    def outputs(self) -> tuple[tuple[tuple[int, ...], Any], ...]:
        """(shape, dtype) of each result."""
        return tuple((tuple(shape), dtype) for shape, dtype in self._outputs)

    @property
    def file(self) -> str | None:
        """The file whose line recorded it."""
        return self.site[0] if self.site else None

    @property
    def line(self) -> int | None:
        """The line that recorded it."""
        return self.site[1] if self.site else None

    @property
    def requires_grad(self) -> bool:
        """Whether a derivative goes through it: what is on a tape is there for that."""
        return True

    @property
    def node(self) -> Node:
        """Its node, as in `grad_fn`."""
        return self._source.walk.node(self.place)

    @property
    def value(self) -> Tensor | None:
        """Its value, where the tape keeps it, the program has it, or it was watched; else None."""
        return self._source.value(self.place)

    @property
    def adjoint(self) -> Tensor | None:
        """Its cotangent in the last backward since the tape was taken; None where there was none."""
        return self._source.adjoints.get((self.place, 0))

    def _line(self) -> _listing.Line:
        return _listing.Line(
            self.name,
            self.text,
            " ".join(_words.shape(shape) for shape, _ in self._outputs[:3]) + ("…" if len(self._outputs) > 3 else ""),
            _words.dtype(self.dtype),
            _words.value(self._source.value(self.place, True)),
            _words.value(self.adjoint),
            _listing.where(self.site),
        )

    def __repr__(self) -> str:
        return _listing.table([self._line()], "")


class _Note:
    """A hook that notes the adjoint of one place."""

    def __init__(self, notes: dict[tuple[int, int], Tensor], key: tuple[int, int]) -> None:
        self._notes, self._key = notes, key

    def __call__(self, grad: Tensor) -> None:
        self._notes[self._key] = peel(grad).detach()


class _Source:
    """What all views of one tape share: the walk, names, values and adjoints."""

    def __init__(self, roots: Sequence[Tensor | Node], names: Names, adjoints: bool | None) -> None:
        self.walk = _core.Walk(list(roots))
        self.size = len(self.walk)
        self.known = names
        self._named = names.on(self.walk)
        taken = {name for found in self._named.values() for _, name, _ in found}
        taken |= {name for name, _ in names.tensors}
        self._prefix, self._leaf_prefix = (
            next(
                (p for p in (*of, f"_{of[0]}") if not any(n.startswith(p) and n[len(p) :].isdigit() for n in taken)),
                of[0],
            )
            for of in (_PREFIXES, _LEAVES)
        )
        self._blocks: dict[int, list[Any]] = {}
        self._held: dict[int, SavedTensor] = {}
        self._constants: dict[tuple[int, int], str] = {}
        self.adjoints: dict[tuple[int, int], Tensor] = {}
        self._hooks: list[tuple[Node, int]] = []
        self.recordings = _watch.recordings()
        #: Where the results stand: places and outputs.
        self.roots: list[tuple[int, int]] = []
        for root in roots:
            place = self.walk.place(root)
            if place is None:
                continue
            self.roots.append((place, root.output_nr if isinstance(root, Tensor) else 0))
            if isinstance(root, Tensor):
                self._named.setdefault(place, []).append((root.output_nr, "", root))
        if self.size <= _SMALL:
            self._hold()
        self.notes_adjoints = self.size <= _SMALL if adjoints is None else adjoints
        if self.notes_adjoints:
            self._note_adjoints()

    def _hold(self) -> None:
        """Holds on to what a backward would have the graph give back."""
        for place, row in enumerate(self.walk.rows(0, self.size)):
            if (value := None if row[6] else self.walk.value(place)) is not None:
                self._held[place] = SavedTensor(value, None, False)
            for k, (at, _) in enumerate(row[2]):
                if at is None:
                    self._constants[place, k] = self.constant(place, k)

    def _note_adjoints(self) -> None:
        for place in range(self.size):
            node = self.walk.node(place)
            for out in range(node._out_count()):
                at = node.variable
                stand_in = node._stand_in(out) if at is None else at
                hook = _Note(self.adjoints, (place, out))
                self._hooks.append((node, _core._register_hook(stand_in, hook, False)))

    def __del__(self) -> None:
        for node, number in getattr(self, "_hooks", ()):
            node._remove_hook(number)

    def name(self, place: int, out: int = 0) -> str:
        for at, name, _ in self._named.get(place, ()):
            if at == out and name:
                return name
        leaf, number = self.walk.number(place)
        if leaf:
            return f"{self._leaf_prefix}{number}"
        return f"{self._prefix}{number}" + (f"[{out}]" if out else "")

    def named(self, name: str) -> int | None:
        """The place of a name."""
        for place, found in self._named.items():
            if any(name == other for _, other, _ in found):
                return place
        for prefix, leaf in ((self._prefix, False), (self._leaf_prefix, True)):
            if name.startswith(prefix) and name[len(prefix) :].isdigit():
                number = int(name[len(prefix) :])
                low, high = 0, self.size - 1
                while low < high:
                    middle = (low + high) // 2
                    is_leaf, count = self.walk.number(middle)
                    passed = count if is_leaf == leaf else middle + 1 - count
                    low, high = (low, middle) if passed >= number else (middle + 1, high)
                if self.size and self.walk.number(low) == (leaf, number):
                    return low
        return None

    def constant(self, place: int, k: int) -> str:
        """An operand that is on no tape: its name, its value if it is a number, or that it is unknown."""
        if (place, k) in self._constants:
            return self._constants[place, k]
        value = self.operand(place, k)
        if value is None:
            return _words.UNKNOWN
        if value.dim() == 0:
            return self.known.constant(value) or _words.number(value.item())
        return self.known.constant(value) or f"const{list(value.shape)}"

    def row(self, place: int) -> Any:
        block = place // _BLOCK
        rows = self._blocks.get(block)
        if rows is None:
            if len(self._blocks) > 64:
                self._blocks.clear()
            rows = self._blocks[block] = self.walk.rows(block * _BLOCK, (block + 1) * _BLOCK)
        return rows[place - block * _BLOCK]

    def seen(self, place: int) -> tuple[_watch.Recording, int] | None:
        """The event that recorded a node, where somebody watched."""
        return _watch.find(self.recordings, self.walk.node(place)._key()) if self.recordings else None

    def operand(self, place: int, k: int) -> Tensor | None:
        """The value of an operand that is on no tape, where it is known."""
        value = self.walk.operand(place, k)
        if value is None and (seen := self.seen(place)) is not None:
            value = seen[0].input(seen[1], k)
        return value

    def leaves(self, most: int) -> list[Variable]:
        """The first leaves."""
        found = itertools.islice((i for i in range(self.size) if self.walk.number(i)[0]), most)
        return [self.variable(place) for place in found]

    def variable(self, place: int) -> Variable:
        return Variable(self, place, self.row(place))

    def value(self, place: int, near: bool = False) -> Tensor | None:
        if self.walk.number(place)[0]:
            leaf = self.walk.node(place).variable
            return None if leaf is None else leaf.detach()
        for out, _, x in self._named.get(place, ()):
            if out == 0:
                return peel(x).detach()
        if place in self._held:
            return self._held[place].unpack()
        if (seen := self.seen(place)) is not None and (value := seen[0].value(seen[1])) is not None:
            return value
        return self.walk.value(place, 0, near)


class Tape:
    """The Wengert list of what led to some tensors: a sequence of variables, each after those that it was made from.

    `repr` is the list as text, of a long one the first page and the end. `tape[3]` and `tape["loss"]` are variables,
    `tape[10:20]` is a part; `where()` picks lines, `page()` turns pages; `reverse()` and `forward()` step through the sweeps.
    """

    def __init__(self, source: _Source, places: Sequence[int], title: str) -> None:
        self._source, self._places, self._title = source, places, title

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Variable]:
        return (self._source.variable(place) for place in self._places)

    def __reversed__(self) -> Iterator[Variable]:
        return (self._source.variable(place) for place in reversed(self._places))

    @overload
    def __getitem__(self, key: int | str) -> Variable: ...
    @overload
    def __getitem__(self, key: slice) -> Tape: ...
    def __getitem__(self, key: int | str | slice) -> Variable | Tape:
        if isinstance(key, slice):
            return Tape(self._source, self._places[key], self._title)
        if isinstance(key, str):
            place = self._source.named(key)
            if place is None or place not in self._places:
                raise KeyError(f"the tape has no variable {key!r}; its last is {self._last()!r}")
            return self._source.variable(place)
        return self._source.variable(self._places[key])

    def _last(self) -> str:
        return self._source.name(self._places[-1]) if self._places else ""

    def page(self, number: int = 1, size: int = PAGE) -> Tape:
        """The lines of one page, counted from 1."""
        if number < 1 or size < 1:
            raise ValueError(f"page: pages count from 1 and have a line or more; got page {number} of {size} lines")
        return self[(number - 1) * size : number * size]

    def where(
        self,
        predicate: Callable[[Variable], Any] | None = None,
        *,
        op: str | Sequence[str] | None = None,
        line: int | range | None = None,
        file: str | None = None,
        leaf: bool | None = None,
        requires_grad: bool | None = None,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
    ) -> Tape:
        """The variables that fit all that is given: operations of a name ("mul" or "MulBackward0") or of several, a line or
        range of lines, the end of a file's name, leaves or not, a shape, a dtype, or whatever a predicate says of a
        variable.

        >>> import wengert
        >>> x = wengert.ones(2, requires_grad=True)
        >>> [v.text for v in wengert.tape((x * x).exp().sum()).where(op=["mul", "sum"])]
        ['x * x', 'sum(v2)']
        """
        places: Sequence[int] = self._places
        if op is not None:
            named = self._source.walk.named([op] if isinstance(op, str) else list(op))
            within = places if isinstance(places, range) else set(places)
            places = [place for place in named if place in within]
        if requires_grad is False:
            places = []
        if leaf is not None:
            number = self._source.walk.number
            places = [place for place in places if number(place)[0] == leaf]

        def fits(v: Variable) -> bool:
            return (
                (line is None or (v.line == line if isinstance(line, int) else v.line in line))
                and (file is None or (v.file is not None and v.file.endswith(file)))
                and (shape is None or v.shape == tuple(shape))
                and (dtype is None or v.dtype == dtype)
                and (predicate is None or bool(predicate(v)))
            )

        if any(given is not None for given in (predicate, line, file, shape, dtype)):
            places = [place for place in places if fits(self._source.variable(place))]
        return Tape(self._source, places, self._title)

    def reverse(self, gradient: Any = None) -> Iterator[ReverseStep]:
        """Steps through the reverse sweep, one node at a time, from the end: which rule runs, what came in, what goes out to
        which variable. `gradient` is the cotangent of the result (of each, for several), as for `backward`.

        The rules are the graph's own; it is not spent, no `.grad` changes and no hooks run. RuntimeError where a backward
        has spent the graph.

        >>> import wengert
        >>> x = wengert.tensor(3.0, requires_grad=True)
        >>> for step in wengert.tape(x * x).reverse():
        ...     print(step)
        v1 = x * x: MulBackward0 turns 1.0 into 3.0 for x, 3.0 for x
        x: 6.0 arrives
        """
        from wengert._see._steps import reverse

        return reverse(self._source, gradient)

    def forward(self, tangents: Any = None) -> Iterator[ForwardStep]:
        """Steps through forward mode, one node at a time, from the leaves: each variable's tangent for tangents of leaves,
        by name or as pairs (tensor, tangent); without any every leaf gets ones, and with some the others get none.

        >>> import wengert
        >>> x = wengert.tensor(3.0, requires_grad=True)
        >>> for step in wengert.tape(x * x).forward({"x": wengert.tensor(1.0)}):
        ...     print(step)
        x: tangent 1.0
        v1 = x * x: tangent 6.0
        """
        from wengert._see._steps import forward

        return forward(self._source, tangents)

    def _lines(self) -> list[_listing.Line | str]:
        count = len(self)
        if count <= PAGE:
            return [v._line() for v in self]
        head: list[_listing.Line | str] = [v._line() for v in self[: PAGE - TAIL]]
        head.append(f"… {count - PAGE:,} more: tape.page(2), tape[{PAGE - TAIL}:], tape.where(op=…)")
        return head + [v._line() for v in self[count - TAIL :]]

    def _heading(self) -> str:
        count, all_of_it = len(self), len(self) == self._source.size
        leaves = self._source.walk.leaf_count()
        text = f"{count:,} variable{'' if count == 1 else 's'}"
        if not all_of_it:
            return f"{self._title}: {text} of {self._source.size:,}"
        return f"{self._title}: {text}, {leaves:,} of them {'a leaf' if leaves == 1 else 'leaves'}"

    def __repr__(self) -> str:
        lines = self._lines()
        return self._heading() + ("\n" + _listing.table(lines) if lines else "")

    def _repr_html_(self) -> str:
        return _listing.html(self._heading(), self._lines())


def _flat(y: Any, what: str) -> list[Tensor | Node]:
    found = list(y) if isinstance(y, (list, tuple)) else [y]
    for x in found:
        if not isinstance(x, (Tensor, Node)):
            raise TypeError(f"{what}: got {type(x).__name__}, wanted a tensor, a node, or several of them")
    return found


def source(what: str, y: Any, params: Any, frame: FrameType | None, adjoints: bool | None) -> tuple[_Source, str]:
    """What is shared by tapes and pictures of `y`, and a title."""
    given = _flat(y, what)
    roots = [peel(x) if isinstance(x, Tensor) else x for x in given]
    roots = [x for x in roots if isinstance(x, Node) or x._node is not None]
    if not roots:
        raise RuntimeError(
            f"{what}: the tensor has no history: got one that needs no gradient and was made by no recorded operation; try"
            " requires_grad=True on what it is computed from, and wengert.why_no_grad(y, x) on what is missing"
        )
    names = Names(frame, params)
    of = [next((name for name, x in names.tensors if x is y), None) for y in given]
    title = f"{what} of {', '.join(name or 'a result' for name in of[:3])}{', …' if len(of) > 3 else ''}"
    found = _Source(roots, names, adjoints)
    return found, title


def tape(y: Any, *, params: Any = None, adjoints: bool | None = None) -> Tape:
    """The Wengert list of what led to `y`, a tensor or several: one line a variable, leaves and operations, inputs first.

    A line has the variable's name (that of the program where it has one: a variable of the caller, an element of its lists
    and dicts, a parameter of its modules or of `params`, a module or a dict of tensors by name), the operation, shape,
    dtype, the value where the graph keeps it or the program has it (all values of what ran under `wengert.watch()`), and
    the line of the program. Once a backward has run through it, each variable's adjoint is there as well: `adjoints` says
    whether they are noted, which up to 2,000 variables they are. An operand of which nothing is known is a dot.

    Raises TypeError for what is no tensor, RuntimeError for a tensor without a history.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 2.0], requires_grad=True)
    >>> y = (x * x).sum()
    >>> t = wengert.tape(y)
    >>> len(t), t["y"].text, t[1].inputs[0].name
    (3, 'sum(v1)', 'x')
    >>> y.backward()
    >>> t["x"].adjoint
    tensor([2., 4.])
    """
    found, title = source("tape", y, params, sys._getframe(1), adjoints)
    return Tape(found, range(found.size), title)
