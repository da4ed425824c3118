"""Sakai's groups."""

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.collecting import downloads
from tests.grading.submissions import solved, zipped


@pytest.fixture
def work(places):
    return downloads.Work(lambda stem: solved(places.tree, stem))


@pytest.mark.parametrize("text", ["Rhodes, Ida(ir); Li, Wei(lw)", "Li, Wei (lw);Rhodes, Ida (ir)", "Rhodes, Ida(ir)"])
def test_the_groups_of_the_table_have_the_logins_of_the_members_file(text, places, work, tmp_path):
    table = '"PS1","SCORE"\n""\n"Group","Title","Members","grade"\n"g1","Team 1","Ida Rhodes;Wei Li",""\n'
    files = {
        "PS1/g1 (0a)/Submission attachment(s)/01_returns.ipynb": work("team"),
        "PS1/g1 (0a)/members.txt": text.encode(),
        "PS1/grades.csv": table.encode(),
    }
    members = collect(places, [zipped(tmp_path / "s.zip", files)]).students["g1-0a"].members
    assert {login: name for name, login in members if login} == {
        login: name for login, name in (("ir", "Rhodes, Ida"), ("lw", "Li, Wei")) if login in text
    }
    assert len(members) == 2  # who is in the table alone has no login
