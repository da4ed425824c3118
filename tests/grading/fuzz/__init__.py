"""Notebooks with the habits of students, composed at random; a kernel says what each of their checks is worth."""
