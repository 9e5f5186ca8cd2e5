"""Where memory ends in the middle of an operation: a MemoryError, and the process lives."""

import os
import sys

import pytest

import child
from backend import wengert_only

# With 256 MiB: what the operation itself takes besides operands and result.
LINES = [
    "torch.zeros(2**20, 0).unbind()",
    "list(torch.zeros(2**20, 0))",
    "torch.zeros(0, 3).chunk(2**20)",
    "torch.zeros(0).tensor_split(2**20)",
    "torch.zeros(2**20, 1, dtype=torch.int8).split(1)",
    "torch.zeros(2**20, 1, requires_grad=True).unbind()",
    "torch.zeros(2**24, dtype=torch.int8).median()",
    "torch.zeros(2**24, dtype=torch.int8).median(0)",
    "torch.zeros(2**24, dtype=torch.int8).mode()",
    "torch.zeros(2**25, dtype=torch.int8).sort()",
    "torch.zeros(2**25, dtype=torch.int8).cummax(0)",
    "torch.multinomial(torch.ones(2**24), 2**23)",
    "torch.multinomial(torch.ones(2**24), 2**23, replacement=True)",
    "torch.unique_consecutive(torch.arange(2**23), return_inverse=True)",
    "torch.arange(2**23).unsqueeze(1).unique(dim=0)",
    "torch.ones(2**23, 2, dtype=torch.float32).std(1)",
    "torch.chain_matmul(*[torch.ones(1, 1)] * 5000)",
    "torch.combinations(torch.arange(1000), 3)",
    "torch.tril_indices(2**13, 2**13)",
    "torch.tensor([0] * 2**23)",
    "torch.tensor([[0.5]] * 2**23)",
    "torch.ones(2**13).diag()",
    "torch.ones(2**13, 1) @ torch.ones(1, 2**13)",
    "torch.randperm(2**25)",
    "torch.histc(torch.ones(3), 2**27)",
    "torch.bincount(torch.tensor([2**26]))",
]


@wengert_only
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is set by Linux's means")
def test_memory_ends():
    assert os.path.exists("/proc/self/statm")
    child.run(f"""
        import warnings
        torch.set_num_threads(1)
        (torch.ones(3) + 1).sum()
        with open("/proc/self/statm") as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + (256 << 20),) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for line in {LINES!r}:
            print(line, file=sys.stderr, flush=True)
            try:
                eval(line)
            except MemoryError as e:
                pass
            else:
                raise AssertionError("it did not run out of memory")
            x = torch.ones(3, requires_grad=True)
            (x * x).sum().backward()
            assert x.grad.tolist() == [2.0] * 3
    """)
