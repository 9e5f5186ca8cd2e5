"""Optimisers and schedules of learning rates. Names and defaults are torch.optim's."""

from wengert.optim import lr_scheduler, swa_utils
from wengert.optim.accelerated import Adamax, NAdam, RAdam
from wengert.optim.adam import Adam, AdamW
from wengert.optim.averaged import ASGD, Adadelta, Rprop
from wengert.optim.lbfgs import LBFGS
from wengert.optim.optimizer import Optimizer
from wengert.optim.scaled import Adagrad, RMSprop
from wengert.optim.sgd import SGD

__all__ = [
    "ASGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LBFGS",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
    "lr_scheduler",
    "swa_utils",
]
