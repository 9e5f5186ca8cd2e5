"""Cells: one step of a recurrent layer. Depends on Module, nn.functional and the steps."""

from __future__ import annotations

import math
from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F, init
from wengert.nn.modules._made import parameter_of, zeros_of
from wengert.nn.modules._steps import STEPS, State
from wengert.nn.modules.module import Module


class RNNCellBase(Module):
    """What cells share: one step of a recurrent layer, with its own weights.

    >>> RNNCellBase(2, 3, True, 4).weight_ih.shape
    torch.Size([12, 2])
    """

    bias_ih: Tensor | None
    bias_hh: Tensor | None

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        gates = num_chunks * hidden_size
        made = {"device": device, "dtype": dtype}
        self.weight_ih = parameter_of(gates, input_size, **made)
        self.weight_hh = parameter_of(gates, hidden_size, **made)
        self.register_parameter("bias_ih", parameter_of(gates, **made) if bias else None)
        self.register_parameter("bias_hh", parameter_of(gates, **made) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all weights anew, between -1/sqrt(hidden_size) and 1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def _step(self, mode: str, input: Tensor, states: Any) -> State:
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        batched = input.dim() == 2
        rows = input if batched else input.unsqueeze(0)
        if rows.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {rows.shape[1]} expected {self.input_size}")
        if states is None:
            shape = (rows.shape[0], self.hidden_size) if batched else (self.hidden_size,)
            states = [zeros_of(*shape, dtype=rows.dtype)] * (1 + (mode == "LSTM"))
        held = []
        for state in states:
            if state.dim() not in (1, 2):
                raise ValueError(f"{name}: Expected hidden to be 1D or 2D, got {state.dim()}D instead")
            state = state if batched else state.unsqueeze(0)
            if tuple(state.shape) != (rows.shape[0], self.hidden_size):
                raise RuntimeError(
                    f"Input batch size {rows.shape[0]} and hidden size {self.hidden_size} don't match hidden of shape "
                    f"{list(state.shape)}"
                )
            held.append(state)
        x = F.linear(rows, self.weight_ih, self.bias_ih)
        found = STEPS[mode][1](x, F.linear(held[0], self.weight_hh, self.bias_hh), tuple(held))
        return found if batched else tuple(s.squeeze(0) for s in found)

    def extra_repr(self) -> str:
        told = [f"{self.input_size}, {self.hidden_size}"] + ["bias=False"] * (not self.bias)
        nonlinearity = self.__dict__.get("nonlinearity", "tanh")
        return ", ".join(told + [f"nonlinearity={nonlinearity}"] * (nonlinearity != "tanh"))


class RNNCell(RNNCellBase):
    """One step of RNN: tanh(W_ih x + b_ih + W_hh h + b_hh), or 'relu'; x is (N, input_size), N may be left out.

    Raises RuntimeError for another nonlinearity.

    >>> import wengert
    >>> RNNCell(2, 3)(wengert.ones(4, 2)).shape
    torch.Size([4, 3])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(f"RNN_{self.nonlinearity.upper()}", input, None if hx is None else [hx])[0]


class LSTMCell(RNNCellBase):
    """One step of LSTM: returns (h, c); x is (N, input_size), N may be left out.

    >>> import wengert
    >>> h, c = LSTMCell(2, 3)(wengert.ones(4, 2))
    >>> h.shape, c.shape
    (torch.Size([4, 3]), torch.Size([4, 3]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> State:
        return self._step("LSTM", input, hx)


class GRUCell(RNNCellBase):
    """One step of GRU; x is (N, input_size), N may be left out.

    >>> import wengert
    >>> GRUCell(2, 3)(wengert.ones(4, 2)).shape
    torch.Size([4, 3])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step("GRU", input, None if hx is None else [hx])[0]
