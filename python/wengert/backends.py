"""Libraries that PyTorch may be built with, as programs ask for them: none is there. Depends on nothing.

Flags can be read and set, and change nothing: what they choose between does not exist here.
"""

from __future__ import annotations

__all__ = ["cpu", "cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]


class Backend:
    """A library that is not there; it keeps the flags that programs set.

    >>> mps.is_available()
    False
    >>> cudnn.benchmark = True
    """

    def __init__(self, **flags: object) -> None:
        self.__dict__.update(flags)

    def __getattr__(self, name: str) -> object:
        raise AttributeError(f"this backend has no flag {name!r}; it has {', '.join(self.__dict__) or 'none'}")

    def is_available(self) -> bool:
        """Whether it can be used: no."""
        return False

    def is_built(self) -> bool:
        """Whether wengert was built with it: no."""
        return False


class _Cpu(Backend):
    """The kernels that run."""

    def get_cpu_capability(self) -> str:
        """The instruction set of the kernels that run, as PyTorch writes it.

        >>> cpu.get_cpu_capability() in ("DEFAULT", "AVX2", "AVX512")
        True
        """
        from wengert import _core

        return {"Avx2": "AVX2", "Avx512": "AVX512"}.get(_core.build_info()["isa"], "DEFAULT")


cpu = _Cpu()
cuda = Backend(matmul=Backend(allow_tf32=False))
cudnn = Backend(enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
mkl = Backend()
mkldnn = Backend(enabled=True)
mps = Backend()
openmp = Backend()
