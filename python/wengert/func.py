"""Function transforms: derivatives and maps of functions, nesting in any order. Names are torch.func's.

Inputs and outputs may be nested tuples, lists and dicts of tensors; inputs also floats and NumPy arrays.
"""

from __future__ import annotations

from wengert._functional_call import (
    functional_call as functional_call,
    replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_,
    stack_module_state as stack_module_state,
)
from wengert._transforms.forward import jvp as jvp
from wengert._transforms.jacobians import (
    hessian as hessian,
    hvp as hvp,
    jacfwd as jacfwd,
    jacrev as jacrev,
    value_and_jacobian as value_and_jacobian,
)
from wengert._transforms.maps import debug_unwrap as debug_unwrap, vmap as vmap
from wengert._transforms.reverse import (
    grad as grad,
    grad_and_value as grad_and_value,
    linearize as linearize,
    value_and_grad as value_and_grad,
    vjp as vjp,
)

__all__ = [
    "debug_unwrap",
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "hvp",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "vmap",
]
