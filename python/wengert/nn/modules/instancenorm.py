"""InstanceNorm under the name of its module in PyTorch; it stands beside BatchNorm."""

from wengert.nn.modules.batchnorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d

__all__ = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]
