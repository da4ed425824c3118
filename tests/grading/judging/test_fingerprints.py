"""A result is good as long as nothing changed that it depends on."""

import os

import pytest

from dt_helpers.grading.judging import fingerprints
from dt_helpers.grading.judging.fingerprints import of_files, of_the_grader


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "06_replay.ipynb"
    path.write_text("{}")
    return path


def test_the_same_files_have_the_same_and_other_bytes_another(file):
    before = of_files([file])
    os.utime(file, (0, 0))
    assert of_files([file]) == before
    file.write_text("{ }")
    assert of_files([file]) != before


def test_names_count_and_so_does_a_file_that_is_missing(file):
    before = of_files([file])
    assert of_files([file, file.with_name("05_training.ipynb")]) != before
    assert of_files([file.rename(file.with_name("05_training.ipynb"))]) != before


def test_what_is_no_regular_file_is_not_read(file):
    file.unlink()
    for make in (file.mkdir, lambda: os.mkfifo(file), lambda: file.symlink_to("/dev/zero")):
        make()
        assert len(of_files([file])) == 64
        file.rmdir() if file.is_dir() else file.unlink()


def test_the_grader_s_own_code_counts(tmp_path, monkeypatch):
    before = of_the_grader()
    for module in fingerprints.MODULES:
        assert (fingerprints.PACKAGE / "grading" / f"{module}.py").is_file()
    of_the_grader.cache_clear()
    monkeypatch.setattr(fingerprints, "MODULES", fingerprints.MODULES[:-1])
    assert of_the_grader() != before
    of_the_grader.cache_clear()
