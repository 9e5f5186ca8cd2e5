"""wengert: automatic differentiation for Python on CPUs.

`import wengert as torch` runs what PyTorch's autograd teaches: tensors, `requires_grad`, `backward`, `grad`.
"""

from __future__ import annotations

import builtins as _builtins
import math as _math
import os as _os
import typing as _typing

from wengert import _core
from wengert._core import *  # noqa: F403 - the operations, each declared once in the core
from wengert._core import (
    Tensor,
    dtype as dtype,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    tensor as tensor,
)

_core._install(_os.path.dirname(_os.path.abspath(__file__)))

from wengert import (  # noqa: E402
    _expect,
    _tensor,
    amp as amp,
    autograd as autograd,
    func as func,
    return_types as return_types,
)
from wengert._create import *  # noqa: E402, F403
from wengert._create_like import *  # noqa: E402, F403
from wengert._device import *  # noqa: E402, F403
from wengert._dtypes import *  # noqa: E402, F403
from wengert._face.caching import *  # noqa: E402, F403
from wengert._face.copies import *  # noqa: E402, F403
from wengert._face.memory import *  # noqa: E402, F403
from wengert._face.numeric import *  # noqa: E402, F403
from wengert._face.queries import *  # noqa: E402, F403
from wengert._face.ranks import *  # noqa: E402, F403
from wengert._face.settings import *  # noqa: E402, F403
from wengert._graph import Graph as Graph, record as record  # noqa: E402
from wengert._interchange import *  # noqa: E402, F403
from wengert._kinds import *  # noqa: E402, F403
from wengert._linalg.top import *  # noqa: E402, F403
from wengert._random import *  # noqa: E402, F403
from wengert._size import Size as Size, broadcast_shapes as broadcast_shapes  # noqa: E402
from wengert._windows import *  # noqa: E402, F403
from wengert.amp import autocast as autocast, is_autocast_enabled as is_autocast_enabled  # noqa: E402
from wengert.autograd import (  # noqa: E402
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from wengert.autograd.anomaly_mode import (  # noqa: E402
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
    is_anomaly_enabled as is_anomaly_enabled,
    set_anomaly_enabled as set_anomaly_enabled,
)
from wengert.func import vmap as vmap  # noqa: E402

_tensor.install()
if _asked := _os.environ.get("WENGERT_LOG"):
    from wengert import _log  # noqa: E402

    _log.install(_asked)

__version__ = _core.build_info()["version"]

float = _core.float32
double = _core.float64
short = _core.int16
int = _core.int32
long = _core.int64
inf, nan, pi, e = _math.inf, _math.nan, _math.pi, _math.e
newaxis = None
# The array API's name.
bitwise_invert = _core.bitwise_not


def numel(input: Tensor) -> _builtins.int:
    """Number of elements of a tensor.

    >>> import wengert
    >>> wengert.numel(wengert.ones(2, 3))
    6
    """
    _expect.tensors("numel", input=input)
    return input.numel()


if _typing.TYPE_CHECKING:
    from wengert import (
        accelerator as accelerator,
        backends as backends,
        cuda as cuda,
        linalg as linalg,
        nn as nn,
        optim as optim,
        profiler as profiler,
        random as random,
        serialization as serialization,
        special as special,
        testing as testing,
        types as types,
        utils as utils,
        version as version,
    )
    from wengert._see import (
        cost as cost,
        explain as explain,
        graph as graph,
        tape as tape,
        watch as watch,
        why_no_grad as why_no_grad,
    )
    from wengert._tensor_str import get_printoptions as get_printoptions, set_printoptions as set_printoptions
    from wengert.serialization import load as load, save as save
else:
    from wengert._face import later as _later
    from wengert._face.shapes import *  # noqa: F403 - under the types of the operations

    def __getattr__(name: str) -> _typing.Any:
        """What is imported when first used."""
        if (found := _later.find(name)) is not None:
            globals()[name] = found
            return found
        raise AttributeError(f"module 'wengert' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *_later.MODULES})
