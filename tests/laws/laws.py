"""The laws every op obeys, each a function of a Case that raises AssertionError when the op breaks it."""

import numpy as np

from backend import array, dtype_name, torch

from .case import STEP, is_float, pull
from .reference import ELEMENTWISE, RANDOM

EPSILON = {"float32": 2.0**-23, "float64": 2.0**-52}
NUMERIC = 2e-6  # relative to the largest element: what central differences in float64 can see


def near(got, want, tolerance, what, case, each=False):
    """`got` and `want` differ by at most `tolerance` relative to the larger of one and the largest finite element;
    with `each`, to the larger of one and the element itself."""
    got, want = np.asarray(got), np.asarray(want)
    assert got.shape == want.shape, f"{what}: shape {got.shape}, wanted {want.shape} in {case}"
    finite = np.abs(want[np.isfinite(want)]) if want.dtype.kind == "f" else np.zeros(0)
    scale = 1.0 if each else max(1.0, finite.max(initial=0.0))
    np.testing.assert_allclose(
        got, want, rtol=tolerance, atol=tolerance * scale, equal_nan=True, err_msg=f"{what} in {case}"
    )


def cotangents(case):
    """Fixed weights for the outputs that carry derivatives."""
    random = np.random.default_rng(7)
    return [np.asarray(random.uniform(0.5, 1.5, out.shape)) for out in case.reference_floats(case.values)]


def tangents(case):
    random = np.random.default_rng(11)
    return [np.asarray(random.uniform(-1, 1, case.values[k].shape)) for k in case.inputs]


def typed(case, arrays):
    return [torch.tensor(a, dtype=getattr(torch, case.dtype)) for a in arrays]


def gradients(case, tensors, weights, create_graph=False, form=None):
    """The library's gradients for the case's float inputs; zeros where an input does not matter."""
    inputs = [tensors[k] for k in case.inputs]
    outputs = case.outputs(tensors, form)
    return torch.autograd.grad(
        outputs, inputs, weights, create_graph=create_graph, allow_unused=True, materialize_grads=True
    )


# Values.


def value_law(case):
    """Shape, dtype and value are NumPy's, and the operands are left as they were."""
    tensors = case.tensors()
    results, wanted = case.call(tensors), case.reference()
    assert len(results) == len(wanted), f"{len(results)} outputs, wanted {len(wanted)} in {case}"
    for result, want in zip(results, wanted):
        assert tuple(result.shape) == want.shape, f"shape {tuple(result.shape)}, wanted {want.shape} in {case}"
        assert dtype_name(result) == want.dtype.name, f"dtype {result.dtype}, wanted {want.dtype} in {case}"
        if case.op["name"] not in RANDOM:
            tolerance = 16 * EPSILON.get(want.dtype.name, 0.0)
            near(array(result), want, tolerance, "value", case, each=case.op["name"] in ELEMENTWISE)
    for tensor, value in zip(tensors, case.values):
        assert np.array_equal(array(tensor), value, equal_nan=is_float(value)), f"an operand was changed by {case}"


def forms_law(case):
    """Function, method and in-place twin say the same, bit for bit, and so do their gradients."""
    forms = case.forms
    assert forms, f"{case.op['name']} is neither function nor method"
    tensors = case.tensors()
    first = [array(out) for out in case.call(tensors, forms[0])]
    for form in forms[1:]:
        for got, want in zip(case.call(tensors, form), first):
            assert np.array_equal(array(got), want, equal_nan=is_float(want)), f"{form} differs in {case}"
    if not case.op["inplace"] or "method" not in forms:
        return
    target = case.arguments(tensors)[0][0]
    if first[0].shape != tuple(target.shape) or first[0].dtype.name != dtype_name(target):
        return in_place_refusal(case, tensors, target, first[0])
    written = array(case.call(tensors, "inplace")[0])
    assert np.array_equal(written, first[0], equal_nan=is_float(written)), f"in place differs in {case}"
    if case.op["differentiable"] and is_float(first[0]) and case.inputs:
        weights = typed(case, cotangents(case))
        apart = gradients(case, case.tensors(requires_grad=True), weights)
        within = gradients(case, case.tensors(requires_grad=True), weights, form="inplace")
        for got, want in zip(within, apart):
            near(array(got), array(want), 4 * EPSILON[case.dtype], "gradient of the in-place twin", case)


def in_place_refusal(case, tensors, target, result):
    """A result that does not fit its target's shape, or whose dtype is of a higher category, is refused."""
    if result.shape == tuple(target.shape) and np.can_cast(result.dtype, array(target).dtype, "same_kind"):
        return
    try:
        case.call(tensors, "inplace")
    except RuntimeError:
        return
    raise AssertionError(f"in place: {result.dtype}{result.shape} into {target.dtype}{tuple(target.shape)} in {case}")


def not_differentiable_law(case):
    """An op without derivatives gives outputs that do not require grad."""
    for out in case.call(case.tensors(requires_grad=True)):
        assert not out.requires_grad and out.grad_fn is None, f"output requires grad in {case}"


# First derivatives.


