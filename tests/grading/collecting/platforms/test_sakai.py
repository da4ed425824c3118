"""Sakai's groups."""

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.submissions import zipped


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


LANGUAGES = {
    "English": ("Submission attachment(s)", "Display ID,ID,Last Name,First Name,grade,Submission date,Late submission"),
    "Spanish": ("Adjuntos del envío", "ID para mostrar;ID;Apellidos;Nombre;calificación;Fecha de envío;Con retraso"),
    "German": ("Anhänge zur Abgabe", "Anzeige-ID;ID;Nachname;Vorname;Note;Abgabedatum;Verspätete Abgabe"),
    "French": ("Pièces jointes", "Identifiant affiché;ID;Nom;Prénom;note;Date de remise;Remise tardive"),
}
LATE = {"English": "Late", "Spanish": "Con retraso", "German": "Verspätet", "French": "En retard"}


@pytest.mark.parametrize("form", ["folders", "joined", "without the table"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages(language, form, places, work, tmp_path):
    folder, header = LANGUAGES[language]
    cut = ";" if ";" in header else ","
    between = "_" if form == "joined" else "/"
    rows = [("ada", "Lovelace", "Ada", "19"), ("m.max@x.org", "Mustermann", "Max", "22"), ("gh", "Hopper", "Grace", "")]
    files, table = {}, f'"PS1"{cut}"SCORE"\n""\n{header}\n'
    for login, last, first, day in rows:
        when, late = (f"2026-11-{day}T10:00:00Z", LATE[language] if day == "22" else "ok") if day else ("", "")
        table += cut.join([login, login, last, first, "", when, late]) + "\n"
        if day:
            files[f"PS1/{last}, {first}({login}){between}{folder}{between}01_returns.ipynb"] = work(first)
            if form != "joined":
                files[f"PS1/{last}, {first}({login})/timestamp.txt"] = when.encode()
    if form != "without the table":
        files["PS1/grades.csv"] = table.encode()
    found = collect(places, [zipped(tmp_path / "s.zip", files)])
    assert found.platforms == ["Sakai"]
    assert {(one.lms_id, one.name) for one in found.students.values()} == {
        ("ada", "Ada Lovelace"),
        ("m.max@x.org", "Max Mustermann"),
    }
    if form != "without the table":
        assert [row.student.lms_id for row in found.rows if row.late] == ["m.max@x.org"]
        assert found.absent == ["Grace Hopper"]
    assert all(row.when for row in found.rows)


@pytest.mark.parametrize("beside", ["ada (2)/ps1/timestamp.txt", "readme.txt", "ada (2)/ps1/grades.csv"])
def test_a_folder_with_brackets_alone_is_no_sakai(beside, places, work, tmp_path):
    files = {"ada (2)/ps1/01_returns.ipynb": work("ada"), "bob (1)/ps1/01_returns.ipynb": work("bob"), beside: b"x"}
    assert collect(places, [zipped(tmp_path / "s.zip", files)]).platforms != ["Sakai"]
