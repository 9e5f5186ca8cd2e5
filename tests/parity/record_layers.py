"""Records what PyTorch's layers and losses compute, and what they print: `python tests/parity/record_layers.py`.

Needs torch, not wengert. Writes layers.json, beside this file; tests/test_layer_parity.py runs the same programs on wengert.
"""

import json
import math
import pathlib

import record_nn

TARGET = pathlib.Path(__file__).with_name("layers.json")


def images(torch):
    """Layers of one to three dimensions."""
    nn = torch.nn

    def x(*shape):
        return record_nn.sample(torch, *shape)

    plane, line, box = (2, 4, 7, 6), (2, 4, 9), (1, 4, 5, 4, 6)
    found = {}
    for n, shape in ((1, line), (2, plane), (3, box)):
        conv, turned = getattr(nn, f"Conv{n}d"), getattr(nn, f"ConvTranspose{n}d")
        found[f"conv{n}"] = (conv(4, 6, 3), (x(*shape),))
        found[f"conv{n} options"] = (conv(4, 6, 2, stride=2, padding=1, dilation=2, groups=2, bias=False), (x(*shape),))
        found[f"conv{n} same"] = (conv(4, 4, 4, padding="same", dilation=1, groups=4), (x(*shape),))
        found[f"conv{n} valid"] = (conv(4, 3, 1, padding="valid", stride=3), (x(*shape),))
        for mode in ("reflect", "replicate", "circular"):
            found[f"conv{n} {mode}"] = (conv(4, 2, 3, padding=1, padding_mode=mode), (x(*shape),))
        found[f"conv{n} unbatched"] = (conv(4, 2, 2), (x(*shape[1:]),))
        found[f"transpose{n}"] = (turned(4, 3, 3), (x(*shape),))
        found[f"transpose{n} options"] = (
            turned(4, 6, 2, stride=3, padding=1, output_padding=1, groups=2, bias=False, dilation=2),
            (x(*shape),),
        )
        found[f"transpose{n} unbatched"] = (turned(4, 2, 2, padding=1), (x(*shape[1:]),))
        most, mean = getattr(nn, f"MaxPool{n}d"), getattr(nn, f"AvgPool{n}d")
        found[f"max{n}"] = (most(2), (x(*shape),))
        found[f"max{n} options"] = (most(3, stride=2, padding=1, dilation=1, ceil_mode=True), (x(*shape),))
        found[f"max{n} dilation"] = (most(2, stride=1, dilation=2), (x(*shape),))
        found[f"max{n} unbatched"] = (most(2), (x(*shape[1:]),))
        found[f"mean{n}"] = (mean(2), (x(*shape),))
        found[f"mean{n} padded"] = (mean(3, stride=2, padding=1, ceil_mode=True), (x(*shape),))
        found[f"mean{n} inside"] = (mean(3, stride=2, padding=1, count_include_pad=False), (x(*shape),))
        found[f"lp{n}"] = (getattr(nn, f"LPPool{n}d")(2, 2, ceil_mode=True), (x(*shape),))
        smaller, places = getattr(nn, f"MaxPool{n}d")(2, return_indices=True)(x(*shape))
        found[f"unpool{n}"] = (getattr(nn, f"MaxUnpool{n}d")(2), (smaller, places))
        wider = Joined(torch, getattr(nn, f"MaxUnpool{n}d")(2), lambda m, *a, size=shape: m(*a, output_size=size))
        found[f"unpool{n} wider"] = (wider, (smaller, places))
        for size in (1, 2, 3):
            found[f"adaptive mean{n} {size}"] = (getattr(nn, f"AdaptiveAvgPool{n}d")(size), (x(*shape),))
            found[f"adaptive max{n} {size}"] = (getattr(nn, f"AdaptiveMaxPool{n}d")(size), (x(*shape),))
        found[f"batch norm{n}"] = (getattr(nn, f"BatchNorm{n}d")(4), (x(*shape),))
        found[f"batch norm{n} eval"] = (getattr(nn, f"BatchNorm{n}d")(4, eps=0.1).eval(), (x(*shape),))
        found[f"batch norm{n} plain"] = (
            getattr(nn, f"BatchNorm{n}d")(4, affine=False, track_running_stats=False),
            (x(*shape),),
        )
        found[f"instance norm{n}"] = (getattr(nn, f"InstanceNorm{n}d")(4), (x(*shape),))
        found[f"instance norm{n} options"] = (
            getattr(nn, f"InstanceNorm{n}d")(4, affine=True, track_running_stats=True),
            (x(*shape),),
        )
        found[f"instance norm{n} unbatched"] = (getattr(nn, f"InstanceNorm{n}d")(4), (x(*shape[1:]),))
        for kind in ("Reflection", "Replication", "Circular", "Zero"):
            amount = tuple((2, 1, 0, 1, 1, 2)[: 2 * n])
            found[f"{kind}{n}"] = (getattr(nn, f"{kind}Pad{n}d")(amount), (x(*shape),))
        found[f"constant{n}"] = (getattr(nn, f"ConstantPad{n}d")(1, 2.5), (x(*shape),))
        found[f"dropout{n}"] = (getattr(nn, f"Dropout{n}d")(0.4).eval(), (x(*shape),))
    found["mean2 divisor"] = (nn.AvgPool2d(2, divisor_override=3), (x(*plane),))
    found["mean2 sides"] = (nn.AvgPool2d((2, 3), stride=(1, 2), padding=(1, 0)), (x(*plane),))
    found["conv2 sides"] = (nn.Conv2d(4, 2, (3, 2), stride=(2, 1), padding=(0, 2), dilation=(1, 2)), (x(*plane),))
    found["adaptive sides"] = (nn.AdaptiveAvgPool2d((None, 4)), (x(*plane),))
    found["batch norm 2-D"] = (nn.BatchNorm1d(3, momentum=None), (x(5, 3),))
    found["group norm"] = (nn.GroupNorm(2, 4), (x(*plane),))
    found["local response"] = (nn.LocalResponseNorm(3, alpha=0.3), (x(*plane),))
    found["unfold"] = (nn.Unfold((2, 3), dilation=(1, 2), padding=1, stride=(2, 1)), (x(*plane),))
    found["fold"] = (nn.Fold((5, 6), (2, 3), padding=1, stride=(2, 1)), (x(2, 12, 18),))
    found["shuffle"] = (nn.PixelShuffle(2), (x(*plane),))
    found["unshuffle"] = (nn.PixelUnshuffle(2), (x(1, 2, 4, 6),))
    found["channels"] = (nn.ChannelShuffle(2), (x(*plane),))
    found["softmax 2-D"] = (nn.Softmax2d(), (x(*plane),))
    for mode in ("nearest", "nearest-exact", "area"):
        for shape in (line, plane, box):
            found[f"{mode} {len(shape)}"] = (nn.Upsample(scale_factor=1.7, mode=mode), (x(*shape),))
    for mode, shape in (("linear", line), ("bilinear", plane), ("trilinear", box)):
        found[f"{mode} wider"] = (nn.Upsample(scale_factor=2.4, mode=mode), (x(*shape),))
        found[f"{mode} corners"] = (nn.Upsample(scale_factor=1.5, mode=mode, align_corners=True), (x(*shape),))
        found[f"{mode} size"] = (nn.Upsample(size=(3, 5, 4)[: len(shape) - 2], mode=mode), (x(*shape),))
    found["AlphaDropout"] = (nn.AlphaDropout(0.3).eval(), (x(3),))
    return found