def vjp_law(case):
    """Reverse mode is the finite difference of the reference."""
    weights = cotangents(case)
    got = gradients(case, case.tensors(requires_grad=True), typed(case, weights))
    for k, gradient, want in zip(case.inputs, got, case.pulled_back(weights)):
        assert dtype_name(gradient) == case.dtype, f"gradient is {gradient.dtype} in {case}"
        near(array(gradient), want, NUMERIC, f"VJP for operand {k}", case)


def push(case, tensors, directions):
    """Forward mode on the library: (outputs, their tangents)."""

    def function(*inputs):
        whole = list(tensors)
        for k, value in zip(case.inputs, inputs):
            whole[k] = value
        return tuple(case.outputs(whole))

    return torch.func.jvp(function, tuple(tensors[k] for k in case.inputs), tuple(directions))


def jvp_law(case):
    """Forward mode is the finite difference of the reference, and carries the value along."""
    directions = tangents(case)
    outputs, moved = push(case, case.tensors(), typed(case, directions))
    for out, tangent, value, want in zip(outputs, moved, case.reference_floats(case.values), case.along(directions)):
        near(array(out), value, 16 * EPSILON[case.dtype], "value under jvp", case)
        near(array(tangent), want, NUMERIC, "JVP", case)


def adjoint_law(case):
    """<u, J v> = <J' u, v>."""
    weights, directions = typed(case, cotangents(case)), typed(case, tangents(case))
    _, moved = push(case, case.tensors(), directions)
    pulled = gradients(case, case.tensors(requires_grad=True), weights)
    one = sum(float((u * jv).sum()) for u, jv in zip(weights, moved))
    other = sum(float((ju * v).sum()) for ju, v in zip(pulled, directions))
    near(one, other, 256 * EPSILON[case.dtype], "<u, Jv> against <J'u, v>", case)


def precision_law(narrow, wide):
    """Gradients in float32 are those in float64 within 32 units in the last place of the largest."""
    found = []
    for case in (narrow, wide):
        weights = [np.float32(u) for u in cotangents(case)]
        found.append(gradients(case, case.tensors(requires_grad=True), typed(case, weights)))
    for got, want in zip(*found):
        near(array(got), array(want), 32 * EPSILON["float32"], "float32 gradient", narrow)


def recorded_law(case):
    """The gradient recorded for another backward is the fused one within 4 units in the last place of the largest."""
    weights = typed(case, cotangents(case))
    fused = gradients(case, case.tensors(requires_grad=True), weights)
    recorded = gradients(case, case.tensors(requires_grad=True), weights, create_graph=True)
    for got, want in zip(recorded, fused):
        near(array(got), array(want), 4 * EPSILON[case.dtype], "recorded gradient", case)


# Second derivatives.


def first_order(case, weights, mix):
    """A scalar function of operand k's value: sum(mix * gradients), by the library's first order."""

    def scalar(k, value):
        tensors = case.tensors(requires_grad=True)
        tensors[k] = torch.tensor(value, dtype=getattr(torch, case.dtype), requires_grad=True)
        found = gradients(case, tensors, weights)
        return sum(float((m * g).sum()) for m, g in zip(mix, found))

    return scalar


def weighted_gradient(case, tensors, weights, mix):
    found = gradients(case, tensors, weights, create_graph=True)
    return sum((m * g).sum() for m, g in zip(mix, found))


def second_order_law(case):
    """Reverse over reverse is the finite difference of reverse."""
    weights, mix = typed(case, cotangents(case)), typed(case, tangents(case))
    tensors = case.tensors(requires_grad=True)
    inputs = [tensors[k] for k in case.inputs]
    total = weighted_gradient(case, tensors, weights, mix)
    scalar = first_order(case, weights, mix)
    if total.requires_grad:
        found = torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True)
    else:
        found = [torch.zeros_like(x) for x in inputs]
    for k, got in zip(case.inputs, found):
        want = pull(lambda value, k=k: scalar(k, value), case.values[k])
        near(array(got), want, 10 * NUMERIC, f"second derivative for operand {k}", case)


def mixed_law(case):
    """Forward over reverse is the finite difference of reverse: d/dt of the gradients in a direction."""
    weights, mix = typed(case, cotangents(case)), typed(case, tangents(case))
    directions = tangents(case)[::-1] if len(case.inputs) == 1 else tangents(case)
    plain = case.tensors()

    def gradient(*inputs):
        whole = list(plain)
        for k, value in zip(case.inputs, inputs):
            whole[k] = value

        def loss(*leaves):
            for k, value in zip(case.inputs, leaves):
                whole[k] = value
            return sum((u * out).sum() for u, out in zip(weights, case.outputs(whole)))

        return torch.func.grad(loss, argnums=tuple(range(len(inputs))))(*inputs)

    primals = tuple(plain[k] for k in case.inputs)
    _, moved = torch.func.jvp(gradient, primals, tuple(typed(case, directions)))
    got = sum(float((m * g).sum()) for m, g in zip(mix, moved))

    def along(step):
        values = case.moved(directions, step)
        leaves = [torch.tensor(np.asarray(value), requires_grad=k in case.inputs) for k, value in enumerate(values)]
        return sum(float((m * g).sum()) for m, g in zip(mix, gradients(case, leaves, weights)))

    near(got, (along(STEP) - along(-STEP)) / (2 * STEP), 10 * NUMERIC, "forward over reverse", case)
