"""Find submissions with unusual code in common, even if names, comments and layout differ.

Each exercise's syntax tree is cut into all its subtrees, without the student's own names. What the release provides
doesn't count, and the rest counts by rarity: right answers to small exercises look alike, so a subtree that half the
class has says little, and one that only two have says much. An indication, never proof.
"""

from __future__ import annotations

import ast
import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dt_helpers.grading.release import Task
from dt_helpers.grading.text import slicing

SMALLEST = 5  # nodes in a subtree that counts
LARGEST_TEXT = 20_000  # characters; no real answer is longer
MATTERS = 0.1  # minimum share of the evidence for an exercise to be named
SOLUTION = "(the course's solution)"


@dataclass(frozen=True)
class Pair:
    """Two submissions with much in common."""

    one: str
    other: str
    similarity: float  # 0 to 1, weighted by rarity
    evidence: float  # in bits: one for each halving of the frequency in the class
    exercises: tuple[str, ...]  # the exercises with the evidence, strongest first


def compare(
    texts: dict[str, dict[str, str]], tasks: list[Task], least: float = 0.6, evidence: float = 20.0
) -> list[Pair]:
    """The pairs of `texts` (student -> solution cell -> text) with at least this similarity, strongest first."""
    students = sorted(texts)
    features = [
        {(task.solution_id, shape) for task in tasks for shape in shapes(texts[name].get(task.solution_id, ""), task)}
        for name in students
    ]
    frequency = Counter(feature for own in features for feature in own)
    shared = sorted(feature for feature, count in frequency.items() if count > 1)
    if not shared:
        return []
    bits = {feature: math.log2((len(students) + 1) / count) for feature, count in frequency.items()}
    total = np.array([sum(bits[feature] for feature in own) for own in features])  # (students,)
    place = {feature: i for i, feature in enumerate(shared)}
    matrix = np.zeros((len(students), len(shared)), np.float32)
    for row, own in enumerate(features):
        for feature in own & place.keys():
            matrix[row, place[feature]] = math.sqrt(bits[feature])
    common = matrix @ matrix.T  # (students, students), in bits
    similarity = common / np.maximum(total[:, None] + total[None, :] - common, 1e-9)
    found = np.argwhere(np.triu((similarity >= least) & (common >= evidence), k=1))
    pairs = [
        Pair(
            students[i],
            students[j],
            float(similarity[i, j]),
            float(common[i, j]),
            _where(features[i] & features[j], bits),
        )
        for i, j in found
    ]
    return sorted(pairs, key=lambda pair: -pair.evidence)


def shapes(text: str, task: Task) -> set[str]:
    """The subtrees of an answer, without names, and without those in the released cell."""
    return _shapes(text) - _shapes(task.stub)


def _shapes(text: str) -> set[str]:
    tree = slicing.parse(text[:LARGEST_TEXT])
    if tree is None:
        return set()
    found: set[str] = set()
    try:
        _shape(tree, frozenset(_own_names(tree)), found)
    except RecursionError:  # nested more deeply than any real answer
        return set()
    return found


def _own_names(tree: ast.AST) -> Iterator[str]:
    """The names that the text itself defines: variables, arguments, functions, imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


def _shape(node: ast.AST, own: frozenset[str], found: set[str]) -> tuple[str, int]:
    """The node without the student's own names, and its size in nodes; adds every subtree to `found`."""
    if isinstance(node, ast.Name):
        return ("_" if node.id in own else node.id), 1
    if isinstance(node, ast.Constant):
        return repr(node.value)[:40], 1
    parts, size = [type(node).__name__], 1
    for field, value in ast.iter_fields(node):
        if field in ("ctx", "type_comment", "kind", "returns", "annotation", "lineno"):
            continue
        children = value if isinstance(value, list) else [value]
        if field == "body" and children and _is_docstring(children[0]):
            children = children[1:]
        for child in children:
            if isinstance(child, ast.AST):
                shape, count = _shape(child, own, found)
                parts.append(shape)
                size += count
            elif isinstance(child, str):
                parts.append("_" if child in own else child)
    text = f"({' '.join(parts)})"
    if size >= SMALLEST:
        found.add(
            text if len(text) < 80 else hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
        )
    return text, size


def _is_docstring(node) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _where(common: set[tuple[str, str]], bits: dict[tuple[str, str], float]) -> tuple[str, ...]:
    by_exercise: defaultdict[str, float] = defaultdict(float)
    for feature in common:
        by_exercise[feature[0]] += bits[feature]
    most_first = sorted(by_exercise, key=lambda name: by_exercise[name], reverse=True)
    return tuple(name for name in most_first if by_exercise[name] >= MATTERS * sum(by_exercise.values()))
