"""Optimizer: groups, state, hooks, closures, and what is refused."""

import copy
import importlib
import pickle

import pytest

from backend import assert_close, t64, torch

optim = torch.optim


def leaf(*values):
    return torch.nn.Parameter(t64(list(values)))


def with_grad(*values):
    p = leaf(*values)
    p.grad = torch.ones_like(p)
    return p


def test_groups():
    a, b, c = with_grad(1.0), with_grad(1.0), leaf(1.0)
    optimizer = optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.1, momentum=0.9)
    optimizer.add_param_group({"params": iter([c]), "momentum": 0})
    assert [g["lr"] for g in optimizer.param_groups] == [0.5, 0.1, 0.1]
    assert optimizer.defaults["momentum"] == 0.9 and optimizer.param_groups[2]["momentum"] == 0
    optimizer.step()
    assert_close(a, [0.5])
    assert_close(b, [0.9])
    assert_close(c, [1.0])
    assert list(optimizer.state) == [a, b]
    optimizer.param_groups[0]["lr"] = 0.0
    optimizer.step()
    assert_close(a, [0.5])


def test_named_parameters():
    layer = torch.nn.Linear(2, 1)
    optimizer = optim.SGD(layer.named_parameters(), lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.param_groups[0]["params"][1] is layer.bias
    with pytest.raises(ValueError, match="with/without names"):
        optimizer.add_param_group({"params": [leaf(1.0)]})


@pytest.mark.parametrize(
    "what, error, words",
    [
        (lambda: optim.SGD([]), ValueError, "optimizer got an empty parameter list"),
        (lambda: optim.SGD(leaf(1.0)), TypeError, "params argument given to the optimizer should be an iterable"),
        (lambda: optim.SGD([3]), TypeError, "optimizer can only optimize Tensors, but one of the params is int"),
        (lambda: optim.SGD([leaf(1.0) * 2]), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda: optim.SGD([leaf(1.0)], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda: optim.SGD([leaf(1.0)], lr=torch.ones(2)), ValueError, "Tensor lr must be 1-element"),
        (lambda: optim.SGD([leaf(1.0)], momentum=-1), ValueError, "Invalid momentum value: -1"),
        (lambda: optim.SGD([leaf(1.0)], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
        (lambda: optim.SGD([leaf(1.0)], nesterov=True), ValueError, "Nesterov momentum requires a momentum and zero"),
        (lambda: optim.Adam([leaf(1.0)], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
        (lambda: optim.AdamW([leaf(1.0)], eps=-1), ValueError, "Invalid epsilon value: -1"),
        (lambda: optim.RMSprop([leaf(1.0)], alpha=-1), ValueError, "Invalid alpha value: -1"),
        (lambda: optim.Adagrad([leaf(1.0)], lr_decay=-1), ValueError, "Invalid lr_decay value: -1"),
    ],
)
def test_refused(what, error, words):
    with pytest.raises(error, match=words):
        what()


def test_groups_refused():
    p = leaf(1.0)
    optimizer = optim.SGD([p])
    with pytest.raises(ValueError, match="some parameters appear in more than one parameter group"):
        optimizer.add_param_group({"params": [p]})
    with pytest.raises(TypeError, match="param_group must be a dict"):
        optimizer.add_param_group([p])
    with pytest.raises(TypeError, match="ordered collections"):
        optimizer.add_param_group({"params": {leaf(1.0)}})
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optim.SGD([p, p])


def test_closure_is_called_with_gradients():
    p = leaf(3.0)
    optimizer = optim.SGD([p], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum() / 2
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 4.5
    assert_close(p, [1.5])
    assert p.is_leaf and p.requires_grad


def test_zero_grad():
    p = with_grad(1.0)
    optimizer = optim.SGD([p])
    grad = p.grad
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is grad and grad.item() == 0.0
    optimizer.zero_grad()
    assert p.grad is None
    (p**3).sum().backward(create_graph=True)
    held = p.grad
    twice = held * 2
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is held and held.item() == 0.0 and not held.requires_grad and held.grad_fn is None
    # What the graph kept of the gradient is what it was: the second derivative of p^3, twice.
    assert torch.autograd.grad(twice.sum(), p)[0].item() == 12.0


def test_tensor_learning_rate():
    p = with_grad(1.0)
    rate = torch.tensor(0.5)
    optimizer = optim.Adam([p], lr=rate)
    scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    assert_close(p, [0.5], rtol=1e-6)
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is rate and rate.item() == 0.25


NAMES = "SGD Adam AdamW RMSprop Adagrad Adadelta Adafactor Adamax NAdam RAdam ASGD Rprop LBFGS".split()


@pytest.mark.parametrize("name", NAMES)
def test_state_goes_on(name):
    def run(optimizer, p, steps):
        def closure():
            optimizer.zero_grad()
            loss = (p**4 + p * p).sum()
            loss.backward()
            return loss

        for _ in range(steps):
            optimizer.step(closure)

    options = {"momentum": 0.9} if name in ("SGD", "RMSprop") else {"max_iter": 2} if name == "LBFGS" else {}
    p = leaf(0.6, -0.7)
    first = getattr(optim, name)([p], lr=0.1, **options)
    run(first, p, 3)
    q = torch.nn.Parameter(p.detach().clone())
    second = getattr(optim, name)([q], lr=0.7, **options)
    second.load_state_dict(pickle.loads(pickle.dumps(first.state_dict())))
    assert second.param_groups[0]["lr"] == 0.1 and second.param_groups[0]["params"][0] is q
    run(first, p, 3)
    run(second, q, 3)
    assert_close(p, q)
    if name == "LBFGS":
        return  # PyTorch's cannot be copied
    third = copy.deepcopy(second)
    r = third.param_groups[0]["params"][0]
    run(third, r, 2)
    run(second, q, 2)
    assert_close(q, r)


def test_state_takes_the_dtype():
    p = with_grad(1.0)
    first = optim.Adam([p])
    first.step()
    q = torch.nn.Parameter(torch.ones(1))
    second = optim.Adam([q])
    second.load_state_dict(first.state_dict())
    assert second.state[q]["exp_avg"].dtype is torch.float32
    with pytest.raises(ValueError, match="different number of parameter groups"):
        optim.Adam([{"params": [leaf(1.0)]}, {"params": [leaf(1.0)]}]).load_state_dict(first.state_dict())
    with pytest.raises(ValueError, match="doesn't match the size of optimizer's group"):
        optim.Adam([leaf(1.0), leaf(1.0)]).load_state_dict(first.state_dict())


def test_hooks():
    p = with_grad(1.0)
    optimizer = optim.SGD([p], lr=0.1)
    seen = []
    before = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append("before"))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append("after"))
    optimizer.step()
    before.remove()
    optimizer.step()
    assert seen == ["before", "after", "after"]
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("pre"))
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
    state = optimizer.state_dict()
    assert state["more"] == 1 and seen[-1] == "pre"
    optimizer.register_load_state_dict_pre_hook(lambda o, state: seen.append(state["more"]))
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
    optimizer.load_state_dict(state)
    assert seen[-2:] == [1, "loaded"]


def test_own_optimizer():
    class Signs(optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        def step(self, closure=None):
            with torch.no_grad():
                for group in self.param_groups:
                    for p in group["params"]:
                        p -= group["lr"] * p.grad.sign()

    p = with_grad(1.0)
    optimizer = Signs([p])
    seen = []
    optimizer.register_step_post_hook(lambda *args: seen.append(1))
    optimizer.step()
    assert_close(p, [0.9])
    assert seen == [1]
    with pytest.raises(NotImplementedError):
        optim.Optimizer([p], {}).step()


def test_schedules():
    optimizer = optim.SGD([leaf(1.0)], lr=1.0)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    with pytest.warns(UserWarning, match="Detected call of `lr_scheduler.step\\(\\)` before `optimizer.step"):
        scheduler.step()
    assert optimizer.param_groups[0]["initial_lr"] == 1.0
    with pytest.warns(UserWarning):
        scheduler.step(6)
    assert scheduler.get_last_lr() == [0.125] and scheduler.last_epoch == 6
    state = scheduler.state_dict()
    assert "optimizer" not in state and state["gamma"] == 0.5
    again = optim.lr_scheduler.StepLR(optim.SGD([leaf(1.0)], lr=1.0), 3)
    again.load_state_dict(state)
    assert again.last_epoch == 6 and again.step_size == 2
    with pytest.warns(UserWarning, match="please use `get_last_lr\\(\\)`"):
        scheduler.get_lr()
    with pytest.raises(TypeError, match="int is not an Optimizer"):
        optim.lr_scheduler.StepLR(3, 2)
    with pytest.raises(KeyError, match="param 'initial_lr' is not specified"):
        optim.lr_scheduler.StepLR(optim.SGD([leaf(1.0)], lr=1.0), 2, last_epoch=3)
    with pytest.raises(ValueError, match="Expected 1 lr_lambdas, but got 2"):
        optim.lr_scheduler.LambdaLR(optimizer, [abs, abs])


def test_hooks_change_arguments_and_are_of_all():
    p, seen = with_grad(1.0), []
    optimizer = optim.SGD([p], lr=0.1)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((args[0], lambda: seen.append("other")), kwargs))
    module = importlib.import_module(f"{torch.__name__}.optim.optimizer")
    before = module.register_optimizer_step_pre_hook(lambda o, args, kwargs: seen.append("all before"))
    after = module.register_optimizer_step_post_hook(lambda o, args, kwargs: seen.append("all after"))
    optimizer.step(lambda: seen.append("never"))
    assert seen == ["all before", "other", "all after"]
    before.remove()
    after.remove()
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError, match="must return None or a tuple of"):
        optimizer.step()


def test_names_are_loaded():
    layer = torch.nn.Linear(2, 1)
    first, second = (optim.SGD(layer.named_parameters(), lr=rate) for rate in (0.1, 0.2))
    second.load_state_dict(first.state_dict())
    assert second.param_groups[0]["param_names"] == ["weight", "bias"] and second.param_groups[0]["lr"] == 0.1


def scheduled(kind, *args, **options):
    optimizer = optim.SGD([leaf(1.0)], lr=1.0, momentum=0.9)
    optimizer.step()
    return getattr(optim.lr_scheduler, kind)(optimizer, *args, **options)


@pytest.mark.parametrize(
    "make, error, words",
    [
        (
            lambda: scheduled("ConstantLR", 1.5),
            ValueError,
            "Constant multiplicative factor expected to be between 0 and 1",
        ),
        (lambda: scheduled("LinearLR", 0.0), ValueError, "Starting multiplicative factor expected"),
        (lambda: scheduled("LinearLR", 0.5, 2.0), ValueError, "Ending multiplicative factor expected"),
        (lambda: scheduled("MultiplicativeLR", 3), TypeError, "lr_lambda should be a function, but got int"),
        (lambda: scheduled("CyclicLR", 0.1, 0.2, mode="x"), ValueError, "mode is invalid and scale_fn is None"),
        (
            lambda: scheduled("CyclicLR", [0.1, 0.2], 0.2),
            ValueError,
            "must have the same length as optimizer.param_groups",
        ),
        (lambda: scheduled("OneCycleLR", 0.1), ValueError, "You must define either total_steps OR"),
        (lambda: scheduled("OneCycleLR", 0.1, -1), ValueError, "Expected positive integer total_steps, but got -1"),
        (
            lambda: scheduled("OneCycleLR", 0.1, 9, pct_start=2.0),
            ValueError,
            "Expected float between 0 and 1 pct_start",
        ),
        (lambda: scheduled("OneCycleLR", 0.1, 9, anneal_strategy="x"), ValueError, "anneal_strategy must be one of"),
        (lambda: scheduled("CosineAnnealingWarmRestarts", 0), ValueError, "Expected positive integer T_0, but got 0"),
        (lambda: scheduled("CosineAnnealingWarmRestarts", 1, 0), ValueError, "Expected integer T_mult >= 1, but got 0"),
        (lambda: scheduled("ReduceLROnPlateau", factor=1.0), ValueError, "Factor should be < 1.0"),
        (lambda: scheduled("ReduceLROnPlateau", "x"), ValueError, "mode x is unknown!"),
        (lambda: scheduled("SequentialLR", [], []), ValueError, "at least one scheduler"),
    ],
)
def test_schedules_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_schedules_of_schedules():
    schedules = optim.lr_scheduler
    optimizer = optim.SGD([leaf(1.0)], lr=1.0)
    other = schedules.ExponentialLR(optim.SGD([leaf(1.0)], lr=1.0), 0.5)
    with pytest.raises(ValueError, match="belong to the same optimizer"):
        schedules.SequentialLR(optimizer, [schedules.StepLR(optimizer, 2), other], [1])
    with pytest.raises(ValueError, match="one more than the number of milestone"):
        schedules.SequentialLR(optimizer, [schedules.StepLR(optimizer, 2)], [1])
    with pytest.raises(ValueError, match="does not support `ReduceLROnPlateau`"):
        schedules.ChainedScheduler([schedules.ReduceLROnPlateau(optimizer)])

    def made():
        sgd = optim.SGD([leaf(1.0)], lr=1.0)
        held = [schedules.ConstantLR(sgd, 0.1, 2), schedules.LambdaLR(sgd, lambda epoch: 0.9**epoch)]
        return sgd, schedules.SequentialLR(sgd, held, [3])

    def walk(sgd, schedule, steps):
        for _ in range(steps):
            sgd.step()
            schedule.step()

    first, second = made(), made()
    walk(*first, 4)
    second[1].load_state_dict(first[1].state_dict())
    second[0].load_state_dict(first[0].state_dict())
    walk(*first, 3)
    walk(*second, 3)
    assert first[1].get_last_lr() == second[1].get_last_lr() == [0.9**4]


def test_plateau_of_tensors_and_its_state():
    schedule = scheduled("ReduceLROnPlateau", patience=0, factor=0.5)
    for loss in (torch.tensor(1.0), 2.0, 3.0):
        schedule.step(loss)
    assert schedule.get_last_lr() == [0.25] and not schedule.in_cooldown
    again = scheduled("ReduceLROnPlateau", patience=9)
    again.load_state_dict(schedule.state_dict())
    assert again.patience == 0 and again.best == 1.0


def test_solver_asks_for_a_closure_and_one_group():
    p = leaf(1.0)
    with pytest.raises(TypeError):
        optim.LBFGS([p]).step()
    with pytest.raises(ValueError, match="doesn't support per-parameter options"):
        optim.LBFGS([{"params": [p]}, {"params": [leaf(2.0)]}])
    solver = optim.LBFGS([p], line_search_fn="other")

    def closure():
        solver.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        solver.step(closure)


def test_averaged_models():
    swa = optim.swa_utils
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2)).double()
    plain, running = (
        swa.AveragedModel(model),
        swa.AveragedModel(model, avg_fn=swa.get_ema_avg_fn(0.5), use_buffers=True),
    )
    for value in (1.0, 2.0, 6.0):
        torch.nn.init.constant_(model[0].weight, value)
        model[1].running_mean.fill_(value)
        plain.update_parameters(model)
        running.update_parameters(model)
    assert_close(plain.module[0].weight[0, 0], 3.0)
    assert_close(running.module[0].weight[0, 0], 3.75)
    assert plain.module[1].running_mean[0].item() == 6.0 and running.module[1].running_mean[0].item() == 3.75
    assert int(plain.n_averaged) == 3
    x = t64([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]])
    swa.update_bn([x, (x * 2, 1)], model)
    inside = model[0]
    assert_close(model[1].running_mean, (inside(x).mean(0) + inside(x * 2).mean(0)) / 2)
    assert model[1].momentum == 0.1 and model.training
    with pytest.raises(ValueError, match="Invalid decay value 2.0"):
        swa.get_ema_avg_fn(2.0)


