import numpy as np

from dt_helpers.pixels import plots as pixel_plots
from tests.shown import assert_shown

ROWS = np.arange(7 * 16, dtype=np.uint8).reshape(7, 16)


def test_frames_stand_in_reading_order():
    figure = pixel_plots.frames(ROWS, columns=3, titles=[f"step {i}" for i in range(7)])
    shown = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in shown] == [f"step {i}" for i in range(7)]
    np.testing.assert_array_equal(shown[5].images[0].get_array(), ROWS[5].reshape(4, 4))
    places = [axes.get_subplotspec() for axes in shown]
    assert [place.rowspan.start for place in places] == [0, 0, 0, 1, 1, 1, 2]
    assert [place.colspan.start for place in places] == [0, 1, 2, 0, 1, 2, 0]
    assert_shown(figure)


def test_enlarged_pixels_are_squares():
    film = pixel_plots.enlarged(ROWS, 2)
    assert film.shape == (7, 8, 8, 3) and film.dtype == np.uint8
    for y, x in ((0, 0), (3, 6), (7, 5)):
        assert (film[2, y, x] == ROWS[2].reshape(4, 4)[y // 2, x // 2]).all()
