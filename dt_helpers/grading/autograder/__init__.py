"""Grading where a platform runs it: Gradescope's autograder, GitHub Classroom's workflow. One submission at a time."""
