"""Verdicts: one submission after the other, many at once, on workers that know the right answers."""
