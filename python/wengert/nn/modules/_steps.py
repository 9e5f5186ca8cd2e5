"""One step of each recurrence. Depends on Tensor."""

from __future__ import annotations

from wengert import _core
from wengert._core import Tensor

# What a cell computes of its inputs' part, its hidden part and its state: the new state, whose first entry is the output.
State = tuple[Tensor, ...]


def _tanh_step(x: Tensor, h: Tensor, state: State) -> State:
    return (_core.tanh(x + h),)


def _relu_step(x: Tensor, h: Tensor, state: State) -> State:
    return (_core.relu(x + h),)


def _lstm_step(x: Tensor, h: Tensor, state: State) -> State:
    enter, forget, new, leave = (x + h).chunk(4, -1)
    cell = _core.sigmoid(forget) * state[1] + _core.sigmoid(enter) * _core.tanh(new)
    return _core.sigmoid(leave) * _core.tanh(cell), cell


def _gru_step(x: Tensor, h: Tensor, state: State) -> State:
    (xr, xz, xn), (hr, hz, hn) = x.chunk(3, -1), h.chunk(3, -1)
    new = _core.tanh(xn + _core.sigmoid(xr + hr) * hn)
    return (new + _core.sigmoid(xz + hz) * (state[0] - new),)


STEPS = {"RNN_TANH": (1, _tanh_step), "RNN_RELU": (1, _relu_step), "LSTM": (4, _lstm_step), "GRU": (3, _gru_step)}
