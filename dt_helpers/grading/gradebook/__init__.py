"""nbgrader's gradebook: what the grader writes into it, and what it says in the end."""
