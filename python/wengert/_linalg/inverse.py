"""Inverses, systems of equations, determinants. Depends on `matrices`.

Rules: M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation" (2008).
"""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._linalg.matrices import (
    Batched,
    Constant,
    LinAlgError,
    batch_words,
    batches,
    eye,
    first_failing,
    lu_arrays,
    made,
    plain,
    transposed,
    values,
)


class LinalgInvEx(Batched):
    """Y = A^-1: dY = -Y dA Y (Giles 2008, 2.2.3)."""

    @staticmethod
    def forward(a: Tensor, name: str) -> Tensor:
        """By NumPy."""
        import numpy as np

        try:
            return made(np.linalg.inv(values(a)), a)
        except np.linalg.LinAlgError:
            raise singular(name, values(a), np.linalg.inv, "inversion") from None

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps the output."""
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """-Y' G Y'."""
        (y,) = ctx.saved_tensors
        return -(transposed(y) @ g @ transposed(y)), None

    @staticmethod
    def jvp(ctx: Any, t: Tensor, _: Any) -> Any:
        """-Y dA Y."""
        (y,) = ctx.saved_tensors
        return -(y @ t @ y)


def singular(name: str, array: Any, function: Any, what: str) -> LinAlgError:
    """The error of the first singular matrix of a batch."""
    place = first_failing(array, function)
    if what == "solver":
        return LinAlgError(
            f"{name}: {batch_words(array, place)}The solver failed because the input matrix is singular; try lstsq()"
        )
    element = max(int(lu_arrays(array[place or ()])[2]), 1)
    return LinAlgError(
        f"{name}: {batch_words(array, place)}The diagonal element {element} is zero, the {what} could not be completed because the"
        " input matrix is singular; try pinv() or lstsq()"
    )


class LinalgSolveEx(Batched):
    """X with A X = B, for matrices B: dX = A^-1 (dB - dA X) (Giles 2008, 2.3.1)."""

    @staticmethod
    def forward(a: Tensor, b: Tensor) -> Tensor:
        """By NumPy."""
        import numpy as np

        try:
            return made(np.linalg.solve(values(a), values(b)), b)
        except np.linalg.LinAlgError:
            raise singular("torch.linalg.solve", values(a), np.linalg.inv, "solver") from None

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A and X."""
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """A'^-1 G for B, and -(that) X' for A."""
        a, x = ctx.saved_tensors
        of_b = LinalgSolveEx.apply(transposed(a), g)
        return (-(of_b @ transposed(x)) if ctx.needs_input_grad[0] else None), of_b

    @staticmethod
    def jvp(ctx: Any, ta: Tensor, tb: Tensor) -> Any:
        """A^-1 (dB - dA X)."""
        a, x = ctx.saved_tensors
        return LinalgSolveEx.apply(a, tb - ta @ x)


class LinalgSolveTriangular(Batched):
    """X with A X = B where only a triangle of A is read: that of `solve` within the triangle."""

    @staticmethod
    def forward(a: Tensor, b: Tensor, upper: bool, unit: bool) -> Tensor:
        """By substitution, a row of all examples at a time."""
        import numpy as np

        a_, x = values(a), np.array(values(b))
        n = a_.shape[-1]
        with np.errstate(all="ignore"):
            for step in range(n):
                i = n - 1 - step if upper else step
                known = slice(i + 1, n) if upper else slice(0, i)
                row = a_[..., i : i + 1, known]
                if row.shape[-1]:
                    x[..., i : i + 1, :] -= row @ x[..., known, :]
                if not unit:
                    x[..., i, :] /= a_[..., i, i, None]
        return made(x, b)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A and X."""
        a, _, ctx.upper, ctx.unit = inputs
        ctx.save_for_backward(a, output)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """As of `solve`, within the triangle."""
        a, x = ctx.saved_tensors
        of_b = LinalgSolveTriangular.apply(transposed(a), g, not ctx.upper, ctx.unit)
        of_a = _triangle(-(of_b @ transposed(x)), ctx.upper, ctx.unit) if ctx.needs_input_grad[0] else None
        return of_a, of_b, None, None

    @staticmethod
    def jvp(ctx: Any, ta: Tensor, tb: Tensor, *_: Any) -> Any:
        """As of `solve`, within the triangle."""
        a, x = ctx.saved_tensors
        return LinalgSolveTriangular.apply(a, tb - _triangle(ta, ctx.upper, ctx.unit) @ x, ctx.upper, ctx.unit)


def _triangle(x: Tensor, upper: bool, unit: bool) -> Tensor:
    return x.triu(int(unit)) if upper else x.tril(-int(unit))


class LinalgDet(Batched):
    """The determinant: dy = <C, dA> with the cofactors C, which are y A'^-1 where that exists (Giles 2008, 2.2.4)."""

    @staticmethod
    def forward(a: Tensor) -> Tensor:
        """By NumPy."""
        import numpy as np

        with np.errstate(all="ignore"):
            return made(np.linalg.det(values(a)), a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A."""
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """g C."""
        (a,) = ctx.saved_tensors
        return g[..., None, None] * Cofactors.apply(a)

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """<C, dA>."""
        (a,) = ctx.saved_tensors
        return (Cofactors.apply(a) * t).sum((-2, -1))


class Cofactors(Batched):
    """The matrix of cofactors, of singular matrices too: with A = U S V', C = det(U V') U diag(products of the other s) V'.

    Its derivative is that of y A'^-1 for regular matrices. For singular ones a cofactor is the signed determinant of a minor,
    and the minors are differentiated: n^2 determinants, exact to any order.
    """

    @staticmethod
    def forward(a: Tensor) -> Tensor:
        """By the singular value decomposition."""
        import numpy as np

        x = values(a)
        n = x.shape[-1]
        if n == 0:
            return made(np.zeros(x.shape), a)
        u, s, vh = np.linalg.svd(x)
        others = np.repeat(s[..., None, :], n, -2)
        others[..., range(n), range(n)] = 1
        sign = np.linalg.det(u) * np.linalg.det(vh)
        return made(sign[..., None, None] * (u * others.prod(-1)[..., None, :]) @ vh, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A."""
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """The rule is its own adjoint: second derivatives of the determinant are symmetric."""
        (a,) = ctx.saved_tensors
        return second(a, g)

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """As backward."""
        (a,) = ctx.saved_tensors
        return second(a, t)


