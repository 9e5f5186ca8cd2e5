"""Recurrent layers: RNN, LSTM, GRU. Depends on Module, nn.functional and packed sequences."""

from __future__ import annotations

import math
import warnings
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.nn import functional as F, init
from wengert.nn.modules._made import parameter_of, zeros_of
from wengert.nn.modules._steps import STEPS, State
from wengert.nn.modules.module import Module
from wengert.nn.modules.rnn_cells import (
    GRUCell as GRUCell,
    LSTMCell as LSTMCell,
    RNNCell as RNNCell,
    RNNCellBase as RNNCellBase,
)
from wengert.nn.utils.rnn import PackedSequence


class RNNBase(Module):
    """What recurrent layers share: weights of each layer and direction, and the way through a sequence.

    Raises ValueError for numbers out of range.

    >>> RNNBase("GRU", 2, 3).mode
    'GRU'
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if not isinstance(dropout, (int, float)) or isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
                f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                stacklevel=3,
            )
        if not isinstance(hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(hidden_size).__name__}")
        for name, size in (("hidden_size", hidden_size), ("num_layers", num_layers)):
            if size <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        if mode not in STEPS:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        gates = STEPS[mode][0] * hidden_size
        out = proj_size or hidden_size
        self._ends = [
            f"_l{layer}{back}" for layer in range(num_layers) for back in ("", "_reverse")[: 1 + bidirectional]
        ]
        for place, end in enumerate(self._ends):
            first = place < 1 + bidirectional
            width = input_size if first else out * (1 + bidirectional)
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates, width), "weight_hh": (gates, out)}
            if bias:
                shapes.update(bias_ih=(gates,), bias_hh=(gates,))
            if proj_size:
                shapes["weight_hr"] = (proj_size, hidden_size)
            for name, shape in shapes.items():
                setattr(self, name + end, parameter_of(*shape, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all weights anew, between -1/sqrt(hidden_size) and 1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    @property
    def all_weights(self) -> list[list[Any]]:
        """The weights of each layer and direction."""
        names = ["weight_ih", "weight_hh"] + ["bias_ih", "bias_hh"] * self.bias + ["weight_hr"] * bool(self.proj_size)
        return [[getattr(self, name + end) for name in names] for end in self._ends]

    def flatten_parameters(self) -> None:
        """Does nothing: weights need not lie in one piece of memory here."""

    def _run(self, steps: list[Tensor], end: str, state: State, backwards: bool) -> tuple[list[Tensor], State]:
        """One layer in one direction: outputs of each step and the last state. Steps may have fewer and fewer rows."""
        step = STEPS[self.mode][1]
        weight, bias = getattr(self, "weight_hh" + end), getattr(self, "bias_hh" + end, None)
        narrow = getattr(self, "weight_hr" + end, None)
        sizes = [int(x.shape[0]) for x in steps]
        # The inputs' part of all steps is one product.
        parts = F.linear(
            _core.cat(steps) if len(steps) > 1 else steps[0],
            getattr(self, "weight_ih" + end),
            getattr(self, "bias_ih" + end, None),
        ).split(sizes)
        found: list[Any] = [None] * len(steps)
        # Forwards, sequences that end keep their last state; backwards, those that begin later start from theirs.
        done: list[State] = []
        now = tuple(s[: sizes[-1]] if backwards else s for s in state)
        for place in reversed(range(len(steps))) if backwards else range(len(steps)):
            rows, size = int(now[0].shape[0]), sizes[place]
            if size < rows:
                done.append(tuple(s[size:] for s in now))
                now = tuple(s[:size] for s in now)
            elif size > rows:
                now = tuple(_core.cat([s, first[rows:size]]) for s, first in zip(now, state, strict=True))
            now = step(parts[place], F.linear(now[0], weight, bias), now)
            if narrow is not None:
                now = (F.linear(now[0], narrow), *now[1:])
            found[place] = now[0]
        if done:
            now = tuple(_core.cat(pieces) for pieces in zip(now, *reversed(done), strict=True))
        return found, now

    def _all(self, steps: list[Tensor], states: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """All layers and directions."""
        ways = 1 + self.bidirectional
        last: list[State] = []
        for layer in range(self.num_layers):
            outs = []
            for way in range(ways):
                place = layer * ways + way
                given = tuple(s[place] for s in states)
                out, state = self._run(steps, self._ends[place], given, way == 1)
                outs.append(out)
                last.append(state)
            steps = outs[0] if ways == 1 else [_core.cat([a, b], -1) for a, b in zip(*outs, strict=True)]
            if self.dropout and self.training and layer < self.num_layers - 1:
                steps = [F.dropout(x, self.dropout, True) for x in steps]
        return steps, [_core.stack(parts) for parts in zip(*last, strict=True)]

    def _start(self, batch: int, dtype: Any) -> list[Tensor]:
        """States of zeros."""
        many = self.num_layers * (1 + self.bidirectional)
        widths = [self.proj_size or self.hidden_size] + [self.hidden_size] * (self.mode == "LSTM")
        return [zeros_of(many, batch, width, dtype=dtype) for width in widths]

    def _check_state(self, states: list[Tensor], batch: int) -> None:
        wanted = [tuple(s.shape) for s in self._start(batch, None)]
        for state, shape in zip(states, wanted, strict=True):
            if tuple(state.shape) != shape:
                raise RuntimeError(f"Expected hidden size {shape}, got {list(state.shape)}")

    def forward(self, input: Any, hx: Any = None) -> Any:
        packed = isinstance(input, PackedSequence)
        lstm = self.mode == "LSTM"
        states = None if hx is None else list(hx) if lstm else [hx]
        batched = True
        if packed:
            sizes = [int(n) for n in input.batch_sizes.tolist()]
            steps, batch = list(input.data.split(sizes)), sizes[0]
            if states is not None and input.sorted_indices is not None:
                states = [s.index_select(1, input.sorted_indices) for s in states]
        else:
            if input.dim() not in (2, 3):
                raise ValueError(f"{type(self).__name__}: Expected input to be 2D or 3D, got {input.dim()}D instead")
            batched = input.dim() == 3
            if not batched:
                input = input.unsqueeze(0 if self.batch_first else 1)
                if states is not None:
                    if any(s.dim() != 2 for s in states):
                        raise RuntimeError(
                            f"For unbatched 2-D input, hx should also be 2-D but got {states[0].dim()}-D tensor"
                        )
                    states = [s.unsqueeze(1) for s in states]
            elif states is not None and any(s.dim() != 3 for s in states):
                raise RuntimeError(f"For batched 3-D input, hx should also be 3-D but got {states[0].dim()}-D tensor")
            if input.shape[-1] != self.input_size:
                raise RuntimeError(
                    f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
                )
            steps = list(input.unbind(1 if self.batch_first else 0))
            if not steps:
                raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
            batch = int(steps[0].shape[0])
        if states is None:
            states = self._start(batch, steps[0].dtype)
        self._check_state(states, batch)
        steps, last = self._all(steps, states)
        if packed:
            if input.unsorted_indices is not None:
                last = [s.index_select(1, input.unsorted_indices) for s in last]
            out: Any = PackedSequence(_core.cat(steps), *input[1:])
        else:
            out = _core.stack(steps, 1 if self.batch_first else 0)
            if not batched:
                out, last = out.squeeze(1 if not self.batch_first else 0), [s.squeeze(1) for s in last]
        return out, tuple(last) if lstm else last[0]

    def extra_repr(self) -> str:
        told = [f"{self.input_size}, {self.hidden_size}"]
        usual = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0.0,
            "bidirectional": False,
        }
        told += [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join(told)


class RNN(RNNBase):
    """h = tanh(W_ih x + b_ih + W_hh h + b_hh) over sequences (T, N, input_size), or (N, T, ...) if `batch_first`.

    `nonlinearity` may be 'relu'. Layers stand on one another, with `dropout` between them; `bidirectional` ones go both ways.
    Returns the outputs of the last layer and the last states (layers * directions, N, hidden_size). N may be left out; the
    input may be packed. Raises ValueError for an unknown nonlinearity.

    >>> import wengert
    >>> out, h = RNN(2, 3, num_layers=2)(wengert.ones(5, 4, 2))
    >>> out.shape, h.shape
    (torch.Size([5, 4, 3]), torch.Size([2, 4, 3]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        self.__dict__["nonlinearity"] = nonlinearity
        super().__init__(
            f"RNN_{nonlinearity.upper()}",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            device=device,
            dtype=dtype,
        )


class LSTM(RNNBase):
    """Long short-term memory over sequences (T, N, input_size), or (N, T, ...) if `batch_first`.

    i, f, o = sigmoid, g = tanh of W_ih x + b_ih + W_hh h + b_hh; c = f c + i g; h = o tanh(c), or W_hr times that if
    `proj_size`. Returns outputs and the last (h, c). (Hochreiter, Schmidhuber 1997.) The other arguments are those of RNN.

    >>> import wengert
    >>> out, (h, c) = LSTM(2, 3, bidirectional=True)(wengert.ones(5, 4, 2))
    >>> out.shape, c.shape
    (torch.Size([5, 4, 6]), torch.Size([2, 4, 3]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "LSTM",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )


class GRU(RNNBase):
    """Gated recurrent units over sequences (T, N, input_size), or (N, T, ...) if `batch_first`.

    r, z = sigmoid of W_ih x + b_ih + W_hh h + b_hh; n = tanh(W_in x + b_in + r (W_hn h + b_hn)); h = (1 - z) n + z h. (Cho
    et al. 2014.) The arguments are those of RNN.

    >>> import wengert
    >>> out, h = GRU(2, 3, batch_first=True)(wengert.ones(4, 5, 2))
    >>> out.shape, h.shape
    (torch.Size([4, 5, 3]), torch.Size([1, 4, 3]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "GRU",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            device=device,
            dtype=dtype,
        )