def activations(torch):
    nn = torch.nn
    x = record_nn.sample(torch, 4, 6) * 3
    edges = torch.tensor([-3.0, -0.5, 0.0, 0.5, 3.0, 1.0], dtype=torch.float64)
    simple = "SELU CELU Hardshrink Hardsigmoid Hardswish Softshrink GLU PReLU"
    found = {name: (getattr(nn, name)(), (x,)) for name in simple.split()}
    found.update({f"{name} edges": (getattr(nn, name)(), (edges,)) for name in simple.split()})
    found["PReLU channels"] = (nn.PReLU(6), (x,))
    found["CELU alpha"] = (nn.CELU(0.7), (x,))
    found["RReLU"] = (nn.RReLU().eval(), (x,))
    found["Threshold"] = (nn.Threshold(0.4, 20.0), (x,))
    for name in (
        "ReLU",
        "ReLU6",
        "SELU",
        "CELU",
        "Hardtanh",
        "Hardswish",
        "Hardsigmoid",
        "ELU",
        "LeakyReLU",
        "SiLU",
        "Mish",
    ):
        found[f"{name} in place"] = (
            nn.Sequential(nn.Flatten(0), nn.Unflatten(0, (4, 6)), Half(torch), getattr(nn, name)(inplace=True)),
            (x,),
        )
    return found


def Half(torch):
    """A layer before an activation in place: leaves are not written to."""

    class Half(torch.nn.Module):
        def forward(self, x):
            return x * 0.5

    return Half()


