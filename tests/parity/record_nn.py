"""Records what PyTorch's modules, optimisers and schedules compute, print and refuse: `python tests/parity/record_nn.py`.

Needs torch, not wengert. Writes nn.json, beside this file; tests/test_nn_parity.py runs the same programs on wengert.
"""

import json
import pathlib
from collections import OrderedDict

TARGET = pathlib.Path(__file__).with_name("nn.json")


def filled(torch, module):
    """The module with parameters that no generator draws."""
    with torch.no_grad():
        for place, p in enumerate(module.parameters()):
            values = torch.arange(p.numel(), dtype=torch.float64) * 1.7 + place
            p.copy_(torch.sin(values).reshape(p.shape) * 0.5)
    return module


def sample(torch, *shape):
    size = 1
    for n in shape:
        size *= n
    return (torch.cos(torch.arange(size, dtype=torch.float64) * 2.3) * 1.5).reshape(shape)


OPTIMISERS = {
    "sgd": ("SGD", {"lr": 0.1}),
    "sgd momentum": ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.2, "weight_decay": 0.01}),
    "sgd nesterov": ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "sgd maximize": ("SGD", {"lr": 0.01, "maximize": True, "weight_decay": 0.1}),
    "adam": ("Adam", {"lr": 0.05}),
    "adam amsgrad": ("Adam", {"lr": 0.05, "amsgrad": True, "weight_decay": 0.1, "betas": (0.8, 0.9), "eps": 1e-6}),
    "adam maximize": ("Adam", {"lr": 0.01, "maximize": True, "amsgrad": True}),
    "adamw": ("AdamW", {"lr": 0.05}),
    "adamw amsgrad": ("AdamW", {"lr": 0.05, "amsgrad": True, "weight_decay": 0.2}),
    "rmsprop": ("RMSprop", {"lr": 0.02}),
    "rmsprop centered": ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    "adadelta": ("Adadelta", {"lr": 0.7}),
    "adadelta decay": ("Adadelta", {"rho": 0.8, "weight_decay": 0.1, "maximize": True}),
    "adamax": ("Adamax", {"lr": 0.05}),
    "adamax decay": ("Adamax", {"lr": 0.05, "weight_decay": 0.1, "betas": (0.8, 0.9)}),
    "adafactor": ("Adafactor", {"lr": 0.05}),
    "adafactor decay": (
        "Adafactor",
        {"lr": 0.2, "weight_decay": 0.1, "beta2_decay": -0.5, "eps": (1e-3, 1e-2), "d": 2.0},
    ),
    "nadam": ("NAdam", {"lr": 0.05}),
    "nadam decay": ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "momentum_decay": 0.01, "decoupled_weight_decay": True}),
    "radam": ("RAdam", {"lr": 0.05}),
    "radam decay": ("RAdam", {"lr": 0.05, "betas": (0.6, 0.7), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    "asgd": ("ASGD", {"lr": 0.05}),
    "asgd averaged": ("ASGD", {"lr": 0.05, "t0": 2, "lambd": 0.01, "alpha": 0.6, "weight_decay": 0.1}),
    "rprop": ("Rprop", {"lr": 0.02}),
    "rprop etas": ("Rprop", {"lr": 0.02, "etas": (0.4, 1.5), "step_sizes": (1e-4, 0.1)}),
    "adagrad": ("Adagrad", {"lr": 0.1}),
    "adagrad decay": ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
}


def steps(torch, name):
    """Parameters after each of eight steps on a small network."""
    kind, options = OPTIMISERS[name]
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    filled(torch, net)
    trainer = getattr(torch.optim, kind)(net.parameters(), **options)
    x, y = sample(torch, 5, 3), sample(torch, 5, 2)
    found = []
    for _ in range(8):
        trainer.zero_grad()
        torch.nn.MSELoss()(net(x), y).backward()
        trainer.step()
        found.append([v for p in net.parameters() for v in p.detach().reshape(-1).tolist()])
    return found


SCHEDULES = {
    "step": lambda s, o: s.StepLR(o, 3, gamma=0.3),
    "multi step": lambda s, o: s.MultiStepLR(o, [2, 5], gamma=0.3),
    "lambda": lambda s, o: s.LambdaLR(o, lambda epoch: 0.9**epoch),
    "exponential": lambda s, o: s.ExponentialLR(o, 0.8),
    "multiplicative": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.9 + 0.01 * epoch),
    "constant": lambda s, o: s.ConstantLR(o, 0.3, 4),
    "linear": lambda s, o: s.LinearLR(o, 0.2, 0.9, 6),
    "polynomial": lambda s, o: s.PolynomialLR(o, 9, 1.5),
    "restarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2, eta_min=0.02),
    "cyclic": lambda s, o: s.CyclicLR(o, 0.1, 0.7, 3, 4),
    "cyclic halves": lambda s, o: s.CyclicLR(o, 0.1, 0.7, 2, mode="triangular2"),
    "cyclic exp": lambda s, o: s.CyclicLR(o, 0.1, 0.7, 2, mode="exp_range", gamma=0.9, cycle_momentum=False),
    "cyclic own": lambda s, o: s.CyclicLR(o, 0.1, 0.7, 3, scale_fn=lambda x: 1 / x, scale_mode="cycle"),
    "one cycle": lambda s, o: s.OneCycleLR(o, 0.6, 14),
    "one cycle linear": lambda s, o: s.OneCycleLR(o, 0.6, epochs=7, steps_per_epoch=2, anneal_strategy="linear"),
    "one cycle three": lambda s, o: s.OneCycleLR(o, 0.6, 15, three_phase=True, pct_start=0.4, final_div_factor=10),
    "sequential": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9), s.StepLR(o, 2)], [4, 8]
    ),
    "chained": lambda s, o: s.ChainedScheduler([s.LinearLR(o, 0.3, total_iters=4), s.ExponentialLR(o, 0.9)]),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, 5, eta_min=0.01),
}


