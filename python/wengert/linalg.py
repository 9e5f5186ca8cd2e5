"""Linear algebra; names and rules are torch.linalg's. Values of decompositions are `numpy.linalg`'s, derivatives are recorded."""

from wengert._core import matmul as matmul
from wengert._linalg.factoring import (
    cholesky as cholesky,
    cholesky_ex as cholesky_ex,
    eigh as eigh,
    eigvalsh as eigvalsh,
    lu as lu,
    lu_factor as lu_factor,
    lu_factor_ex as lu_factor_ex,
    lu_solve as lu_solve,
    qr as qr,
    svd as svd,
    svdvals as svdvals,
)
from wengert._linalg.matrices import LinAlgError as LinAlgError
from wengert._linalg.measures import (
    cond as cond,
    cross as cross,
    diagonal as diagonal,
    matrix_norm as matrix_norm,
    matrix_power as matrix_power,
    matrix_rank as matrix_rank,
    multi_dot as multi_dot,
    norm as norm,
    vander as vander,
    vecdot as vecdot,
    vector_norm as vector_norm,
)
from wengert._linalg.orthogonal import (
    householder_product as householder_product,
    matrix_sqrth as matrix_sqrth,
    polar as polar,
)
from wengert._linalg.solving import (
    det as det,
    inv as inv,
    inv_ex as inv_ex,
    lstsq as lstsq,
    matrix_exp as matrix_exp,
    pinv as pinv,
    slogdet as slogdet,
    solve as solve,
    solve_ex as solve_ex,
    solve_triangular as solve_triangular,
    tensorinv as tensorinv,
    tensorsolve as tensorsolve,
)
