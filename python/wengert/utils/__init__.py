"""What training programs use besides: `data` holds data sets and loaders."""

from wengert.utils import data

__all__ = ["data"]