def rates(torch, name):
    w = torch.ones(1, requires_grad=True)
    trainer = torch.optim.SGD([w], lr=0.5, momentum=0.9)
    schedule = SCHEDULES[name](torch.optim.lr_scheduler, trainer)
    found = []
    for _ in range(14):
        found.append([schedule.get_last_lr()[0], trainer.param_groups[0]["momentum"]])
        trainer.step()
        schedule.step()
    return found


MEASURES = [1.0, 0.9, 0.95, 0.93, 0.91, 0.7, 0.72, 0.71, 0.73, 0.74, 0.75, 0.76]
PLATEAUS = (
    {"patience": 1, "factor": 0.5},
    {"patience": 1, "factor": 0.5, "cooldown": 2, "threshold": 0.05},
    {"patience": 0, "factor": 0.1, "mode": "max", "threshold_mode": "abs", "min_lr": 0.01},
)


def plateaus(torch):
    """Rates by ReduceLROnPlateau, for a row of measures."""
    found = []
    for options in PLATEAUS:
        trainer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(trainer, **options)
        for measure in MEASURES:
            schedule.step(measure)
            found.append(schedule.get_last_lr()[0])
    return found


SOLVERS = (
    {"line_search_fn": "strong_wolfe", "max_iter": 6},
    {"line_search_fn": "strong_wolfe", "max_iter": 25, "history_size": 3, "lr": 0.3},
    {"lr": 0.1, "max_iter": 5},
    {"lr": 0.5, "max_iter": 7, "history_size": 2, "tolerance_change": 1e-5},
)


def solved(torch):
    """Losses and parameters of L-BFGS on Rosenbrock's valley, over three calls of step."""
    found = []
    for options in SOLVERS:
        x = torch.tensor([-1.2, 1.0, 0.7], dtype=torch.float64, requires_grad=True)
        solver = torch.optim.LBFGS([x], **options)

        def closure(x=x, solver=solver):
            solver.zero_grad()
            a, b = x[1:] - x[:-1] ** 2, 1 - x[:-1]
            loss = (10 * a * a + b * b).sum()
            loss.backward()
            return loss

        for _ in range(3):
            found.append([solver.step(closure).item(), *x.tolist()])
    return found


