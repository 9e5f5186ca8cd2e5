"""Linear algebra and special functions."""

from .making import *

L = torch.linalg
SINGULAR = [[1.0, 2.0], [2.0, 4.0]]

ROWS = {
    "inv of a vector": (lambda: L.inv(f(3)), RuntimeError, "at least 2 dimensions"),
    "inv of what is not square": (lambda: L.inv(f(2, 3)), RuntimeError, "square"),
    "inv of integers": (lambda: L.inv(torch.ones(2, 2, dtype=torch.int64)), RuntimeError, "floating point"),
    "inv of a singular matrix": (lambda: L.inv(torch.tensor(SINGULAR)), L.LinAlgError, "singular"),
    "inv of a batch with a singular matrix": (
        lambda: L.inv(torch.stack([torch.eye(2), torch.tensor(SINGULAR)])),
        L.LinAlgError,
        "Batch element 1",
    ),
    "cov with weights that are no tensor": (lambda: torch.cov(f(2, 3), fweights=2), TypeError, "must be Tensor"),
    "histogram with weights that are no tensor": (
        lambda: torch.histogram(f(3), 2, weight=5),
        TypeError,
        "must be Tensor",
    ),
    "inv of a list": (lambda: L.inv([[1.0]]), TypeError, "must be Tensor"),
    "solve of a singular matrix": (lambda: L.solve(torch.tensor(SINGULAR), torch.ones(2)), L.LinAlgError, "singular"),
    "solve of unequal sizes": (lambda: L.solve(f(2, 2), f(3, 1)), RuntimeError, "Incompatible shapes"),
    "solve of unequal dtypes": (lambda: L.solve(torch.eye(2), torch.eye(2).double()), RuntimeError, "same dtype"),
    "cholesky of a negative matrix": (lambda: L.cholesky(-torch.eye(3)), L.LinAlgError, "leading minor of order 1"),
    "qr in no mode": (lambda: L.qr(f(2, 2), "other"), RuntimeError, "unrecognized mode"),
    "eigh of no triangle": (lambda: L.eigh(torch.eye(2), "X"), RuntimeError, "UPLO"),
    "svd of NaN": (lambda: L.svd(torch.full((2, 2), float("nan"))), L.LinAlgError, "converge"),
    "svd with a driver": (lambda: L.svd(torch.eye(2), driver="gesvd"), RuntimeError, "driver"),
    "lstsq by no driver": (lambda: L.lstsq(torch.eye(2), torch.eye(2), driver="best"), RuntimeError, "driver"),
    "matrix norm of order 3": (lambda: L.matrix_norm(f(2, 2), 3), RuntimeError, "not supported"),
    "matrix norm of no name": (lambda: L.matrix_norm(f(2, 2), "max"), RuntimeError, "not supported"),
    "tensorinv of what does not fit": (lambda: L.tensorinv(f(2, 3)), RuntimeError, "prod"),
    "matrix_power of a singular matrix": (lambda: torch.matrix_power(torch.zeros(2, 2), -1), L.LinAlgError, "singular"),
    "polygamma of a negative order": (lambda: torch.polygamma(-1, f(2)), RuntimeError, "negative"),
    "mvlgamma of dimension 0": (lambda: torch.mvlgamma(f(2), 0), RuntimeError, "p"),
    "igamma of integers": (lambda: torch.igamma(whole(1), whole(1)), NotImplementedError, "not implemented"),
    "gcd of floats": (lambda: torch.gcd(f(2), f(2)), NotImplementedError, "gcd"),
    "lcm of bools": (lambda: torch.lcm(truth(True), truth(True)), NotImplementedError, "lcm"),
    "nextafter of integers": (lambda: torch.nextafter(whole(1), whole(1)), NotImplementedError, "nextafter"),
    "igamma's first derivative": (
        lambda: torch.igamma(leaf(2), torch.ones(2)).sum().backward(),
        NotImplementedError,
        "not implemented",
    ),
    "view of three floats as doubles": (lambda: f(3).float().view(torch.float64), RuntimeError, "divisible"),
    "view of a transposed matrix as doubles": (
        lambda: torch.ones(4, 2).t().view(torch.float64),
        RuntimeError,
        "stride",
    ),
    "resize_ of a leaf": (lambda: leaf(2).resize_(3), RuntimeError, "resize"),
    "comparison in place of unequal sizes": (lambda: f(2).lt_(f(3)), RuntimeError, "size|shape"),
    "fill_diagonal_ of a vector": (lambda: f(2).fill_diagonal_(1), RuntimeError, "dimensions"),
}

OURS = {
    "view of bytes as bools": (
        lambda: torch.tensor([7], dtype=torch.uint8).view(torch.bool),
        RuntimeError,
        "got|not supported",
    ),
    "save of an object": (lambda: torch.save(object(), __import__("io").BytesIO()), TypeError, "state_dict"),
    "load of nonsense": (lambda: torch.load(__import__("io").BytesIO(b"nonsense")), RuntimeError, "damaged"),
}
