"""Optimisers and schedules of learning rates. Names and defaults are torch.optim's."""

from wengert.optim import lr_scheduler, swa_utils
from wengert.optim.adadelta import Adadelta
from wengert.optim.adafactor import Adafactor
from wengert.optim.adagrad import Adagrad
from wengert.optim.adam import Adam
from wengert.optim.adamax import Adamax
from wengert.optim.adamw import AdamW
from wengert.optim.asgd import ASGD
from wengert.optim.lbfgs import LBFGS
from wengert.optim.nadam import NAdam
from wengert.optim.optimizer import Optimizer
from wengert.optim.radam import RAdam
from wengert.optim.rmsprop import RMSprop
from wengert.optim.rprop import Rprop
from wengert.optim.sgd import SGD

__all__ = [
    "ASGD",
    "Adadelta",
    "Adafactor",
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
