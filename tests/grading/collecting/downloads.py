"""Downloads of real shape, a small class for each platform.

Ada Lovelace and Ada Lovelace-Byron have nearly the same name; the second has handed in twice. Max is late. Mallory's
file is named to look like Ada's, in the way that would do most harm. A team of two hands in together, where the
platform has teams.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from tests.grading.submissions import code, save, zipped

FIRST, SECOND = "01_returns", "02_window"


@dataclass
class Download:
    """The files of a download, and who has to have which marker in the end."""

    platform: str
    files: dict[str, bytes]
    students: dict[str, str]  # student's folder -> the marker of their 01_returns
    late: set[str] = field(default_factory=set)  # by the platform's word
    asked: set[str] = field(default_factory=set)  # markers that nobody may get
    group: tuple[str, tuple[tuple[str, str], ...]] | None = None  # the folder, the members that the download tells
    roster: str = ""
    absent: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()  # empty ones

    def write(self, folder: Path, unpacked: bool = False) -> Path:
        if not unpacked and not self.folders:
            return zipped(folder / "download.zip", self.files)
        for name in self.folders:
            (folder / "download" / name).mkdir(parents=True)
        for name, content in self.files.items():
            save(content, folder / "download" / name)
        return folder / "download"

    def write_roster(self, folder: Path) -> Path | None:
        return save(self.roster, folder / "roster.csv") if self.roster else None


def marker(path: Path) -> str:
    """Whose work it is, as `Work` signed it."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"][-1]["source"].removeprefix("# ")


class Work:
    """Makes signed notebooks out of a solved one."""

    def __init__(self, solved: Callable[[str], NotebookNode]):
        self.solved = solved

    def __call__(self, signature: str, stem: str = FIRST) -> bytes:
        notebook = self.solved(stem)
        notebook.cells.append(code(f"# {signature}"))
        return json.dumps(notebook).encode()


def canvas(work: Work) -> Download:
    return Download(
        "Canvas",
        {
            "lovelaceada_4321_98765_01_returns.ipynb": work("ada"),
            "lovelacebyronada_4322_98766_01_returns.ipynb": work("byron 1"),
            "lovelacebyronada_4322_98790_01_returns-1.ipynb": work("byron 2"),
            "mustermannmax_LATE_4323_98767_Kopie von 01_returns.ipynb": work("max"),
            "zedmallory_4324_98768_lovelaceada_4321_98999_01_returns.ipynb": work("mallory"),
            "team_1_4325_98769_01_returns.ipynb.txt": work("team"),
            "nobody_4326_text.html": b"<p>sorry</p>",
        },
        {
            "lovelaceada-4321": "ada",
            "lovelacebyronada-4322": "byron 2",
            "mustermannmax-4323": "max",
            "zedmallory-4324": "mallory",
            "team_1-4325": "team",
        },
        late={"mustermannmax-4323"},
        roster="Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
        '"Lovelace, Ada",4321,s1,ada,A\n"Lovelace-Byron, Ada",4322,s2,ada2,A\n"Mustermann, Max",4323,s3,max,A\n'
        '"Zed, Mallory",4324,s4,mz,A\n"Rhodes, Ida",4325,s5,ir,A\n"Hopper, Grace",4327,s6,gh,A\n'
        '"Student, Test",9,,,A\n',
        absent=("Grace Hopper",),
    )


def canvas_anonymous(work: Work) -> Download:
    return Download(
        "Canvas",
        {
            "anon_k3Jx9_98765_01_returns.ipynb": work("one"),
            "anon_k3Jx9_98766_02_window.ipynb": work("one", SECOND),
            "LATE_anon_44444_98767_anon_k3Jx9_98765_01_returns.ipynb": work("two"),
            "LATE_anon_9xY2k_98768_01_returns.ipynb": work("three"),
        },
        {"anon-k3Jx9": "one", "anon-44444": "two", "anon-9xY2k": "three"},
        late={"anon-44444", "anon-9xY2k"},
    )


