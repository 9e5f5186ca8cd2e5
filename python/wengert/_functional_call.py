"""A module as a function of its parameters and buffers, and states of several models in one. Depends on Module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor

_MISSING = object()


def _named(module: Any) -> dict[str, Tensor]:
    """All parameters and buffers under all their names."""
    return {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }


def _with_tied(module: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The same value for all names of one tensor."""
    names: dict[int, list[str]] = {}
    for name, tensor in _named(module).items():
        names.setdefault(id(tensor), []).append(name)
    full = dict(given)
    for group in names.values():
        chosen = [name for name in group if name in given]
        if len(group) < 2 or not chosen:
            continue
        if len({id(given[name]) for name in chosen}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(chosen)}, which are tied. Consider using "
                "tie_weights=False"
            )
        full.update(dict.fromkeys(group, given[chosen[0]]))
    return full


def _swap(module: Any, name: str, value: Any) -> Any:
    """Puts a value in the place of a parameter, a buffer or an attribute; returns what was there."""
    for place in (module._parameters, module._buffers):
        if name in place:
            old, place[name] = place[name], value
            return old
    old = module.__dict__.get(name, _MISSING)
    if value is _MISSING:
        module.__dict__.pop(name, None)
    else:
        module.__dict__[name] = value
    return old


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: dict[str, Tensor] | Sequence[dict[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Calls a module with other tensors in the place of parameters and buffers; the module is as before afterwards.

    With `tie_weights` a tensor that has several names is replaced under all. With `strict` all names must be given
    and no others. What forward assigned to a buffer is put into the dictionary. Raises ValueError for a name that is
    in two dictionaries or different values of tied names, RuntimeError where `strict` and names are wrong.

    >>> import wengert
    >>> line = wengert.nn.Linear(1, 1, bias=False)
    >>> functional_call(line, {"weight": wengert.tensor([[3.0]])}, wengert.tensor([2.0]))
    tensor([6.])
    """
    if isinstance(parameter_and_buffer_dicts, dict):
        given: dict[str, Any] = parameter_and_buffer_dicts
    elif isinstance(parameter_and_buffer_dicts, Sequence):
        if not all(isinstance(part, dict) for part in parameter_and_buffer_dicts):
            raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
        keys = [key for part in parameter_and_buffer_dicts for key in part]
        repeated = sorted({key for key in keys if keys.count(key) > 1})
        if repeated:
            raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
        given = {key: value for part in parameter_and_buffer_dicts for key, value in part.items()}
    else:
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(parameter_and_buffer_dicts)}"
        )
    for value in given.values():
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"{value} is not an instance of torch.Tensor")
    values = _with_tied(module, given) if tie_weights else dict(given)
    if strict:
        known = _named(module)
        told = []
        for what, wrong in (("Unexpected", set(values) - set(known)), ("Missing", set(known) - set(values))):
            if wrong:
                told.append(f"{what} key(s): {', '.join(map(repr, sorted(wrong)))}.")
        if told:
            raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t" + "\n\t".join(told))
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    swapped: list[tuple[Any, str, str, Any]] = []
    try:
        for key, value in values.items():
            path, _, name = key.rpartition(".")
            below = module.get_submodule(path)
            swapped.append((below, name, key, _swap(below, name, value)))
        return module(*arguments, **(kwargs or {}))
    finally:
        for below, name, key, old in reversed(swapped):
            now = _swap(below, name, old)
            if key in given and now is not given[key]:
                given[key] = now


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and buffers of models of one class, stacked along a new first dimension, for `vmap` over the models.

    The stacked tensors are leaves of their own. Raises RuntimeError for no models, several classes or modes.

    >>> import wengert
    >>> params, buffers = stack_module_state([wengert.nn.Linear(2, 3) for _ in range(4)])
    >>> params["weight"].shape
    torch.Size([4, 3, 2])
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({m.training for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")

    def stacked(named: list[dict[str, Any]]) -> dict[str, Any]:
        found = {}
        for key in named[0]:
            tensors = [part[key] for part in named]
            needs = {t.requires_grad for t in tensors}
            if len(needs) > 1:
                raise RuntimeError(f"Expected {key} from each model to have the same .requires_grad")
            found[key] = _core.stack([t.detach() for t in tensors]).requires_grad_(needs.pop())
        return found

    return stacked([dict(m.named_parameters()) for m in models]), stacked([dict(m.named_buffers()) for m in models])


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Takes the running statistics from all batch normalisations in a module, which is returned: they normalise with the
    batch they see, so that `vmap` and `grad` have nothing to write outside.

    >>> import wengert
    >>> model = wengert.nn.Sequential(wengert.nn.BatchNorm1d(3))
    >>> replace_all_batch_norm_modules_(model)[0].running_mean is None
    True
    """
    from wengert.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d

    for module in root.modules():
        if isinstance(module, (BatchNorm1d, BatchNorm2d, BatchNorm3d)):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root
