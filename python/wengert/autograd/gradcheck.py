"""gradcheck and gradgradcheck: derivatives held against differences of values. Names are torch.autograd's.

Depends on `autograd.grad` and `func`.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._create_like import full_like, ones_like, zeros_like
from wengert.autograd import enable_grad, grad

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """What `gradcheck` and `gradgradcheck` raise: a derivative that is not what differences of values say."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether derivatives of `func` at `inputs` are what central differences of its values with step `eps` say, within
    `atol + rtol * |difference quotient|`. Inputs to check are the tensors that require grad; float64 is needed for these
    tolerances. Outputs that require no grad are left out; where none does, values must not change with the inputs.

    Reverse mode is checked (`check_backward_ad`), run twice for determinism within `nondet_tol`, with cotangents of zeros,
    with some missing (`check_undefined_grad`) and, where asked, with batches of cotangents, forward mode and batches of
    tangents. `check_grad_dtypes` wants gradients of the dtypes of their inputs; `masked` tells sparse tensors apart, of which
    there are none. `fast_mode` checks the Jacobian along one random direction on each side. Raises GradcheckError, which names
    input and output, the worst entry and both values, or returns False without `raise_exception`; ValueError where no input
    requires grad; RuntimeError for expanded inputs, which cannot be moved; AssertionError where the shape or the dtype of
    an output changes with the inputs.

    >>> import wengert
    >>> x = wengert.tensor([0.5, 2.0], dtype=wengert.float64, requires_grad=True)
    >>> gradcheck(lambda x: x.sin() * x, (x,))
    True
    """
    if not (check_backward_ad or check_forward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    check = _Check(func, inputs, eps, atol, rtol, fast_mode, check_grad_dtypes)
    try:
        if not check.on:
            check.constant()
            return True
        if check_backward_ad:
            check.reverse(nondet_tol)
            if check_batched_grad:
                check.batched_reverse()
            check.linear()
            if check_undefined_grad:
                check.undefined()
        if check_forward_ad:
            check.forward()
            if check_batched_forward_grad:
                check.batched_forward()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


class _Check:
    def __init__(
        self,
        func: Callable[..., Any],
        inputs: Any,
        eps: float,
        atol: float,
        rtol: float,
        fast: bool,
        dtypes: bool = False,
    ) -> None:
        self.inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
        self.at = [i for i, x in enumerate(self.inputs) if isinstance(x, Tensor) and x.requires_grad]
        if not self.at:
            raise ValueError(
                "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
            )
        self.func, self.eps, self.atol, self.rtol, self.fast, self.dtypes = func, eps, atol, rtol, fast, dtypes
        for i in self.at:
            if self.inputs[i].dtype != _core.float64:
                warnings.warn(
                    f"Input #{i} requires gradient and is not a double precision floating point. This check will likely fail"
                    " if all the inputs are not of double precision floating point.",
                    stacklevel=4,
                )
            if any(step == 0 and size > 1 for step, size in zip(self.inputs[i].stride(), self.inputs[i].shape)):
                raise RuntimeError(
                    f"The {i}th input has a dimension with stride 0. gradcheck moves inputs where they lie, so that their"
                    " elements must not share memory; try contiguous() on the input."
                )
        with enable_grad():
            outs = self.outputs(func(*self.inputs))
        on = [j for j, y in enumerate(outs) if y.requires_grad]
        # What is checked, by its places among all outputs; all of them where none is on the tape.
        self.among = on or list(range(len(outs)))
        self.outs = [outs[j] for j in self.among]
        self.on = list(range(len(on)))
        self.numeric: dict[tuple[int, int], Tensor] | None = None

    @staticmethod
    def outputs(out: Any) -> list[Tensor]:
        outs = [out] if isinstance(out, Tensor) else list(out) if isinstance(out, (tuple, list)) else None
        if outs is None or not all(isinstance(y, Tensor) for y in outs):
            raise TypeError(
                f"gradcheck expects a function that returns a Tensor or a tuple of Tensors, got {type(out)}"
            )
        return [y for y in outs if y.is_floating_point()]

    def checked(self, out: Any) -> list[Tensor]:
        outs = self.outputs(out)
        return [outs[j] for j in self.among]

    def values(self) -> list[Tensor]:
        # On the tape, as the first time: the function may register hooks.
        before = _core._set_grad_enabled(True)
        try:
            return [y.detach().clone() for y in self.checked(self.func(*self.inputs))]
        finally:
            _core._set_grad_enabled(before)

    def quotient(self, i: int, step: Tensor) -> list[Tensor]:
        """Central differences of all outputs along a step of input i, which is moved where it lies and put back."""
        x = self.inputs[i].detach()
        before = x.clone()
        try:
            x.copy_(before + step * self.eps)
            above = self.values()
            x.copy_(before - step * self.eps)
            below = self.values()
        finally:
            x.copy_(before)
        return self.differences(above, below)

    def quotient_at(self, i: int, place: tuple[int, ...]) -> list[Tensor]:
        """The same along a unit vector: one element is moved."""
        x = self.inputs[i].detach()
        before = x[place].item()
        try:
            x[place] = before + self.eps
            above = self.values()
            x[place] = before - self.eps
            below = self.values()
        finally:
            x[place] = before
        return self.differences(above, below)

    def differences(self, above: list[Tensor], below: list[Tensor]) -> list[Tensor]:
        for a, b in zip(above, below, strict=True):
            if a.shape == b.shape and a.dtype == b.dtype:
                continue
            what, got, wanted = ("shape", a.shape, b.shape) if a.shape != b.shape else ("dtype", a.dtype, b.dtype)
            raise AssertionError(
                f"Expected `func` to return outputs with the same {what} when inputs are perturbed by {self.eps}, got"
                f" {got} and {wanted}"
            )
        return [(a - b) / (2 * self.eps) for a, b in zip(above, below, strict=True)]

    def numerical(self) -> dict[tuple[int, int], Tensor]:
        """Jacobians by differences, inputs down and outputs across, as PyTorch shows them."""
        if self.numeric is not None:
            return self.numeric
        found = {}
        for i in self.at:
            x = self.inputs[i]
            rows: list[list[Tensor]] = [[] for _ in self.outs]
            for place in itertools.product(*map(range, x.shape)):
                for j, q in enumerate(self.quotient_at(i, place)):
                    rows[j].append(q.reshape(-1))
            for j, y in enumerate(self.outs):
                found[i, j] = _core.stack(rows[j]) if rows[j] else _core._full([0, y.numel()], 0, y.dtype, False)
        self.numeric = found
        return found

    def pulled(self, j: int, cotangent: Tensor) -> list[Tensor]:
        """Gradients of output j by all checked inputs; zeros where there are none."""
        xs = [self.inputs[i] for i in self.at]
        grads = grad(self.outs[j], xs, cotangent, retain_graph=True, allow_unused=True)
        for i, x, g in zip(self.at, xs, grads, strict=True):
            if g is not None and g.shape != x.shape:
                raise GradcheckError(
                    f"grad is incorrect size for input {i}: got {list(g.shape)}, wanted {list(x.shape)}"
                )
            if self.dtypes and g is not None and g.dtype != x.dtype:
                raise GradcheckError(f"grad has dtype mismatch for input {i}: got {g.dtype}, wanted {x.dtype}")
        return [_core._zeros_like(x) if g is None else g.detach() for g, x in zip(grads, xs, strict=True)]

    def analytical(self, j: int) -> list[Tensor]:
        """Jacobians of output j by reverse mode, as `numerical` has them."""
        y = self.outs[j]
        columns: list[list[Tensor]] = [[] for _ in self.at]
        for k in range(y.numel()):
            unit = _core._full([y.numel()], 0, y.dtype, False)
            unit[k] = 1
            for column, g in zip(columns, self.pulled(j, unit.reshape(y.shape)), strict=True):
                column.append(g.reshape(-1))
        empty = [_core._full([self.inputs[i].numel(), 0], 0, y.dtype, False) for i in self.at]
        return [_core.stack(c, 1) if c else e for c, e in zip(columns, empty, strict=True)]

    def reverse(self, nondet_tol: float) -> None:
        if self.fast:
            self.fast_reverse()
        for j in range(len(self.outs)):
            if self.fast:
                first, second = (self.pulled(j, ones_like(self.outs[j])) for _ in range(2))
            else:
                first, second = self.analytical(j), self.analytical(j)
                for i, a in zip(self.at, first, strict=True):
                    self.compare("Jacobian mismatch", i, j, self.numerical()[i, j], a)
            for i, a, b in zip(self.at, first, second, strict=True):
                if a.numel() and not ((a - b).abs().max().item() <= nondet_tol):
                    raise GradcheckError(
                        f"Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives"
                        f" different values, although analytical gradient matches numerical gradient. The tolerance for"
                        f" nondeterminism was {nondet_tol}; input {i}, output {j}, difference {(a - b).abs().max().item()}."
                    )

    def compare(self, what: str, i: int, j: int, numeric: Tensor, analytic: Tensor) -> None:
        """Raises where an entry is further off than the tolerances allow, and says where it is worst."""
        numeric = _core._cast(numeric, analytic.dtype, False)
        # Infinities agree where they are equal.
        off = _core.where(numeric == analytic, zeros_like(numeric), (numeric - analytic).abs())
        bad = ~(off <= self.atol + self.rtol * numeric.abs())
        both_nan = numeric.isnan() & analytic.isnan()
        bad = bad & ~both_nan
        if not bad.any().item():
            return
        excess = _core.where(bad, _core.where(off.isnan(), full_like(off, float("inf")), off), off * 0 - 1)
        at = int(excess.reshape(-1).argmax().item())
        x, y = self.inputs[i], self.outs[j]
        row, column = divmod(at, y.numel())
        raise GradcheckError(
            f"{what} for output {j} with respect to input {i},\n"
            f"numerical:{numeric}\n"
            f"analytical:{analytic}\n\n"
            f"Worst entry: element {_place(column, y)} of output {j} by element {_place(row, x)} of input {i}: numerical"
            f" {numeric.reshape(-1)[at].item():.9g}, analytical {analytic.reshape(-1)[at].item():.9g}.\n"
        )

    def fast_reverse(self) -> None:
        """u' J v by differences along a random v, and by a reverse pass with a random u; slow mode finds the entry."""
        for i in self.at:
            x = self.inputs[i]
            v = _unit(x)
            quotients = self.quotient(i, v)
            for j, y in enumerate(self.outs):
                u = _unit(y)
                numeric = (quotients[j] * u).sum()
                analytic = (self.pulled(j, u)[self.at.index(i)] * v).sum()
                off = (numeric - analytic).abs().item()
                if not off <= self.atol + self.rtol * numeric.abs().item():
                    self.compare(
                        "Jacobian mismatch", i, j, self.numerical()[i, j], self.analytical(j)[self.at.index(i)]
                    )
                    raise GradcheckError(
                        f"Jacobian mismatch for output {j} with respect to input {i},\n"
                        f"numerical:{numeric.item()}\nanalytical:{analytic.item()}\n\n"
                        "The above quantities relating the numerical and analytical jacobians are computed in fast mode. In slow"
                        " mode every entry is within the tolerances.\n"
                    )

    def batched_reverse(self) -> None:
        """A batch of cotangents at once gives what each gives by itself."""
        for j in self.on:
            y = self.outs[j]
            xs = [self.inputs[i] for i in self.at]
            batch = _core.stack([_unit(y) for _ in range(5)])
            together = grad(y, xs, batch, retain_graph=True, allow_unused=True, is_grads_batched=True)
            alone = [grad(y, xs, g, retain_graph=True, allow_unused=True) for g in batch.unbind()]
            for i, (all_of, *each) in zip(self.at, zip(together, *alone, strict=True), strict=True):
                if all_of is None:
                    continue
                wanted = _core.stack(each)
                if not _core.allclose(all_of, wanted, rtol=1e-5, atol=1e-8):
                    raise GradcheckError(
                        f"While testing batched gradients, got different values for output {j} with respect to input {i}:"
                        f"\nbatched:{all_of}\none by one:{wanted}"
                    )

    def linear(self) -> None:
        """Cotangents of zeros give gradients of zeros."""
        xs = [self.inputs[i] for i in self.at]
        for i, g in zip(
            self.at,
            grad(self.outs, xs, [zeros_like(y) for y in self.outs], retain_graph=True, allow_unused=True),
            strict=True,
        ):
            if g is not None and not (g == 0).all().item():
                raise GradcheckError(f"backward not multiplied by grad_output: zeros gave {g} for input {i}")

    def constant(self) -> None:
        """No output is on the tape: differences of values are zeros."""
        for (i, j), numeric in self.numerical().items():
            if not (numeric == 0).all().item():
                raise GradcheckError(
                    f"Numerical gradient for function expected to be zero, for no output requires grad; output {j} changes"
                    f" with input {i}:\n{numeric}"
                )

    def undefined(self) -> None:
        """A cotangent that is missing counts as zeros."""
        if len(self.on) < 2:
            return
        xs = [self.inputs[i] for i in self.at]
        for j in self.on:
            u = _unit(self.outs[j])
            alone = grad(self.outs[j], xs, u, retain_graph=True, allow_unused=True)
            others = [k for k in self.on if k != j]
            zeros = [_core._zeros_like(self.outs[k]) for k in others]
            both = grad(
                [self.outs[j], *(self.outs[k] for k in others)], xs, [u, *zeros], retain_graph=True, allow_unused=True
            )
            for i, a, b, x in zip(self.at, alone, both, xs, strict=True):
                a, b = (_core._zeros_like(x) if g is None else g for g in (a, b))
                if not _core.allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=True):
                    raise GradcheckError(
                        f"Expected backward function to handle undefined output grads; input {i}, output {j}: with missing"
                        f" cotangents {a}, with zeros {b}"
                    )

    def pushed(self, i: int, tangent: Tensor) -> list[Tensor]:
        from wengert.autograd import forward_ad

        with forward_ad.dual_level():
            given = [y.detach() if isinstance(y, Tensor) else y for y in self.inputs]
            for k in self.at:
                given[k] = forward_ad.make_dual(given[k], tangent if k == i else zeros_like(given[k]))
            outs = [forward_ad.unpack_dual(y) for y in self.checked(self.func(*given))]
        return [zeros_like(y.primal) if y.tangent is None else y.tangent for y in outs]

    def forward(self) -> None:
        for i in self.at:
            x = self.inputs[i]
            if self.fast:
                v = _unit(x)
                for j, (q, t) in enumerate(zip(self.quotient(i, v), self.pushed(i, v), strict=True)):
                    self.compare_along(i, j, q, t)
                continue
            rows: list[list[Tensor]] = [[] for _ in self.outs]
            for k in range(x.numel()):
                unit = _core._full([x.numel()], 0, x.dtype, False)
                unit[k] = 1
                for j, t in enumerate(self.pushed(i, unit.reshape(x.shape))):
                    rows[j].append(t.reshape(-1))
            for j, row in enumerate(rows):
                if row:
                    what = "Jacobian computed with forward mode mismatch"
                    self.compare(what, i, j, self.numerical()[i, j], _core.stack(row).detach())

    def compare_along(self, i: int, j: int, numeric: Tensor, analytic: Tensor) -> None:
        if not _core.allclose(analytic.detach(), numeric, rtol=self.rtol, atol=self.atol, equal_nan=True):
            raise GradcheckError(
                f"Jacobian computed with forward mode mismatch for output {j} with respect to input {i} (fast mode, along a"
                f" random direction),\nnumerical:{numeric}\nanalytical:{analytic.detach()}\n"
            )

    def batched_forward(self) -> None:
        from wengert.func import vmap

        for i in self.at:
            batch = _core.stack([_unit(self.inputs[i]) for _ in range(5)])
            together = vmap(lambda t, i=i: tuple(self.pushed(i, t)))(batch)
            alone = [self.pushed(i, t) for t in batch.unbind()]
            for j, (all_of, *each) in enumerate(zip(together, *alone, strict=True)):
                if not _core.allclose(all_of.detach(), _core.stack(each).detach(), rtol=1e-5, atol=1e-8):
                    raise GradcheckError(
                        f"While testing batched forward gradients, got different values for output {j} with respect to input {i}"
                    )


