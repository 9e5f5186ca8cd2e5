"""What is saved and loaded of modules, with the hooks around it; set_submodule; hooks of all modules."""

import pickle
from collections import OrderedDict

import pytest

from backend import assert_close, torch

nn = torch.nn


class Line(nn.Module):
    def __init__(self, n=2):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))
        self.register_buffer("seen", torch.zeros(1))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)

    def forward(self, x, scale=1.0):
        return x * self.weight * scale


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Line()
        self.second = Line(3)
        self.again = self.first
        self.bias = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return self.first(x) + self.bias


def test_paths():
    m = Two()
    assert m.get_submodule("") is m
    assert m.get_submodule("first") is m.first
    assert m.get_parameter("first.weight") is m.first.weight
    assert m.get_buffer("second.seen") is m.second.seen
    with pytest.raises(AttributeError, match="Two has no attribute `third`"):
        m.get_submodule("third")
    with pytest.raises(AttributeError, match="`bias` is not an nn.Module"):
        m.get_submodule("bias")
    with pytest.raises(AttributeError, match="`seen` is not an nn.Parameter"):
        m.get_parameter("first.seen")
    with pytest.raises(AttributeError, match="`weight` is not a buffer"):
        m.get_buffer("first.weight")
    new = Line(5)
    m.set_submodule("second", new)
    assert m.second is new
    with pytest.raises(ValueError, match="without a target name"):
        m.set_submodule("", new)


def test_state_dict_shares_and_keeps_order():
    m = Two()
    state = m.state_dict()
    assert isinstance(state, OrderedDict)
    assert list(state) == [
        "bias",
        "first.weight",
        "first.seen",
        "second.weight",
        "second.seen",
        "again.weight",
        "again.seen",
    ]
    assert not state["bias"].requires_grad
    state["bias"].add_(2.0)
    assert m.bias.item() == 2.0
    assert m.state_dict(keep_vars=True)["bias"] is m.bias
    assert list(m.first.state_dict(prefix="x.")) == ["x.weight", "x.seen"]
    assert state._metadata["first"] == {"version": 1}


def test_load_state_dict():
    m, other = Two(), Two()
    with torch.no_grad():
        other.bias.fill_(3.0)
        other.first.weight.fill_(4.0)
    found = m.load_state_dict(other.state_dict())
    assert repr(found) == "<All keys matched successfully>"
    assert_close(m.first.weight, [4.0, 4.0])
    state = other.state_dict()
    del state["bias"]
    state["extra"] = torch.ones(1)
    found = m.load_state_dict(state, strict=False)
    assert (found.missing_keys, found.unexpected_keys) == (["bias"], ["extra"])
    with pytest.raises(RuntimeError) as told:
        m.load_state_dict(state)
    assert str(told.value) == (
        "Error(s) in loading state_dict for Two:\n"
        '\tMissing key(s) in state_dict: "bias". \n'
        '\tUnexpected key(s) in state_dict: "extra". '
    )
    with pytest.raises(RuntimeError) as told:
        Line(3).load_state_dict(Line().state_dict())
    assert str(told.value) == (
        "Error(s) in loading state_dict for Line:\n"
        "\tsize mismatch for weight: copying a param with shape torch.Size([2]) from checkpoint, "
        "the shape in current model is torch.Size([3])."
    )


def test_load_by_assignment():
    m = Line()
    given = {"weight": torch.full((2,), 5.0, dtype=torch.float64), "seen": torch.ones(1)}
    m.load_state_dict(given, assign=True)
    assert isinstance(m.weight, nn.Parameter) and m.weight.dtype is torch.float64
    assert m.seen is given["seen"]


def test_extra_state_and_state_hooks():
    class Counting(Line):
        count = 3

        def get_extra_state(self):
            return self.count

        def set_extra_state(self, state):
            self.count = state

    m = Counting()
    state = m.state_dict()
    assert state["_extra_state"] == 3
    state["_extra_state"] = 7
    m.load_state_dict(state)
    assert m.count == 7
    seen = []
    m.register_state_dict_pre_hook(lambda module, prefix, keep: seen.append("pre"))
    m.register_state_dict_post_hook(lambda module, state, prefix, local: seen.append(len(state)))
    m.register_load_state_dict_pre_hook(lambda *args: seen.append("load"))
    m.register_load_state_dict_post_hook(lambda module, keys: seen.append(keys.missing_keys))
    m.load_state_dict(m.state_dict())
    assert seen == ["pre", 3, "load", []]


def test_hooks_of_state_change_it():
    m = Two()
    m._register_state_dict_hook(lambda module, state, prefix, local: OrderedDict(only=1))
    assert dict(m.state_dict()) == {"only": 1}
    m = Two()
    m.register_state_dict_post_hook(lambda module, state, prefix, local: 3)
    with pytest.raises(RuntimeError, match="state_dict post-hook must return None"):
        m.state_dict()
    m = Two()

    def rename(module, state, prefix, local, strict, missing, unexpected, errors):
        assert module is m.second and prefix == "second." and local == {"version": 1}
        state["second.weight"] = state.pop("second.old")

    handle = m.second.register_load_state_dict_pre_hook(rename)
    state = m.state_dict()
    state["second.old"] = torch.full((3,), 8.0)
    del state["second.weight"]
    assert m.load_state_dict(state, strict=False).unexpected_keys == []
    assert m.second.weight[0].item() == 8.0
    handle.remove()
    m.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
    m.load_state_dict({})
    m.register_load_state_dict_post_hook(lambda module, keys: keys)
    with pytest.raises(AssertionError, match="not expected to return new values"):
        m.load_state_dict({})


