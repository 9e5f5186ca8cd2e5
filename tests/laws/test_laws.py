"""Every op, every sample, every layout: the laws of laws.py, and that no op escapes them."""

import ast

import pytest

from backend import operation, torch, wengert_only

from . import laws
from .case import Case
from .layouts import contiguous
from .reference import REFERENCE
from .samples import evaluate
from .table import OPS, carries_derivatives, every_case, takes_tangents


def over(cases):
    names, values = zip(*cases) if cases else ((), ())
    return pytest.mark.parametrize("case", values, ids=names)


SINGLE, DOUBLE = every_case("float32"), every_case("float64")
SMOOTH = every_case("float64", carries_derivatives)
SMOOTH_SINGLE = every_case("float32", carries_derivatives)
BOTH = [(name, (narrow, wide)) for (name, narrow), (_, wide) in zip(SMOOTH_SINGLE, SMOOTH)]
FORWARD = [(name, case) for name, case in SMOOTH if takes_tangents(case)]
FLAT = every_case("float64", lambda case: not case.op["differentiable"])
PLAIN_ONLY = [(name, case) for name, case in DOUBLE if "-contiguous-" in name and "__" not in name]

each_op = pytest.mark.parametrize("op", OPS, ids=[op["name"] for op in OPS])


def test_there_are_ops():
    assert len(OPS) > 40
    assert FLAT


@each_op
def test_a_differentiable_op_is_differentiated(op):
    """At least one sample of it is smooth enough for finite differences; a cast that rounds can have none."""
    tested = {case.op["name"] for _, case in FORWARD} | {"float"}
    assert op["name"] in tested or not op["differentiable"]


@each_op
def test_op_is_declared_in_full(op):
    assert set(op) >= {"name", "signature", "doc", "samples", "method", "function", "inplace", "differentiable"}
    assert op["doc"].strip(), "an op says what it does"
    assert op["samples"], "an op without samples is not tested"
    assert op["name"] in REFERENCE, "an op without a NumPy reference is not tested"
    ast.parse(f"def {op['name']}({op['signature']}): ...")


@each_op
def test_op_is_where_it_says(op):
    name = op["name"]
    assert op["function"] or op["method"]
    assert not op["function"] or callable(operation(name))
    assert not op["method"] or callable(getattr(torch.Tensor, name))
    assert not op["inplace"] or callable(getattr(torch.Tensor, name + "_"))


@over(SINGLE + DOUBLE)
def test_value_is_that_of_numpy(case):
    laws.value_law(case)


@over(DOUBLE)
def test_function_method_and_twin_agree(case):
    laws.forms_law(case)


@over(PLAIN_ONLY)
def test_arguments_go_by_name(case):
    """The names of the signature are the names of the arguments."""
    function = ast.parse(f"def op({case.op['signature']}): ...").body[0]
    if function.args.vararg:
        return by_position_only(case, function)
    names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
    args, kwargs = case.arguments(case.tensors())
    assert len(args) <= len(names)
    named = dict(zip(names, args), **kwargs)
    want = case.call(case.tensors())
    if case.op["function"]:
        got = operation(case.op["name"])(**named)
    else:
        target = named.pop(names[0])
        got = getattr(target, case.op["name"])(**named)
    got = list(got) if isinstance(got, (tuple, list)) else [got]
    if case.op["name"] in laws.RANDOM:
        want = got
    for one, other in zip(got, want, strict=True):
        assert laws.array(one).tolist() == laws.array(other).tolist()


def by_position_only(case, function):
    """A signature with *sizes takes the keywords it lists and no others."""
    keywords = {argument.arg for argument in function.args.kwonlyargs + function.args.args}
    assert set(case.arguments(case.tensors())[1]) <= keywords


@wengert_only
@over([(name, case) for name, case in PLAIN_ONLY if {"dim", "keepdim"} & set(case.sample.kwargs)])
def test_numpy_names_are_accepted(case):
    """axis= and keepdims= stand beside dim= and keepdim=."""
    args, kwargs = case.arguments(case.tensors())
    spelled = {{"dim": "axis", "keepdim": "keepdims"}.get(key, key): value for key, value in kwargs.items()}
    got = operation(case.op["name"])(*args, **spelled)
    got = list(got) if isinstance(got, (tuple, list)) else [got]
    for one, other in zip(got, case.call(case.tensors()), strict=True):
        assert laws.array(one).tolist() == laws.array(other).tolist()


@over(FLAT)
def test_no_derivative_means_no_graph(case):
    laws.not_differentiable_law(case)


@over(SMOOTH)
def test_vjp(case):
    laws.vjp_law(case)


@over(FORWARD)
def test_jvp(case):
    laws.jvp_law(case)


@over(FORWARD)
def test_adjoint(case):
    laws.adjoint_law(case)


@over(BOTH)
def test_float32_rule_against_float64_rule(case):
    laws.precision_law(*case)


@over(SMOOTH + SMOOTH_SINGLE)
def test_recorded_gradient_is_the_fused_one(case):
    laws.recorded_law(case)


@over(SMOOTH)
def test_second_order(case):
    laws.second_order_law(case)


@over(FORWARD)
def test_forward_over_reverse(case):
    laws.mixed_law(case)


def test_the_laws_can_fail():
    """A wrong reference and a wrong sample are noticed: the laws are not vacuous."""
    op = next(op for op in OPS if op["name"] == "tanh")
    good = Case(op, evaluate("tanh", "f(2, 3)"), contiguous)
    right = REFERENCE["tanh"]
    REFERENCE["tanh"] = lambda x: right(x) * (1 + 1e-4)
    try:
        for law in (laws.value_law, laws.vjp_law, laws.jvp_law):
            with pytest.raises(AssertionError):
                law(good)
    finally:
        REFERENCE["tanh"] = right
    laws.value_law(good)