def moodle(work: Work) -> Download:
    part = "assignsubmission_file"
    return Download(
        "Moodle",
        {
            f"Ada Lovelace_101_{part}/01_returns.ipynb": work("ada"),
            f"Ada Lovelace-Byron_102_{part}/01_returns.ipynb": work("byron 2"),  # the last state, and no attempts
            f"Max Mustermann_103_{part}/abgabe/01_returns (1).ipynb": work("max"),
            f"Mallory Zed_104_{part}/Ada Lovelace_101_{part}_01_returns.ipynb": work("mallory"),
            f"Team 1_101_{part}/01_returns.ipynb": work("team"),  # a group's number, which is also Ada's
            "Default group_assignsubmission_file/01_returns.ipynb": work("nobody"),
        },
        {
            "Ada-Lovelace-101": "ada",
            "Ada-Lovelace-Byron-102": "byron 2",
            "Max-Mustermann-103": "max",
            "Mallory-Zed-104": "mallory",
        },
        late={"Max-Mustermann-103"},
        asked={"nobody", "team"},
        roster="Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (submission)\n"
        'Participant 101,Ada Lovelace,ada@x.org,Submitted for grading -  - ,,3,"Friday, 20 November 2026, 9:00 AM"\n'
        "Participant 102,Ada Lovelace-Byron,ab@x.org,Submitted for grading -  - ,,3,-\n"
        "Participant 103,Max Mustermann,m@x.org,Submitted for grading - 1 day 2 hours late -  - ,,3,-\n"
        "Participant 104,Mallory Zed,z@x.org,Submitted for grading -  - ,,3,-\n"
        "Participant 105,Grace Hopper,g@x.org,No submission -  - ,,3,-\n",
        absent=("Grace Hopper",),
    )


def moodle_in_groups(work: Work) -> Download:
    rows = [(1, "Ida Rhodes", "Team 1"), (2, "Kay O'Nulty", "Team 1"), (811, "Joan Clarke", "Team 10")]
    return Download(
        "Moodle",
        {
            "Team 1_811_assignsubmission_file_01_returns.ipynb": work("team 1"),
            "Team 10_820_assignsubmission_file_01_returns.ipynb.json": work("team 10"),
        },
        {"Team-1-811": "team 1", "Team-10-820": "team 10"},
        group=("Team-1-811", (("Ida Rhodes", "1"), ("Kay O'Nulty", "2"))),
        roster="Identifier;Full name;Group;Status\n"
        + "".join(f"Participant {number};{name};{group};Submitted\n" for number, name, group in rows),
    )


def google(work: Work) -> Download:
    top = "Takeout/Drive/Classroom/RL/PS1/"
    return Download(
        "Google Classroom",
        {
            f"{top}Ada Lovelace - 01_returns.ipynb": work("ada"),
            f"{top}Ada Lovelace-Byron - 01_returns.ipynb": work("byron 1"),
            f"{top}Copia di Ada Lovelace-Byron - 01_returns.ipynb": work("byron 2"),  # which is the last?
            f"{top}Max Mustermann - 01_returns.ipynb": work("max"),
            f"{top}Ada Lovelace - 01_returns (final).ipynb": work("mallory"),  # and whose is this?
            f"{top}Team Hopper - 01_returns.ipynb": work("team"),
            f"{top}01_returns.ipynb": work("nobody"),
        },
        {"Max-Mustermann": "max", "Team-Hopper": "team"},
        asked={"ada", "mallory", "byron 1", "byron 2", "nobody"},
    )


def d2l(work: Work) -> Download:
    return Download(
        "D2L",
        {
            "index.html": b"<html></html>",
            "4321-96739 - Ada Lovelace - Nov 18, 2026 914 AM/01_returns.ipynb": work("ada"),
            "4322-96739 - Ada Lovelace - Nov 18, 2026 915 AM/01_returns.ipynb": work("byron 1"),  # the very same name
            "4322-96739 - Ada Lovelace - Nov 18, 2026 102 PM/01_returns.ipynb": work("byron 2"),
            "4323-96739 - Max - Moritz - Nov 22, 2026 1259 AM/01_returns.ipynb": work("max"),
            "4324-96739 - Mallory Zed - Nov 18, 2026 914 AM/"
            "4321-96739 - Ada Lovelace - Nov 23, 2026 914 AM - 01_returns.ipynb": work("mallory"),
            "4325-96739 - Team 1 - Nov 18, 2026 914 AM/01_returns.ipynb": work("team"),
        },
        {
            "Ada-Lovelace-4321": "ada",
            "Ada-Lovelace-4322": "byron 2",
            "Max-Moritz-4323": "max",
            "Mallory-Zed-4324": "mallory",
            "Team-1-4325": "team",
        },
    )


