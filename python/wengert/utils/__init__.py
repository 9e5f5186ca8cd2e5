"""What programs use beside tensors and their derivatives: `data` holds data sets and loaders, `checkpoint` trades memory."""

from wengert.utils import checkpoint, data

__all__ = ["checkpoint", "data"]
