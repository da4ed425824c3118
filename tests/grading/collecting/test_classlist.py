"""Class lists, as platforms export them."""

import pytest

from dt_helpers.grading.collecting.classlist import ClassList


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode(encoding))
    return ClassList.read(path)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('Student,ID,Section\n    Points Possible,,\n"Müller, Ada",7,A\n"Student, Test",9,\n', "utf-8-sig"),
        (
            "LastName,FirstName,ID,SIS Login ID,Section\n,,,,\n    Points Possible,,,,\nMüller,Ada,7,am,A\n"
            "Student,Test,9,,\n",
            "utf-8",
        ),
        ("Identifier,Full name,Status\nParticipant 7,Ada Müller,-\n", "utf-8"),
        ("ID;Vollständiger Name;E-Mail-Adresse;Status\nTeilnehmer/in 7;Ada Müller;a@x.org;-\n", "cp1252"),
        ("Last Name,First Name,Email Address,PS1\nDate,,,2026-11-20\nPoints,,,3\nMüller,Ada,a@x.org,\n", "utf-8"),
        ('"Last Name"\t"First Name"\t"Username"\n"Müller"\t"Ada"\t"am"\n', "utf-16"),
        ('"PS1","SCORE"\n""\n"Display ID","ID","Last Name","First Name"\n"am","am","Müller","Ada"\n', "utf-8"),
        ("Nachname;Vorname;Anmeldename;Matrikelnummer\nMüller;Ada;am;1\n", "utf-8"),
        ("OrgDefinedId,Username,Last Name,First Name\n#1,#am,Müller,Ada\n", "utf-8"),
    ],
)
def test_the_forms_of_the_platforms(text, encoding, tmp_path):
    found = read(tmp_path, text, encoding)
    assert [one.name for one in found.entries] == ["Ada Müller"]
    values = found.entries[0].values
    assert values.get("number") in ("7", "am", None) and values.get("login") in ("am", None)


@pytest.mark.parametrize(
    ("column", "cell", "late"),
    [
        ("Status", "Submitted for grading - 3 mins late -  - ", True),
        ("Status", "Zur Bewertung abgegeben - 2 Tage verspätet", True),
        ("Status", "Submitted for grading -  - ", False),
        ("Status", "", None),
        ("Lateness (H:M:S)", "00:00:00", False),
        ("Lateness (H:M:S)", "32:02:07", True),
        ("Late submission", "On time", False),
        ("Late submission", "Late", True),
    ],
)
def test_who_is_late(column, cell, late, tmp_path):
    assert read(tmp_path, f"Full name,{column}\nAda Late,{cell}\n").entries[0].late is late


def test_groups_and_those_of_one_name(tmp_path):
    found = read(tmp_path, "Name,Email,Group\nWei Zhang,wz@x.org,Team 1\nWei Zhang,wz3@x.org,Team 1\nA B,ab@x.org,\n")
    assert [one.values["email"] for one in found.groups["1 team"]] == ["wz@x.org", "wz3@x.org"]
    assert len(found.named("zhang wei")) == 2
    assert [one.values["email"] for one in found.named("wz3")] == ["wz3@x.org"]
    assert found.named("wei") == []


@pytest.mark.parametrize("text", ["", "hello", "a,b\n1,2\n", "ID,Grade\n7,3\n"])
def test_what_is_no_class_list_is_said(text, tmp_path):
    with pytest.raises(ValueError, match=r"class\.csv cannot be read as a class list.* Student and ID \(Canvas\)"):
        read(tmp_path, text)


@pytest.mark.parametrize("title", ["Teilnehmer/in", "Teilnehmer*in", "Participante", "Participant "])
def test_moodles_identifiers_without_names(title, tmp_path):
    rows = f'{title}11,"Submitted - 3 mins late","Friday, 20 November 2026, 1:30 AM",-\n{title}12,Submitted,-,-\n'
    found = read(tmp_path, f"ID,Status,Last modified (submission),Last modified (grade)\n{rows}")
    assert [(one.values["number"], one.nameless, one.late) for one in found.entries] == [
        ("11", True, True),
        ("12", True, False),
    ]
    assert found.find("number", "11").when.hour == 1


@pytest.mark.parametrize(
    ("status", "time", "puzzle"),
    [
        ("Przesłane - 3 dni po terminie", "-", "Przesłane - 3 dni po terminie"),
        ("Przesłane", "20 listopada 2026, 13:30", "20 listopada 2026, 13:30"),
        ("Enviado - 15 minutos tarde", "viernes, 20 de noviembre de 2026, 00:15", ""),
        ("Submitted - Extension granted until: 3 May 2026", "-", ""),
        ("Submitted", "-", ""),
    ],
)
def test_what_it_says_in_unknown_words_is_told(status, time, puzzle, tmp_path):
    text = f'Identifier,Full name,Status,Zmiana (praca),Zmiana (ocena)\nParticipant 7,Ada L,{status},"{time}",-\n'
    assert read(tmp_path, text).entries[0].puzzle == puzzle


@pytest.mark.parametrize(
    ("header", "unknown"),
    [
        ("Identifier,Full name,Stan", ["Stan"]),
        ("Identifier,Full name,Stan,Zmiana", ["Stan", "Zmiana"]),
        ("Identifier,Full name,Status,Last modified (submission)", []),
    ],
)
def test_columns_that_may_be_lateness_are_told(header, unknown, tmp_path):
    cells = ",x" * (header.count(",") - 1)
    assert read(tmp_path, f"{header}\nParticipant 7,Ada L{cells}\n").unknown == unknown


@pytest.mark.parametrize(
    ("lateness", "late"), [("01:29:59", True), ("00:00:00", False), ("00:00:01", True), ("", None)]
)
def test_gradescopes_lateness_is_not_its_status(lateness, late, tmp_path):
    text = f"First Name,Last Name,SID,Status,Lateness (H:M:S)\nAda,L,s1,Graded,{lateness}\n"
    assert read(tmp_path, text).entries[0].late is late