def blackboard(work: Work) -> Download:
    def attempt(user: str, name: str, day: int, file: str, signature: str) -> dict[str, bytes]:
        base = f"My PS_1_{user}_attempt_2026-11-{day}-10-00-00"
        forged = "Name: Ada Lovelace (ada)\n" if user == "mzed" else ""
        receipt = f"Name: {name}\nAssignment: PS 1\n\nComments:\n{forged}\nFiles:\n\tFilename: {base}_{file}\n"
        return {f"{base}_{file}": work(signature), f"{base}.txt": receipt.encode()}

    return Download(
        "Blackboard",
        attempt("ada", "Ada Lovelace (ada)", 18, "01_returns.ipynb", "ada")
        | attempt("ada_l", "Ada Lovelace (ada_l)", 17, "01_returns (5).ipynb", "byron 1")
        | attempt("ada_l", "Ada Lovelace (ada_l)", 19, "01_returns.ipynb", "byron 2")
        | attempt("mmax", "Max Mustermann (mmax)", 22, "01_returns.ipynb", "max")
        | attempt("mzed", "M Zed (mzed)", 18, "My PS_1_ada_attempt_2026-11-23-10-00-00_01_returns.ipynb", "mallory")
        | attempt("Team 1", "Team 1", 18, "01_returns.ipynb", "team"),
        {"ada": "ada", "ada_l": "byron 2", "mmax": "max", "mzed": "mallory", "Team-1": "team"},
    )


def gradescope(work: Work) -> Download:
    top = "assignment_77_export"
    people = {
        11: [("Ada Lovelace", "s1")],
        12: [("Ada Lovelace", "s2")],
        13: [("Max Mustermann", "s3")],
        14: [("Mallory Zed", "s4")],
        15: [("Ida Rhodes", "s5"), ("李小龙", "s6")],
    }
    lines = ["---"]
    for number, submitters in people.items():
        lines += [f"submission_{number}:", "  :submitters:"]
        for name, sid in submitters:
            lines += [f"  - :name: {name}", f"    :sid: '{sid}'", f"    :email: {sid}@x.org"]
        lines += [f"  :created_at: 2026-11-{18 if number != 13 else 22} 21:14:07.338335000 Z"]
        lines += [
            "  :history:",
            "  - :submitters: []",
            "    :created_at: 2026-11-30 00:00:00.000000000 Z",
            "    :id: 9",
        ]
    return Download(
        "Gradescope",
        {
            f"{top}/submission_metadata.yml": "\n".join(lines).encode(),
            f"{top}/submission_11/01_returns.ipynb": work("ada"),
            f"{top}/submission_12/01_returns.ipynb": work("byron 2"),  # the active one; the rest are named alone
            f"{top}/submission_12/old/01_returns.ipynb": work("byron 1"),
            f"{top}/submission_13/ps1/01_returns.ipynb": work("max"),
            f"{top}/submission_14/submission_11/01_returns.ipynb": work("mallory"),
            f"{top}/submission_15/01_returns.ipynb": work("team"),
        },
        {
            "Ada-Lovelace-s1": "ada",
            "Ada-Lovelace-s2": "byron 2",
            "Max-Mustermann-s3": "max",
            "Mallory-Zed-s4": "mallory",
            "Ida-Rhodes-李小龙-submission_15": "team",
        },
        group=("Ida-Rhodes-李小龙-submission_15", (("Ida Rhodes", "s5"), ("李小龙", "s6"))),
        late={"Max-Mustermann-s3"},
        roster="First Name,Last Name,SID,Email,Submission Time,Lateness (H:M:S)\n"
        "Ada,Lovelace,s1,s1@x.org,2026-11-18 21:14:07 +0000,00:00:00\n"
        "Ada,Lovelace,s2,s2@x.org,2026-11-18 21:14:07 +0000,00:00:00\n"
        "Max,Mustermann,s3,s3@x.org,2026-11-22 21:14:07 +0000,21:15:07\n"
        "Mallory,Zed,s4,s4@x.org,2026-11-18 21:14:07 +0000,00:00:00\n"
        "Grace,Hopper,s9,s9@x.org,,\n",
        absent=("Grace Hopper",),
    )


