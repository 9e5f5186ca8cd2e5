"""Connectionist temporal classification: the probability of a sequence over all its alignments. Depends on Tensor and losses."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._create import as_tensor
from wengert.nn._losses import reduced

__all__ = ["ctc_loss"]

# Stands for the logarithm of 0: finite, so that gradients of what cannot be stay 0.
_NEVER = -1e30


def _lengths(given: Any, batch: int, name: str) -> list[int]:
    found = as_tensor(given).reshape(-1).tolist()
    if len(found) != batch:
        raise RuntimeError(f"{name} must be of size batch_size; got {len(found)} for {batch}")
    return [int(n) for n in found]


def _rows(targets: Tensor, lengths: list[int]) -> list[list[int]]:
    """The targets of each sequence, of a padded batch or of all one after the other."""
    if targets.dim() == 2:
        return [[int(v) for v in row[:n]] for row, n in zip(targets.tolist(), lengths, strict=True)]
    held, rows, start = [int(v) for v in targets.tolist()], [], 0
    for n in lengths:
        rows.append(held[start : start + n])
        start += n
    if start != len(held):
        raise RuntimeError(f"sum of target_lengths {start} must be the number of targets {len(held)}")
    return rows


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Minus the logarithm of the probability that steps read as the target, with blanks and repetitions taken out.

    `log_probs` are logarithms of probabilities (T, N, C), or (T, C); targets (N, S), or all one after the other. The mean is
    that of losses over target lengths. Targets that are too long have an infinite loss, or 0 with `zero_infinity`. (Graves
    et al. 2006.) Raises RuntimeError for sizes that do not fit.

    >>> import wengert
    >>> even = wengert.full((2, 1, 2), 0.5).log()
    >>> ctc_loss(even, wengert.tensor([[1]]), [2], [1]).exp()
    tensor(1.3333)
    """
    expect.tensors("ctc_loss", log_probs=log_probs, targets=targets)
    batched = log_probs.dim() == 3
    if log_probs.dim() not in (2, 3):
        raise RuntimeError(f"ctc_loss: expected log_probs of 2 or 3 dimensions, but got {list(log_probs.shape)}")
    if not batched:
        log_probs, targets = log_probs.unsqueeze(1), targets.reshape(1, -1)
    steps, batch, classes = (int(n) for n in log_probs.shape)
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range; got {blank} for {classes} classes")
    reach, many = _lengths(input_lengths, batch, "input_lengths"), _lengths(target_lengths, batch, "target_lengths")
    if max(reach, default=0) > steps:
        raise RuntimeError(f"Expected input_lengths to have value at most {steps}, but got value {max(reach)}")
    rows = _rows(targets, many)
    longest = max(many, default=0)
    # Blanks around each label; what lies beyond a target's own is never asked for.
    labels = [[x for label in row + [blank] * (longest - len(row)) for x in (blank, label)] + [blank] for row in rows]
    wide = 2 * longest + 1
    places = _core.tensor(labels).reshape(batch, wide)
    seen = log_probs.gather(2, places.unsqueeze(0).expand(steps, -1, -1))
    # A label may follow another one at once, unless they are the same.
    skips = [[k > 1 and row[k] != blank and row[k] != row[k - 2] for k in range(wide)] for row in labels]
    closed = _core.logical_not(_core.tensor(skips).reshape(batch, wide))
    never = _core._full([batch, 1], _NEVER, log_probs.dtype, False)
    first = seen[0] if steps else never
    start = _core._arange(0, wide, 1, _core.int64, False) > 1
    alpha = _core.masked_fill(first, start, _NEVER)
    ends = _core.tensor(reach)
    for t in range(1, steps):
        one = _core.cat([never, alpha[:, :-1]], 1)
        ways = [alpha, one]
        if wide > 1:
            two = _core.cat([never, never, alpha[:, :-2]], 1)
            ways.append(_core.masked_fill(two, closed, _NEVER))
        new = _core.logsumexp(_core.stack(ways), 0) + seen[t]
        alpha = _core.where((ends > t).unsqueeze(1), new, alpha)
    last = _core.tensor([[2 * n, max(2 * n - 1, 0)] for n in many]).reshape(batch, 2)
    found = alpha.gather(1, last)
    empty = _core.tensor([[False, n == 0] for n in many]).reshape(batch, 2)
    loss = -_core.logsumexp(_core.masked_fill(found, empty, _NEVER), 1)
    lost = _core.bitwise_or(loss.detach() > -_NEVER / 10, _core.tensor([r == 0 and n > 0 for r, n in zip(reach, many)]))
    loss = _core.masked_fill(loss, lost, 0.0 if zero_infinity else math.inf)
    # No steps read as no labels, for certain.
    loss = _core.masked_fill(loss, _core.tensor([r == 0 and n == 0 for r, n in zip(reach, many)]), 0.0)
    if reduction == "mean":
        loss = loss / _core.tensor([float(max(n, 1)) for n in many], dtype=loss.dtype)
    return reduced(loss if batched else loss.squeeze(0), reduction)
