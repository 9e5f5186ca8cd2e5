"""no_grad, enable_grad, set_grad_enabled, inference_mode: contexts and decorators, modes of each thread. Depends on
`_core`.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from wengert import _core

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_multithreading_enabled",
    "no_grad",
    "set_grad_enabled",
    "set_multithreading_enabled",
]

F = TypeVar("F", bound=Callable[..., Any])


class _Mode:
    """A mode while the context is open, or while the decorated function runs."""

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self._before: list[Any] = []

    def _set(self) -> Any:
        return _core._set_grad_enabled(self.mode)

    def _restore(self, before: Any) -> None:
        _core._set_grad_enabled(before)

    def __enter__(self) -> None:
        self._before.append(self._set())

    def __exit__(self, *_: object) -> None:
        self._restore(self._before.pop())

    def clone(self) -> _Mode:
        """A fresh context with the same mode."""
        return _Mode(self.mode)

    def __call__(self, function: F) -> F:
        if isinstance(function, type):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions"
                " or methods. To preserve the current behavior of class decoration, you can directly decorate the `__init__`"
                " method and nothing else.",
                FutureWarning,
                stacklevel=2,
            )

            @functools.wraps(function, updated=())
            def made(*args: Any, **kwargs: Any) -> Any:
                with self.clone():
                    return function(*args, **kwargs)

            return made  # type: ignore[return-value]
        # Imported here: it takes a third of the time that the package does.
        import inspect

        if inspect.isgeneratorfunction(function):
            return self._generator(function)
        if inspect.isasyncgenfunction(function):
            return self._async_generator(function)
        if inspect.iscoroutinefunction(function):
            return self._coroutine(function)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]

    def _generator(self, function: F) -> F:
        """The mode holds while the generator runs, not while its consumer does."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return (yield from _Stepped(self, function(*args, **kwargs)))

        return wrapped  # type: ignore[return-value]

    def _coroutine(self, function: F) -> F:
        """The mode holds while the coroutine runs, not while it waits."""

        @functools.wraps(function)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            return await _Stepped(self, function(*args, **kwargs))

        return wrapped  # type: ignore[return-value]

    def _async_generator(self, function: F) -> F:
        @functools.wraps(function)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            step: Callable[[], Any] = generator.__anext__
            while True:
                try:
                    value = await _Stepped(self, step().__await__())
                except StopAsyncIteration:
                    return
                try:
                    sent = yield value
                    step = functools.partial(generator.asend, sent)
                except GeneratorExit:
                    await _Stepped(self, generator.aclose().__await__())
                    raise
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, handed on
                    step = functools.partial(generator.athrow, error)

        return wrapped  # type: ignore[return-value]


class _Stepped:
    """A generator or coroutine of which each step runs in a mode."""

    def __init__(self, mode: _Mode, steps: Any) -> None:
        self._mode, self._steps = mode, steps

    def __await__(self) -> Any:
        return self

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        with self._mode.clone():
            return self._steps.send(value)

    def throw(self, *error: Any) -> Any:
        with self._mode.clone():
            return self._steps.throw(*error)

    def close(self) -> None:
        with self._mode.clone():
            self._steps.close()


class no_grad(_Mode):  # noqa: N801
    """Context or decorator in which nothing is recorded.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> with no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __new__(cls, function: Any = None) -> Any:
        self = super().__new__(cls)
        if function is not None:
            self.__init__()  # type: ignore[misc]
            return self(function)
        return self

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(_Mode):  # noqa: N801
    """Context or decorator in which operations are recorded, inside `no_grad` too.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> with no_grad(), enable_grad():
    ...     y = x * 2
    >>> y.requires_grad
    True
    """

    def __new__(cls, function: Any = None) -> Any:
        self = super().__new__(cls)
        if function is not None:
            self.__init__()  # type: ignore[misc]
            return self(function)
        return self

    def __init__(self) -> None:
        super().__init__(True)


class set_grad_enabled(_Mode):  # noqa: N801
    """Sets whether operations are recorded: as a function at once, as a context until it ends.

    Raises TypeError for a mode that is no bool.

    >>> import wengert
    >>> with set_grad_enabled(False):
    ...     wengert.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(
                f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {type(mode).__name__}"
            )
        super().__init__(mode)
        self._outside = _core._set_grad_enabled(self.mode)

    def __enter__(self) -> None:
        self._before.append(self._outside)
        _core._set_grad_enabled(self.mode)

    def __call__(self, function: F) -> F:
        _core._set_grad_enabled(self._outside)
        return super().__call__(function)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"


class inference_mode(_Mode):  # noqa: N801
    """Context or decorator in which nothing is recorded and what is made stays out of graphs for good.

    A tensor made inside (`is_inference()`) cannot be saved for a derivative afterwards, nor be overwritten or told to need a
    gradient outside: RuntimeError each; `clone()` outside gives a tensor without these limits. Views of tensors from
    outside are no such tensors, and tensors from outside may be overwritten inside. `inference_mode(False)` inside gives
    ordinary tensors again.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> with inference_mode():
    ...     y = x * 2
    >>> y.requires_grad, y.is_inference()
    (False, True)
    >>> x * y
    Traceback (most recent call last):
    RuntimeError: Inference tensors cannot be saved for backward...
    """

    def __new__(cls, mode: Any = True) -> Any:
        if isinstance(mode, bool):
            return super().__new__(cls)
        return cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__(mode)

    def clone(self) -> _Mode:
        """A fresh context with the same mode."""
        return inference_mode(self.mode)

    def _set(self) -> Any:
        return _core._set_inference(self.mode), _core._set_grad_enabled(not self.mode)

    def _restore(self, before: Any) -> None:
        inference, grad = before
        _core._set_inference(inference)
        _core._set_grad_enabled(grad)


class set_multithreading_enabled(_Mode):  # noqa: N801
    """Whether backward passes may use several threads: they never do, and the setting is kept for who asks.

    >>> with set_multithreading_enabled(False):
    ...     pass
    """

    enabled = True

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        self._outside = self._set()

    def _set(self) -> Any:
        before = set_multithreading_enabled.enabled
        set_multithreading_enabled.enabled = self.mode
        return before

    def _restore(self, before: Any) -> None:
        set_multithreading_enabled.enabled = before

    def __enter__(self) -> None:
        self._before.append(self._outside)
        self._set()


def is_multithreading_enabled() -> bool:
    """What `set_multithreading_enabled` was told.

    >>> is_multithreading_enabled()
    True
    """
    return set_multithreading_enabled.enabled
