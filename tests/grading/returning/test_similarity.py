"""Copies are found under other names; right answers that anybody would write are not."""

import random

import pytest

from dt_helpers.grading.release import Task
from dt_helpers.grading.returning import suspicious
from dt_helpers.grading.returning.similarity import SOLUTION, compare

STUB = "def stack(r, s, a):\n    batch, K, hidden = s.shape\n    # YOUR CODE HERE\n    raise NotImplementedError()"
TASKS = [Task("04_model", "stack", STUB, frozenset({"stack"}), "check_stack", 2.0)]
USUAL = """def stack(r, s, a):
    batch, K, hidden = s.shape
    return torch.stack([r, s, a], dim=2).reshape(batch, 3 * K, hidden)"""
ODD = """def stack(r, s, a):
    '''My own way.'''
    batch, K, hidden = s.shape
    out = torch.empty(batch, 3 * K, hidden)
    for offset, part in enumerate((r, s, a)):
        for step in range(K):
            out[:, step * 3 + offset] = part[:, step] + 0.0 * offset
    return out"""
RENAMED = """def stack(one, two, three):
    # entirely my own work
    n, length, size = two.shape
    result = torch.empty(n, 3 * length, size)
    for k, piece in enumerate((one, two, three)):
        for t in range(length): result[:, t * 3 + k] = piece[:, t] + 0.0 * k
    return result"""
OTHERS = [
    "def stack(r, s, a):\n    return torch.cat([x.unsqueeze(2) for x in (r, s, a)], 2).flatten(1, 2)",
    "def stack(r, s, a):\n    return einops.rearrange([r, s, a], 'n b k h -> b (k n) h')",
    "def stack(r, s, a):\n    rows = []\n    for i in range(r.shape[1]):\n        rows += [r[:, i], s[:, i], a[:, i]]\n"
    "    return torch.stack(rows, 1)",
]


def a_class(**more: str) -> dict[str, dict[str, str]]:
    texts = {f"usual{i}": USUAL.replace("batch", random.Random(i).choice("bnB")) for i in range(12)}
    texts |= {f"other{i}": text for i, text in enumerate(OTHERS)}
    return {name: {"stack": text} for name, text in (texts | more).items()}


def pairs(texts) -> list[tuple[str, str]]:
    return [(pair.one, pair.other) for pair in compare(texts, TASKS)]


def test_a_copy_under_other_names_is_found_and_nobody_else():
    (pair,) = compare(a_class(bob=RENAMED, ada=ODD), TASKS)
    assert (pair.one, pair.other, pair.exercises) == ("ada", "bob", ("stack",))
    assert pair.similarity > 0.95


def test_the_usual_answer_is_no_evidence():
    assert pairs(a_class()) == []


def test_the_untouched_release_is_no_evidence():
    assert pairs({name: {"stack": STUB} for name in "abc"}) == []


def test_the_courses_own_solution_can_be_one_of_the_two():
    assert pairs(a_class(ada=ODD) | {SOLUTION: {"stack": RENAMED}}) == [(SOLUTION, "ada")]


def test_a_part_that_was_changed_lowers_the_similarity():
    edited = RENAMED.replace("for t in range(length)", "for t in reversed(range(max(length, 0)))")
    (pair,) = compare(a_class(bob=edited, ada=ODD), TASKS, least=0.3)
    assert 0.3 < pair.similarity < 0.95


@pytest.mark.parametrize(
    "text", ["", "def f(:", "(" * 3000, "x = " + "-" * 3000 + "1", "a" * 50_000, "\0", "''" * 2000]
)
def test_any_text_may_be_handed_in(text):
    assert pairs({"ada": {"stack": text}, "bob": {"stack": text}, "carl": {}}) == []


def test_a_large_class_in_which_many_change_one_number():
    texts = {f"s{i}": {"stack": ODD.replace("0.0", f"{i}.0")} for i in range(300)} | a_class(ada=ODD, bob=RENAMED)
    assert ("ada", "bob") in pairs(texts)


# Answers that call what they should have built


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("from transformers import DecisionTransformerModel as M", "imports the library's own model"),
        ("from transformers.models.auto import AutoModel", "imports the library's own model"),
        ("import transformers\nM = transformers.DecisionTransformerModel", "names the library's own model"),
        ("def f():\n    return M.from_pretrained('x')", "loads a pretrained model"),
        ("m = getattr(__import__('transformers'), name)", "uses __import__"),
        ("exec(code)", "uses exec"),
        ("from dt_helpers.check import exercises", "imports dt_helpers.check"),
        ("import importlib", "imports importlib"),
    ],
)
def test_signs_of_a_borrowed_answer(text, sign):
    assert sign in suspicious.signs(text)


@pytest.mark.parametrize(
    "text", [USUAL, ODD, *OTHERS, "not python (", "class DecisionTransformerModel(Base):\n    pass"]
)
def test_an_ordinary_answer_has_none(text):
    assert suspicious.signs(text) == []


def test_no_solution_of_the_course_has_one():
    import nbformat

    from tests.course_tree import REPOSITORY

    for path in sorted((REPOSITORY / "solutions" / "decision_transformer").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                assert suspicious.signs(cell.source) == [], cell.id