def losses(torch):
    nn = torch.nn

    def x(*shape):
        return record_nn.sample(torch, *shape)

    a, b, c = x(4, 3), x(12).flip(0).reshape(4, 3), x(4, 3) * 0.3 + 0.4
    signs = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.float64)
    table = torch.tensor([[1.0, -1.0, 1.0]] * 4, dtype=torch.float64)
    classes = torch.tensor([0, 2, 1, 2])
    weight = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)
    found = {}
    for r in ("mean", "sum", "none"):
        found[f"ranking {r}"] = (nn.MarginRankingLoss(0.2, reduction=r), (a[:, 0], b[:, 0], signs), (0, 1))
        found[f"hinge {r}"] = (nn.HingeEmbeddingLoss(0.7, reduction=r), (a, table))
        found[f"soft margin {r}"] = (nn.SoftMarginLoss(reduction=r), (a, table))
        found[f"cosine {r}"] = (nn.CosineEmbeddingLoss(0.1, reduction=r), (a, b, signs), (0, 1))
        found[f"triplet {r}"] = (nn.TripletMarginLoss(1.3, p=2, reduction=r), (a, b, c), (0, 1, 2))
        found[f"triplet swap {r}"] = (nn.TripletMarginLoss(swap=True, p=3, reduction=r), (a, b, c), (0, 1, 2))
        found[f"triplet distance {r}"] = (
            nn.TripletMarginWithDistanceLoss(distance_function=nn.PairwiseDistance(1.0), reduction=r),
            (a, b, c),
            (0, 1, 2),
        )
        found[f"poisson {r}"] = (nn.PoissonNLLLoss(full=True, reduction=r), (a, c * 5))
        found[f"poisson plain {r}"] = (nn.PoissonNLLLoss(log_input=False, reduction=r), (c.abs(), c.abs() * 5))
        found[f"gaussian {r}"] = (nn.GaussianNLLLoss(full=True, reduction=r), (a, b, c.abs()), (0, 1, 2))
        found[f"gaussian one {r}"] = (nn.GaussianNLLLoss(reduction=r), (a, b, c.abs()[:, :1] * 1e-6), (0, 1, 2))
        found[f"multi margin {r}"] = (nn.MultiMarginLoss(weight=weight, reduction=r), (a, classes))
        found[f"multi margin squared {r}"] = (nn.MultiMarginLoss(p=2, margin=0.6, reduction=r), (a, classes))
        labels = torch.tensor([[1, 2, -1], [-1, 0, 0], [0, -1, 2], [2, 1, 0]])
        found[f"labels {r}"] = (nn.MultiLabelMarginLoss(reduction=r), (a, labels))
        found[f"labels soft {r}"] = (nn.MultiLabelSoftMarginLoss(weight, reduction=r), (a, (table + 1) / 2))
        found[f"nll 2-D {r}"] = (nn.NLLLoss(reduction=r), (x(2, 3, 2, 2), classes.reshape(2, 2, 1).expand(2, 2, 2)))
    steps = (
        x(6, 3, 4),
        torch.tensor([[1, 2, 2], [3, 1, 0], [2, 2, 2]]),
        torch.tensor([6, 4, 5]),
        torch.tensor([3, 2, 3]),
    )
    flat = steps[0], torch.tensor([1, 2, 2, 3, 1, 2]), torch.tensor([6, 5, 3]), torch.tensor([3, 2, 1])

    def read(loss):
        return Joined(torch, loss, lambda m, a, *rest: m(nn.functional.log_softmax(a, -1), *rest))

    for r in ("mean", "sum", "none"):
        found[f"ctc {r}"] = (read(nn.CTCLoss(reduction=r, zero_infinity=True)), steps)
        found[f"ctc flat {r}"] = (read(nn.CTCLoss(reduction=r, blank=0)), flat)
    found["ctc alone"] = (read(nn.CTCLoss(blank=3)), (x(5, 4), torch.tensor([1, 2]), torch.tensor(5), torch.tensor(2)))
    distances = Joined(torch, nn.Identity(), lambda m, a: nn.functional.pdist(a, 3.0))
    found["distances"] = (distances, (x(5, 3),))
    found["kl batch"] = (nn.KLDivLoss(reduction="batchmean", log_target=True), (a, b))
    found["cosine similarity"] = (nn.CosineSimilarity(0), (a, b), (0, 1))
    found["pairs"] = (nn.PairwiseDistance(3.0, keepdim=True), (a, b), (0, 1))
    bags = torch.tensor([0, 2, 4, 1, 1, 3]), torch.tensor([0, 2, 2, 5])
    for mode in ("sum", "mean", "max"):
        found[f"bags {mode}"] = (nn.EmbeddingBag(5, 3, mode=mode), bags)
        found[f"bags of rows {mode}"] = (nn.EmbeddingBag(5, 3, mode=mode, padding_idx=1), (bags[0].reshape(2, 3),))
    found["bags last"] = (nn.EmbeddingBag(5, 3, include_last_offset=True), (bags[0], torch.tensor([0, 4, 6])))
    found["table short"] = (nn.Embedding(5, 3, max_norm=0.5, scale_grad_by_freq=True), (bags[0],))
    return found


