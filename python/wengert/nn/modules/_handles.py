"""Handles that take hooks away again, under the name that PyTorch's utils.hooks has for them. Depends on nothing."""

from __future__ import annotations

from wengert.utils.hooks import RemovableHandle as HookHandle, add_hook as add_hook

__all__ = ["HookHandle", "add_hook"]
