"""All figures in one go: ``make bench``, or ``python benchmarks/run.py``.

Each script runs in a process of its own, one after the other, and prints what it prints. Its output and its figures
are kept in results.json, with the date and the machine, and replace what it printed before; RESULTS.md and its plot
are made from there. Naming scripts runs only those; `--whole` runs the long ones too; `--render` runs none.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import HEADER, Figure, number
from machine import describe

FOLDER = Path(__file__).parent
QUICK = {
    "imports.py": [],
    "checks.py": [],
    "collator.py": [],
    "opening.py": [],
    "generation.py": [],
    "evaluation.py": [],
    "video.py": [],
    "whole_run.py": [],
    "time_to_return.py": [],
    "growth.py": [],
    "threads.py": [],
    "quality.py": ["--dataset", "halfcheetah-expert", "--seeds", "1"],
}
FAR = 1000.0  # times the bar: more is drawn as so much
WHOLE = {
    "time_to_return.py": ["--whole", "--seeds", "3"],
    "quality.py": [],
    "targets.py": [],
    "pixels.py": [],
    "stitching.py": [],
    "alternatives.py": [],
    "physics.py": [],
    "grading.py": [],
    "anyones.py": [],
    "own_models.py": [],
}


def run(name: str, options: list[str]) -> dict | None:
    """Run a script, showing what it prints; None if it failed."""
    print(f"\n== {name} {' '.join(options)}", flush=True)
    begin, said = time.perf_counter(), []
    with tempfile.TemporaryDirectory() as folder:
        handed_on = Path(folder) / "figures.jsonl"
        script = subprocess.Popen(
            [sys.executable, FOLDER / name, *options],
            env=os.environ | {"DT_FIGURES": str(handed_on)}, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        for line in script.stdout:
            print(line, end="", flush=True)
            said.append(line.replace(str(Path.home()), "~"))
        if script.wait():
            print(f"{name} failed with exit code {script.returncode}; what it had said before stays.")
            return None
        lines = handed_on.read_text(encoding="utf-8").splitlines() if handed_on.exists() else []
    return {
        "date": datetime.date.today().isoformat(),
        "seconds": round(time.perf_counter() - begin),
        "command": " ".join(["python", f"benchmarks/{name}", *options]),
        "machine": said[0].strip() if said else describe(),
        "said": "".join(said[1:]).strip(),
        "figures": [json.loads(line) for line in lines],
    }


def render(results: dict, folder: Path) -> None:
    """RESULTS.md and results.png from what was kept."""
    figures = [(name, Figure(**figure)) for name, kept in results.items() for figure in kept["figures"]]
    if figures:
        plot([figure for _, figure in figures], folder / "results.png")
    machines = sorted({kept["machine"] for kept in results.values()})
    reached = sum(figure.reached for _, figure in figures)
    lines = [
        "# What was measured",
        "",
        "Written by `make bench` (`benchmarks/run.py`) out of `results.json`; each section has its command and date.",
        "What is compared was measured in one run, in turn.",
        "",
        *(f"- {machine}" for machine in machines),
        "",
        f"{reached} of {len(figures)} figures reach their bar. Medians, with the least and the largest of all repeats.",
        "",
        "![Each figure beside its bar](results.png)",
        "",
        HEADER,
        *(figure.row() for _, figure in figures),
        "",
    ]
    for name, kept in results.items():
        lines += [f"## {name}", "", f"`{kept['command']}`, {kept['date']}, {kept['seconds']} s", "", kept["said"], ""]
    (folder / "RESULTS.md").write_text("\n".join(lines), encoding="utf-8")


def plot(figures: list[Figure], path: Path) -> None:
    """How many times its bar each figure reaches, on a logarithmic scale."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figures = figures[::-1]
    fig, axes = plt.subplots(figsize=(9, 1.2 + 0.42 * len(figures)), layout="constrained")
    margins = [min(figure.ratio / figure.needed, FAR) for figure in figures]  # of 0, at most so many are infinite
    colours = ["#2b7a78" if figure.reached else "#d1495b" for figure in figures]
    axes.barh(range(len(figures)), [margin - 1 for margin in margins], left=1, color=colours, height=0.62, zorder=2)
    axes.axvline(1, color="#333333", linewidth=1.5, zorder=3)
    axes.set_xscale("log")
    axes.set_xlim(min(0.5, min(margins) / 2), 30 * max(1, *margins))
    for y, (figure, margin) in enumerate(zip(figures, margins, strict=True)):
        text = f"{figure.ratio:,.3g} ×" if figure.ratio < 100 else f"{figure.ratio:,.0f} ×"
        if not figure.compared:
            text = f"{number(statistics.median(figure.measured))} {figure.unit}"
        axes.annotate(
            f"{text}   (bar: {figure.bar_text()})", (max(margin, 1), y), (6, 0), textcoords="offset points",
            va="center", fontsize=8.5, color="#333333",
        )  # fmt: skip
    axes.set_yticks(range(len(figures)), [figure.name for figure in figures], fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("how many times the bar is reached (1: just reached), logarithmic")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(axis="x", which="major", color="#dddddd", zorder=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    fig.savefig(path, dpi=130)
    plt.close(fig)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", nargs="*", help="names, with or without .py; default: all but the long ones")
    parser.add_argument("--whole", action="store_true", help="also run the long ones")
    parser.add_argument("--render", action="store_true", help="only make the page and the plot again")
    parser.add_argument("--options", help='for the named scripts, instead of the usual ones: "--seeds 1"')
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder of results.json, RESULTS.md, results.png")
    args = parser.parse_args()

    chosen = {**QUICK, **(WHOLE if args.whole else {})}
    if args.scripts:
        names = [f"{name.removesuffix('.py')}.py" for name in args.scripts]
        chosen = {name: chosen.get(name, []) for name in names}
    if args.options is not None:
        chosen = {name: args.options.split() for name in chosen}
    kept = args.output / "results.json"
    results = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    failed = []
    for name, options in chosen.items() if not args.render else ():
        if not (FOLDER / name).exists():
            sys.exit(f"There is no benchmark {name}. The benchmarks are: {', '.join(sorted({**QUICK, **WHOLE}))}.")
        result = run(name, options)
        if result is None:
            failed.append(name)
            continue
        results[name] = result
        order = [*QUICK, *(script for script in WHOLE if script not in QUICK)]
        results = dict(
            sorted(results.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
        )
        args.output.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        render(results, args.output)
    if args.render:
        render(results, args.output)
    figures = [Figure(**figure) for result in results.values() for figure in result["figures"]]
    print(f"\n{HEADER}", *(figure.row() for figure in figures), sep="\n")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