def flattened(out):
    """The tensors of nested tuples, in order; of packed sequences the data."""
    if hasattr(out, "batch_sizes"):
        return [out.data]
    if isinstance(out, (tuple, list)):
        return [t for part in out for t in flattened(part)]
    return [] if out is None else [out]


def Joined(torch, module, call=None):
    """A layer of several outputs as one vector."""

    class Joined(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inside = module

        def forward(self, *args):
            out = module(*args) if call is None else call(module, *args)
            return torch.cat([t.reshape(-1) for t in flattened(out)])

    return Joined()


def recurrences(torch):
    nn, pack = torch.nn, torch.nn.utils.rnn

    def x(*shape):
        return record_nn.sample(torch, *shape)

    found = {}
    for kind in ("RNN", "LSTM", "GRU"):
        make, cell = getattr(nn, kind), getattr(nn, f"{kind}Cell")
        found[kind] = (Joined(torch, make(3, 4)), (x(5, 2, 3),))
        deep = make(3, 4, num_layers=2, bidirectional=True, batch_first=True, bias=False)
        found[f"{kind} deep"] = (Joined(torch, deep), (x(2, 5, 3),))
        found[f"{kind} unbatched"] = (Joined(torch, make(3, 4, 2, dropout=0.3).eval()), (x(5, 3),))
        states = (x(2, 2, 4),) * (1 + (kind == "LSTM"))
        given = make(3, 4, bidirectional=True)
        with_state = (lambda m, a, *h: m(a, h)) if kind == "LSTM" else (lambda m, a, h: m(a, h))
        found[f"{kind} state"] = (Joined(torch, given, with_state), (x(5, 2, 3), *states), (0, 1))

        def packed(m, a, lengths=(2, 5, 3), kind=kind):
            out, state = m(pack.pack_padded_sequence(a, torch.tensor(lengths), enforce_sorted=False))
            return pack.pad_packed_sequence(out, padding_value=0.5), state

        found[f"{kind} packed"] = (Joined(torch, make(3, 4, 2, bidirectional=True), packed), (x(5, 3, 3),))
        found[f"{kind} cell"] = (Joined(torch, cell(3, 4)), (x(2, 3),))
        found[f"{kind} cell unbatched"] = (Joined(torch, cell(3, 4, bias=False)), (x(3),))
    found["RNN relu"] = (Joined(torch, nn.RNN(3, 4, nonlinearity="relu")), (x(5, 2, 3),))
    found["RNN cell relu"] = (Joined(torch, nn.RNNCell(3, 4, nonlinearity="relu")), (x(2, 3),))
    found["LSTM narrow"] = (Joined(torch, nn.LSTM(3, 4, 2, proj_size=2, bidirectional=True)), (x(5, 2, 3),))
    return found


def attentions(torch):
    nn = torch.nn
    F = nn.functional

    def x(*shape):
        return record_nn.sample(torch, *shape)

    q, k, v = x(3, 2, 4), x(5, 2, 4) * 0.7, x(5, 2, 4).flip(0)
    closed = torch.tensor([[False, False, True, False, True], [True, False, False, False, False]])
    mask = x(3, 5) > 0.9
    causal = nn.Transformer.generate_square_subsequent_mask(5).double()
    three = (0, 1, 2)
    found = {"heads": (Joined(torch, nn.MultiheadAttention(4, 2)), (q, k, v), three)}
    options = {
        "plain": ({}, {"need_weights": False}),
        "bias": ({"add_bias_kv": True, "add_zero_attn": True}, {"average_attn_weights": False}),
        "masks": ({}, {"key_padding_mask": closed, "attn_mask": mask}),
        "masks plain": ({"add_bias_kv": True}, {"key_padding_mask": closed, "attn_mask": mask, "need_weights": False}),
        "added mask": ({}, {"attn_mask": x(4, 3, 5)}),
    }
    for name, (made, called) in options.items():
        module = nn.MultiheadAttention(4, 2, **made)
        found[f"heads {name}"] = (Joined(torch, module, lambda m, *a, c=called: m(*a, **c)), (q, k, v), three)
    other = nn.MultiheadAttention(4, 2, kdim=3, vdim=5, batch_first=True, bias=False)
    found["heads other widths"] = (Joined(torch, other), (x(2, 3, 4), x(2, 5, 3), x(2, 5, 5)), three)
    found["heads unbatched"] = (Joined(torch, nn.MultiheadAttention(4, 4)), (x(3, 4), x(5, 4), x(5, 4)), three)

    def plain(**called):
        return Joined(torch, nn.Identity(), lambda m, *a: F.scaled_dot_product_attention(*a, **called))

    heads = x(2, 4, 3, 6), x(2, 4, 5, 6) * 0.6, x(2, 4, 5, 7)
    nothing = torch.tensor([[True, False, True, True, False], [False] * 5, [True] * 5])
    found["products"] = (plain(), heads, three)
    found["products causal"] = (plain(is_causal=True, scale=0.3), heads, three)
    found["products mask"] = (plain(attn_mask=nothing), heads, three)
    found["products added"] = (plain(attn_mask=x(3, 5)), heads, three)
    fewer = x(2, 4, 3, 6), x(2, 2, 5, 6) * 0.6, x(2, 2, 5, 7)
    found["products shared"] = (plain(enable_gqa=True), fewer, three)
    source, target = x(5, 2, 4), x(3, 2, 4) * 0.8
    layer = nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0)
    found["encoder layer"] = (layer, (source,))
    first = nn.TransformerEncoderLayer(4, 2, 6, 0.0, "gelu", norm_first=True, batch_first=True, bias=False)
    found["encoder layer first"] = (first, (source.transpose(0, 1).contiguous(),))
    encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(4), enable_nested_tensor=False)
    call = lambda m, a: m(a, mask=causal, src_key_padding_mask=closed, is_causal=True)  # noqa: E731
    found["encoder"] = (Joined(torch, encoder, call), (source,))
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, 0.0), 2)
    call = lambda m, a, b: m(a, b, tgt_mask=causal[:3, :3], memory_key_padding_mask=closed)  # noqa: E731
    found["decoder"] = (Joined(torch, decoder, call), (target, source), (0, 1))
    whole = nn.Transformer(4, 2, 1, 2, 6, 0.0)
    found["transformer"] = (Joined(torch, whole), (source, target), (0, 1))
    return found


