"""Tables of marks that a platform exports and imports: separator and language are kept."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from dt_helpers.grading.collecting.classlist import COLUMNS
from dt_helpers.workspace import replacing

# The columns of Moodle's grading worksheet in English, German, French, Spanish, Italian, Dutch and Portuguese.
TITLES = COLUMNS | {
    "grade": "grade|bewertung|note|calificación|valutazione|cijfer|nota",
    "maximum": "maximum grade|bestwertung|höchstbewertung|note maximale|calificación máxima|valutazione massima|"
    "maximumcijfer|maximale cijfer|nota máxima",
    "scale": "scale|skala|barème|escala|scala|schaal",
    "open": "grade can be changed|bewertung kann geändert werden|la note peut être modifiée|"
    "nota pode ser alterada|a nota pode ser alterada",
    "comment": "feedback comments|feedback als kommentar|commentaires de feedback|feedback par commentaires|"
    "comentarios de retroalimentación|commenti di feedback|feedback opmerkingen",
}
_MAXIMUM = re.compile(r"(?:Total Pts|MaxPoints)\s*:\s*(?P<most>\d+(?:[.,]\d+)?)", re.I)  # Blackboard, D2L


@dataclass
class Sheet:
    """A table, with the lines above its columns' names unchanged."""

    path: Path
    above: list[list[str]]
    header: list[str]
    rows: list[list[str]]
    delimiter: str
    marked: bool = True  # whether a byte order mark comes first

    @classmethod
    def read(cls, path: Path, **needed: str) -> Sheet:
        """`needed`: kinds of columns (see `TITLES`), and their English names.

        Raises ValueError if it is not a table, or lacks such columns.
        """
        (text, marked), best = _text(path), None
        for delimiter in ",;\t":
            try:
                rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            except csv.Error as error:
                raise ValueError(f"{path} is not a CSV table: {error}") from None
            for i, header in enumerate(rows[:10]):
                sheet = cls(path, rows[:i], header, [row for row in rows[i + 1 :] if row], delimiter, marked)
                if all(sheet.column(kind) is not None for kind in needed):
                    return sheet
            best = rows[0] if rows and (best is None or len(rows[0]) > len(best)) else best
        names = " and no column ".join(needed.values())
        raise ValueError(f"{path} has no column {names}; it has {', '.join(best or [])}.")

    def column(self, kind: str) -> int | None:
        """The position of the column of a kind."""
        titles = TITLES[kind].split("|")
        return next((i for i, title in enumerate(self.header) if " ".join(title.split()).casefold() in titles), None)

    def with_in_name(self, part: str) -> int:
        """The only column with a text in its name. Raises ValueError if there is none, or several."""
        found = [i for i, name in enumerate(self.header) if part in name]
        if len(found) != 1:
            names = ", ".join(self.header)
            raise ValueError(f"{self.path} has {len(found)} columns with {part!r} in their names: {names}.")
        return found[0]

    def cell(self, row: list[str], column: int | None) -> str:
        return row[column].strip() if column is not None and column < len(row) else ""

    def put(self, row: list[str], column: int, value: str) -> None:
        row += [""] * (len(self.header) - len(row))
        row[column] = value

    def maximum(self, row: list[str], column: int) -> float | None:
        """The maximum for a row's grade, if the sheet says it."""
        named = _MAXIMUM.search(self.header[column])
        possible = [one for one in self.rows if self.cell(one, 0).lower() == "points possible"]  # Canvas
        texts = [self.cell(row, self.column("maximum")), named["most"] if named else ""]
        texts += [self.cell(one, column) for one in possible]
        return next((number for text in texts if (number := as_number(text)) is not None), None)

    def number(self, value: float, column: int) -> str:
        """The number as text, with a decimal comma if that column or the maxima have one.

        Not if other cells have one: Moodle in English reads "2,5" as 2 (moodle/moodle lib/moodlelib.php,
        unformat_float).
        """
        places = (column, self.column("maximum"))
        comma = any(re.fullmatch(r"\d+,\d+", self.cell(row, place)) for row in self.rows for place in places)
        text = f"{round(value, 4):g}"
        return text.replace(".", ",") if comma else text

    def write(self, path: Path) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n").writerows(
            [*self.above, self.header, *self.rows]
        )
        with replacing(path) as staged:
            staged.write_text("\ufeff" * self.marked + text.getvalue(), encoding="utf-8", newline="")


def as_number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _text(path: Path) -> tuple[str, bool]:
    """A file's text, and whether to write it with a byte order mark: it had one, or was no UTF-8.

    A mark where there was none makes Canvas refuse its own table with the columns LastName and FirstName
    (instructure/canvas-lms lib/gradebook_importer.rb, update_column_count).
    """
    content = path.read_bytes()
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding), encoding != "utf-8-sig" or content.startswith(b"\xef\xbb\xbf")
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{path} is not a CSV table: its text encoding is unknown.")
