"""Optimisers and schedules of learning rates. Names and defaults are torch.optim's."""

from wengert.optim import lr_scheduler
from wengert.optim.adam import Adam, AdamW
from wengert.optim.optimizer import Optimizer
from wengert.optim.scaled import Adagrad, RMSprop
from wengert.optim.sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]
