"""Which release of the course this is. `dt-course release` writes it, from pyproject.toml."""

REPOSITORY = "dt-course/decision-transformer-course"
VERSION = "0.1.0"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
