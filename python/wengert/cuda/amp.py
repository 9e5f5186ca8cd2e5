"""Mixed precision on a GPU, by its older names. Depends on `amp`."""

from __future__ import annotations

import warnings
from typing import Any

from wengert import amp

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]

custom_fwd = amp.custom_fwd
custom_bwd = amp.custom_bwd


class autocast(amp.autocast):
    """`amp.autocast("cuda")`. Warns that the name is deprecated.

    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"), autocast():
    ...     pass
    """

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        warnings.warn(
            "`torch.cuda.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cuda', args...)` instead.",
            category=FutureWarning,
            stacklevel=2,
        )
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`amp.GradScaler("cuda")`. Warns that the name is deprecated.

    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     GradScaler().is_enabled()
    False
    """

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        warnings.warn(
            "`torch.cuda.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cuda', args...)` instead.",
            category=FutureWarning,
            stacklevel=2,
        )
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