def second(a: Tensor, h: Tensor) -> Tensor:
    """The derivative of the cofactors along `h`."""
    if _is_regular(a):
        inverse = transposed(LinalgInvEx.apply(a, "torch.linalg.det"))
        along = (inverse * h).sum((-2, -1))[..., None, None]
        return LinalgDet.apply(a)[..., None, None] * (along * inverse - inverse @ transposed(h) @ inverse)
    n = a.shape[-1]
    if n < 2:
        return _core._zeros_like(a) * h
    # take[i]: the identity without row i.
    take = _core.stack([_core.cat([eye(n, a)[:i], eye(n, a)[i + 1 :]]) for i in range(n)])
    minors = _core.einsum("iap,...pq,jbq->...ijab", take, a, take)
    place = _core._arange(0, n, 1, a.dtype, False)
    sign = 1 - 2 * ((place[:, None] + place) % 2)
    weighted = (h * sign)[..., None, None] * Cofactors.apply(minors)
    return _core.einsum("iap,...ijab,jbq->...pq", take, weighted, take)


def _is_regular(a: Tensor) -> bool:
    """Whether all matrices can be inverted, by their values under whatever transforms."""
    import numpy as np

    x = plain(a)
    if x.size == 0:
        return True
    s = np.linalg.svd(x, compute_uv=False)
    return bool((s[..., -1] > s[..., 0] * np.finfo(x.dtype).eps * x.shape[-1]).all())


class LinalgSlogdet(Batched):
    """Sign of the determinant and logarithm of its size: d log|det A| = tr(A^-1 dA) (Giles 2008, 2.2.4)."""

    @staticmethod
    def forward(a: Tensor) -> Any:
        """By NumPy."""
        import numpy as np

        with np.errstate(all="ignore"):
            sign, size = np.linalg.slogdet(values(a))
        return made(sign, a), made(size, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps A."""
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx: Any, _: Any, g: Tensor) -> Any:
        """g A'^-1; the sign is constant where it has a derivative."""
        (a,) = ctx.saved_tensors
        return g[..., None, None] * transposed(LinalgInvEx.apply(a, "torch.linalg.slogdet"))

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """tr(A^-1 dA)."""
        (a,) = ctx.saved_tensors
        inverse = LinalgInvEx.apply(a, "torch.linalg.slogdet")
        found = (transposed(inverse) * t).sum((-2, -1))
        return _core._zeros_like(found), found


class Singular(Constant):
    """For each matrix 0, or the first diagonal element of U that is 0 where it is singular; int32."""

    @staticmethod
    def forward(a: Tensor) -> Tensor:
        """By inverting each."""
        import numpy as np

        array = values(a)
        info = np.zeros(array.shape[:-2], np.int32)
        for place in batches(array.shape):
            try:
                np.linalg.inv(array[place])
            except np.linalg.LinAlgError:
                info[place] = max(int(lu_arrays(array[place])[2]), 1)
        return _core.from_numpy(info)


def inverse_of(a: Tensor, name: str) -> Any:
    """Inverses, and for each matrix 0 or what makes it singular: infinities stand for its inverse."""
    flags = Singular.apply(a)
    if not plain(flags).any():
        return LinalgInvEx.apply(a, name), flags
    bad = (flags != 0)[..., None, None]
    sound = LinalgInvEx.apply(_core.where(bad, eye(a.shape[-1], a), a), name)
    return _core.where(bad, _core._full([], float("inf"), a.dtype, False), sound), flags
