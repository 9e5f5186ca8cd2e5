"""Shapes that do not fit. Each row is (attempt, class, words)."""

from .making import *

ROWS = {
    "add of unequal shapes": (lambda: f(2, 3) + f(2), ValueOrRuntime, r"\b3\b.*\b2\b|\b2\b.*\b3\b"),
    "where of unequal shapes": (lambda: torch.where(f(2).bool(), f(3), f(2)), ValueOrRuntime, r"2.*3|3.*2"),
    "in place into too little": (lambda: f(2).add_(f(3, 2)), ValueOrRuntime, "shape|broadcast"),
    "mm of unequal sizes": (lambda: f(2, 3).mm(f(2, 3)), ValueOrRuntime, r"2.*3"),
    "mm of a vector": (lambda: f(2, 3).mm(f(3)), ValueOrRuntime, "2-?D|matri|dim"),
    "mv of unequal sizes": (lambda: f(2, 3).mv(f(2)), ValueOrRuntime, r"3.*2|2.*3"),
    "bmm of unequal batches": (lambda: f(2, 3, 4).bmm(f(3, 4, 5)), ValueOrRuntime, r"batch|\[2, 4\]|2.*3"),
    "dot of matrices": (lambda: f(2, 2).dot(f(2, 2)), ValueOrRuntime, "1D|1-D|2D"),
    "dot of unequal sizes": (lambda: f(2).dot(f(3)), ValueOrRuntime, r"2.*3"),
    "matmul of unequal sizes": (lambda: f(3, 5) @ f(4, 2), ValueOrRuntime, r"5.*4"),
    "matmul of a scalar": (lambda: f(2, 2) @ t64(1.0), ValueOrRuntime, "scalar|0-?D|1D|dim"),
    "matmul of unequal dtypes": (lambda: f(2, 2) @ torch.ones(2, 2), TypeOrRuntime, "dtype|same|float|double"),
    "reshape to another size": (lambda: f(2, 3).reshape(4), ValueOrRuntime, r"4"),
    "reshape with two unknowns": (lambda: f(2, 3).reshape(-1, -1), ValueOrRuntime, "one|infer|-1"),
    "view of what is not contiguous": (lambda: f(2, 3).t().view(6), ValueOrRuntime, "stride|contiguous|reshape"),
    "expand of a longer dimension": (lambda: f(2, 3).expand(2, 4), ValueOrRuntime, "expand"),
    "expand to fewer dimensions": (lambda: f(2, 3).expand(3), ValueOrRuntime, "dim|expand"),
    "permute with a dimension missing": (lambda: f(2, 3).permute(0), ValueOrRuntime, "dim"),
    "permute with a dimension twice": (lambda: f(2, 3).permute(0, 0), ValueOrRuntime, "dim|repeat|dup"),
    "t of a cube": (lambda: f(2, 2, 2).t(), ValueOrRuntime, "2"),
    "cat of nothing": (lambda: torch.cat([]), ValueOrRuntime, "empty|at least one|non-empty"),
    "cat of unequal shapes": (lambda: torch.cat([f(2, 3), f(2, 4)]), ValueOrRuntime, r"3.*4|4.*3"),
    "cat of a number": (lambda: torch.cat([1, 2]), TypeError, ""),
}