def test_rate_of_averaging():
    schedule = optim.swa_utils.SWALR(
        optim.SGD([leaf(1.0)], lr=1.0), swa_lr=0.2, anneal_epochs=4, anneal_strategy="linear"
    )
    found = []
    for _ in range(6):
        schedule.optimizer.step()
        schedule.step()
        found.append(schedule.get_last_lr()[0])
    assert_close(t64(found), [0.8, 0.6, 0.4, 0.2, 0.2, 0.2])


def test_optimizers_of_others():
    """Those that wrap another one and never call the constructor of the base, and those that ask for options."""

    class Around(optim.Optimizer):
        def __init__(self, inner):
            self.inner, self.param_groups, self.state = inner, inner.param_groups, inner.state

        def step(self, closure=None):
            return self.inner.step(closure)

    p = with_grad(1.0)
    outer = Around(optim.SGD([p], lr=0.5))
    outer.step()
    assert p.item() == 0.5
    module = importlib.import_module(f"{torch.__name__}.optim.optimizer")
    assert repr(module.required) == "<required parameter>"

    class Asks(optim.Optimizer):
        def __init__(self, params, lr=module.required):
            super().__init__(params, {"lr": lr})

    with pytest.raises(ValueError, match="didn't specify a value of required optimization parameter lr"):
        Asks([p])
    assert Asks([{"params": [p], "lr": 0.1}]).param_groups[0]["lr"] == 0.1
    for name in NAMES:
        assert hasattr(importlib.import_module(f"{torch.__name__}.optim.{name.lower()}"), name)
