"""nbgrader's gradebook: writing the grader's results into it, and reading the final marks."""
