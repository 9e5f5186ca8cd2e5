"""What programs use beside tensors and their derivatives: `data` holds data sets and loaders, `checkpoint` trades memory,
`hooks` has the handles of hooks.
"""

from wengert.utils import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]
