"""Measures wengert against the libraries installed beside it, all in one run. `python benches/python/run.py --help`;
how to read the table is told in benches/README.md."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

if TYPE_CHECKING:
    from row import Row
    from table import Outcome
    from timing import Effort

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "RAYON_NUM_THREADS",
    "WENGERT_NUM_THREADS",
)
# glibc keeps freed memory instead of handing it back and faulting it in again. By default it does the one or the
# other depending on what happens to lie at the top of the heap, which made PyTorch's and NumPy's times vary by half.
STEADY_MALLOC = {"MALLOC_TRIM_THRESHOLD_": "2000000000", "MALLOC_MMAP_THRESHOLD_": "33554432"}
MARK = "WENGERT_BENCH_ENVIRONMENT"  # set in the second life of this process


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--rows", default="", metavar="PATTERN", help="wildcards or parts of names, with commas: 'chain,kernel/f32/*'")
    add("--list", action="store_true", help="names, titles and bounds of the rows, without measuring")
    add("--quick", action="store_true", help="fewer and shorter samples, about a quarter of the time")
    add("--deep", action="store_true", help="also the chain of 1e7 operations (up to 2 GB, for wengert alone)")
    add("--json", metavar="FILE", help="write everything, samples included")
    add("--save-plot", metavar="FILE", help="write a bar chart (.png, .svg, .pdf), if matplotlib is installed")
    add("--check", action="store_true", help="exit with 1 if a bound is missed or wengert errs or disagrees")
    add(
        "--libs",
        default="wengert,torch,numpy,autograd,jax",
        metavar="NAMES",
        help="libraries, those not installed are skipped",
    )
    add("--threads", type=int, default=1, metavar="N", help="threads each library may use (1)")
    add("--pin", type=int, metavar="CPU", help="stay on this processor")
    add("--gc", choices=("on", "off"), default="on", help="Python's cyclic garbage collector while measuring (on)")
    add("--malloc", choices=("steady", "default"), default="steady", help="see benches/README.md (steady)")
    add("--path", metavar="DIR", help="import wengert from this folder, e.g. python")
    add("--as-wengert", default="", metavar="MODULE", help="debugging of the runner: MODULE plays wengert's part")
    return parser.parse_args()


def fix_environment(args: argparse.Namespace) -> None:
    """Thread counts, malloc's settings and the hash seed are read at start-up, so they are set in a process started anew."""
    wanted = dict.fromkeys(THREAD_VARIABLES, str(args.threads)) | {"PYTHONHASHSEED": "0", MARK: "1"}
    if args.malloc == "steady":
        wanted |= STEADY_MALLOC
    if args.path:
        wanted["PYTHONPATH"] = os.pathsep.join(
            p for p in (os.path.abspath(args.path), os.environ.get("PYTHONPATH")) if p
        )
    if MARK not in os.environ:
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)
    if args.pin is not None:
        os.sched_setaffinity(0, {args.pin})


def processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def conditions(args: argparse.Namespace, libs: list[Any]) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "libraries": {lib.name: lib.version for lib in libs},
        "as_wengert": args.as_wengert,
        "processor": processor(),
        "processors": os.cpu_count(),
        "threads": args.threads,
        "pinned": args.pin,
        "gc": args.gc,
        "malloc": args.malloc,
        "effort": "quick" if args.quick else "full",
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def described(facts: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in facts["libraries"].items())
    stand_in = f" ({facts['as_wengert']} plays wengert)" if facts["as_wengert"] else ""
    return (
        f"Python {facts['python']}; {versions}{stand_in}\n{facts['processor']}, {facts['processors']} processors, "
        f"{facts['threads']} thread(s) a library, gc {facts['gc']}, malloc {facts['malloc']}, "
        f"{facts['effort']} effort, "
        f"load average at start {facts['load_average']}"
    )


def run_row(row: Row, libs: list[Any], effort: Effort) -> Outcome:
    """Builds each library's case, compares their values, and times the libraries that agree."""
    import agree
    import timing
    from table import Outcome

    outcome = Outcome(row)
    makers: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for lib in libs:
        if lib.name not in row.libs:
            continue
        try:
            case = row.make(lib)
            if case is None:
                continue
            value = case.value()
            if value is not None:
                values[lib.name] = agree.flatten(lib, value)
            makers[lib.name] = partial(row.make, lib)
        except Exception as error:  # noqa: BLE001
            outcome.problems[lib.name] = timing.explain(error)
    for name, text in agree.disagreements(values, row.tol).items():
        outcome.problems[name] = text
        del makers[name]
    values.clear()
    case = value = None
    for name, got in timing.measure(makers, effort).items():
        if isinstance(got, str):
            outcome.problems[name] = got
        else:
            outcome.sampled[name] = got
    return outcome


def main() -> int:
    args = arguments()
    fix_environment(args)
    import library
    import plot
    import rows  # noqa: F401  (declares them)
    import table
    import timing
    from row import select

    chosen = select(args.rows, args.deep or args.list)
    if not chosen:
        sys.exit(f"no row matches {args.rows!r}; --list shows them")
    if args.list:
        for row in chosen:
            bounds = ", ".join(table.bound_text(b, row.unit) for b in row.bounds)
            print(f"{row.name:<28}{row.title:<58}{bounds}{' (--deep)' if row.deep else ''}")
        return 0
    libs, missing = library.load(args.libs.split(","), args.as_wengert, args.threads)
    facts = conditions(args, libs)
    print(described(facts))
    for name, reason in missing.items():
        print(f"without {name}: {reason}")
    if args.gc == "off":
        gc.disable()
    gc.freeze()  # the libraries' own objects are not walked again at every collection
    names = [lib.name for lib in libs]
    print(f"\n{table.header(names)}")
    start, family, outcomes = perf_counter(), "", []
    for row in chosen:
        if row.family != family:
            print()
            family = row.family
        outcomes.append(run_row(row, libs, timing.QUICK if args.quick else timing.FULL))
        print(table.line(outcomes[-1], names), flush=True)
        gc.collect()
    print(f"\n{table.summary(outcomes)}\ntook {perf_counter() - start:.0f} s")
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"conditions": facts, "rows": [table.as_json(o) for o in outcomes]}, file, indent=1)
    if args.save_plot:
        print(plot.save(outcomes, args.save_plot, described(facts)))
    undecided = "wengert" not in names
    return int(args.check and (undecided or any(o.failed for o in outcomes)))


if __name__ == "__main__":
    sys.exit(main())
