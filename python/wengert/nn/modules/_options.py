"""Modules that are a function with options: the options are attributes and stand in the text. Depends on Module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert._core import Tensor
from wengert.nn.modules.module import Module


class WithOptions(Module):
    """Keeps its options as attributes of the same names; `inplace` is shown where it is True."""

    _shown: tuple[str, ...] = ()

    def __init__(self, **options: Any) -> None:
        super().__init__()
        for name, value in options.items():
            setattr(self, name, value)

    def extra_repr(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in self._shown]
        if self.__dict__.get("inplace"):
            shown.append("inplace=True")
        return ", ".join(shown)


class InPlace(WithOptions):
    """A function of each element, whose one option is whether its value is written into the input."""

    _function: Callable[[Tensor, bool], Tensor]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return type(self)._function(input, self.inplace)
