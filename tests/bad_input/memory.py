"""Sizes that no memory holds: an error at once, not a loop until memory ends."""

from .making import *

HUGE = 2**62

ROWS = {
    "zeros of 2**62 by 2**62": (lambda: torch.zeros(HUGE, HUGE), RuntimeError, "size|overflow"),
    "zeros of 1 TiB": (lambda: torch.zeros(2**38), NoMemory, "1099511627776 bytes|allocate"),
    "ones of 1 TiB": (lambda: torch.ones(2**20, 2**18), NoMemory, "1099511627776 bytes|allocate"),
    "random numbers of 1 TiB": (lambda: torch.rand(2**38), NoMemory, "alloc"),
    "copy of an expanded tensor": (lambda: f(1).expand(2**40).clone(), NoMemory, "alloc"),
    "sum of expanded tensors": (lambda: f(2**10, 1).expand(2**10, 2**40) + 1, NoMemory, "alloc"),
    "gradient through overlapping strides of 2**44 elements": (
        lambda: t64([1.0], True).expand(2**44).as_strided((2,), (0,)).sum().backward(),
        NoMemory,
        "memory|alloc",
    ),
    "reshape of nothing to what cannot be counted": (
        lambda: f(0).reshape(0, HUGE, HUGE),
        RuntimeError,
        "size|overflow",
    ),
    "narrow by 2**63 - 1": (lambda: f(3).narrow(0, 1, 2**63 - 1), RuntimeError, "exceeds dimension size"),
    "eye of 2**40": (lambda: torch.eye(2**40), NoMemory, "size|alloc|overflow"),
    "arange of 2**62": (lambda: torch.arange(HUGE), NoMemory, "size|alloc"),
    "linspace of 2**62 steps": (lambda: torch.linspace(0, 1, HUGE), NoMemory, "size|alloc"),
    "expand to more than can be counted": (lambda: f(1).expand(HUGE, HUGE), RuntimeError, "size|overflow|elements"),
    "reshape to more than can be counted": (
        lambda: f(1).reshape(HUGE, HUGE),
        RuntimeError,
        "overflow|elements|invalid",
    ),
    "repeat 2**62 times": (lambda: f(2).repeat(HUGE), NoMemory, ""),
    "repeat 2**62 times twice": (lambda: f(2).repeat(HUGE, HUGE), NoMemory, ""),
    "repeat_interleave 2**62 times": (lambda: f(2).repeat_interleave(HUGE), NoMemory, ""),
    "repeat_interleave by counts of 2**62": (lambda: torch.repeat_interleave(whole(HUGE, HUGE)), NoMemory, ""),
    "diagonal 2**62 away": (lambda: f(2).diag(HUGE), NoMemory, ""),
    "one_hot of class 2**62": (lambda: functional.one_hot(whole(HUGE)), NoMemory, ""),
    "pad by 2**62": (lambda: functional.pad(f(2), (HUGE, HUGE)), NoMemory, ""),
    "bincount of 2**62": (lambda: torch.bincount(whole(HUGE)), NoMemory, ""),
    "histc of 2**62 bins": (lambda: torch.histc(f(2), HUGE), NoMemory, ""),
    "unfold of a window of 2**62": (lambda: f(2).unfold(0, HUGE, 1), RuntimeError, "4611686018427387904"),
    "outer product of 2**40 by 2**40": (lambda: torch.outer(f(1).expand(2**40), f(1).expand(2**40)), NoMemory, ""),
    "tril_indices of 2**40": (lambda: torch.tril_indices(2**40, 2**40), NoMemory, ""),
    "tensor_split into 2**62": (lambda: f(2).tensor_split(HUGE), NoMemory, "vector"),
    "tensor by a list of sizes of 2**62": (lambda: torch.Tensor(HUGE), NoMemory, ""),
    "combinations of 100 of 200": (lambda: torch.combinations(torch.arange(200), 100), NoMemory, ""),
    "randperm of 2**62": (lambda: torch.randperm(HUGE), NoMemory, ""),
}

OURS = {
    "array_wrap of a list that holds itself": (lambda: f(2).__array_wrap__(loop()), TypeError, "wanted np.ndarray"),
    "zeros of 1 TiB, in words": (
        lambda: torch.zeros(2**10, 2**28),
        MemoryError,
        r"1099511627776 bytes.*shape \[1024, 268435456\].*float32.*try",
    ),
    "chunks of nothing by 2**62": (lambda: f(0).chunk(HUGE), RuntimeError, "parts"),
    "combinations of 2**62": (lambda: torch.combinations(torch.arange(3), HUGE), RuntimeError, "4611686018427387904"),
}