def _place(at: int, x: Tensor) -> tuple[int, ...]:
    """The index of a position in row-major order."""
    found: list[int] = []
    for n in reversed(x.shape):
        at, rest = divmod(at, n)
        found.insert(0, rest)
    return tuple(found)


def _unit(like: Tensor) -> Tensor:
    """A random direction of length 1, the same at every call: draws nothing from the default generator."""
    from wengert._random import Generator, rand

    x = rand(list(like.shape), generator=Generator().manual_seed(like.numel()), dtype=like.dtype) + 0.1
    return x / (x * x).sum().sqrt() if x.numel() else x


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Any] | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """`gradcheck` of the gradients of `func`: of the function from inputs and cotangents to what a recorded reverse pass
    gives. `grad_outputs` are the cotangents, random where not given; `check_fwd_over_rev` checks forward over reverse mode.

    >>> import wengert
    >>> x = wengert.tensor([0.5, 2.0], dtype=wengert.float64, requires_grad=True)
    >>> gradgradcheck(lambda x: x.sin() * x, (x,))
    True
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    ins = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    with enable_grad():
        outs = [y for y in _Check.outputs(func(*ins)) if y.requires_grad]
    if grad_outputs is None:
        starts = [(_unit(y) * 2 - 0.3).requires_grad_() for y in outs]
    else:
        given = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)
        starts = [g.detach().clone().requires_grad_() for g in given]
    if gen_non_contig_grad_outputs:
        starts = [_core.stack([g.detach(), g.detach()], -1).select(-1, 0).requires_grad_() for g in starts]

    def gradients(*args: Any) -> tuple[Any, ...]:
        with enable_grad():
            given, cotangents = args[: len(ins)], args[len(ins) :]
            # Aliases that are on the tape, whether the input is, is a dual number or a plain one.
            xs = [_core._track(x) if needed else x for x, needed in zip(given, wants, strict=True)]
            ys = [y for y in _Check.outputs(func(*xs)) if y.requires_grad]
            by = [x for x, needed in zip(xs, wants, strict=True) if needed]
            found = grad(ys, by, list(cotangents), create_graph=True, allow_unused=True)
            return tuple(_core._zeros_like(x) if g is None else g for g, x in zip(found, by, strict=True))

    wants = [isinstance(x, Tensor) and x.requires_grad for x in ins]
    return gradcheck(
        gradients,
        (*ins, *starts),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
    )
