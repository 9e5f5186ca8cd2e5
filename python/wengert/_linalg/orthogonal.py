"""Square roots, polar factors and products of reflections. Depends on `matrices`, inverses and singular values."""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._linalg.inverse import LinalgInvEx
from wengert._linalg.matrices import Batched, Constant, eye, made, matrix, one_dtype, transposed, values
from wengert._linalg.spectra import finite, no_convergence
from wengert._results import into, named


class LinalgLyapunov(Batched):
    """Y with X Y + Y X = C, for symmetric X: d(X) Y + X dY + dY X + Y dX = dC is such an equation again."""

    @staticmethod
    def forward(x: Tensor, c: Tensor) -> Tensor:
        """In the basis of eigenvectors of X."""
        import numpy as np

        try:
            w, v = np.linalg.eigh(values(x))
        except np.linalg.LinAlgError:
            raise no_convergence("linalg.eigh") from None
        vt = np.swapaxes(v, -2, -1)
        with np.errstate(all="ignore"):
            inner = (vt @ values(c) @ v) / (w[..., :, None] + w[..., None, :])
            return made(v @ inner @ vt, x)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps X and Y."""
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """The equation is its own adjoint."""
        x, y = ctx.saved_tensors
        h, yt = LinalgLyapunov.apply(x, g), transposed(y)
        return -(h @ yt + yt @ h), h

    @staticmethod
    def jvp(ctx: Any, tx: Tensor | None, tc: Tensor | None) -> Any:
        """The equation of dY."""
        x, y = ctx.saved_tensors
        right = _core._zeros_like(y) if tc is None else tc
        if tx is not None:
            right = right - tx @ y - y @ tx
        return LinalgLyapunov.apply(x, right)


class LinalgSqrth(Batched):
    """The square root X of symmetric positive-definite matrices: X dX + dX X = dA."""

    @staticmethod
    def forward(a: Tensor) -> Tensor:
        """By eigenvalues, of the lower triangle."""
        import numpy as np

        w, v = np.linalg.eigh(finite("linalg.matrix_sqrth", a))
        return made((v * np.sqrt(w.clip(0))[..., None, :]) @ np.swapaxes(v, -2, -1), a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps X."""
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """The rule above, of the symmetric part."""
        (x,) = ctx.saved_tensors
        return LinalgLyapunov.apply(x, (g + transposed(g)) / 2)

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """As backward."""
        (x,) = ctx.saved_tensors
        return LinalgLyapunov.apply(x, (t + transposed(t)) / 2)