def sakai(work: Work) -> Download:
    def submission(folder: str, file: str, signature: str, day: int = 18) -> dict[str, bytes]:
        return {
            f"PS1/{folder}/Submission attachment(s)/{file}": work(signature),
            f"PS1/{folder}/timestamp.txt": f"2026-11-{day}T10:00:00Z".encode(),
            f"PS1/{folder}/comments.txt": b"",
        }

    grades = (
        '"PS1","SCORE_GRADE_TYPE"\n""\n"Display ID","ID","Last Name","First Name","grade","Submission date",'
        '"Late submission"\n"ada","ada","Lovelace","Ada","","2026-11-18T10:00:00Z","On time"\n'
        '"ada2","ada2","Lovelace","Ada","","2026-11-18T10:00:00Z","On time"\n'
        '"mmax","mmax","Mustermann","Max","","2026-11-22T10:00:00Z","Late"\n"gh","gh","Hopper","Grace","","",""\n'
    )
    return Download(
        "Sakai",
        submission("Lovelace, Ada(ada)", "01_returns.ipynb", "ada")
        | submission("Lovelace, Ada(ada2)", "01_returns.ipynb", "byron 2")
        | submission("Mustermann, Jr., Max(mmax)", "01_returns.ipynb", "max", 22)
        | submission("Zed, M(mzed)", "Lovelace, Ada(ada)_Submission attachment(s)_01_returns.ipynb", "mallory")
        | submission("Team 1 (0a-1b)", "01_returns.ipynb", "team")
        | {
            "PS1/grades.csv": grades.encode(),
            "PS1/Team 1 (0a-1b)/members.txt": b"Rhodes, Ida(ir); &#26446;, B(lb)",
        },
        {
            "Ada-Lovelace-ada": "ada",
            "Ada-Lovelace-ada2": "byron 2",
            "Max-Mustermann-Jr-mmax": "max",
            "M-Zed-mzed": "mallory",
            "Team-1-0a-1b": "team",
        },
        late={"Max-Mustermann-Jr-mmax"},
        group=("Team-1-0a-1b", (("Rhodes, Ida", "ir"), ("李, B", "lb"))),
        absent=("Grace Hopper",),
    )


def ilias(work: Work) -> Download:
    top = "PS1/Submissions"
    return Download(
        "ILIAS",
        {
            f"{top}/Lovelace_Ada_ada_11/01_returns.ipynb": work("ada"),
            f"{top}/Lovelace_Ada_ada2_12/01_returns.ipynb": work("byron 1"),
            f"{top}/Lovelace_Ada_ada2_12/01_returns (2).ipynb": work("byron 2"),
            f"{top}/Mustermann_Max_mmax_13/Late Submission - 01_returns.ipynb": work("max"),
            f"{top}/Zed_Mallory_mz_14/Lovelace_Ada_ada_11_01_returns.ipynb": work("mallory"),
            f"{top}/Team 8/Rhodes_Ida_ir_15/01_returns.ipynb": work("team"),
        },
        {
            "Ada-Lovelace-11": "ada",
            "Ada-Lovelace-12": "byron 2",
            "Max-Mustermann-13": "max",
            "Mallory-Zed-14": "mallory",
            "Team-8": "team",
        },
        late={"Max-Mustermann-13"},
        group=("Team-8", (("Ida Rhodes", "ir"),)),
    )


def schoology(work: Work) -> Download:
    return Download(
        "Schoology",
        {
            "Lovelace, Ada - s11/Revision 1 - On time/01_returns.ipynb": work("ada"),
            "Lovelace, Ada - s12/Revision 9 - On time/01_returns.ipynb": work("byron 1"),
            "Lovelace, Ada - s12/Revision 10 - On time/01_returns.ipynb": work("byron 2"),
            "Muster, Max - s13/Revision 1 - Late/01_returns.ipynb": work("max"),
            "Zed, M - s14/Revision 1 - On time/Lovelace, Ada - s11 - Revision 9 - Late - 01_returns.ipynb": work(
                "mallory"
            ),
        },
        {"Ada-Lovelace-s11": "ada", "Ada-Lovelace-s12": "byron 2", "Max-Muster-s13": "max", "M-Zed-s14": "mallory"},
        late={"Max-Muster-s13"},
    )


