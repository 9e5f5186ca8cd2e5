"""Sequential, ModuleList, ModuleDict and ParameterList behave as lists and dictionaries do."""

from collections import OrderedDict

import pytest

from backend import assert_close, torch

nn = torch.nn


class Plus(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n

    def forward(self, x):
        return x * 2 + self.n


def numbers(modules):
    return [m.n for m in modules]


def row():
    return nn.Sequential(Plus(0), Plus(1), Plus(2))


def test_sequential():
    net = row()
    assert_close(net(torch.ones(1)), [12.0])
    assert len(net) == 3 and net[-1].n == 2 and numbers(net[1:]) == [1, 2]
    assert list(net[1:]._modules) == ["1", "2"]
    net[1] = Plus(5)
    assert numbers(net) == [0, 5, 2]
    del net[0]
    assert list(net._modules) == ["0", "1"]
    assert net.append(Plus(7)) is net and numbers(net) == [5, 2, 7]
    net.insert(1, Plus(8))
    assert numbers(net) == [5, 8, 2, 7] and net.pop(0).n == 5
    net.insert(-1, Plus(9))
    assert numbers(net) == [8, 2, 9, 7]
    net.extend([Plus(3)])
    del net[:3]
    assert numbers(net) == [7, 3] and "0" not in dir(net)


def test_sequential_with_names():
    net = nn.Sequential(OrderedDict([("a", Plus(1)), ("b", nn.ReLU())]))
    assert net.a.n == 1 and repr(net) == "Sequential(\n  (a): Plus()\n  (b): ReLU()\n)"


def test_sequential_sums():
    assert numbers(row() + row()) == [0, 1, 2, 0, 1, 2]
    assert numbers(row() * 2) == numbers(2 * row()) == [0, 1, 2, 0, 1, 2]
    net = row()
    net += row()
    net *= 2
    assert numbers(net) == [0, 1, 2] * 4


@pytest.mark.parametrize(
    "what, error, words",
    [
        (lambda: row()[3], IndexError, "index 3 is out of range"),
        (lambda: row() + [1], ValueError, "add operator supports only objects of Sequential class"),
        (lambda: row() * 0, ValueError, "Non-positive multiplication factor 0"),
        (lambda: row() * "a", TypeError, "unsupported operand type"),
        (lambda: row().insert(9, Plus(1)), IndexError, "Index out of range: 9"),
        (lambda: row().insert(0, 1), AssertionError, "module should be of type"),
        (lambda: nn.Sequential(1), TypeError, "int is not a Module subclass"),
        (lambda: nn.ModuleList([Plus(1)])[1], IndexError, "index 1 is out of range"),
        (lambda: nn.ModuleList(3), TypeError, "ModuleList.extend should be called with an iterable, but got int"),
        (lambda: nn.ModuleList()(1), NotImplementedError, "forward"),
        (lambda: nn.ModuleDict(3), TypeError, "ModuleDict.update should be called with an iterable of key/value pairs"),
        (lambda: nn.ModuleDict([1]), TypeError, "sequence element #0 should be Iterable"),
        (lambda: nn.ModuleDict([[1]]), ValueError, "sequence element #0 has length 1; 2 is required"),
        (lambda: nn.ParameterList(torch.ones(2)), TypeError, "ParameterList.extend should be called with an iterable"),
        (lambda: nn.ParameterList()[0], IndexError, "index 0 is out of range"),
        (lambda: nn.ParameterList()(), RuntimeError, "ParameterList should not be called."),
    ],
)
def test_errors(what, error, words):
    with pytest.raises(error, match=words):
        what()


def test_module_list():
    found = nn.ModuleList([Plus(0)])
    found += [Plus(1)]
    found.append(Plus(2)).extend([Plus(3)])
    assert numbers(found) == [0, 1, 2, 3] and numbers(found[:2]) == [0, 1] and isinstance(found[:2], nn.ModuleList)
    found[0] = Plus(9)
    found.insert(1, Plus(8))
    assert numbers(found) == [9, 8, 1, 2, 3]
    del found[1:3]
    assert numbers(found) == [9, 2, 3] and list(found._modules) == ["0", "1", "2"]
    assert found.pop(-1).n == 3
    assert numbers(found + [Plus(4)]) == [9, 2, 4]
    assert repr(nn.ModuleList()) == "ModuleList()"
    mixed = nn.ModuleList([nn.ReLU(), nn.ReLU(), row()[:1]])
    assert repr(mixed) == "ModuleList(\n  (0-1): 2 x ReLU()\n  (2): Sequential(\n    (0): Plus()\n  )\n)"


def test_module_dict():
    found = nn.ModuleDict({"a": Plus(1)})
    found["b"] = Plus(2)
    found.update([("c", Plus(3))])
    found.update(nn.ModuleDict({"a": Plus(4)}))
    assert list(found) == list(found.keys()) == ["a", "b", "c"] and numbers(found.values()) == [4, 2, 3]
    assert "a" in found and "z" not in found and len(found) == 3
    assert [name for name, _ in found.items()] == ["a", "b", "c"]
    assert found.pop("b").n == 2
    del found["a"]
    assert repr(found) == "ModuleDict(\n  (c): Plus()\n)"
    found.clear()
    assert len(found) == 0


def test_parameter_list():
    found = nn.ParameterList([torch.ones(2), nn.Parameter(torch.ones(3, 1))])
    found += [torch.zeros(1)]
    assert all(isinstance(p, nn.Parameter) for p in found)
    assert [name for name, _ in found.named_parameters()] == ["0", "1", "2"]
    found[0] = torch.ones(4)
    assert found[0].shape[0] == 4 and len(found[1:]) == 2 and len(found) == 3
    found.append("text")
    assert repr(found) == (
        "ParameterList(\n"
        "    (0): Parameter containing: [torch.float32 of size 4]\n"
        "    (1): Parameter containing: [torch.float32 of size 3x1]\n"
        "    (2): Parameter containing: [torch.float32 of size 1]\n"
        "    (3): Object of type: str\n)"
    )
