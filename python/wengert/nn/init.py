"""Ways to fill parameters before training, in place and unrecorded. Names are torch.nn.init's. Depends on Tensor."""

from __future__ import annotations

import math
import statistics
import warnings
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._random import rand, randn, randperm
from wengert.autograd import no_grad

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

_GAINS = {"tanh": 5.0 / 3.0, "relu": math.sqrt(2.0), "selu": 0.75}
_LINEAR = {"linear", "sigmoid"} | {f"conv{kind}{n}d" for kind in ("", "_transpose") for n in (1, 2, 3)}


def calculate_gain(nonlinearity: str, param: Any = None) -> float:
    """The factor that keeps the spread of values through an activation; `param` is the slope of 'leaky_relu'.

    Raises ValueError for an activation that is not known. (He et al., "Delving Deep into Rectifiers", 2015.)

    >>> calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity in _LINEAR:
        return 1.0
    if nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    if nonlinearity == "leaky_relu":
        if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
            raise ValueError(f"negative_slope {param} not a valid number")
        slope = 0.01 if param is None else param
        return math.sqrt(2.0 / (1.0 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output is the sum of, and how many outputs an input goes into."""
    if tensor.dim() < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Numbers between `a` and `b`.

    >>> import wengert
    >>> bool((uniform_(wengert.empty(3)) < 1).all())
    True
    """
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Numbers of a normal distribution.

    >>> import wengert
    >>> normal_(wengert.empty(3)).shape
    torch.Size([3])
    """
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Numbers of a normal distribution, restricted to what lies between `a` and `b`.

    >>> import wengert
    >>> bool((trunc_normal_(wengert.empty(9)).abs() <= 2).all())
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.",
            stacklevel=2,
        )

    normal = statistics.NormalDist(mean, std)
    low, high = normal.cdf(a), normal.cdf(b)
    places = rand(tensor.numel(), dtype=_core.float64, generator=generator) * (high - low) + low
    # The ends of a distribution function that rounds to 0 or 1 have no inverse.
    inner = [min(max(p, 5e-324), 1.0 - 2.0**-53) for p in places.tolist()]
    drawn = _core.tensor([normal.inv_cdf(p) for p in inner], dtype=_core.float64).reshape(tensor.shape)
    with no_grad():
        return tensor.copy_(drawn).clamp_(min=a, max=b)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """The number `val` everywhere.

    >>> import wengert
    >>> constant_(wengert.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones.

    >>> import wengert
    >>> ones_(wengert.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros.

    >>> import wengert
    >>> zeros_(wengert.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Ones on the diagonal of a matrix, zeros elsewhere.

    Raises ValueError unless there are 2 dimensions.

    >>> import wengert
    >>> eye_(wengert.empty(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    with no_grad():
        return tensor.copy_(_core._eye(tensor.shape[0], tensor.shape[1], tensor.dtype, False))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Between -a and a, for a = gain sqrt(6 / (fan_in + fan_out)) (Glorot, Bengio 2010).

    Raises ValueError for fewer than 2 dimensions.

    >>> import wengert
    >>> bool((xavier_uniform_(wengert.empty(3, 3)).abs() <= 1).all())
    True
    """
    bound = gain * math.sqrt(6.0 / sum(_calculate_fan_in_and_fan_out(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Normal, of standard deviation gain sqrt(2 / (fan_in + fan_out)) (Glorot, Bengio 2010).

    Raises ValueError for fewer than 2 dimensions.

    >>> import wengert
    >>> xavier_normal_(wengert.empty(3, 3)).shape
    torch.Size([3, 3])
    """
    std = gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor)))
    return normal_(tensor, 0.0, std, generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan = _calculate_fan_in_and_fan_out(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Between -b and b, for b = gain sqrt(3 / fan); `a` is the slope of 'leaky_relu' (He et al. 2015).

    Raises ValueError for fewer than 2 dimensions, an unknown mode or activation.

    >>> import wengert
    >>> bool((kaiming_uniform_(wengert.empty(2, 6)).abs() <= 1).all())
    True
    """
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=2)
        return tensor
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Normal, of standard deviation gain / sqrt(fan); `a` is the slope of 'leaky_relu' (He et al. 2015).

    Raises ValueError for fewer than 2 dimensions, an unknown mode or activation.

    >>> import wengert
    >>> kaiming_normal_(wengert.empty(2, 6)).shape
    torch.Size([2, 6])
    """
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=2)
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """A matrix (n, *) of orthogonal rows or columns of length `gain`, drawn evenly (Saxe et al. 2013).

    Raises ValueError for fewer than 2 dimensions.

    >>> import wengert
    >>> w = orthogonal_(wengert.empty(2, 3))
    >>> wengert.allclose(w @ w.T, wengert.eye(2), atol=1e-6)
    True
    """
    if tensor.dim() < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    wide = rows < columns
    drawn = randn(max(rows, columns), min(rows, columns), dtype=_core.float64, generator=generator)
    # Gram and Schmidt's orthogonalisation, twice: the lengths are positive, so the draw is even over all directions.
    found: list[Tensor] = []
    for column in drawn.unbind(1):
        for _ in range(2):
            for other in found:
                column = column - other * _core.dot(other, column)
        found.append(column / _core.norm(column))
    made = _core.stack(found, 0 if wide else 1)
    with no_grad():
        return tensor.copy_((made * gain).reshape(tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Weights (out, in, kernel) of a convolution that passes on as many channels as it can, in each group.

    Raises ValueError for other numbers of dimensions than 3 to 5, and channels that do not go into groups.

    >>> import wengert
    >>> dirac_(wengert.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if tensor.dim() not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.shape[0] % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    each = tensor.shape[0] // groups
    middle = tuple(size // 2 for size in tensor.shape[2:])
    with no_grad():
        tensor.zero_()
        for group in range(groups):
            for channel in range(min(each, tensor.shape[1])):
                tensor[(group * each + channel, channel, *middle)] = 1
    return tensor


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Normal, but for a part `sparsity` of each column that is 0 (Martens 2010).

    Raises ValueError unless there are 2 dimensions.

    >>> import wengert
    >>> (sparse_(wengert.empty(4, 1), 0.5) == 0).sum()
    tensor(2)
    """
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    normal_(tensor, 0, std, generator)
    with no_grad():
        for column in range(columns):
            tensor[randperm(rows, generator=generator)[:zeros], column] = 0
    return tensor


def __getattr__(name: str) -> Any:
    """The older names, without the underscore at the end."""
    if f"{name}_" not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def older(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2)
        return globals()[f"{name}_"](*args, **kwargs)

    return older
