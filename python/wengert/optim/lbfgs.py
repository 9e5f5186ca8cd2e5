"""L-BFGS. Depends on Optimizer, what its kinds share and the line search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.autograd import enable_grad, no_grad
from wengert.optim._updates import refuse
from wengert.optim._wolfe import Point, strong_wolfe
from wengert.optim.optimizer import Optimizer, Params


def _dot(a: Tensor, b: Tensor) -> float:
    return float(_core.dot(a, b).item())


def _largest(a: Tensor) -> float:
    return float(_core.abs(a).max().item())


class LBFGS(Optimizer):
    """Steps along an approximation of Newton's direction, from the last `history_size` steps and changes of gradient.

    `step(closure)` makes up to `max_iter` steps, with up to `max_eval` (a quarter more) calls of the closure, which
    clears gradients, computes the loss, calls backward and returns the loss. Steps are of length `lr`, or of one that
    `line_search_fn="strong_wolfe"` finds. It ends where the largest element of the gradient is at most
    `tolerance_grad`, or parameters and loss change by at most `tolerance_change`. (Nocedal, "Updating Quasi-Newton Matrices
    with Limited Storage", 1980.) Raises ValueError for several groups and a negative rate.

    >>> import wengert
    >>> x = wengert.tensor([2.0, -3.0], requires_grad=True)
    >>> solver = LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     solver.zero_grad()
    ...     loss = ((x - 1) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> solver.step(closure)
    tensor(17., grad_fn=<SumBackward0>)
    >>> wengert.allclose(x, wengert.ones(2))
    True
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        refuse(lr=lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
            "maximize": maximize,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @property
    def _params(self) -> list[Tensor]:
        return self.param_groups[0]["params"]

    def _gradient(self) -> Tensor:
        """All gradients as one vector."""
        parts = [(_core._zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in self._params]
        gradient = _core.cat(parts)
        return -gradient if self.param_groups[0]["maximize"] else gradient

    def _move(self, step: float, direction: Tensor) -> None:
        start = 0
        for p in self._params:
            p.add_(direction[start : start + p.numel()].view_as(p), alpha=step)
            start += p.numel()

    def _direction(self, state: dict[str, Any], gradient: Tensor) -> Tensor:
        """Minus the approximate inverse Hessian times the gradient, by the recursion of two loops."""
        if state["n_iter"] == 1:
            state["old_dirs"], state["old_stps"], state["ro"], state["H_diag"] = [], [], [], 1.0
            return -gradient
        changes, steps, ro = state["old_dirs"], state["old_stps"], state["ro"]
        y, s = gradient - state["prev_flat_grad"], state["d"] * state["t"]
        ys = _dot(y, s)
        if ys > 1e-10:
            if len(changes) == self.param_groups[0]["history_size"]:
                for held in (changes, steps, ro):
                    held.pop(0)
            changes.append(y)
            steps.append(s)
            ro.append(1.0 / ys)
            state["H_diag"] = ys / _dot(y, y)
        q, factors = -gradient, [0.0] * len(changes)
        for i in reversed(range(len(changes))):
            factors[i] = _dot(steps[i], q) * ro[i]
            q.add_(changes[i], alpha=-factors[i])
        r = q * state["H_diag"]
        for i in range(len(changes)):
            r.add_(steps[i], alpha=factors[i] - _dot(changes[i], r) * ro[i])
        return r

    def step(self, closure: Callable[[], Any]) -> Any:
        """Moves the parameters; returns what the closure returned first.

        Raises RuntimeError for an unknown line search.
        """
        with no_grad():
            return self._run(closure)

    def _run(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        sign = -1.0 if group["maximize"] else 1.0

        def evaluated() -> Any:
            with enable_grad():
                return closure()

        first = evaluated()
        if not self._params:
            return first
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        state["func_evals"] += 1
        loss, calls = sign * float(first), 1
        gradient = self._gradient()
        if _largest(gradient) <= group["tolerance_grad"]:
            return first
        for turn in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = self._direction(state, gradient)
            lr = float(group["lr"])
            t = min(1.0, 1.0 / float(_core.abs(gradient).sum().item())) * lr if state["n_iter"] == 1 else lr
            state["prev_flat_grad"], state["prev_loss"], before = gradient, loss, loss
            state["d"], state["t"] = direction, t
            slope = _dot(gradient, direction)
            if slope > -group["tolerance_change"]:
                break
            made = 0
            if group["line_search_fn"] is None:
                self._move(t, direction)
                # After the last step the loss is not asked for: a stochastic closure would have another one.
                if turn != group["max_iter"]:
                    loss, made = sign * float(evaluated()), 1
                    gradient = self._gradient()
            elif group["line_search_fn"] == "strong_wolfe":
                held = [p.detach().clone() for p in self._params]

                def at(step: float) -> Point:
                    self._move(step, direction)  # noqa: B023 - called in this turn of the loop
                    found = sign * float(evaluated())
                    g = self._gradient()
                    for p, value in zip(self._params, held, strict=True):  # noqa: B023
                        p.copy_(value)
                    return Point(step, found, g, _dot(g, direction))  # noqa: B023

                start = Point(0.0, loss, gradient, slope)
                found, made = strong_wolfe(at, start, t, _largest(direction), 1e-9, group["max_eval"] - calls)
                loss, gradient, t = found.loss, found.gradient, found.t
                self._move(t, direction)
                state["t"] = t
            else:
                raise RuntimeError(f"only 'strong_wolfe' is supported; got {group['line_search_fn']!r}")
            calls += made
            state["func_evals"] += made
            if turn == group["max_iter"] or calls >= group["max_eval"]:
                break
            if _largest(gradient) <= group["tolerance_grad"]:
                break
            if _largest(direction) * abs(t) <= group["tolerance_change"]:
                break
            if abs(loss - before) < group["tolerance_change"]:
                break
        return first
