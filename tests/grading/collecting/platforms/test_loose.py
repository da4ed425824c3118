"""Folders without a platform: forms of Unicode, archives in archives."""

import unicodedata

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.collecting import downloads
from tests.grading.submissions import zipped


@pytest.mark.parametrize("name", ["José Pérez", "Łukasz Żółć", "Müller-Lüdenscheidt"])
def test_one_name_in_two_forms_of_unicode_is_one_student(name, places, work, tmp_path):
    composed, split = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    files = {f"{composed}/01_returns.ipynb": work("1"), f"{split}/02_window.ipynb": work("2", downloads.SECOND)}
    found = collect(places, [zipped(tmp_path / "x.zip", files | {"Bob/01_returns.ipynb": work("b")})])
    assert {(row.student.name, row.notebook) for row in found.rows} == {
        (composed, "01_returns"),
        (composed, "02_window"),
        ("Bob", "01_returns"),
    }
    twice = files | {f"{split}/01_returns.ipynb": work("3")}
    asked = collect(places, [zipped(tmp_path / "y.zip", twice)])
    assert sum(reason.startswith("2 files may be 01_returns") for _, reason in asked.left) == 2


@pytest.mark.parametrize("ending", ["zip", "7z", "tar.gz"])
def test_an_archive_in_an_archive_is_named(ending, places, work, tmp_path):
    inner = zipped(tmp_path / "all.zip", {f"inner.{ending}": b"PK"}).read_bytes()
    files = {"Dee/all.zip": inner, "Bob/01_returns.ipynb": work("b")}
    found = collect(places, [zipped(tmp_path / "x.zip", files)])
    assert [reason.partition(":")[0] for _, reason in found.left] == ["an archive in an archive"]
