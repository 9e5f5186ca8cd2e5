"""Parts of models; so far the Parameter."""

from wengert.nn.parameter import Parameter

__all__ = ["Parameter"]
