"""For every op and sample: a batch of cotangents gives what each gives by itself, and forward mode what reverse mode says,
also where the derivative is itself differentiated."""

import numpy as np
import pytest

from backend import assert_close, torch, wengert_only
from laws.case import is_float
from laws.table import carries_derivatives, every_case

CASES = [
    (name, case)
    for name, case in every_case(wanted=carries_derivatives)
    if "-contiguous-" in name or "-repeated-" in name
]


def outputs(case, tensors):
    return [y for y in case.call(tensors) if is_float(y) and y.requires_grad]


def inputs(case, tensors):
    return [tensors[k] for k in case.inputs]


@wengert_only
@pytest.mark.parametrize("case", [c for _, c in CASES], ids=[n for n, _ in CASES])
def test_batches_of_cotangents(case):
    random = np.random.default_rng(0)
    tensors = case.tensors(requires_grad=True)
    ys, xs = outputs(case, tensors), inputs(case, tensors)
    if not ys:
        return
    batches = [torch.tensor(random.normal(size=(3, *y.shape)), dtype=y.dtype) for y in ys]
    for create_graph in (False, True):
        options = {"retain_graph": True, "allow_unused": True, "create_graph": create_graph}
        together = torch.autograd.grad(ys, xs, batches, is_grads_batched=True, **options)
        alone = [torch.autograd.grad(ys, xs, [b[i] for b in batches], **options) for i in range(3)]
        for got, *rows in zip(together, *alone):
            if got is None:
                assert all(row is None for row in rows)
                continue
            want = torch.stack(rows)
            assert_close(got.detach(), want.detach(), rtol=1e-9, atol=1e-11)
            if create_graph and got.requires_grad:
                weights = torch.tensor(random.normal(size=got.shape))
                a = torch.autograd.grad((got * weights).sum(), xs, retain_graph=True, allow_unused=True)
                b = torch.autograd.grad((want * weights).sum(), xs, retain_graph=True, allow_unused=True)
                for first, second in zip(a, b):
                    assert (first is None) == (second is None)
                    if first is not None:
                        assert_close(first, second, rtol=1e-8, atol=1e-9)
