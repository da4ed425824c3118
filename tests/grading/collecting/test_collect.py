"""Collecting what instructors download, on a small course of two notebooks."""

import io
import json
import os
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import parse_utc

from dt_helpers.grading.collecting import sources
from dt_helpers.grading.collecting.collect import collect, survey
from dt_helpers.grading.collecting.naming import Student
from tests.grading.submissions import code, save, saved_by_colab, solved, zipped


@pytest.fixture
def notebook(places):
    return lambda stem="01_returns": solved(places.tree, stem)


def collected_files(places) -> list[str]:
    folder = places.root / "submitted"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# Learning platforms


def test_a_moodle_zip_with_folders(places, notebook, tmp_path):
    archive = zipped(
        tmp_path / "moodle.zip",
        {
            "Ada Lovelace_101_assignsubmission_file_/01_returns.ipynb": notebook(),
            "Ada Lovelace_101_assignsubmission_file_/02_window.ipynb": saved_by_colab(notebook("02_window")),
            "Ada Lovelace_102_assignsubmission_file_/01_returns.ipynb": notebook(),
            "Alan Turing_103_assignsubmission_onlinetext_/onlinetext.html": b"<p>sorry</p>",
        },
    )
    found = collect(places, [archive])
    assert [(row.student.id, row.notebook, row.ways) for row in found.rows] == [
        ("Ada-Lovelace-101", "01_returns", "1 by cell id"),
        ("Ada-Lovelace-101", "02_window", "1 by function"),
        ("Ada-Lovelace-102", "01_returns", "1 by cell id"),
    ]
    assert found.students["Ada-Lovelace-101"] == Student("Ada-Lovelace-101", "Ada Lovelace", "Moodle", "101")
    assert [reason for _, reason in found.left] == ["not a notebook"]
    assert "onlinetext.html" in found.left[0][0]
    assert collected_files(places) == [
        "Ada-Lovelace-101/decision_transformer/01_returns.ipynb",
        "Ada-Lovelace-101/decision_transformer/02_window.ipynb",
        "Ada-Lovelace-101/decision_transformer/timestamp.txt",
        "Ada-Lovelace-102/decision_transformer/01_returns.ipynb",
        "Ada-Lovelace-102/decision_transformer/timestamp.txt",
    ]
    assert places.students() == ["Ada-Lovelace-101", "Ada-Lovelace-102"]


def test_a_canvas_zip_with_late_and_repeated_files_and_a_students_own_archive(places, notebook, tmp_path):
    inner = zipped(tmp_path / "work.zip", {"my work/02_window.ipynb": notebook("02_window"), "__MACOSX/._x": b"junk"})
    first, second = notebook(), notebook()
    second.cells.append(code("# the second try"))
    archive = zipped(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_11_501_01_returns.ipynb": first,
            "lovelaceada_11_502_01_returns-1.ipynb": second,
            "lovelaceada_11_503_work.zip": inner.read_bytes(),
            "turingalan_LATE_12_504_01_returns.ipynb": notebook(),
        },
    )
    found = collect(places, [archive])
    assert [(row.student.id, row.notebook, row.late) for row in found.rows] == [
        ("lovelaceada-11", "01_returns", False),
        ("lovelaceada-11", "02_window", False),
        ("turingalan-12", "01_returns", True),
    ]
    assert found.rows[0].file.endswith("01_returns-1.ipynb")
    assert [(Path(file).name, reason.split(":")[0]) for file, reason in found.left] == [
        ("lovelaceada_11_501_01_returns.ipynb", "there is a newer one")
    ]
    kept = nbformat.read(places.submitted("lovelaceada-11") / "01_returns.ipynb", as_version=4)
    assert kept.cells[-1].source == "# the second try"
    assert found.rows[2].notes == "late"


# Folders and loose files


