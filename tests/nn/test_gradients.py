"""Gradients of layers and losses, first and second, are differences of values; layers go through vmap and jvp."""

import pathlib
import sys

import pytest

from backend import assert_close, torch, wengert_only

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "parity"))

import record_layers  # noqa: E402
import record_nn  # noqa: E402

CASES = {name: (group, name) for group in record_layers.GROUPS for name in group(torch)}
# The gradient of these is no derivative, by design (rows counted often, a variance below its floor), or there is none.
DESIGNED = ("table short", "gaussian one")
SMOOTH = [name for name in CASES if not name.startswith(DESIGNED) and not name.endswith(" edges")]


def case(name):
    """A layer as a function of its float inputs and parameters, and those."""
    group, _ = CASES[name]
    module, args, *more = group(torch)[name]
    record_nn.filled(torch, module.double())
    moving = more[0] if more else (0,)
    places = [i for i in moving if args[i].is_floating_point()]
    params = dict(module.named_parameters())
    buffers = {key: b.clone() for key, b in module.named_buffers()}

    def run(*values):
        given = list(args)
        for place, value in zip(places, values[: len(places)], strict=True):
            given[place] = value
        own = dict(zip(params, values[len(places) :], strict=True))
        out = torch.func.functional_call(module, (own, {k: b.clone() for k, b in buffers.items()}), tuple(given))
        return torch.sin(out * 1.3)

    return run, [args[i].detach().clone() for i in places] + [p.detach().clone() for p in params.values()]


def along(run, values, directions):
    """How a sum of the outputs with weights changes along a direction."""
    values = [v.clone().requires_grad_() for v in values]
    out = run(*values)
    weights = torch.cos(torch.arange(out.numel(), dtype=torch.float64) * 0.7 + 0.2).reshape(out.shape)
    grads = torch.autograd.grad((out * weights).sum(), values, create_graph=True, allow_unused=True)
    return sum((g * d).sum() for g, d in zip(grads, directions, strict=True) if g is not None), values, weights


def directions_of(values):
    return [torch.sin(torch.arange(v.numel(), dtype=torch.float64) * 2.1 + 1).reshape(v.shape) for v in values]


@wengert_only  # PyTorch has no second derivative of some
@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_are_differences(name):
    run, values = case(name)
    if not values:
        return
    directions, h = directions_of(values), 1e-6
    slope, leaves, weights = along(run, values, directions)

    def at(step):
        return (run(*(v + step * d for v, d in zip(values, directions, strict=True))) * weights).sum().item()

    difference = (at(h) - at(-h)) / (2 * h)
    assert abs(slope.item() - difference) <= 1e-6 * (1 + abs(difference)), name
    if not slope.requires_grad:
        return
    seconds = torch.autograd.grad(slope, leaves, allow_unused=True)
    curve = sum((s * d).sum().item() for s, d in zip(seconds, directions, strict=True) if s is not None)

    def slope_at(step):
        return along(run, [v + step * d for v, d in zip(values, directions, strict=True)], directions)[0].item()

    difference = (slope_at(h) - slope_at(-h)) / (2 * h)
    assert abs(curve - difference) <= 1e-5 * (1 + abs(difference)), name


MAPPED = [
    lambda nn: nn.Conv2d(2, 3, 2, padding=1, stride=2),
    lambda nn: nn.ConvTranspose2d(2, 3, 2, stride=2),
    lambda nn: nn.MaxPool2d(2),
    lambda nn: nn.AvgPool2d(2, padding=1, count_include_pad=False),
    lambda nn: nn.AdaptiveAvgPool2d((2, 3)),
    lambda nn: nn.BatchNorm2d(2).eval(),
    lambda nn: nn.GroupNorm(1, 2),
    lambda nn: nn.ReflectionPad2d(1),
    lambda nn: nn.Upsample(scale_factor=2, mode="bilinear"),
    lambda nn: nn.Unfold(2),
]


@pytest.mark.parametrize("make", MAPPED)
def test_layers_under_transforms(make):
    layer = record_nn.filled(torch, make(torch.nn).double())
    x = record_nn.sample(torch, 3, 1, 2, 4, 6)
    mapped = torch.func.vmap(layer)(x)
    assert_close(mapped, torch.stack([layer(one) for one in x]))
    tangent = torch.sin(x[0] * 5)
    _, moved = torch.func.jvp(layer, (x[0],), (tangent,))
    h = 1e-6
    assert_close(moved, (layer(x[0] + h * tangent) - layer(x[0] - h * tangent)) / (2 * h), rtol=1e-6, atol=1e-7)
