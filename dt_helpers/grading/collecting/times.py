"""Read times as platforms write them, in the languages whose months are known."""

from __future__ import annotations

import re
from datetime import datetime

import dateutil.parser

from dt_helpers.grading.collecting.naming import words

# Months in English, German, French, Spanish, Italian, Dutch and Portuguese, without accents: whole and cut short.
_MONTHS = (
    "january januar janner janvier enero gennaio januari janeiro jan janv ene gen",
    "february februar feber fevrier febrero febbraio februari fevereiro feb fevr fev",
    "march marz mars marzo maart marco mar mrz maa mrt",
    "april avril abril aprile apr avr abr",
    "may mai mayo maggio mei maio mag",
    "june juni juin junio giugno junho jun giu",
    "july juli juillet julio luglio julho jul juil lug",
    "august aout agosto augustus aug ago",
    "september septembre septiembre setiembre settembre setembro sep sept set",
    "october oktober octobre octubre ottobre outubro oct okt ott out",
    "november novembre noviembre novembro nov",
    "december dezember decembre diciembre dicembre dezembro dec dez dic",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
# Days of the week and small words, which say nothing that the numbers don't.
_IDLE = re.compile(
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    "dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|"
    "domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|segunda|terca|quarta|quinta|sexta|feira|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|de|del|le|um|uhr|at|om|alle|as|las|a"
)
_HOURS = (
    {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8}
    | {"HST": -10, "GMT": 0, "UTC": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2}
    | {"EET": 2, "EEST": 3, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "JST": 9}
)
_SIGN = re.compile(r"(?<![^\W\d_])[^\W\d_]+\.?")


def moment(text: str) -> datetime | None:
    """A time as platforms write it, without a zone if none is named; None if it isn't understood."""
    if not re.search(r"\d", text):
        return None
    if re.fullmatch(r"20\d{15}", text.strip()):  # Sakai's older timestamp.txt: 20261119220000000, in UTC
        text = f"{text.strip()[:8]}T{text.strip()[8:14]}Z"
    plain = re.sub(r"\b([ap])\. ?m\.?", r"\1m", " ".join(text.split()), flags=re.I)
    plain = _SIGN.sub(_in_english, plain)
    if found := re.search(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})", plain):  # the day comes first
        plain = plain.replace(found[0], f"{found[3]}-{found[2]}-{found[1]}")
    plain = re.sub(r"(?<=\d)\.(?=\s)", "", plain)  # "20. November"
    try:
        return dateutil.parser.parse(re.sub(r"\s*,[\s,]*", ", ", plain).strip(", "), tzinfos=_zone)
    except (ValueError, OverflowError):
        return None


def _in_english(found: re.Match) -> str:
    word = "".join(words(found[0]))
    if _IDLE.fullmatch(word):
        return ""
    return datetime(2000, _MONTH[word], 1).strftime("%B") if word in _MONTH else found[0]


def _zone(name: str | None, offset: int | None) -> int | None:
    """The offset of a zone in seconds. An unknown name is no time that is understood: raises ValueError."""
    if offset is not None or name is None:
        return offset
    if name not in _HOURS:
        raise ValueError(f"the zone {name!r} is not known")
    return _HOURS[name] * 3600
