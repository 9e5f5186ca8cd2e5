"""Functions and methods that are said in Python, of recorded operations: they inherit derivatives and transforms.

Each file has `__all__`, its functions of the module, and `METHODS`, those that tensors have.
"""