GROUPS = (images, activations, losses, recurrences, attentions)


def told(found):
    """The numbers of a nested list: as they are where they are few, else both ends and two sums with weights."""
    flat = [found]
    while any(isinstance(v, list) for v in flat):
        flat = [x for v in flat for x in (v if isinstance(v, list) else [v])]
    if len(flat) > 8:
        sums = [sum(v * wave(place * 1.7 + 0.3) for place, v in enumerate(flat)) for wave in (math.sin, math.cos)]
        flat = [len(flat), flat[0], flat[-1], *sums]
    return [float(f"{v:.13g}") for v in flat]


def values(torch, group):
    """Output, gradients of the inputs and of the parameters, and the buffers after it, by layer."""
    found = {}
    for name, (module, args, *more) in group(torch).items():
        record_nn.filled(torch, module.double())
        moving = more[0] if more else (0,)
        given = [
            a.detach().clone().requires_grad_(place in moving and a.is_floating_point()) for place, a in enumerate(args)
        ]
        out = module(*given)
        total = (torch.sin(out * 1.3) + out * out).sum()
        if total.requires_grad:
            total.backward()
        grads = [a.grad.tolist() for a in given if a.grad is not None]
        grads += [p.grad.tolist() for p in module.parameters() if p.grad is not None]
        buffers = [b.double().tolist() for b in module.buffers()]
        found[name] = [list(out.shape), told(out.tolist()), [told(g) for g in grads], [told(b) for b in buffers]]
    return found


def texts(torch, group):
    return {name: repr(module) for name, (module, *_) in group(torch).items()}


def answers(torch):
    return {
        "values": {group.__name__: values(torch, group) for group in GROUPS},
        "texts": {group.__name__: texts(torch, group) for group in GROUPS},
    }


if __name__ == "__main__":
    import torch

    TARGET.write_text(json.dumps({"torch": torch.__version__, **answers(torch)}) + "\n")
    print(f"{TARGET}: written")