class LinalgPolar(Batched):
    """A = U H. With M = U' dA and W = U' dU, antisymmetric: M = W H + dH, so that W H + H W = M - M', and
    dU = U W + (1 - U U') dA H^-1 (N. J. Higham, "Functions of matrices", 2008, chapter 8)."""

    @staticmethod
    def forward(a: Tensor) -> Any:
        """By singular values."""
        import numpy as np

        try:
            w, s, vh = np.linalg.svd(finite("linalg.polar", a), full_matrices=False)
        except np.linalg.LinAlgError:
            raise no_convergence("linalg.polar") from None
        return made(w @ vh, a), made((np.swapaxes(vh, -2, -1) * s[..., None, :]) @ vh, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps U and H."""
        ctx.save_for_backward(*output)

    @staticmethod
    def backward(ctx: Any, gu: Tensor, gh: Tensor) -> Any:
        """The adjoint of the rule above."""
        u, h = ctx.saved_tensors
        turned = transposed(u) @ gu
        of_w = LinalgLyapunov.apply(h, turned - gh @ h)
        g = u @ (gh + of_w - transposed(of_w))
        if u.shape[-2] > u.shape[-1]:
            g = g + (gu - u @ turned) @ LinalgInvEx.apply(h, "linalg.polar")
        return g

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """The rule above."""
        u, h = ctx.saved_tensors
        m = transposed(u) @ t
        w = LinalgLyapunov.apply(h, m - transposed(m))
        du = u @ w
        if u.shape[-2] > u.shape[-1]:
            du = du + (t - u @ m) @ LinalgInvEx.apply(h, "linalg.polar")
        return du, m - w @ h


def matrix_sqrth(A: Tensor) -> Tensor:  # noqa: N803
    """The square roots of symmetric positive-definite matrices, of which the lower triangle is read; negative eigenvalues
    count as 0.

    >>> import wengert
    >>> matrix_sqrth(wengert.tensor([[4.0, 0.0], [0.0, 9.0]]))
    tensor([[2., 0.],
            [0., 3.]])
    """
    return LinalgSqrth.apply(matrix("linalg.matrix_sqrth", A, square=True))


def polar(A: Tensor, *, out: Any = None) -> Any:  # noqa: N803
    """U with orthonormal columns and H, symmetric and positive-semidefinite, with A = U H; the derivative needs full rank.

    Raises RuntimeError for fewer rows than columns.

    >>> import wengert
    >>> polar(wengert.tensor([[0.0, -2.0], [3.0, 0.0]])).H
    tensor([[3., 0.],
            [0., 2.]])
    """
    matrix("linalg.polar", A)
    if A.shape[-2] < A.shape[-1]:
        raise RuntimeError(
            f"linalg.polar: input must have at least as many rows as columns, but got {A.shape[-2]} by {A.shape[-1]} matrices"
        )
    return into("polar", out, named("linalg_polar", ("U", "H"), LinalgPolar.apply(A)))


def _reflectors(name: str, a: Tensor, tau: Tensor) -> list[Tensor]:
    """The vector of each reflection as a column: 0, 1, and what stands below the diagonal."""
    matrix(name, a, "input")
    expect.tensors(name, input=a, tau=tau)
    rows, columns = a.shape[-2:]
    if rows < columns:
        raise RuntimeError(
            f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]; got {list(a.shape)}"
        )
    if tau.dim() != a.dim() - 1 or tau.shape[:-1] != a.shape[:-2] or tau.shape[-1] > columns:
        raise RuntimeError(
            f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1], and the others equal; got {list(a.shape)} and"
            f" {list(tau.shape)}"
        )
    one_dtype(name, a, tau)
    lower = a.tril(-1) + eye(rows, a)[:, :columns]
    return [lower[..., k : k + 1] for k in range(tau.shape[-1])]


def _reflected(x: Tensor, vectors: list[Tensor], tau: Tensor, backwards: bool) -> Tensor:
    """The reflections 1 - tau v v' applied to columns one after the other, `backwards` from the last."""
    order = reversed(range(len(vectors))) if backwards else range(len(vectors))
    for k in order:
        v = vectors[k]
        x = x - tau[..., k, None, None] * (v @ (transposed(v) @ x))
    return x


def householder_product(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The first columns of the product of reflections 1 - tau v v', whose v stand below the diagonals as `geqrf` returns them (with 1
    on the diagonal, which is not read).

    Raises RuntimeError where shapes do not fit.

    >>> import wengert
    >>> householder_product(wengert.zeros(2, 2), wengert.tensor([2.0]))
    tensor([[-1.,  0.],
            [ 0.,  1.]])
    """
    vectors = _reflectors("linalg.householder_product", input, tau)
    start = eye(input.shape[-2], input)[:, : input.shape[-1]].expand(input.shape)
    return into("householder_product", out, _reflected(start, vectors, tau, True))


class Geqrf(Constant):
    """Reflections that make matrices triangular; no derivative."""

    @staticmethod
    def forward(a: Tensor) -> Any:
        """By NumPy."""
        import numpy as np

        found, tau = np.linalg.qr(finite("geqrf", a), mode="raw")
        return made(np.swapaxes(found, -2, -1), a), made(tau, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps nothing."""
        ctx.mark_non_differentiable(*output)

    @staticmethod
    def jvp(ctx: Any, *_: Any) -> Any:
        """None for each output."""
        return None, None
