"""Choose stages of a training for the package: measure them, write their provenance, and draw the curves.

    python experts/ship.py hopper 75k 125k 250k 400k    # out of output/experts/hopper
    python experts/ship.py                              # measure all that are there again, and draw

Runs in the course's own environment. The policies go to ``dt_helpers/assets/experts``, with ``provenance.json``; the
table goes to the pages that show it, and the curves, kept in ``experts/curves``, to ``docs/images/experts.png``.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

import numpy as np

from dt_helpers import plots
from dt_helpers.data import experts
from dt_helpers.workspace import replacing

HERE = Path(__file__).parent
PAGES = (HERE / "README.md", HERE.parent / "docs" / "datasets.md")  # that show the table
TRAINED = HERE.parent / "output" / "experts"
CURVES = HERE / "curves"
PICTURE = HERE.parent / "docs" / "images" / "experts.png"
TABLE = re.compile(r"(?<=<!-- table -->\n).*(?=<!-- end of table -->)", re.DOTALL)


def ship(robot: str, stages: list[str]) -> None:
    """Copy the policies of these stages of a robot's training into the package; earlier ones of that robot go."""
    folder = TRAINED / robot
    missing = [stage for stage in stages if not (folder / "stages" / f"{stage}.safetensors").exists()]
    if missing:
        raise SystemExit(f"{folder} has no stages {missing}: train longer, or choose others.")
    about = json.loads((folder / "about.json").read_text())
    known = {name: facts for name, facts in experts.provenance().items() if not name.startswith(f"{robot}_")}
    for path in experts.FOLDER.glob(f"{robot}_*.safetensors"):
        path.unlink()
    for stage in stages:
        name = f"{robot}_td3_{stage}"
        shutil.copyfile(folder / "stages" / f"{stage}.safetensors", experts.FOLDER / f"{name}.safetensors")
        known[name] = {"steps": int(stage.removesuffix("k")) * 1000, **about}
    write(known)
    CURVES.mkdir(exist_ok=True)
    shutil.copyfile(folder / "curve.json", CURVES / f"{robot}.json")


def measure(of: str | None) -> dict[str, dict]:
    """What each shipped policy earns, or each of one robot, noted in its provenance."""
    known = experts.provenance()
    for name, facts in known.items():
        robot, stage = name.split("_td3_")
        if of not in (None, robot):
            continue
        facts["measured"] = {f"noise {noise:g}": experts.measure(robot, stage, noise) for noise in (0.0, 0.1)}
        print(f"{name:24s} {facts['measured']['noise 0']}", flush=True)
    write(known)
    return known


def write(known: dict[str, dict]) -> None:
    order = sorted(known, key=lambda name: (known[name]["env"], known[name]["steps"]))
    with replacing(experts.FOLDER / "provenance.json") as staged:
        staged.write_text(json.dumps({name: known[name] for name in order}, indent=1) + "\n")


def table(known: dict[str, dict]) -> str:
    lines = [
        "| policy | environment | training steps | return | with noise 0.1 | episode length |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, facts in known.items():
        plain, noisy = facts["measured"]["noise 0"], facts["measured"]["noise 0.1"]
        returns = " | ".join(f"{each['mean']:,.0f} ± {each['std']:,.0f}" for each in (plain, noisy))
        lines.append(f"| {name} | {facts['env']} | {facts['steps']:,} | {returns} | {plain['length']:.0f} |")
    return "\n".join(lines) + "\n"


def draw(known: dict[str, dict]) -> None:
    """A robot's training in each panel: what each stage earned over five episodes; the shipped ones are marked."""
    robots = sorted(path.stem for path in CURVES.glob("*.json"))
    figure = plots.Picture(width=3.4 * len(robots), height=3.0)
    for axes, robot in zip(np.atleast_1d(figure.subplots(1, len(robots))), robots, strict=True):
        curve = json.loads((CURVES / f"{robot}.json").read_text())
        steps, mean, std = (np.array([entry[key] for entry in curve]) for key in ("steps", "mean", "std"))
        axes.plot(steps / 1000, mean, color=plots.STATE)
        axes.fill_between(steps / 1000, mean - std, mean + std, color=plots.STATE, alpha=0.25, linewidth=0)
        shipped = [facts for name, facts in known.items() if name.startswith(f"{robot}_")]
        axes.plot(
            [facts["steps"] / 1000 for facts in shipped],
            [facts["measured"]["noise 0"]["mean"] for facts in shipped],
            "o", color=plots.RETURN, label="shipped, 20 episodes",
        )  # fmt: skip
        axes.set(title=shipped[0]["env"], xlabel="thousand steps")
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("return")
    figure.axes[0].legend()
    figure.savefig(PICTURE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("robot", nargs="?", help="whose stages are chosen; none: only measure and draw")
    parser.add_argument("stages", nargs="*", help="such as 100k")
    options = parser.parse_args()
    if options.robot:
        ship(options.robot, options.stages)
    known = measure(options.robot)
    for page in PAGES:
        page.write_text(TABLE.sub(lambda _: table(known), page.read_text()))
    draw(known)


if __name__ == "__main__":
    main()
