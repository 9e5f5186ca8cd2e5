"""Which version this is, under PyTorch's names."""

from wengert import _core

__version__: str = _core.build_info()["version"]
debug = False
cuda = None
hip = None
rocm = None
xpu = None
git_version = "unknown"
