"""What a maintainer runs: the notebooks' release (`build`) and the whole course in one go (`course`).

Needs the extra ``grade``. A checkout of the course is expected, not only the installed package.
"""


class CourseError(RuntimeError):
    """Something in the course's files that whoever runs this can put right. The message says what."""
