"""Runs a folder of answers, one a file, through their checks: `python -m tests.mutation.fresh FOLDER [--names]`.

A file is called `NNN_<check>_right.py` or `NNN_<check>_wrong.py`. It holds what a student would write into the cell;
a wrong one begins with `# mistake:` (what was done) and `# shows:` (on which input it shows). Each runs after the
imports of its notebook, in a process of its own that has a time limit.
"""

import argparse
import ast
import gc
import multiprocessing
import re
import sys
import traceback
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEEDS = (11, 12, 13)
LIMIT = 60  # seconds for all seeds of one answer
SOLUTIONS = Path(__file__).parents[2] / "solutions" / "decision_transformer"


@dataclass(frozen=True)
class Tried:
    """What came of one answer: for each seed "passed", "hangs", "crashes: ..." or the mistake's slug and sentence."""

    path: Path
    check: str
    right: bool
    mistake: str
    outcomes: list[tuple[str, str]]

    @property
    def kind(self) -> str:
        kinds = [kind for kind, _ in self.outcomes]
        for bad in ("hangs", "crashes"):
            if bad in kinds:
                return bad
        if self.right:
            return "fine" if set(kinds) == {"passed"} else "refused"
        return "passed" if "passed" in kinds else "fine"


@cache
def _needs(function: str) -> str:
    """All imports and the other functions of the notebook in which `function` (or a class) is written."""
    for script in sorted(SOLUTIONS.glob("*.py")):
        source = script.read_text(encoding="utf-8")
        if re.search(rf"^(def|class) {function}\b", source, re.MULTILINE):
            return _above(script, but=function)
    raise ValueError(f"no notebook has {function}")


def _above(script: Path, but: str = "") -> str:
    nodes = ast.parse(script.read_text(encoding="utf-8")).body
    wanted = ast.Import | ast.ImportFrom | ast.FunctionDef
    return "\n".join(
        ast.unparse(node) for node in nodes if isinstance(node, wanted) and getattr(node, "name", None) != but
    )


def answer(check: str, source: str, where: str):
    """What the source defines under the exercise's name."""
    from dt_helpers.check import exercises

    name = "DecisionTransformerModel" if check == "forward" else exercises.exercise(check).function
    namespace = {"__name__": "__main__"}
    exec(_needs(name), namespace)
    exec(compile(source, where, "exec"), namespace)
    return namespace[name]


def _try(check: str, source: str, where: str, pipe) -> None:
    from dt_helpers import check as checks

    outcomes = []
    for seed in SEEDS:
        try:
            getattr(checks, check)(answer(check, source, where), seed=seed)
            outcomes.append(("passed", ""))
        except checks.CheckFailed as failure:
            outcomes.append((failure.mistake or "None", str(failure)))
        except BaseException:
            outcomes.append(("crashes", traceback.format_exc()))
    pipe.send(outcomes)


def run(path: Path) -> Tried:
    """The answer in one file, tried with every seed."""
    check, verdict = re.fullmatch(r"\d+_(.+)_(right|wrong)", path.stem).groups()
    source = path.read_text(encoding="utf-8")
    mistake = re.search(r"^# mistake: *(.*)", source, re.MULTILINE)
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_try, args=(check, source, str(path), theirs))
    process.start()
    outcomes = ours.recv() if ours.poll(LIMIT) else [("hangs", "")]
    process.kill()
    process.join()
    return Tried(path, check, verdict == "right", mistake.group(1) if mistake else "", outcomes)


def warm_up() -> None:
    """Imports once, before the processes are forked, what each of them would import for itself."""
    from dt_helpers.check import exercises, reference, whole_model

    for script in sorted(SOLUTIONS.glob("*.py")):
        exec(_above(script), {})
    for name in exercises.FUNCTIONS:
        exercises.exercise(name).mistakes()
    reference.tensors(), whole_model.inputs.small_oracle()
    gc.collect()
    gc.freeze()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", action="store_true", help="print each mistake beside the name that it got")
    parser.add_argument("--only", default="", help="part of the file names to try")
    options = parser.parse_args()
    warm_up()
    tried = []
    for path in sorted(options.folder.glob("*.py")):
        if options.only not in path.name:
            continue
        tried.append(one := run(path))
        if one.kind != "fine":
            print(f"{one.kind:8} {one.path.name}: {one.mistake}")
            print("\n".join(f"         {kind}: {text[-700:]}" for kind, text in dict(one.outcomes).items() if text))
        elif options.names and not one.right:
            print(f"{one.path.name}: {one.mistake}")
            for kind, text in dict(one.outcomes).items():
                print(f"         {kind}: {text}")
    counts = Counter((one.right, one.kind) for one in tried)
    named = sum(not one.right and one.kind == "fine" and "None" not in dict(one.outcomes) for one in tried)
    wrong, right = (sum(one.right is side for one in tried) for side in (False, True))
    print(
        f"{wrong} wrong: {counts[False, 'passed']} passed, {named} got a name; "
        f"{right} right: {counts[True, 'refused']} refused; "
        f"{sum(one.kind == 'crashes' for one in tried)} crashes, {sum(one.kind == 'hangs' for one in tried)} hangs"
    )
    return int(any(one.kind != "fine" for one in tried))


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