def test_state_of_one_element_and_of_what_is_no_tensor():
    m = Two()
    state = m.state_dict()
    state["bias"] = torch.full((1,), 5.0)
    m.load_state_dict(state)
    assert m.bias.item() == 5.0
    state["bias"] = 3
    with pytest.raises(RuntimeError, match='While copying the parameter named "bias", expected torch.Tensor'):
        m.load_state_dict(state)
    with pytest.warns(FutureWarning, match="Positional args are being deprecated"):
        assert list(Line().state_dict({}, "p.")) == ["p.weight", "p.seen"]


def test_overridden_saving_and_loading():
    class Own(Line):
        _version = 3

        def _save_to_state_dict(self, destination, prefix, keep_vars):
            super()._save_to_state_dict(destination, prefix, keep_vars)
            destination[prefix + "more"] = 7

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
            self.loaded = (state_dict.pop(prefix + "more"), local_metadata["version"])
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    m = nn.Sequential(Own())
    state = m.state_dict()
    assert state["0.more"] == 7 and state._metadata["0"] == {"version": 3}
    m.load_state_dict(pickle.loads(pickle.dumps(state)))
    assert m[0].loaded == (7, 3)


def test_set_submodule():
    m = Two()
    m.set_submodule("first.deep", Line())
    assert m.get_submodule("first.deep") is m.first.deep
    with pytest.raises(AttributeError, match="Two has no attribute `other`"):
        m.set_submodule("other", Line(), strict=True)
    with pytest.raises(AttributeError, match="`bias` is not an nn.Module"):
        m.set_submodule("bias", Line())
    with pytest.raises(ValueError, match="is not an nn.Module, found"):
        m.set_submodule("first", 3)


def test_hooks_of_all_modules():
    hooks, seen = nn.modules.module, []
    m = nn.Sequential(Line(), nn.ReLU())
    handles = [
        hooks.register_module_forward_pre_hook(lambda module, args: seen.append(("pre", type(module).__name__))),
        hooks.register_module_forward_hook(lambda module, args, out: seen.append(("post", type(module).__name__))),
        hooks.register_module_full_backward_hook(
            lambda module, ins, outs: seen.append(("back", type(module).__name__))
        ),
    ]
    x = torch.ones(2, requires_grad=True)
    try:
        m(x).sum().backward()
    finally:
        for handle in handles:
            handle.remove()
    names = [("pre", "Sequential"), ("pre", "Line"), ("post", "Line"), ("pre", "ReLU"), ("post", "ReLU")]
    assert seen[:6] == [*names, ("post", "Sequential")]
    assert sorted(seen[6:]) == [("back", "Line"), ("back", "ReLU"), ("back", "Sequential")]
    m(x)
    assert len(seen) == 9


def test_hooks_of_registration():
    hooks, seen = nn.modules.module, []
    handles = [
        hooks.register_module_parameter_registration_hook(lambda m, name, p: seen.append(name)),
        hooks.register_module_buffer_registration_hook(lambda m, name, b: b + 1 if name == "seen" else None),
        hooks.register_module_module_registration_hook(lambda m, name, below: seen.append(name)),
    ]
    try:
        m = Two()
    finally:
        for handle in handles:
            handle.remove()
    assert seen == ["weight", "first", "weight", "second", "again", "bias"] and m.first.seen.item() == 1.0


def test_older_backward_hooks():
    m, seen = nn.Sequential(nn.Tanh(), nn.Sigmoid()), []
    handle = m.register_backward_hook(lambda module, ins, outs: seen.append((module, len(ins), outs[0].sum().item())))
    x = torch.ones(2, requires_grad=True)
    m(x).sum().backward()
    assert seen == [(m, 1, 2.0)]
    with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
        m.register_full_backward_hook(lambda *_: None)
    handle.remove()
    m(x).sum().backward()
    assert len(seen) == 1
    full = nn.Tanh()
    full.register_full_backward_hook(lambda *_: None)
    with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
        full.register_backward_hook(lambda *_: None)
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        line = nn.Linear(1, 1)
        line.register_full_backward_hook(lambda *_: None)
        line(torch.ones(1)).backward()


def test_constructors_that_go_on():
    class Beside:
        def __init__(self, told=None):
            self.told = told

    class Both(nn.Module, Beside):
        call_super_init = True

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.line = nn.Linear(1, 1)

    assert Both(told=3).told == 3 and len(list(Both().parameters())) == 2


def test_older_names():
    with pytest.warns(FutureWarning, match="deprecated in favor of `nn.init.constant_`"):
        assert_close(nn.init.constant(torch.empty(2), 3.0), [3.0, 3.0])
    x = torch.tensor([-1.0, 2.0])
    assert nn.functional.relu_(x) is x and x.tolist() == [0.0, 2.0]
    assert nn.functional.threshold_(x, 1.0, 7.0).tolist() == [7.0, 2.0] and x.tolist() == [7.0, 2.0]
    wrapped = nn.DataParallel(nn.Linear(2, 1))
    assert [name for name, _ in wrapped.named_parameters()] == ["module.weight", "module.bias"]
    assert_close(wrapped(x), wrapped.module(x))


def test_handles_of_others():
    hooks, more = OrderedDict(), [OrderedDict(), OrderedDict()]
    handle = torch.utils.hooks.RemovableHandle(hooks, extra_dict=more)
    for place in (hooks, *more):
        place[handle.id] = print
    handle.remove()
    assert not hooks and more == [{}, {}]
    m = Two()
    assert len(list(m.modules())) == 3 and [x for x in m.modules() if x is m.first] == [m.first]
