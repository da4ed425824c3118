"""Verdicts on submissions, many in parallel, by workers that know the right answers."""
