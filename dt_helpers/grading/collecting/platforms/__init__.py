"""The platforms that `collect` can read, and recognising which one a download comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from dt_helpers.grading.collecting.platforms import flat, folders, loose, repositories
from dt_helpers.grading.collecting.platforms.reader import Claim, Download, Reader

# Shapes that nothing else has come first; the one that fits anything comes last.
PLATFORMS: tuple[type[Reader], ...] = (
    repositories.NbgraderInbound,
    folders.Gradescope,
    folders.Sakai,
    folders.Schoology,
    flat.D2L,
    flat.Moodle,
    flat.Blackboard,
    repositories.GitHubClassroom,
    repositories.NbgraderSubmitted,
    folders.Ilias,
    flat.Canvas,
    loose.GoogleClassroom,
)

__all__ = ["PLATFORMS", "Claim", "Download", "Reader", "recognise"]


def recognise(download: Download) -> Reader:
    """The reader of the platform that the shape of the whole download fits.

    The shape may begin in a subfolder, if all notebooks are in it: people unpack archives and pack them again.
    """
    roots = _roots(download)
    for platform in PLATFORMS:
        for root in roots:
            below = {one.relative_to(root) for one in download.repositories if one.is_relative_to(root)}
            candidate = replace(download, root=root, repositories=below)
            if platform.recognises(candidate):
                return platform(candidate)
    return loose.Bare(download)


def _roots(download: Download) -> list[PurePosixPath]:
    """The folders that hold all notebooks and archives, from the top."""
    parents = [path.parent.parts for path in download.work()]
    common: list[str] = []
    for parts in zip(*parents, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return [PurePosixPath(*common[:depth]) for depth in range(len(common) + 1)]
