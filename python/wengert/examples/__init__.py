"""Worked examples that compute what they claim: `python -m wengert chain-rule`, `modes`, `complexity` and `curve`.

Each prints tables, checks its numbers against what is known, and leaves a picture where matplotlib is installed. All but
`curve`, which is about `wengert.scipy`, take the tensor library as an argument: `chain_rule` and `modes` run on PyTorch, too.
"""