def github(work: Work) -> Download:
    own = {
        "ada/01_returns.ipynb": work("ada"),
        "ada/backup/01_returns.ipynb": work("ada's copy"),
        "ada-byron/01_returns.ipynb": work("byron 2"),
        "mmax/01_returns.ipynb": work("max"),
        "mzed/ps1-ada/01_returns.ipynb": work("mallory"),
        "ada-1/01_returns.ipynb": work("second repository"),
        "template/01_returns.ipynb": work("template"),
        "team/01_returns.ipynb": work("team"),
    }
    users = [
        ("ada", "ada"),
        ("ab", "ada-byron"),
        ("mx", "mmax"),
        ("mz", "mzed"),
        ("ir", "team"),
        ("lb", "team"),
        ("g", ""),
    ]
    return Download(
        "GitHub Classroom",
        {f"ps1-submissions/ps1-{name}": content for name, content in own.items()},
        {"ada": "ada", "ada-byron": "byron 2", "mmax": "max", "mzed": "mallory", "team": "team"},
        asked={"second repository", "template", "ada's copy"},
        group=("team", (("ir", "ir"), ("lb", "lb"))),
        roster="github_username,roster_identifier,student_repository_name,submission_timestamp\n"
        + "".join(f"{user},{user}@x.org,{f'ps1-{repository}' if repository else ''},\n" for user, repository in users),
        absent=("g",),
        folders=tuple({f"ps1-submissions/ps1-{name.split('/')[0]}/.git" for name in own}),
    )


def nbgrader(work: Work) -> Download:
    def attempt(student: str, when: str, file: str, signature: str, assignment: str = "ps1") -> dict[str, bytes]:
        folder = f"inbound/{student}+{assignment}+{when} UTC+Zm9vYmFyYmF6"
        return {f"{folder}/{file}": work(signature), f"{folder}/timestamp.txt": f"{when} UTC".encode()}

    forged = "ada+ps1+2026-11-23 10:00:00.000000 UTC+AAAAAAAAAAAA/01_returns.ipynb"
    return Download(
        "nbgrader",
        attempt("ada", "2026-11-18 10:00:00.000000", "01_returns.ipynb", "ada")
        | attempt("ada+2", "2026-11-17 10:00:00.000000", "01_returns.ipynb", "byron 1")
        | attempt("ada+2", "2026-11-18 10:00:00.000000", "01_returns.ipynb", "byron 2")
        | attempt("m.o'max", "2026-11-22 10:00:00.000000", "01_returns.ipynb", "max")
        | attempt("mzed", "2026-11-18 10:00:00.000000", forged, "mallory")
        | attempt("ada", "2026-12-18 10:00:00.000000", "01_returns.ipynb", "another assignment", "ps2"),
        {"ada": "ada", "ada+2": "byron 2", "m.o'max": "max", "mzed": "mallory"},
        asked={"another assignment"},
    )


def bare(work: Work) -> Download:
    return Download(
        "",
        {
            "01_returns_ada_lovelace.ipynb": work("ada"),
            "Lovelace-Byron, Ada, 01_returns (1).ipynb": work("byron 2"),
            "mmax/late/Kopie von 01_returns.ipynb": work("max"),
            "mzed/ada/01_returns.ipynb": work("mallory"),
            "01_returns_ada_lovelace_corrected.ipynb": work("whose?"),
            "Ada_01_returns.ipynb": work("which Ada's?"),
            "Wei Zhang 01_returns.ipynb": work("which Wei's?"),
            "stranger/01_returns.ipynb": work("nobody"),
            "plee/v1/01_returns.ipynb": work("pat 1"),
            "plee/v2/01_returns.ipynb": work("pat 2"),
        },
        {"Ada-Lovelace": "ada", "Ada-Lovelace-Byron": "byron 2", "Max-Muster": "max", "Mallory-Zed": "mallory"},
        asked={"whose?", "which Ada's?", "which Wei's?", "nobody", "pat 1", "pat 2"},
        roster="Name;E-Mail\nAda Lovelace;al@x.org\nAda Lovelace-Byron;ab@x.org\nMax Muster;mmax@x.org\n"
        "Mallory Zed;mzed@x.org\nWei Zhang;w1@x.org\nWei Zhang;w2@x.org\nPat Lee;plee@x.org\nGrace Hopper;g@x.org\n",
        absent=("Wei Zhang", "Wei Zhang", "Grace Hopper"),
    )


ALL = (
    canvas,
    canvas_anonymous,
    moodle,
    moodle_in_groups,
    google,
    d2l,
    blackboard,
    gradescope,
    sakai,
    ilias,
    schoology,
    github,
    nbgrader,
    bare,
)