def layers(torch):
    """Modules with an input each, by name."""
    nn = torch.nn
    x, positive = sample(torch, 4, 3), sample(torch, 4, 3).abs() * 0.6 + 0.02
    classes = torch.tensor([0, 2, 1, 2])
    weight = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)
    simple = (
        "ReLU ReLU6 LeakyReLU ELU GELU SiLU Mish Softplus Tanh Sigmoid LogSigmoid Softsign Tanhshrink Hardtanh Identity"
    )
    found = {name: (getattr(nn, name)(), (x,)) for name in simple.split()}
    found.update({name: (getattr(nn, name)(dim=1), (x,)) for name in ("Softmax", "Softmin", "LogSoftmax")})
    for reduction in ("mean", "sum", "none"):
        for name in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCEWithLogitsLoss"):
            found[f"{name} {reduction}"] = (getattr(nn, name)(reduction=reduction), (x, positive))
        found[f"BCELoss {reduction}"] = (nn.BCELoss(reduction=reduction), (positive, positive.flip(0)))
        found[f"KLDivLoss {reduction}"] = (nn.KLDivLoss(reduction=reduction), (x, positive))
        loss = nn.CrossEntropyLoss(weight, reduction=reduction, label_smoothing=0.1, ignore_index=1)
        found[f"CrossEntropyLoss {reduction}"] = (loss, (x, classes))
        found[f"NLLLoss {reduction}"] = (nn.NLLLoss(weight, reduction=reduction), (x, classes))
    found["GELU tanh"] = (nn.GELU(approximate="tanh"), (x,))
    found["Linear"] = (nn.Linear(3, 2), (x,))
    found["Linear no bias"] = (nn.Linear(3, 2, bias=False), (x,))
    found["Bilinear"] = (nn.Bilinear(3, 3, 2), (x, positive))
    found["LayerNorm"] = (nn.LayerNorm(3), (x,))
    found["LayerNorm no bias"] = (nn.LayerNorm([4, 3], bias=False), (x,))
    found["RMSNorm"] = (nn.RMSNorm(3), (x,))
    found["Embedding"] = (nn.Embedding(5, 3, padding_idx=2), (classes,))
    found["Flatten"] = (nn.Flatten(), (sample(torch, 2, 3, 2),))
    found["Unflatten"] = (nn.Unflatten(1, (3, 1)), (x,))
    found["Dropout"] = (nn.Dropout(0.3).eval(), (x,))
    return {name: (filled(torch, module.double()), args) for name, (module, args) in found.items()}


def values(torch):
    """Output, gradient of the first input and of the parameters, by layer."""
    found = {}
    for name, (module, args) in layers(torch).items():
        first = args[0].detach().clone()
        if first.is_floating_point():
            first.requires_grad_()
        out = module(first, *args[1:])
        if out.requires_grad:
            (out * out).sum().backward()
        grads = [] if first.grad is None else [first.grad.tolist()]
        grads += [p.grad.tolist() for p in module.parameters()]
        found[name] = [out.tolist(), grads]
    return found


