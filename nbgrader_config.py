"""The course for nbgrader. Run its commands from this folder: ``nbgrader validate``, ``nbgrader zip_collect`` …"""

c = get_config()  # noqa: F821 (nbgrader's loader defines it)

c.CourseDirectory.course_id = "decision_transformer_course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

# nbgrader hands the students whatever lies beside the source notebooks, the solutions' percent scripts first.
# fmt: off
c.CourseDirectory.ignore = [
    ".*", "__pycache__", "feedback", "output",
    "*.py", "*.pyc", "*.md", "*.txt", "*.TXT", "*.toml", "*.yml", "*.yaml", "*.json", "*.csv", "*.log", "*.html",
    "*.db", "*.npy", "*.npz", "*.pt", "*.pkl", "*.safetensors", "*.parquet", "*.arrow",
    "*.png", "*.jpg", "*.jpeg", "*.gif", "*.svg", "*.pdf", "*.mp4", "*.zip", "*.gz", "*.tar",
]
# fmt: on

# Submissions as learning platforms name them: ada_02_dataset.ipynb, ada_123_assignsubmission_file_02_dataset.ipynb,
# ada_attempt_2026-11-23-10-00-00_02_dataset.ipynb; a browser's "(1)" or "-1" at the end is dropped.
c.FileNameCollectorPlugin.named_regexp = (
    r"(?:.*/)?(?P<student_id>[^/_]+)_(?:[^/]*_)?(?P<file_id>\d\d_[a-z]+)(?:[ -]?\(?\d+\)?)?\.ipynb$"
)

c.Execute.startup_timeout = 300  # seconds until a kernel answers; on a busy machine the usual 60 are not enough
c.Execute.timeout = 600  # seconds a cell; a training in the ci preset is far below

# The exercises say in their own words what is missing.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
