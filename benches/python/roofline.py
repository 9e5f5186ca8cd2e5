"""How near the kernels of a run are to what the machine can do: bytes moved and operations made, against measured limits.

    python benches/python/run.py --quick --libs wengert,torch,numpy --rows large/f32 --json run.json
    python benches/python/roofline.py run.json

A limit of memory is what NumPy copies from one array of 128 MB into another; a limit of arithmetic is the best matrix product of
any library in the run. One thread. Prints a table in Markdown.
"""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402 - after the threads are set

MEGA = 1e6
ROWS = 4096 * 1024
# Row: (bytes that have to move, additions and multiplications), in millions; exp and tanh count as what they are made of.
WORK = {
    "add-1e7": (120, 10),
    "mul-1e7": (120, 10),
    "exp-1e7": (80, 10 * 14),
    "tanh-1e7": (80, 10 * 20),
    "sum-1e7": (40, 10),
    "sum-dim0": (4 * ROWS / MEGA, ROWS / MEGA),
    "sum-dim1": (4 * ROWS / MEGA, ROWS / MEGA),
    "max-dim1": (4 * ROWS / MEGA, ROWS / MEGA),
    "row-plus-matrix": (8 * ROWS / MEGA, ROWS / MEGA),
    "transposed-copy": (8 * ROWS / MEGA, 0),
    "softmax": (8 * ROWS / MEGA, 18 * ROWS / MEGA),
    "layer_norm": (8 * ROWS / MEGA, 8 * ROWS / MEGA),
    **{f"matmul-{n}": (12 * n**2 / MEGA, 2 * n**3 / MEGA) for n in (64, 256, 512, 1024, 2048)},
    "bmm-64": (64 * 12 * 64**2 / MEGA, 64 * 2 * 64**3 / MEGA),
}


def copied():
    """Bytes a second, read and written, of the best of ten copies."""
    source, target = np.ones(2**25, np.float32), np.zeros(2**25, np.float32)
    best = min(timed(lambda: np.copyto(target, source)) for _ in range(10))
    return 2 * source.nbytes / best


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main(path):
    with open(path, encoding="utf-8") as file:
        run = json.load(file)
    found = dict(medians(run))
    memory = copied()
    arithmetic = max(
        WORK[name][1] * MEGA / seconds
        for (name, _), seconds in found.items()
        if name.startswith("matmul") and name in WORK
    )
    print(f"Limits: {memory / 1e9:.1f} GB/s copied, {arithmetic / 1e9:.0f} GFLOP/s in a matrix product.\n")
    print(
        "| row | MB moved | MFLOP | FLOP a byte | wengert | GB/s | GFLOP/s | bound by | of the limit | PyTorch | NumPy |"
    )
    print("| --- | --: | --: | --: | --: | --: | --: | --- | --: | --: | --: |")
    for name, (megabytes, work) in WORK.items():
        seconds = found.get((name, "wengert"))
        if seconds is None:
            continue
        least = {"memory": megabytes * MEGA / memory, "arithmetic": work * MEGA / arithmetic}
        bound = max(least, key=least.get)
        others = [found.get((name, library)) for library in ("torch", "numpy")]
        cells = [
            f"`{name}`",
            f"{megabytes:.4g}",
            f"{work:.4g}",
            f"{work / megabytes:.3g}",
            f"{seconds * 1e3:.3g} ms",
            f"{megabytes * MEGA / seconds / 1e9:.1f}",
            f"{work * MEGA / seconds / 1e9:.1f}",
            bound,
            f"{100 * least[bound] / seconds:.0f} %",
            *("" if other is None else f"{other * 1e3:.3g} ms" for other in others),
        ]
        print(f"| {' | '.join(cells)} |")


def medians(run):
    """((row, library), seconds) of each cell of large/f32."""
    for row in run["rows"]:
        family, _, name = row["name"].rpartition("/")
        if family != "large/f32":
            continue
        for library, cell in row["libraries"].items():
            if cell.get("median") is not None:
                yield (name, library), cell["median"] * 1e-9


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
