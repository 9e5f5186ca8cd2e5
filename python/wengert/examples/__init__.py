"""Worked examples that compute what they claim: `python -m wengert chain-rule`, `modes`, `complexity` and `curve`.

Each prints tables, checks its numbers against what is known, and leaves a picture where matplotlib is installed. They take
the tensor library as an argument, so that they also run on PyTorch itself; `curve` is about `wengert.scipy` and does not.
"""
