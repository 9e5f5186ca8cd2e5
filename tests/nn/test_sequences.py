"""Sequences padded and packed, recurrent layers over them, and what is refused."""

import pytest

from backend import assert_close, torch

nn = torch.nn
rnn = nn.utils.rnn


def rows(*lengths):
    return [torch.arange(1.0, n + 1) + 10 * place for place, n in enumerate(lengths)]


def test_padding():
    padded = rnn.pad_sequence(rows(2, 3), batch_first=True, padding_value=-1.0)
    assert padded.tolist() == [[1, 2, -1], [11, 12, 13]]
    assert rnn.pad_sequence(rows(2, 3), padding_side="left").tolist() == [[0, 11], [1, 12], [2, 13]]
    back = rnn.unpad_sequence(padded, torch.tensor([2, 3]), batch_first=True)
    assert [r.tolist() for r in back] == [[1, 2], [11, 12, 13]]
    with pytest.raises(RuntimeError, match="Expected padding_side to be one of left or right|padding side"):
        rnn.pad_sequence(rows(1), padding_side="up")


def test_packing():
    packed = rnn.pack_sequence(rows(1, 3, 2), enforce_sorted=False)
    assert packed.data.tolist() == [11, 21, 1, 12, 22, 13] and packed.batch_sizes.tolist() == [3, 2, 1]
    assert packed.sorted_indices.tolist() == [1, 2, 0] and packed.unsorted_indices.tolist() == [2, 0, 1]
    padded, lengths = rnn.pad_packed_sequence(packed, batch_first=True, total_length=4)
    assert padded.tolist() == [[1, 0, 0, 0], [11, 12, 13, 0], [21, 22, 0, 0]] and lengths.tolist() == [1, 3, 2]
    assert [r.tolist() for r in rnn.unpack_sequence(packed)] == [[1], [11, 12, 13], [21, 22]]
    assert isinstance(packed.double(), rnn.PackedSequence) and packed.double().data.dtype == torch.float64
    data, sizes, order, back = packed
    assert data is packed.data and back is packed.unsorted_indices
    with pytest.raises(RuntimeError, match="must be sorted in decreasing order"):
        rnn.pack_sequence(rows(1, 3))
    with pytest.raises(RuntimeError, match="greater than 0"):
        rnn.pack_padded_sequence(torch.ones(3, 2), [3, 0])
    with pytest.raises(RuntimeError, match="batch_size"):
        rnn.pack_padded_sequence(torch.ones(3, 2), [3])
    with pytest.raises(ValueError, match="Expected total_length to be at least the length"):
        rnn.pad_packed_sequence(packed, total_length=2)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_packed_sequences_are_those_by_themselves(kind):
    torch.manual_seed(1)
    layer = getattr(nn, kind)(2, 3, num_layers=2, bidirectional=True).double()
    given = [torch.randn(n, 2, dtype=torch.float64) for n in (2, 4, 1)]
    out, state = layer(rnn.pack_sequence(given, enforce_sorted=False))
    last = state[0] if kind == "LSTM" else state
    padded, lengths = rnn.pad_packed_sequence(out)
    for place, one in enumerate(given):
        alone, state = layer(one)
        assert_close(padded[: lengths[place], place], alone)
        assert_close(last[:, place], state[0] if kind == "LSTM" else state)


def test_names_and_first_values():
    layer = nn.LSTM(2, 4, 2, bidirectional=True, proj_size=3)
    names = [name for name, _ in layer.named_parameters()]
    each = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"]
    ends = ["_l0", "_l0_reverse", "_l1", "_l1_reverse"]
    assert names == [name + end for end in ends for name in each]
    assert tuple(layer.weight_ih_l1.shape) == (16, 6) and tuple(layer.weight_hr_l0.shape) == (3, 4)
    assert all(p.abs().max() <= 0.5 for p in layer.parameters())
    assert len(layer.all_weights) == 4 and layer.all_weights[0][0] is layer.weight_ih_l0
    assert repr(layer) == "LSTM(2, 4, proj_size=3, num_layers=2, bidirectional=True)"
    assert repr(nn.GRUCell(2, 3, bias=False)) == "GRUCell(2, 3, bias=False)"
    assert nn.RNN(2, 3, nonlinearity="relu").nonlinearity == "relu"


def test_dropout_is_between_layers():
    torch.manual_seed(0)
    layer = nn.RNN(2, 50, num_layers=2, dropout=0.5)
    x = torch.ones(3, 1, 2)
    assert not torch.equal(layer(x)[0], layer(x)[0])
    layer.eval()
    assert torch.equal(layer(x)[0], layer(x)[0])
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last recurrent layer"):
        nn.GRU(2, 3, dropout=0.1)


@pytest.mark.parametrize(
    "what, error, words",
    [
        (lambda: nn.RNN(2, 3, nonlinearity="x"), ValueError, "Unknown nonlinearity 'x'"),
        (lambda: nn.LSTM(2, 0), ValueError, "hidden_size must be greater than zero"),
        (lambda: nn.LSTM(2, 3, num_layers=0), ValueError, "num_layers must be greater than zero"),
        (lambda: nn.LSTM(2, 3, proj_size=3), ValueError, "proj_size has to be smaller than hidden_size"),
        (lambda: nn.GRU(2, 3, dropout=2), ValueError, "dropout should be a number in range"),
        (lambda: nn.GRU(2, "a"), TypeError, "hidden_size should be of type int"),
        (lambda: nn.GRU(2, 3)(torch.ones(4, 1, 5)), RuntimeError, "Expected 2, got 5"),
        (lambda: nn.GRU(2, 3)(torch.ones(2)), ValueError, "Expected input to be 2D or 3D, got 1D"),
        (lambda: nn.GRU(2, 3)(torch.ones(4, 1, 2), torch.ones(1, 3)), RuntimeError, "hx should also be 3-D but got"),
        (lambda: nn.GRU(2, 3)(torch.ones(4, 1, 2), torch.ones(1, 2, 3)), RuntimeError, "Expected hidden size"),
        (lambda: nn.GRUCell(2, 3)(torch.ones(1, 5)), RuntimeError, "inconsistent input_size"),
        (lambda: nn.GRUCell(2, 3)(torch.ones(1, 1, 2)), ValueError, "Expected input to be 1D or 2D, got 3D"),
    ],
)
def test_refused(what, error, words):
    with pytest.raises(error, match=words):
        what()


def test_language_model_learns():
    """A recurrent network of the book's kind learns which character follows which."""
    torch.manual_seed(2)
    text = torch.tensor([0, 1, 2, 3, 2, 1] * 12)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.cells = nn.GRU(4, 16)
            self.out = nn.LazyLinear(4)

        def forward(self, x):
            return self.out(self.cells(nn.functional.one_hot(x, 4).to(torch.float32))[0])

    model, loss = Model(), nn.CrossEntropyLoss()
    model(text[:2].reshape(-1, 1))
    trainer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(25):
        value = loss(model(text[:-1].reshape(-1, 1)).reshape(-1, 4), text[1:])
        trainer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        trainer.step()
    assert value.item() < 0.2
