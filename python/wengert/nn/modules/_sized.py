"""Layers one of whose sizes is that of their first input. Depends on the lazy modules."""

from __future__ import annotations

from wengert.nn.modules._made import zeros_of
from wengert.nn.modules.lazy import LazyModuleMixin
from wengert.nn.parameter import UninitializedBuffer, is_lazy


class LazySize(LazyModuleMixin):
    """Goes before a layer; `_size` names the attribute with the size that is found out."""

    _size = ""

    def reset_parameters(self) -> None:
        """Sets parameters anew, once they have shapes."""
        if not self.has_uninitialized_params() and getattr(self, self._size) != 0:
            super().reset_parameters()  # type: ignore[misc]

    def _shaped(self, **shapes: tuple[int, ...]) -> None:
        """Gives parameters and buffers that have none yet their shapes, and sets them."""
        unset = self.has_uninitialized_params()
        for name, shape in shapes.items():
            held = getattr(self, name)
            if isinstance(held, UninitializedBuffer):
                # Becomes the plain tensor that a layer of a known size has.
                self._buffers[name] = zeros_of(*shape, dtype=held.dtype)
            elif is_lazy(held):
                held.materialize(shape)
        if unset:
            self.reset_parameters()