def test_nbgraders_own_folders_with_their_timestamps(places, notebook, tmp_path):
    save(notebook(), tmp_path / "in/ada/decision_transformer/01_returns.ipynb")
    (tmp_path / "in/ada/decision_transformer/timestamp.txt").write_text("2026-11-20 23:59:00 +0100\n")
    save(notebook(), tmp_path / "in/alan/decision_transformer/01_returns.ipynb")
    found = collect(places, [tmp_path / "in"])
    assert [(row.student.id, row.change) for row in found.rows] == [("ada", "new"), ("alan", "new")]
    assert found.left == []

    stamp = (places.submitted("ada") / "timestamp.txt").read_text().strip()
    assert parse_utc(stamp) == datetime(2026, 11, 20, 22, 59)
    assert (places.submitted("alan") / "timestamp.txt").read_text() == ""  # nobody says when: no file's time is taken


def test_loose_notebooks_and_colabs_copies(places, notebook, tmp_path):
    downloads = [
        save(saved_by_colab(notebook()), tmp_path / "ada_01_returns.ipynb"),
        save(saved_by_colab(notebook()), tmp_path / "Copy of 01_returns.ipynb"),
        save(saved_by_colab(notebook("02_window")), tmp_path / "alan_Untitled7.ipynb"),
    ]
    found = collect(places, downloads[:2])
    assert [(row.student.id, row.notebook) for row in found.rows] == [("ada", "01_returns")]
    assert found.left[0][0] == str(downloads[1])
    assert "its name doesn't say whose it is" in found.left[0][1]
    found = collect(places, downloads[1:], student="Grace Hopper")
    assert [(row.student.id, row.notebook) for row in found.rows] == [
        ("Grace-Hopper", "01_returns"),
        ("Grace-Hopper", "02_window"),  # told by the functions in it
    ]


def test_a_folder_of_one_student_and_one_of_many(places, notebook, tmp_path):
    save(notebook(), tmp_path / "ada/01_returns.ipynb")
    assert [row.student.id for row in collect(places, [tmp_path / "ada"]).rows] == ["ada"]
    save(notebook(), tmp_path / "all/Copy of 01_returns.ipynb")
    save(notebook(), tmp_path / "all/alan_01_returns.ipynb")
    found = collect(places, [tmp_path / "all"])
    assert [row.student.id for row in found.rows] == ["alan"]
    assert [Path(file).name for file, _ in found.left] == ["Copy of 01_returns.ipynb"]


def test_once_more_changes_nothing_and_a_new_version_replaces(places, notebook, tmp_path):
    path = save(notebook(), tmp_path / "ada_01_returns.ipynb")
    collect(places, [path])
    os.utime(path, (1_890_000_000, 1_890_000_000))
    assert [row.change for row in collect(places, [path]).rows] == ["unchanged"]
    save(saved_by_colab(notebook()), path)
    os.utime(path, (1_890_000_000, 1_890_000_000))
    assert [row.change for row in collect(places, [path]).rows] == ["replaced"]
    assert [(row.student.id, row.ways) for row in survey(places).rows] == [("ada", "1 by function")]


def test_what_cannot_be_read_is_collected_and_said(places, tmp_path):
    found = collect(places, [save(b"{ broken", tmp_path / "ada_01_returns.ipynb")])
    assert found.rows[0].ways == "unreadable"
    assert "JSON is broken" in found.rows[0].notes


def test_a_notebook_of_no_release_is_said(places, tmp_path):
    found = collect(places, [save({"cells": [code("x = 1")]}, tmp_path / "ada_essay.ipynb")], student="ada")
    assert found.rows == []
    assert "which notebook of the release it is" in found.left[0][1]


