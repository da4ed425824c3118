"""Grading for instructors: many submissions, unattended, in nbgrader's formats. Needs the extra ``grade``.

    submissions ─▶ collect ─▶ matching ─▶ grade ─▶ gradebook ─▶ feedback · report · export
    (zips, folders,            (the text    (run in a   (nbgrader's, and
     loose notebooks)           that counts) sandbox)    what formgrader shows)

Only the student's text is taken from a submission; everything else comes from the release. Students need none of this.
"""
