import numpy as np

from dt_helpers.machine.picture import Picture, course, listed
from tests.shown import assert_shown


def test_words_are_escaped():
    picture = Picture()
    picture.words = 'Values "below" 3 < 4, & so on, as in no other picture.'
    assert_shown(picture)


def test_a_line_in_words():
    assert course("loss", [1, 2, 500], np.array([0.4, 0.021, 0.0213]), "at step") == (
        "loss: 0.4 at step 1, 0.0213 at step 500, lowest 0.021 at step 2."
    )
    assert course("loss", [7], np.array([np.nan]), "at step") == "loss: nan at step 7."
    assert course("loss", [], np.array([]), "at step") == "loss: nothing."


def test_a_list_in_words():
    assert listed([1, "b"]) == "1, b"
