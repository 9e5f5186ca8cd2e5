"""Pseudoinverses, least squares, and the matrix exponential. Depends on `matrices`."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._linalg.matrices import Batched, batches, made, transposed, values
from wengert._linalg.spectra import finite, no_convergence


class LinalgPinv(Batched):
    """The Moore-Penrose pseudoinverse P of matrices of locally constant rank: G. H. Golub, V. Pereyra, "The differentiation of
    pseudo-inverses and nonlinear least squares problems whose variables separate" (1973), equation 4.12:
    dP = -P dA P + P P' dA' (1 - A P) + (1 - P A) dA' P' P.
    """

    @staticmethod
    def forward(a: Tensor, atol: Any, rtol: Any) -> Tensor:
        """By singular values above max(atol, rtol * the largest)."""
        import numpy as np

        x = finite("linalg.pinv", a)
        if x.size == 0:
            return made(np.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2])), a)
        try:
            u, s, vh = np.linalg.svd(x, full_matrices=False)
        except np.linalg.LinAlgError:
            raise no_convergence("linalg.pinv") from None
        least = np.maximum(np.asarray(atol)[..., None], np.asarray(rtol)[..., None] * s.max(-1, keepdims=True))
        inverse = np.divide(1, s, out=np.zeros_like(s), where=s > least)
        return made(np.swapaxes(vh, -2, -1) * inverse[..., None, :] @ np.swapaxes(u, -2, -1), a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A and P."""
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """-P' G P' + (1 - A P) G' P P' + P' P G' (1 - P A)."""
        a, p = ctx.saved_tensors
        return pinv_vjp(a, p, g), None, None

    @staticmethod
    def jvp(ctx: Any, t: Tensor, *_: Any) -> Any:
        """The rule above."""
        a, p = ctx.saved_tensors
        return pinv_jvp(a, p, t)


def pinv_vjp(a: Tensor, p: Tensor, g: Tensor) -> Tensor:
    """The gradient of A from that of its pseudoinverse."""
    pt, gt = transposed(p), transposed(g)
    first = gt @ p @ pt
    last = pt @ p @ gt
    return first - a @ (p @ first) + last - (last @ p) @ a - pt @ g @ pt


def pinv_jvp(a: Tensor, p: Tensor, t: Tensor) -> Tensor:
    """The tangent of the pseudoinverse from that of A."""
    pt, tt = transposed(p), transposed(t)
    first = p @ pt @ tt
    last = tt @ pt @ p
    return first - (first @ a) @ p + last - p @ (a @ last) - p @ t @ p


class LinalgLstsq(Batched):
    """X that minimises |A X - B|, the shortest one: pinv(A) B, and its derivative."""

    @staticmethod
    def forward(a: Tensor, b: Tensor, rcond: float) -> Tensor:
        """By NumPy, one matrix after the other."""
        import numpy as np

        x, y = values(a), values(b)
        out = np.zeros((*x.shape[:-2], x.shape[-1], y.shape[-1]), x.dtype)
        for place in batches(x.shape):
            try:
                out[place] = np.linalg.lstsq(x[place], y[place], rcond=rcond)[0]
            except np.linalg.LinAlgError:
                raise no_convergence("linalg.lstsq") from None
        return made(out, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A and B."""
        a, b, ctx.rcond = inputs
        ctx.save_for_backward(a, b)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """That of pinv(A) B."""
        a, b = ctx.saved_tensors
        p = LinalgPinv.apply(a, 0.0, ctx.rcond)
        of_a = pinv_vjp(a, p, g @ transposed(b)) if ctx.needs_input_grad[0] else None
        return of_a, transposed(p) @ g, None

    @staticmethod
    def jvp(ctx: Any, ta: Tensor, tb: Tensor, _: Any) -> Any:
        """That of pinv(A) B."""
        a, b = ctx.saved_tensors
        p = LinalgPinv.apply(a, 0.0, ctx.rcond)
        return pinv_jvp(a, p, ta) @ b + p @ tb


class LinalgMatrixExp(Batched):
    """e^A. Value: N. J. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005), with the Pade
    approximant of degree 13. Derivative along E: the upper right block of e^[[A, E], [0, A]] (R. Mathias, 1996, "A chain rule
    for matrix functions and applications")."""

    @staticmethod
    def forward(a: Tensor) -> Tensor:
        """Matrix by matrix, in float64."""
        import numpy as np

        x = values(a)
        out = np.zeros(x.shape)
        for place in batches(x.shape):
            out[place] = _exponential(x[place].astype(np.float64))
        return made(out, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A."""
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """The derivative at A' along G."""
        (a,) = ctx.saved_tensors
        return _along(transposed(a), g)

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """The derivative at A along dA."""
        (a,) = ctx.saved_tensors
        return _along(a, t)


def _along(a: Tensor, e: Tensor) -> Tensor:
    n = a.shape[-1]
    # Under a map one of the two may have the leading dimension that the other lacks.
    zero = _core._zeros_like(a)
    above, below = _core.cat([a, e], -1), _core.cat([zero, a], -1)
    return LinalgMatrixExp.apply(_core.cat([above, below], -2))[..., :n, n:]


# Coefficients of the Pade approximant and the norm up to which it is right to the last bit (Higham 2005, table 2.3).
PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0, 10559470521600.0,
    670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
THETA = 5.371920351148152


def _exponential(x: Any) -> Any:
    import numpy as np

    if not np.isfinite(x).all():
        return np.full_like(x, np.nan)
    norm = np.abs(x).sum(0).max() if x.size else 0.0
    halvings = max(0, int(np.ceil(np.log2(norm / THETA)))) if norm > 0 else 0
    x = x / 2.0**halvings
    one = np.eye(len(x))
    c, x2 = PADE, x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    odd = x @ (x6 @ (c[13] * x6 + c[11] * x4 + c[9] * x2) + c[7] * x6 + c[5] * x4 + c[3] * x2 + c[1] * one)
    even = x6 @ (c[12] * x6 + c[10] * x4 + c[8] * x2) + c[6] * x6 + c[4] * x4 + c[2] * x2 + c[0] * one
    y = np.linalg.solve(even - odd, even + odd)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(halvings):
            y = y @ y
    return y
