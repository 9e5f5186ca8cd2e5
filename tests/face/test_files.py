"""save and load: what goes in comes out, what is damaged says so, and nothing in a file runs."""

import io
import json
import math
import zipfile
from collections import OrderedDict

import numpy as np
import pytest

from backend import array, assert_close, torch, wengert_only


def through(obj):
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    return torch.load(file)


def test_tensors_come_back():
    for dtype in (
        torch.float32,
        torch.float64,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
        torch.bool,
    ):
        x = torch.tensor([[0, 1], [1, 0]]).to(dtype)
        y = through(x)
        assert y.dtype == dtype and torch.equal(x, y)
    assert through(torch.tensor(3.5)).item() == 3.5
    assert tuple(through(torch.zeros(0, 3)).shape) == (0, 3)
    t = through(torch.arange(6.0).reshape(2, 3).t())
    assert t.stride() == (1, 3) and t[2, 1].item() == 5


def test_trees_come_back():
    tree = OrderedDict(
        a=[torch.ones(2), (1, 2.5, True, None, "text", b"bytes")],
        b={3: torch.zeros(1), "size": torch.Size([2]), "dtype": torch.int16},
        c={1, 2},
        big=2**70,
    )
    got = through(tree)
    assert type(got) is OrderedDict and got["big"] == 2**70
    assert got["a"][1] == (1, 2.5, True, None, "text", b"bytes") and got["c"] == {1, 2}
    assert torch.equal(got["a"][0], torch.ones(2)) and 3 in got["b"] and got["b"]["dtype"] == torch.int16
    numbers = through([math.inf, -0.0])
    assert numbers[0] == math.inf and math.copysign(1, numbers[1]) == -1
    assert math.isnan(through(math.nan))


def test_gradients_parameters_and_sharing():
    x = torch.ones(3, requires_grad=True)
    assert through(x).requires_grad
    p = through(torch.nn.Parameter(torch.ones(2)))
    assert isinstance(p, torch.nn.Parameter) and p.requires_grad
    base = torch.zeros(4)
    a, b = through([base, base[1:3]])
    a[1] = 5
    assert b[0].item() == 5


def test_state_dicts(tmp_path):
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    path = tmp_path / "model.pt"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)
    other = torch.nn.Linear(2, 2)
    saved = torch.load(path, weights_only=True)
    other.load_state_dict(saved["model"])
    assert saved["model"]._metadata == model.state_dict()._metadata
    torch.optim.SGD(other.parameters(), lr=0.5).load_state_dict(saved["optimizer"])
    assert torch.equal(other.weight, model.weight)


@wengert_only
def test_arrays_and_results_of_operations():
    got = through({"x": np.arange(3), "n": np.float32(2.5), "y": torch.ones(1, requires_grad=True) * 2})
    assert got["x"].tolist() == [0, 1, 2] and got["n"] == np.float32(2.5) and type(got["n"]) is np.float32
    assert_close(got["y"].detach(), np.array([2.0]))


@wengert_only
def test_what_is_refused():
    for obj in (object(), [lambda: 0], {"a": torch.nn.Linear(1, 1)}):
        with pytest.raises(TypeError, match="state_dict"):
            through(obj)
    loop = []
    loop.append(loop)
    with pytest.raises(ValueError, match="itself"):
        through(loop)
    with pytest.raises(AttributeError):
        torch.save(1, 3)
    with pytest.raises(FileNotFoundError):
        torch.load("/nowhere/at.all")


@wengert_only
def test_an_object_that_cannot_be_saved_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "kept.pt"
    torch.save([1], path)
    with pytest.raises(TypeError):
        torch.save([object()], path)
    assert torch.load(path) == [1]


def written(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("_", "."), text)
    return file


@wengert_only
@pytest.mark.parametrize(
    "tree",
    [
        {"tensor": 0, "offset": 0, "size": [2], "stride": [1], "requires_grad": False, "parameter": False},
        {"call": ["os.system", "true"]},
        {"dtype": "Tensor"},
        {"float": "x"},
        {},
        [1],
        7,
    ],
)
def test_a_wrong_tree_is_an_error(tree):
    with pytest.raises(RuntimeError, match="damaged"):
        torch.load(written(tree_json=json.dumps({"format": "wengert.save 1", "tree": tree})))


@wengert_only
def test_damaged_files_are_errors():
    file = io.BytesIO()
    torch.save({"x": torch.arange(100)}, file)
    whole = file.getvalue()
    for cut in (0, 10, len(whole) // 2, len(whole) - 5):
        with pytest.raises(RuntimeError):
            torch.load(io.BytesIO(whole[:cut]))
    at = whole.index(b"NUMPY") + 200
    changed = bytearray(whole)
    changed[at] ^= 0xFF
    with pytest.raises(RuntimeError, match="damaged"):
        torch.load(io.BytesIO(bytes(changed)))
    with pytest.raises(RuntimeError, match="did not write"):
        torch.load(written(other_txt=""))
    with pytest.raises(RuntimeError, match="PyTorch"):
        torch.load(written(data_pkl=""))
    with pytest.raises(RuntimeError, match="format"):
        torch.load(written(tree_json=json.dumps({"format": "wengert.save 9", "tree": None})))


@wengert_only
def test_an_extent_beyond_the_storage_is_an_error():
    file = io.BytesIO()
    torch.save(torch.arange(4), file)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for wrong in ({"size": [9]}, {"offset": 3}, {"stride": [5]}, {"offset": -1}):
        said = json.loads(parts["tree.json"])
        said["tree"].update(wrong)
        other = io.BytesIO()
        with zipfile.ZipFile(other, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, json.dumps(said) if name == "tree.json" else content)
        with pytest.raises(RuntimeError):
            torch.load(other)
    assert array(torch.load(file)).tolist() == [0, 1, 2, 3]
