"""What a maintainer runs: the notebooks' release (`build`) and the whole course in one go (`course`).

Needs the extra ``grade``, and a checkout of the course, not only the installed package.
"""


class CourseError(RuntimeError):
    """Something in the course's files that the person who runs this can fix. The message says what."""