def texts(torch):
    """What modules and optimisers print."""
    nn = torch.nn
    found = {name: repr(module) for name, (module, _) in layers(torch).items()}
    named = OrderedDict([("first", nn.Linear(2, 3)), ("act", nn.ReLU(inplace=True))])
    inner = nn.Sequential(nn.Linear(2, 2), nn.Sequential(named))
    found["nested"] = repr(inner)
    found["empty"] = repr(nn.Sequential())
    found["list"] = repr(nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Linear(1, 1), nn.Sequential(nn.Tanh())]))
    found["empty list"] = repr(nn.ModuleList())
    found["dict"] = repr(nn.ModuleDict({"a": nn.ReLU(), "b": nn.Linear(1, 2)}))
    found["parameter list"] = repr(nn.ParameterList([torch.ones(2), torch.ones(3, 4)]))
    found["parameter dict"] = repr(nn.ParameterDict({"a": torch.ones(2), "b": torch.ones(3, 4)}))
    found["one parameter"] = repr(nn.ParameterList([torch.ones(2)]))
    found["loaded"] = repr(nn.Linear(1, 1).load_state_dict(nn.Linear(1, 1).state_dict()))
    found["not loaded"] = repr(nn.Linear(1, 1).load_state_dict({"other": torch.ones(1)}, strict=False))
    for name, (kind, options) in OPTIMISERS.items():
        found[name] = repr(getattr(torch.optim, kind)([torch.ones(1, requires_grad=True)], **options))
    return found


def refused(torch):
    """Classes and texts of errors, by what was done."""
    nn, optim = torch.nn, torch.optim

    class Early(nn.Module):
        def __init__(self, name, value):
            setattr(self, name, value)

    class Plain(nn.Module):
        pass

    def delete():
        del nn.Linear(1, 1).nothing

    def assign(name, value):
        setattr(nn.Sequential(nn.Linear(1, 1)) if name == "0" else nn.Linear(1, 1), name, value)

    leaf = torch.ones(1, requires_grad=True)
    with_buffer = nn.Module()
    with_buffer.register_buffer("b", torch.ones(1))
    actions = {
        "attribute": lambda: nn.Linear(1, 1).nothing,
        "delete": delete,
        "early parameter": lambda: Early("p", nn.Parameter(torch.ones(1))),
        "early module": lambda: Early("m", nn.ReLU()),
        "wrong parameter": lambda: assign("weight", torch.ones(1)),
        "wrong parameter number": lambda: assign("weight", 3),
        "wrong module": lambda: assign("0", 3),
        "wrong buffer": lambda: setattr(with_buffer, "b", "text"),
        "buffer name": lambda: nn.Module().register_buffer("a.b", torch.ones(1)),
        "buffer number": lambda: nn.Module().register_buffer(3, torch.ones(1)),
        "buffer taken": lambda: nn.Linear(1, 1).register_buffer("weight", torch.ones(1)),
        "buffer type": lambda: nn.Module().register_buffer("a", 3),
        "parameter empty name": lambda: nn.Module().register_parameter("", None),
        "parameter taken": lambda: nn.Module().register_parameter("training", None),
        "parameter type": lambda: nn.Module().register_parameter("a", torch.ones(1)),
        "module type": lambda: nn.Module().add_module("a", 3),
        "module name": lambda: nn.Module().add_module("a.b", nn.ReLU()),
        "module taken": lambda: nn.Linear(1, 1).add_module("forward", nn.ReLU()),
        "forward": lambda: Plain()(1),
        "keyword": lambda: nn.Module(a=1),
        "positional": lambda: nn.Module(1),
        "train": lambda: nn.ReLU().train(3),
        "to": lambda: nn.Linear(1, 1).to(torch.int64),
        "submodule": lambda: nn.Linear(1, 1).get_submodule("a.b"),
        "no submodule": lambda: nn.Linear(1, 1).get_submodule("weight"),
        "get parameter": lambda: nn.Linear(1, 1).get_parameter("a"),
        "no parameter": lambda: nn.Linear(1, 1).get_parameter("in_features"),
        "no buffer": lambda: nn.Linear(1, 1).get_buffer("weight"),
        "load": lambda: nn.Sequential(nn.Linear(2, 1)).load_state_dict(
            {"0.weight": torch.ones(3), "x": leaf, "y": leaf}
        ),
        "load list": lambda: nn.Linear(2, 1).load_state_dict([1]),
        "index": lambda: nn.Sequential(nn.ReLU())[3],
        "list index": lambda: nn.ModuleList([nn.ReLU()])[-2],
        "list of number": lambda: nn.ModuleList([3]),
        "taken key": lambda: nn.ParameterDict({"keys": torch.ones(1)}),
        "dropout": lambda: nn.Dropout(1.5),
        "unflatten": lambda: nn.Unflatten(1, (1, "a")),
        "gain": lambda: nn.init.calculate_gain("other"),
        "slope": lambda: nn.init.calculate_gain("leaky_relu", "a"),
        "fan": lambda: nn.init.xavier_uniform_(torch.ones(3)),
        "mode": lambda: nn.init.kaiming_normal_(torch.ones(3, 3), mode="other"),
        "eye": lambda: nn.init.eye_(torch.ones(3)),
        "no parameters": lambda: optim.SGD([], lr=0.1),
        "one tensor": lambda: optim.SGD(leaf, lr=0.1),
        "number": lambda: optim.SGD([3], lr=0.1),
        "non-leaf": lambda: optim.SGD([leaf * 2], lr=0.1),
        "rate": lambda: optim.SGD([leaf], lr=-1),
        "momentum": lambda: optim.SGD([leaf], momentum=-1),
        "decay": lambda: optim.SGD([leaf], weight_decay=-1),
        "nesterov": lambda: optim.SGD([leaf], nesterov=True),
        "eps": lambda: optim.Adam([leaf], eps=-1),
        "adam decay": lambda: optim.Adam([leaf], weight_decay=-1),
        "beta": lambda: optim.Adam([leaf], betas=(0.9, 1.0)),
        "alpha": lambda: optim.RMSprop([leaf], alpha=-1),
        "rmsprop momentum": lambda: optim.RMSprop([leaf], momentum=-1),
        "lr_decay": lambda: optim.Adagrad([leaf], lr_decay=-1),
        "accumulator": lambda: optim.Adagrad([leaf], initial_accumulator_value=-1),
        "two groups": lambda: optim.SGD([{"params": [leaf]}, {"params": [leaf]}], lr=0.1),
        "a set": lambda: optim.SGD([{"params": {leaf}}], lr=0.1),
        "groups": lambda: optim.SGD([leaf], lr=0.1).load_state_dict({"state": {}, "param_groups": []}),
    }
    found = {}
    for name, action in actions.items():
        try:
            action()
            found[name] = ["nothing", ""]
        except Exception as error:
            found[name] = [type(error).__name__, str(error)]
    return found


