"""Lines that are printed whatever the terminal's encoding."""

import sys


def tell(*lines: object) -> None:
    """Print each on a line of its own; what the terminal's code page doesn't have becomes a question mark."""
    for line in map(str, lines):
        try:
            print(line)
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding or "ascii"
            print(line.encode(encoding, "replace").decode(encoding))