def test_sources_that_are_not_there_or_no_archives(places, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no .*nothing\.zip"):
        collect(places, [tmp_path / "nothing.zip"])
    save(b"no zip", tmp_path / "bad.zip")
    with pytest.raises(ValueError, match=r"bad\.zip cannot be read as a zip archive"):
        collect(places, [tmp_path / "bad.zip"])


# Archives and folders that mean harm


def test_names_that_climb_out_of_the_archive_stay_in_the_folder_of_submissions(places, notebook, tmp_path):
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    archive = zipped(
        tmp_path / "evil.zip",
        {
            "../../../solutions/decision_transformer/01_returns.ipynb": notebook(),
            "/etc/01_returns.ipynb": notebook(),
            "a/../../../../tmp/ada_02_window.ipynb": notebook("02_window"),
            "..\\..\\bob_01_returns.ipynb": notebook(),
        },
    )
    solution = places.tree.solution("01_returns").read_bytes()
    collect(places, [archive])
    assert places.tree.solution("01_returns").read_bytes() == solution
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before - {archive}
    own = [places.root / "submitted", places.reports]
    assert all(any(path.is_relative_to(folder) for folder in own) for path in new)
    assert [path.name for path in new if path.is_relative_to(places.reports)] == ["handed_in.csv"]


def test_a_bomb_is_not_unpacked(places, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_ARCHIVE", 1 << 20)
    monkeypatch.setattr(sources, "LARGEST", 16 << 20)
    bomb = io.BytesIO()
    archive = zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("ada_01_returns.ipynb", "w") as entry:
        for _ in range(sources.LARGEST // (1 << 20) + 1):
            entry.write(bytes(1 << 20))
    inner = zipped(tmp_path / "inner.zip", {"01_returns.ipynb": bytes(sources.LARGEST + 1)})
    outer = zipped(tmp_path / "outer.zip", {"ada_1_2_bomb.zip": inner.read_bytes()})
    save(bomb.getvalue(), tmp_path / "bomb.zip")
    with zipfile.ZipFile(tmp_path / "stored.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("ada_1_2_work.zip", bytes(2 << 20))
    found = collect(places, [tmp_path / "bomb.zip"])
    assert [reason for _, reason in found.left] == ["it is too large"]
    assert collected_files(places) == []
    assert "2 MB; at most 1 MB are opened" in collect(places, [tmp_path / "stored.zip"]).left[0][1]
    assert inner.stat().st_size < 1 << 20
    assert collect(places, [outer]).left[0][1] == "it is too large"


def test_a_students_archive_of_thousands_of_files_and_a_damaged_one(places, tmp_path):
    many = zipped(tmp_path / "many.zip", {f"{i}.txt": b"" for i in range(200)})
    archive = zipped(
        tmp_path / "all.zip",
        {"ada_1_2_many.zip": many.read_bytes(), "alan_3_4_work.zip": b"PK\x03\x04 broken", "x_5_6_a.txt": b""},
    )
    reasons = {Path(file).name: reason for file, reason in collect(places, [archive]).left}
    assert "more than 100 files" in reasons["ada_1_2_many.zip"]
    assert "cannot be read as a zip archive" in reasons["alan_3_4_work.zip"]


def test_an_encrypted_and_a_damaged_entry(places, notebook, tmp_path):
    archive = zipped(tmp_path / "a.zip", {"ada_01_returns.ipynb": notebook(), "bob_01_returns.ipynb": notebook()})
    content = bytearray(archive.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1  # the second entry says that it is encrypted
    content[100] ^= 0xFF  # and the first one's data are damaged
    save(bytes(content), archive)
    reasons = [reason for _, reason in collect(places, [archive]).left]
    assert any("cannot be read" in reason for reason in reasons)
    assert "encrypted" in reasons


def test_links_in_a_folder_are_not_followed(places, tmp_path):
    folder = tmp_path / "in" / "ada"
    folder.mkdir(parents=True)
    (folder / "01_returns.ipynb").symlink_to(places.tree.solution("01_returns"))
    found = collect(places, [tmp_path / "in"])
    assert found.rows == []
    assert found.left[0][1] == "a symbolic link"


def test_hidden_files_and_checkpoints_are_nobodys_work(places, notebook, tmp_path):
    save(notebook(), tmp_path / "in/ada/.ipynb_checkpoints/01_returns-checkpoint.ipynb")
    save(json.dumps(notebook()), tmp_path / "in/ada/._01_returns.ipynb")
    found = collect(places, [tmp_path / "in"])
    assert (found.rows, found.left) == ([], [])
