"""autograd.Function: operations whose derivative is Python code. Depends on `_core`."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from wengert import _core
from wengert._core import SavedTensor, Tensor


class FunctionCtx:
    """The context of one application: what forward leaves for backward.

    Saved tensors are protected from later writes; attributes are kept as they are.
    """

    # What most applications leave as it is belongs to the class: a context is made for each.
    _to_save: tuple[Any, ...] = ()
    _to_forward: tuple[Any, ...] | None = None
    # What `saved_tensors` shows while jvp runs.
    _shown: tuple[Any, ...] | None = None
    _saved: list[SavedTensor | None] | None = None
    _non_differentiable: frozenset[int] = frozenset()
    _dirty: frozenset[int] = frozenset()
    _materialize = True
    # Whether that holds for outputs marked as non-differentiable as well.
    _materialize_non_diff_grads = True
    # Shape and dtype of each output, and whether it is differentiable; None for what is no tensor.
    _outputs: list[tuple[Any, Any, bool] | None] = []
    _edge: Any = None

    def __init__(self, function: type[Function], needs: tuple[bool, ...]) -> None:
        self._function = function
        self.needs_input_grad = needs

    def save_for_backward(self, *tensors: Any) -> None:
        """Keeps tensors (or None) for `saved_tensors` in backward; TypeError for anything else where a node is recorded."""
        self._to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keeps tensors (or None) for `saved_tensors` in jvp."""
        self._to_forward = _only_tensors("save_for_forward", tensors)

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The tensors given to `save_for_backward` (in jvp to `save_for_forward`, if that was called), as they were."""
        if self._saved is not None and self._shown is None:
            return _core._unpack_saved(self._saved, self._edge)
        return self._tensors(self._edge)

    def _tensors(self, edge: Any) -> tuple[Any, ...]:
        """The saved tensors; outputs come with the history of the node that `edge` leads to."""
        if self._shown is not None:
            return self._shown
        if self._saved is None:
            return tuple(self._to_save)
        return _core._unpack_saved(self._saved, edge)

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """`saved_tensors`, as old programs call it."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self) -> tuple[Any, ...]:
        """What stands for the saved tensors; hooks can be registered on each."""
        return tuple(self._saved or ())

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """These outputs need no gradient."""
        self._non_differentiable = self._non_differentiable.union(map(id, tensors))

    def mark_dirty(self, *tensors: Tensor) -> None:
        """These inputs were modified in place and are returned."""
        self._dirty = self._dirty.union(map(id, tensors))

    def set_materialize_grads(self, value: bool) -> None:
        """Whether missing cotangents arrive as zeros (default) or as None."""
        self._materialize = value

    def _keep(self, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> None:
        _only_tensors("save_for_backward", self._to_save)
        inputs = set(map(id, args)) - self._dirty
        # An input that is returned as it is keeps its own history.
        position = {id(o): i for i, o in enumerate(outputs) if id(o) not in inputs}
        self._saved = [None if t is None else SavedTensor(t, position.get(id(t))) for t in self._to_save]
        self._to_save = ()

    def _release(self) -> None:
        if self._saved:
            _core._release_saved(self._saved)

    def _materialized(self, cotangents: tuple[Any, ...]) -> tuple[Any, ...]:
        """Cotangents with zeros for those that are missing, where they are wanted."""
        if not self._materialize:
            return cotangents
        return tuple(
            _core._full(list(known[0]), 0, known[1], False)
            if g is None and known is not None and (known[2] or self._materialize_non_diff_grads)
            else g
            for g, known in zip(cotangents, self._outputs, strict=True)
        )

    def _run_backward(self, edge: Any, cotangents: tuple[Any, ...], create_graph: bool) -> tuple[Any, ...]:
        for g in cotangents:
            if g is None:
                cotangents = self._materialized(cotangents)
                break
        function = self._function
        rule = function.backward if function.vjp is Function.vjp else function._rule()
        if edge is None:
            found = rule(self, *cotangents)
        else:
            self._edge = edge
            try:
                found = rule(self, *cotangents)
            finally:
                self._edge = None
        grads = found if isinstance(found, tuple) else (found,)
        wanted = len(self.needs_input_grad)
        if len(grads) > wanted and all(g is None for g in grads[wanted:]):
            grads = grads[:wanted]
        if len(grads) != wanted:
            raise RuntimeError(
                f"function {self._function.__name__}Backward returned an incorrect number of gradients (expected {wanted}, got {len(grads)})"
            )
        return grads


def _only_tensors(name: str, tensors: tuple[Any, ...]) -> tuple[Any, ...]:
    for i, t in enumerate(tensors):
        if t is not None and not isinstance(t, Tensor):
            raise TypeError(
                f"{name} can only save variables, but argument {i} is of type {type(t).__name__}; set an attribute of ctx"
                " instead"
            )
    return tensors


class _NodeClass:
    """The class of a Function's nodes."""

    def __get__(self, _: Any, owner: type[Function]) -> type:
        return _core._node_class(owner._node_name or f"{owner.__name__}Backward")


class VmapInfo(NamedTuple):
    """What a Function's `vmap` is told of the map: its size and what it does about random numbers."""

    batch_size: int
    randomness: str


class Function:
    """Base of custom operations: subclass it with static `forward` and `backward`, call it by `apply`.

    >>> import wengert
    >>> class Square(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * g
    >>> x = wengert.tensor(3.0, requires_grad=True)
    >>> Square.apply(x).backward()
    >>> x.grad
    tensor(6.)

    With `setup_context` and `jvp` it can be used in forward mode, with `vmap` or `generate_vmap_rule = True` under maps.
    """

    generate_vmap_rule = False
    _backward_cls = _NodeClass()
    # What the node is called, where it is not the name of the class with "Backward".
    _node_name: str | None = None

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on"
            " the class itself. Instantiating an autograd function will raise an error in a future version.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with"
            " static forward method: call apply() on the class"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Computes the outputs: `forward(ctx, *inputs)`, or `forward(*inputs)` beside a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Keeps in `ctx` what backward needs, where forward takes no `ctx`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Gradients of the inputs from the cotangents of the outputs: one for each input of forward, or None. What is no
        tensor among the outputs has None for its cotangent."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode"
            " AD."
        )

    @staticmethod
    def vjp(ctx: Any, *grad_outputs: Any) -> Any:
        """Another name of `backward`: a Function has one of them."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode"
            " AD."
        )

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Tangents of the outputs from those of the inputs: one for each output, or None."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], *args: Any) -> Any:
        """The function on inputs of which those with a dimension in `in_dims` hold one more for the examples: returns the
        outputs and the dimension of each."""
        raise NotImplementedError("vmap is not implemented.")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Runs forward unrecorded and records one node for it.

        Where `setup_context` is defined, arguments given by keyword and defaults of `forward` count as positional ones.
        """
        if cls.setup_context is not Function.setup_context:
            args, kwargs = _positional(cls.forward, args, kwargs)
        asked = _core._function_needs(args)
        if asked is None and any(map(_holds_lifted, args)):
            from wengert.autograd._lifted import apply_lifted

            return apply_lifted(cls, args, kwargs)
        return cls._run(args, kwargs, asked)[0]

    @classmethod
    def _run(
        cls, args: tuple[Any, ...], kwargs: dict[str, Any], asked: tuple[tuple[bool, ...], bool] | None = None
    ) -> tuple[Any, FunctionCtx, tuple[Any, ...]]:
        """The output on plain tensors, the context, and what was saved for jvp.

        `asked` is which arguments need a gradient, and whether a node is recorded, where that is known.
        """
        if asked is None:
            needs = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
            asked = needs, _core._is_recording() and any(needs)
        needs, recording = asked
        ctx = FunctionCtx(cls, needs)
        before = _core._set_grad_enabled(False)
        try:
            output = cls._forward(ctx, args, kwargs)
        finally:
            _core._set_grad_enabled(before)
        outputs = output if isinstance(output, tuple) else (output,)
        saved = ctx._to_save if ctx._to_forward is None else ctx._to_forward
        if ctx._dirty and not ctx._dirty <= set(map(id, outputs)):
            raise RuntimeError(
                f"{cls.__name__}: Some elements marked as dirty during the forward method were not returned as output. The"
                " inputs that are modified inplace must all be outputs of the Function."
            )
        results = cls._record(ctx, args, outputs) if recording else cls._plain(ctx, args, outputs)
        return (results if isinstance(output, tuple) else results[0]), ctx, saved

    @classmethod
    def _forward(cls, ctx: FunctionCtx, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if cls.setup_context is Function.setup_context:
            return cls.forward(ctx, *args, **kwargs)
        output = cls.forward(*args, **kwargs)
        cls.setup_context(ctx, args, output)
        return output

    @classmethod
    def _plain(cls, ctx: FunctionCtx, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Outputs of which none gets a history: not one from elsewhere either."""
        inputs = set(map(id, args)) - ctx._dirty
        results = []
        for o in outputs:
            if isinstance(o, Tensor) and not o._is_lifted() and id(o) not in ctx._dirty:
                if o.requires_grad:
                    o = o.detach()
                elif id(o) in inputs:
                    o = o.view_as(o)
            results.append(o)
        return tuple(results)

    @classmethod
    def _record(cls, ctx: FunctionCtx, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(outputs) == 1 and not ctx._dirty and not ctx._non_differentiable:
            (o,) = outputs
            saved = _core._record_fresh(cls._node_name or cls.__name__, ctx, args, ctx._to_save, o)
            if saved is not None:
                ctx._saved, ctx._to_save, ctx._outputs = saved, (), [(o.shape, o.dtype, True)]
                return outputs
        ctx._keep(args, outputs)
        if not any(isinstance(o, Tensor) for o in outputs):
            return outputs
        inputs = set(map(id, args))
        if not ctx._dirty <= inputs:
            warnings.warn(
                "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be"
                " passed to ctx.mark_dirty().",
                stacklevel=4,
            )
        differentiable = [
            isinstance(o, Tensor) and o.is_floating_point() and id(o) not in ctx._non_differentiable for o in outputs
        ]
        for o, moving in zip(outputs, differentiable, strict=True):
            if moving and id(o) in ctx._dirty & inputs:
                cls._check_dirty(o, len(outputs))
        ctx._outputs = [
            (tuple(o.shape), o.dtype, moving) if isinstance(o, Tensor) else None
            for o, moving in zip(outputs, differentiable, strict=True)
        ]
        # Views of inputs, and inputs as they are: writing to them would go past backward.
        views = [
            moving and id(o) not in ctx._dirty and (id(o) in inputs or o._is_view())
            for o, moving in zip(outputs, differentiable, strict=True)
        ]
        leads = [a if need else None for a, need in zip(args, ctx.needs_input_grad, strict=True)]
        tensors = [o if isinstance(o, Tensor) else None for o in outputs]
        found = _core._record_function(
            cls._node_name or cls.__name__, ctx, leads, tensors, views, sum(differentiable) > 1
        )
        results: dict[int, Any] = {}
        for o, result, moving, view in zip(outputs, found, differentiable, views, strict=True):
            if not isinstance(o, Tensor):
                continue
            if not moving:
                results[id(o)] = o.detach() if o.requires_grad or id(o) in inputs else o
            elif id(o) in ctx._dirty & inputs:
                # The input itself is what is returned, with this node for its history.
                _core._rebase(o, result, cls.__name__)
                results[id(o)] = o
            elif view or o.requires_grad:
                results[id(o)] = result
            else:
                _core._adopt(o, result)
                results[id(o)] = o
        # What is returned twice is one object, unless it is an input.
        return tuple(
            o if not isinstance(o, Tensor) else found[i] if views[i] else results[id(o)] for i, o in enumerate(outputs)
        )

    @classmethod
    def _check_dirty(cls, x: Tensor, count: int) -> None:
        if x.is_leaf and x.requires_grad:
            raise RuntimeError(
                f"{cls.__name__}: a leaf Variable that requires grad has been used in an in-place operation; try clone() first"
            )
        if x._is_view() and count > 1:
            raise RuntimeError(
                f"{cls.__name__}: If your Function modifies inplace an input that is a view of another Tensor, your Function"
                " cannot return more than one Tensor. This is not supported by the current autograd engine. You should either"
                " make sure the input is not a view (using .clone() for example) or make your Function only return one Tensor"
                " (potentially splitting it into two Functions: one doing the inplace that returns a single Tensor and a second"
                " one that does the other operations)."
            )

    @classmethod
    def _rule(cls) -> Callable[..., Any]:
        """`backward`, or `vjp`, as it may be called."""
        if cls.vjp is Function.vjp:
            return cls.backward
        if cls.backward is not Function.backward:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of"
                " them."
            )
        return cls.vjp


def _positional(
    forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if not kwargs and not getattr(forward, "__defaults__", None):
        return args, kwargs
    # Imported here: it takes a third of the time that the package does.
    import inspect

    bound = inspect.signature(forward).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args, {k: v for k, v in bound.kwargs.items() if k in kwargs}


def _holds_lifted(x: Any) -> bool:
    """Whether a dual or a batch is an argument, or in a list, tuple or dict that is one."""
    if isinstance(x, Tensor):
        return x._is_lifted()
    if isinstance(x, (list, tuple)):
        return any(map(_holds_lifted, x))
    return isinstance(x, dict) and any(map(_holds_lifted, x.values()))


class _Once(Function):
    """Passes a gradient on and refuses to be differentiated."""

    generate_vmap_rule = True

    @staticmethod
    def forward(ctx: Any, gradient: Tensor, *_cotangents: Any) -> Tensor:
        return gradient.clone()

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a `backward` that cannot be differentiated itself: a second derivative through it is an error.

    >>> import wengert
    >>> class Double(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return 2 * x
    ...     @staticmethod
    ...     @once_differentiable
    ...     def backward(ctx, g):
    ...         return 2 * g
    >>> x = wengert.tensor(1.0, requires_grad=True)
    >>> Double.apply(x).backward()
    >>> x.grad
    tensor(2.)
    """

    @functools.wraps(backward)
    def wrapped(ctx: Any, *cotangents: Any) -> Any:
        recording = _core._set_grad_enabled(False)
        try:
            found = backward(ctx, *cotangents)
        finally:
            _core._set_grad_enabled(recording)
        if not recording:
            return found
        grads = found if isinstance(found, tuple) else (found,)
        return tuple(_Once.apply(g, *cotangents) if isinstance(g, Tensor) else g for g in grads)

    return wrapped
