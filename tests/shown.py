"""What a notebook shows of a picture: an image, and words for those who can't see it."""

import base64

from bs4 import BeautifulSoup

from dt_helpers.machine.picture import Picture


def assert_shown(picture: Picture) -> str:
    """The words, which are told with the image."""
    image = BeautifulSoup(picture._repr_html_(), "html.parser").img
    assert image["alt"] == picture.words and len(picture.words) > 30
    begin, _, data = image["src"].partition(",")
    assert begin == "data:image/png;base64" and base64.b64decode(data).startswith(b"\x89PNG")
    return picture.words
