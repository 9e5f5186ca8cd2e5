"""Eigenvalues of symmetric matrices and singular values. Depends on `matrices`.

Where two eigenvalues (or singular values) are equal their vectors have no derivative: it comes out infinite or NaN. That of the
values alone is there all the same.
"""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._linalg.matrices import Batched, Constant, LinAlgError, eye, made, transposed, values


class LinalgEigh(Batched):
    """A = V diag(w) V': dw = diag(V' dA V), dV = V (F o V' dA V) with F_ij = 1 / (w_j - w_i) (Giles 2008, 3.1)."""

    @staticmethod
    def forward(a: Tensor, uplo: Any) -> Any:
        """By NumPy, of one triangle."""
        import numpy as np

        try:
            w, v = np.linalg.eigh(values(a), uplo)
        except np.linalg.LinAlgError:
            raise no_convergence("linalg.eigh") from None
        bad = ~np.isfinite(values(a)).all((-2, -1))
        if bad.any():
            # What LAPACK makes of infinities and NaN means nothing.
            w[bad], v[bad] = np.nan, np.nan
        return made(w, a), made(v, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps values and vectors."""
        ctx.save_for_backward(*output)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, gw: Tensor | None, gv: Tensor | None) -> Any:
        """V (diag(Gw) + F o V' Gv) V', made symmetric."""
        w, v = ctx.saved_tensors
        if gw is None and gv is None:
            return None, None
        inner = None if gw is None else gw.diag_embed()
        if gv is not None:
            turn = _apart(transposed(v) @ gv, w)
            inner = turn if inner is None else inner + turn
        found = v @ inner @ transposed(v)
        return (found + transposed(found)) / 2, None

    @staticmethod
    def jvp(ctx: Any, t: Tensor | None, _: Any) -> Any:
        """The rule above."""
        if t is None:
            return None, None
        w, v = ctx.saved_tensors
        inner = transposed(v) @ ((t + transposed(t)) / 2) @ v
        return inner.diagonal(0, -2, -1), v @ _apart(inner, w)


def finite(name: str, a: Tensor) -> Any:
    """The values; refuses infinities and NaN, with which LAPACK's iterations may return anything."""
    import numpy as np

    array = values(a)
    if not np.isfinite(array).all():
        raise no_convergence(name)
    return array


def no_convergence(name: str) -> LinAlgError:
    """The error of an iteration that did not end."""
    return LinAlgError(
        f"{name}: The algorithm failed to converge because the input matrix contained non-finite values, or is ill-conditioned"
    )


def _apart(x: Tensor, w: Tensor) -> Tensor:
    """x_ij / (w_j - w_i), 0 on the diagonal."""
    one = eye(w.shape[-1], w)
    return x * (1 - one) / (w[..., None, :] - w[..., :, None] + one)


class LinalgSvd(Batched):
    """A = U diag(s) V', reduced: J. Townsend, "Differentiating the singular value decomposition" (2016)."""

    @staticmethod
    def forward(a: Tensor) -> Any:
        """By NumPy."""
        import numpy as np

        try:
            u, s, vh = np.linalg.svd(finite("linalg.svd", a), full_matrices=False)
        except np.linalg.LinAlgError:
            raise no_convergence("linalg.svd") from None
        return made(u, a), made(s, a), made(vh, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps all three."""
        ctx.save_for_backward(*output)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, gu: Tensor | None, gs: Tensor | None, gvh: Tensor | None) -> Any:
        """U (skew(U' Gu) / E S + diag(Gs) + S skew(V' Gv) / E) V', and what lies outside of U and V."""
        u, s, vh = ctx.saved_tensors
        if gu is None and gs is None and gvh is None:
            return None
        ut = transposed(u)
        inner = None if gs is None else gs.diag_embed()
        outside = []
        if gu is not None:
            of_u = ut @ gu
            inner = _plus(inner, _apart(of_u - transposed(of_u), s * s) * s[..., None, :])
            if u.shape[-2] > s.shape[-1]:
                outside.append((gu - u @ of_u) / s[..., None, :] @ vh)
        if gvh is not None:
            of_v = vh @ transposed(gvh)
            inner = _plus(inner, s[..., :, None] * _apart(of_v - transposed(of_v), s * s))
            if vh.shape[-1] > s.shape[-1]:
                outside.append(u @ ((gvh - transposed(of_v) @ vh) / s[..., :, None]))
        found = u @ inner @ vh
        for part in outside:
            found = found + part
        return found

    @staticmethod
    def jvp(ctx: Any, t: Tensor | None) -> Any:
        """With P = U' dA V: ds = diag(P), dU = U ((P S + S P') / E) + (1 - U U') dA V / S, and so for V."""
        if t is None:
            return None, None, None
        u, s, vh = ctx.saved_tensors
        ut, v = transposed(u), transposed(vh)
        p = ut @ t @ v
        across, down = s[..., None, :], s[..., :, None]
        du = u @ _apart(p * across + down * transposed(p), s * s)
        dv = v @ _apart(down * p + transposed(p) * across, s * s)
        if u.shape[-2] > s.shape[-1]:
            of = t @ v
            du = du + (of - u @ (ut @ of)) / across
        if vh.shape[-1] > s.shape[-1]:
            of = transposed(t) @ u
            dv = dv + (of - v @ (vh @ of)) / across
        return du, p.diagonal(0, -2, -1), transposed(dv)


def _plus(a: Tensor | None, b: Tensor) -> Tensor:
    return b if a is None else a + b


def full(a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """U and V square; the vectors beyond the reduced ones are constants, since any would do."""
    u, s, vh = LinalgSvd.apply(a)
    k, rows, columns = s.shape[-1], a.shape[-2], a.shape[-1]
    if rows > k:
        u = _core.cat([u, Complement.apply(u)], -1)
    if columns > k:
        vh = _core.cat([vh, transposed(Complement.apply(transposed(vh)))], -2)
    return u, s, vh


class Complement(Constant):
    """Columns that make orthonormal ones a basis; no derivative."""

    @staticmethod
    def forward(u: Tensor) -> Tensor:
        """By a complete QR decomposition."""
        import numpy as np

        q, _ = np.linalg.qr(values(u), mode="complete")
        return made(q[..., u.shape[-1] :], u)
