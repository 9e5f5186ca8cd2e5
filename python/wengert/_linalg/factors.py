"""Cholesky and QR decompositions, and LU with pivots. Depends on `matrices` and `inverse`."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor, cat, from_numpy
from wengert._linalg.inverse import LinalgSolveTriangular
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
    transposed,
    values,
)


class LinalgCholeskyEx(Batched):
    """A = L L' of a symmetric A: dL = L phi(L^-1 dA L'^-1), phi the lower triangle with half the diagonal.

    I. Murray, "Differentiation of the Cholesky decomposition" (2016), section 3.
    """

    @staticmethod
    def forward(a: Tensor) -> Tensor:
        """By NumPy, of the lower triangle."""
        import numpy as np

        array = values(a)
        try:
            return made(np.linalg.cholesky(array), a)
        except np.linalg.LinAlgError:
            place = first_failing(array, np.linalg.cholesky)
            raise LinAlgError(
                f"linalg.cholesky: {batch_words(array, place)}The factorization could not be completed because the input is not"
                f" positive-definite{leading_minor(array[place or ()])}"
            ) from None

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps L."""
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Any:
        """L'^-1 phi(L' G) L^-1, made symmetric."""
        (low,) = ctx.saved_tensors
        high = transposed(low)
        left = LinalgSolveTriangular.apply(high, _phi(high @ g), True, False)
        found = transposed(LinalgSolveTriangular.apply(high, transposed(left), True, False))
        return (found + transposed(found)) / 2

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """L phi(L^-1 dA L'^-1)."""
        (low,) = ctx.saved_tensors
        t = (t + transposed(t)) / 2
        left = LinalgSolveTriangular.apply(low, t, False, False)
        return low @ _phi(transposed(LinalgSolveTriangular.apply(low, transposed(left), False, False)))


def leading_minor(array: Any) -> str:
    """Says which leading minor is the first that is not positive-definite."""
    import numpy as np

    for n in range(1, len(array) + 1):
        try:
            np.linalg.cholesky(array[:n, :n])
        except np.linalg.LinAlgError:
            return f" (the leading minor of order {n} is not positive-definite)."
    return "."


def _phi(x: Tensor) -> Tensor:
    return (x.tril() + x.tril(-1)) / 2


class LinalgQr(Batched):
    """A = Q R, reduced: S. F. Walter, L. Lehmann, "Algorithmic differentiation of linear algebra functions with application in
    optimum experimental design" (2010); H. J. Liao et al., "Differentiable programming tensor networks" (2019).

    A matrix with more columns than rows is [X Y] with X = Q U and Y = Q V: the rule for X, and products for Y.
    """

    @staticmethod
    def forward(a: Tensor) -> Any:
        """By NumPy."""
        import numpy as np

        q, r = np.linalg.qr(values(a))
        return made(q, a), made(r, a)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps Q and R."""
        ctx.save_for_backward(*output)

    @staticmethod
    def backward(ctx: Any, gq: Tensor, gr: Tensor) -> Any:
        """(Gq + Q sym(R Gr' - Gq' Q)) R'^-1, the symmetric matrix of the lower triangle."""
        q, r = ctx.saved_tensors
        rows, wide = q.shape[-2], r.shape[-1] > q.shape[-2]
        square, gsquare = (r[..., :rows], gr[..., :rows]) if wide else (r, gr)
        if wide:
            # Y = Q V: Q's part is Y Gv', and Y is Q V.
            gq = gq + q @ r[..., rows:] @ transposed(gr[..., rows:])
        m = square @ transposed(gsquare) - transposed(gq) @ q
        left = gq + q @ (m.tril() + transposed(m.tril(-1)))
        found = transposed(LinalgSolveTriangular.apply(square, transposed(left), True, False))
        if not wide:
            return found
        return cat([found, q @ gr[..., rows:]], -1)

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """dQ = Q W + (1 - Q Q') dX U^-1 and dR = Q' dA - W R, W the skew matrix of the lower triangle of Q' dX U^-1."""
        q, r = ctx.saved_tensors
        rows, wide = q.shape[-2], r.shape[-1] > q.shape[-2]
        square, moved = (r[..., :rows], t[..., :rows]) if wide else (r, t)
        scaled = transposed(LinalgSolveTriangular.apply(transposed(square), transposed(moved), False, False))
        inside = transposed(q) @ scaled
        low = inside.tril(-1)
        turn = low - transposed(low)
        return q @ turn + scaled - q @ inside, transposed(q) @ t - turn @ r


def complete(a: Tensor) -> tuple[Tensor, Tensor]:
    """Q square and R with the shape of A; values only."""
    import numpy as np

    q, r = np.linalg.qr(values(a), mode="complete")
    return made(q, a), made(r, a)


