"""What `wengert.func` is made of: trees, reverse mode, forward mode, maps, Jacobians. Depends on `_core` and `_random`."""
