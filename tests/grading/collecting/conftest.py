"""What the students of a download handed in."""

import pytest

from tests.grading.collecting import downloads
from tests.grading.submissions import solved


@pytest.fixture
def work(places):
    return downloads.Work(lambda stem: solved(places.tree, stem))
