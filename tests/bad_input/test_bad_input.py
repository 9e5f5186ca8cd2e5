"""Bad inputs: each row raises the stated class with the stated words, changes nothing, and afterwards the library computes.

The words are a regular expression, matched without regard to case, that PyTorch's message satisfies too; words that only
wengert promises stand in `PROMISED`, which lists what an error must say of what was got and what was wanted.
"""

import re

import numpy as np
import pytest

from backend import ON_TORCH, t64, torch

from . import (
    arguments,
    autograd,
    creation,
    indices,
    losses,
    making,
    matrices,
    memory,
    numbers,
    outside,
    places,
    products,
    shapes,
    types,
)
from .making import put

TABLES = [
    arguments,
    autograd,
    creation,
    indices,
    losses,
    matrices,
    memory,
    numbers,
    outside,
    places,
    products,
    shapes,
    types,
]
ROWS = {name: row for table in TABLES for name, row in table.ROWS.items()}
# What PyTorch takes, or crashes at: rows of wengert alone.
OURS = {name: row for table in TABLES for name, row in getattr(table, "OURS", {}).items()}
ALL = ROWS if ON_TORCH else ROWS | OURS

# What the message says besides: what was got, what was wanted, by name of the op.
PROMISED = {
    "add of unequal shapes": r"add.*[\[(]2, 3[\])].*[\[(]2,?[\])]",
    "mm of unequal sizes": r"mm.*first input \(3\).*second \(2\).*[\[(]2, 3[\])]",
    "matmul of unequal sizes": r"last dimension of the first input \(5\) must equal the second-to-last of the second \(4\); "
    r"got [\[(]3, 5[\])] and [\[(]4, 2[\])]",
    "mv of unequal sizes": r"mv.*[\[(]2, 3[\])].*[\[(]2,?[\])]",
    "dot of unequal sizes": r"(?=.*dot).*\b2\b.*\b3\b",
    "reshape to another size": r"(?=.*reshape)(?=.*[\[(]2, 3[\])]).*[\[(]4,?[\])]",
    "sum over a missing dimension": r"sum|got 2",
    "sum over a dimension twice": r"dim 0|sum",
    "cat of unequal shapes": r"cat.*[\[(]2, 3[\])].*[\[(]2, 4[\])]",
    "max of nothing": r"max",
    "mean of integers": r"mean.*(int64|Long)",
    "expand of a longer dimension": r"(?=.*expand)(?=.*[\[(]2, 3[\])]).*[\[(]2, 4[\])]",
    "index out of range": r"index 2.*size 2",
    "view of what is not contiguous": r"view.*reshape",
}


def still_computes():
    """A value, a gradient and a write, right after an error."""
    x = t64([1.0, 2.0], requires_grad=True)
    y = (x * x).exp() * 1
    y.mul_(2)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.tolist(), [4 * np.e, 8 * np.exp(4.0)])
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("row", ALL)
def test_bad_input(row):
    attempt, wanted, words = ALL[row]
    making.forget()
    with pytest.raises(wanted) as caught:
        attempt()
    message = str(caught.value)
    assert message.strip(), "an error says something"
    assert re.search(words, message, re.IGNORECASE | re.DOTALL), message
    assert ON_TORCH or ("panic" not in message.lower() and "internal error" not in message and "src/" not in message)
    if not ON_TORCH and row in PROMISED:
        assert re.search(PROMISED[row], message, re.DOTALL), message
    assert ON_TORCH or not making.changed(), "an operand of a failing call changed"
    still_computes()


def test_rows_are_many_and_told_apart():
    assert set(PROMISED) <= set(ROWS) | set(OURS)
    assert len(ROWS) + len(OURS) == sum(len(table.ROWS) + len(getattr(table, "OURS", {})) for table in TABLES) >= 150