class Permutation(Constant):
    """The matrices P with A = P L U from pivots, which count from 1, in a dtype."""

    @staticmethod
    def forward(pivots: Tensor, rows: int, dtype: Any) -> Tensor:
        """By exchanging rows."""
        import numpy as np

        steps = values(pivots)
        out = np.zeros((*steps.shape[:-1], rows, rows))
        for place in batches((*steps.shape, 0)):
            order = np.arange(rows)
            for k, p in enumerate(steps[place]):
                if not 1 <= p <= rows:
                    raise RuntimeError(
                        f"Pivots passed to lu_solve must be greater or equal to 1 and at most {rows}; got {p}"
                    )
                order[[k, p - 1]] = order[[p - 1, k]]
            out[place][order, np.arange(rows)] = 1
        return from_numpy(out).to(dtype)


class LinalgLuFactorEx(Batched):
    """P L U of a matrix, L and U as one: with X = L^-1 P' dA U^-1, dL = L tril(X, -1) and dU = triu(X) U.

    The pivots are constants. Rules as in S. F. Walter, L. Lehmann (2010); for full-rank leading blocks. Of a matrix with more
    rows than columns the lower ones are A2 = L2 U; of one with more columns than rows the last ones are A2 = L U2.
    """

    @staticmethod
    def forward(a: Tensor) -> Any:
        """By elimination."""
        packed, pivots, info = lu_arrays(values(a))
        return made(packed, a), from_numpy(pivots), from_numpy(info)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps L and U, and the order of rows."""
        packed, pivots, info = output
        ctx.save_for_backward(packed, Permutation.apply(pivots, packed.shape[-2], packed.dtype))
        ctx.mark_non_differentiable(pivots, info)

    @staticmethod
    def backward(ctx: Any, g: Tensor, *_: Any) -> Any:
        """P L'^-1 (tril(L' Gl, -1) + triu(Gu U')) U'^-1; of rows below first L2' = G2 U'^-1, of columns after U2' = L'^-1 G2."""
        packed, order = ctx.saved_tensors
        low, high, below, after = _blocks(packed)
        k = low.shape[-1]
        square = g[..., :k, :k]
        of_low, of_high = transposed(low) @ square.tril(-1), square.triu() @ transposed(high)
        if below is not None:
            rest = transposed(LinalgSolveTriangular.apply(high, transposed(g[..., k:, :]), True, False))
            of_high = of_high - (transposed(below) @ rest).triu() @ transposed(high)
        if after is not None:
            rest = LinalgSolveTriangular.apply(transposed(low), g[..., k:], True, True)
            of_low = of_low - transposed(low) @ (rest @ transposed(after)).tril(-1)
        inner = of_low.tril(-1) + of_high.triu()
        right = transposed(LinalgSolveTriangular.apply(high, transposed(inner), True, False))
        found = LinalgSolveTriangular.apply(transposed(low), right, True, True)
        if below is not None:
            found = cat([found, rest], -2)
        if after is not None:
            found = cat([found, rest], -1)
        return order @ found

    @staticmethod
    def jvp(ctx: Any, t: Tensor) -> Any:
        """L tril(X, -1) + triu(X) U; below (dA2 - L2 dU) U^-1, after L^-1 (dA2 - dL U2)."""
        packed, order = ctx.saved_tensors
        low, high, below, after = _blocks(packed)
        k = low.shape[-1]
        moved = transposed(order) @ t
        left = LinalgSolveTriangular.apply(low, moved[..., :k, :k], False, True)
        x = transposed(LinalgSolveTriangular.apply(transposed(high), transposed(left), False, False))
        of_low, of_high = low @ x.tril(-1), x.triu() @ high
        found = of_low + of_high
        if below is not None:
            rest = transposed(moved[..., k:, :] - below @ of_high)
            found = cat([found, transposed(LinalgSolveTriangular.apply(transposed(high), rest, False, False))], -2)
        if after is not None:
            rest = moved[..., k:] - of_low @ after
            found = cat([found, LinalgSolveTriangular.apply(low, rest, False, True)], -1)
        return found, None, None


def unpacked(packed: Tensor) -> tuple[Tensor, Tensor]:
    """L and U of square matrices."""
    return packed.tril(-1) + eye(packed.shape[-1], packed), packed.triu()


def _blocks(packed: Tensor) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
    """L and U of the leading square, what L has below it and what U has after it."""
    rows, columns = packed.shape[-2:]
    k = min(rows, columns)
    low, high = unpacked(packed[..., :k, :k])
    return low, high, packed[..., k:, :] if rows > k else None, packed[..., k:] if columns > k else None
