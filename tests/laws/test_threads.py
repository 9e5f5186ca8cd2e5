"""One thread and several give the same bits: every op of the table, forward, backward and in forward mode."""

import os

import numpy as np
import pytest

from backend import ON_TORCH, array, torch

from . import laws
from .growing import grown
from .table import ALL_OPS, placements

pytestmark = pytest.mark.skipif(ON_TORCH, reason="wengert promises more here than PyTorch does")

COUNTS = (1, 2, 4)
# Views touch no element, and the two lists of places come from no operand.
IDLE = "squeeze_ unsqueeze_ transpose_ t_ dsplit unflatten broadcast_to tril_indices triu_indices".split()
WORKING = [op for op in ALL_OPS if op["returns"] != "bool" and op["name"] not in IDLE]
GROWN: dict = {}


def cases(op):
    """Its grown samples, made when first asked for: all of them take a minute."""
    if op["name"] not in GROWN:
        GROWN[op["name"]] = grown(op)
    return GROWN[op["name"]]


@pytest.fixture(autouse=True)
def thread_count():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def bits(tensors):
    return [(array(t).dtype, tuple(t.shape), array(t).tobytes()) for t in tensors]


def everything(case):
    """Outputs of all forms; gradients, fused and recorded; tangents."""
    forms = case.forms + (["inplace"] if case.op["inplace"] and "method" in case.forms else [])
    found = {}
    for form in forms:
        try:
            found[form] = bits(case.call(case.tensors(), form))
        except RuntimeError:
            assert form == "inplace", f"{form} of {case.op['name']}"  # a result that does not fit its target
    outputs = case.outputs(case.tensors())
    if not (case.op["differentiable"] and case.inputs and outputs):
        return found
    random = np.random.default_rng(3)
    weights = laws.typed(case, [random.uniform(-1, 1, tuple(out.shape)) for out in outputs])
    for recorded in (False, True):
        found["recorded" if recorded else "fused"] = bits(
            laws.gradients(case, case.tensors(requires_grad=True), weights, create_graph=recorded)
        )
    if not case.op["name"].endswith("_"):
        outputs, moved = laws.push(case, case.tensors(), laws.typed(case, laws.tangents(case)))
        found["jvp"] = bits([*outputs, *moved])
    return found


@pytest.mark.parametrize("op", WORKING, ids=[op["name"] for op in WORKING])
def test_an_op_has_operands_large_enough_to_be_split(op):
    """A sample that grows, or an argument list in growing.LARGE."""
    assert cases(op)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("op", WORKING, ids=[op["name"] for op in WORKING])
def test_threads_do_not_change_a_bit(op, dtype):
    for text, sample in cases(op):
        for layout, case in placements(op, sample, dtype):
            found = []
            for count in COUNTS:
                torch.set_num_threads(count)
                found.append(everything(case))
            for count, got in zip(COUNTS[1:], found[1:]):
                differing = [what for what in found[0] if got[what] != found[0][what]]
                assert not differing, f"{differing} of {op['name']}({text}) {layout} {dtype} on {count} threads"


@pytest.mark.parametrize("name", ["rand", "randn"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_random_numbers_do_not_depend_on_threads(name, dtype):
    def draw(count):
        torch.set_num_threads(count)
        torch.manual_seed(7)
        return bits([getattr(torch, name)(330, 300, dtype=getattr(torch, dtype))])

    assert draw(1) == draw(2) == draw(4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_indexing_does_not_depend_on_threads(dtype):
    random = np.random.default_rng(9)
    values = torch.tensor(random.normal(size=(500, 300)), dtype=getattr(torch, dtype))
    rows, columns = (torch.tensor(random.integers(0, size, 700)) for size in values.shape)
    mask = torch.tensor(random.integers(0, 2, (500, 300)) > 0)
    keys = [rows, mask, (slice(None), columns), (rows, columns), slice(1, None, 2), (Ellipsis, 5)]

    def work(count):
        torch.set_num_threads(count)
        found = []
        for key in keys:
            x = values.clone().requires_grad_()
            picked = x[key]
            weight = torch.arange(float(picked.numel()), dtype=values.dtype).reshape(*picked.shape).sin()
            (g,) = torch.autograd.grad((picked * weight).sum(), x)
            y, source = values.clone(), (picked.detach() * 2).requires_grad_()
            y.requires_grad_()
            z = y * 1
            z[key] = source
            found += bits([picked, g, z, *torch.autograd.grad((z * values).sum(), (y, source))])
        return found

    assert work(1) == work(2) == work(4)


def test_threads_were_at_work():
    """The operands above reach the pool: its threads exist afterwards."""
    torch.set_num_threads(4)
    torch.rand(330, 300).exp().sum()
    tasks = "/proc/self/task"
    if not os.path.isdir(tasks):
        pytest.skip("no list of threads here")
    names = [open(f"{tasks}/{task}/comm").read().strip() for task in os.listdir(tasks)]
    assert sum(name.startswith("wengert-") for name in names) >= 4