@pytest.mark.parametrize(
    "row", ["add of unequal shapes", "index out of range", "in place on a leaf", "gradient of the wrong shape"]
)
def test_bad_input_many_times(row):
    """An error leaves nothing behind, however often it is made."""
    attempt, wanted, _ = ROWS[row]
    for _ in range(2000):
        with pytest.raises(wanted):
            attempt()
    still_computes()


def test_what_is_no_error():
    """The edges that have a value: none of them may crash."""
    least = torch.tensor([numbers.LEAST])
    assert (least // -1).item() == numbers.LEAST and (least % -1).item() == 0 and torch.fmod(least, -1).item() == 0
    assert (-least).item() == numbers.LEAST and abs(least).item() == numbers.LEAST
    if not ON_TORCH:  # a floating point exception there
        assert torch.div(least, -1, rounding_mode="trunc").item() == numbers.LEAST
    one = torch.tensor([1])
    assert (one << 64).item() == 0 and (one << 10**4).item() == 0 and (one << -1).item() == 0
    assert (torch.tensor([-5]) >> 64).item() == -1 and (torch.tensor([-5]) >> -1).item() == -1
    assert (torch.tensor([1], dtype=torch.int8) << 8).item() == 0
    assert (torch.tensor([2]) ** 2**40).item() == 0
    assert torch.ones(1).view(*[1] * 64).sum(dim=tuple(range(64))).item() == 1
    assert torch.tensor(2**70, dtype=torch.float64).item() == 2.0**70
    assert torch.tensor([2**70, 1.5]).dtype == torch.float32
    x = torch.ones(3)
    assert x[: 2**70].numel() == 3 and x[-(2**70) :].numel() == 3 and x[2**62 :].numel() == 0
    assert x.roll(2**62).tolist() == [1.0] * 3 and x.diagflat(0).shape == (3, 3)
    assert x.tensor_split((5, -9))[1].numel() == 0
    assert torch.ones(2, 2).tril(2**62).sum() == 4 and torch.ones(2, 2).triu(2**62).sum() == 0
    assert torch.tril_indices(3, 2, -1).tolist() == [[1, 2, 2], [0, 0, 1]]
    assert torch.triu_indices(3, 2, 1).tolist() == [[0], [1]]
    if not ON_TORCH:  # which looks at each of the 2**40 rows
        assert torch.triu_indices(2**40, 2).tolist() == [[0, 0, 1], [0, 1, 1]]
        assert torch.tril_indices(2**40, 2, 1 - 2**40).tolist() == [[2**40 - 1], [0]]
        assert torch.tril_indices(2**40, 0).shape == (2, 0)


def test_a_refused_write_leaves_kept_values():
    """The write is refused after what the tape keeps was set aside; a later write sets it aside again."""
    for times in range(3):
        x = t64([1.0, 2.0], requires_grad=True)
        w = x * 1
        y = (w * w).sum()
        for _ in range(times):
            with pytest.raises((NotImplementedError, RuntimeError)):
                w.bitwise_and_(1)
        assert w._version == 0
        (w * w).sum().backward(retain_graph=True)
        assert x.grad.tolist() == [2.0, 4.0]
        if not ON_TORCH:  # which refuses the backward after a write
            w.mul_(5)
            assert w._version == 1
            y.backward()
            assert x.grad.tolist() == [4.0, 8.0]


class Meddling:
    """An index that changes the tensor it is used on."""

    def __init__(self, x):
        self.x = x

    def __index__(self):
        self.x.data = torch.zeros(0, dtype=torch.int64)
        return 2


def test_an_index_that_changes_its_tensor():
    """The tensor is looked at after the index has been read: the index is out of range by then."""
    for use in (lambda x: x[Meddling(x)], lambda x: put(x, Meddling(x), 1.0), lambda x: x[Meddling(x) :].sum()):
        x = torch.ones(3)
        try:
            use(x)
        except (IndexError, RuntimeError):
            pass
        assert x.shape == (0,)
    still_computes()
