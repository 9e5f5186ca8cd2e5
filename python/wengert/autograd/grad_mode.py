"""no_grad, enable_grad, set_grad_enabled: contexts and decorators, one mode a thread. Depends on `_core`."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from wengert import _core

F = TypeVar("F", bound=Callable[..., Any])


class _Mode:
    """A mode of recording while the context is open, or while the decorated function runs."""

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(_core._set_grad_enabled(self.mode))

    def __exit__(self, *_: object) -> None:
        _core._set_grad_enabled(self._before.pop())

    def clone(self) -> _Mode:
        """A fresh context with the same mode."""
        return _Mode(self.mode)

    def __call__(self, function: F) -> F:
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated: only what makes an instance runs in the mode, its methods do not. Decorate"
                " functions or methods, `__init__` for what a class does here.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(function):
            return self._generator(function)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]

    def _generator(self, function: F) -> F:
        """The mode holds while the generator runs, not while its consumer does."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            step: Callable[[], Any] = lambda: next(generator)  # noqa: E731
            while True:
                try:
                    with self.clone():
                        value = step()
                except StopIteration as stop:
                    return stop.value
                try:
                    sent = yield value
                    step = functools.partial(generator.send, sent)
                except GeneratorExit:
                    with self.clone():
                        generator.close()
                    raise
                except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, handed on
                    step = functools.partial(generator.throw, error)

        return wrapped  # type: ignore[return-value]


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

    >>> import wengert
    >>> with set_grad_enabled(False):
    ...     wengert.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        self._outside = _core._set_grad_enabled(self.mode)

    def __enter__(self) -> None:
        self._before.append(self._outside)
        _core._set_grad_enabled(self.mode)

    def __call__(self, function: F) -> F:
        _core._set_grad_enabled(self._outside)
        return super().__call__(function)
