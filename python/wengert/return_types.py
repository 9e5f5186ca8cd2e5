"""Types of results with names, such as `max` along a dimension has; made when first returned, as PyTorch's."""

from __future__ import annotations

import typing as _typing
from collections import namedtuple as _namedtuple

if not _typing.TYPE_CHECKING:

    def _make(name, fields):
        """A named tuple that prints as PyTorch's do, one field a line."""
        plain = _namedtuple(name, fields, module=__name__)

        def __repr__(self):
            parts = ",\n".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"torch.return_types.{name}(\n{parts})"

        made = type(name, (plain,), {"__slots__": (), "__repr__": __repr__, "__module__": __name__})
        globals()[name] = made
        return made
