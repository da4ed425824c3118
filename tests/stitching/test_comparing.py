import numpy as np
import pytest

from dt_helpers import stitching


def test_a_path_is_cut_into_as_few_walks_as_possible(walks):
    assert stitching.segments(walks, [2, 1, 0]) == [(1, 0, 2)]
    assert stitching.segments(walks, [4, 1, 3, 2, 1, 0]) == [(0, 0, 2), (2, 2, 5)]
    with pytest.raises(ValueError, match="from 4 to 0"):
        stitching.segments(walks, [4, 0])


def test_a_part_of_a_walk_is_not_new(walks):
    assert not stitching.is_new(walks, [3, 2, 1, 0])
    assert stitching.is_new(walks, [3, 2, 4, 1, 0])
    assert stitching.is_covered(walks, [4, 1, 3, 2, 1, 0]) and not stitching.is_covered(walks, [2, 1, 4, 0])


def test_comparison(line, walks):
    paths = {1: [1, 0], 2: [2, 1, 0], 3: [3, 2, 4, 1, 0], 4: [4, 1, 3, 2, 1]}
    found = stitching.compare(line, walks, paths)
    assert found.taken.tolist() == [1, 3, 7, np.inf]
    assert found.shortest.tolist() == [1, 3, 4, 4]
    assert found.in_data.tolist() == [5, 3, np.inf, np.inf]
    assert found.new.tolist() == [False, False, True, True]
    assert (found.optimal, found.arrived, found.excess) == (0.5, 0.75, 1.0)
    assert (found.data_optimal, found.better_than_data, found.stitched) == (0.25, 0.5, 0.0)
    assert str(found).startswith("50% of the paths are shortest, 75% arrive")


def test_nothing_that_arrives_has_no_excess(line, walks):
    assert np.isnan(stitching.compare(line, walks, {4: [4, 1]}).excess)