def regression(torch):
    """A generated set for a network of two layers."""
    x = sample(torch, 64, 4)
    return x, torch.sin(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3]


def trained(torch):
    """The losses of a perceptron with one hidden layer, epoch by epoch, by SGD and by Adam."""
    found = {}
    for name, options in (("SGD", {"lr": 0.1}), ("Adam", {"lr": 0.02})):
        net = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1)).double()
        filled(torch, net)
        trainer = getattr(torch.optim, name)(net.parameters(), **options)
        x, y = regression(torch)
        data = torch.utils.data
        losses = []
        for _ in range(15):
            for a, b in data.DataLoader(data.TensorDataset(x, y), batch_size=16):
                loss = torch.nn.MSELoss()(net(a), b)
                trainer.zero_grad()
                loss.backward()
                trainer.step()
            with torch.no_grad():
                losses.append(torch.nn.MSELoss()(net(x), y).item())
        found[name] = losses
    return found


def answers(torch):
    return {
        "steps": {name: steps(torch, name) for name in OPTIMISERS},
        "rates": {name: rates(torch, name) for name in SCHEDULES},
        "plateaus": plateaus(torch),
        "solved": solved(torch),
        "values": values(torch),
        "texts": texts(torch),
        "refused": refused(torch),
        "trained": trained(torch),
    }


if __name__ == "__main__":
    import torch

    TARGET.write_text(json.dumps({"torch": torch.__version__, **answers(torch)}) + "\n")
    print(f"{TARGET}: written")
