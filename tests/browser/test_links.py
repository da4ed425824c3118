"""The search for links that lead nowhere."""

from tests.browser import links

ADDRESS = "https://ada.github.io/course/"
PAGE = """<html><link rel="stylesheet" href="site.css"><link rel="canonical" href="https://b.org/"><h1 id="top">A</h1>
<a href="b/">b</a> <a href="b/#there">there</a> <a href="/course/b/">b</a> <a href="https://b.org/x">elsewhere</a>
<a href="#top">top</a> <a href="b/#gone">!</a> <a href="c/">!</a> <img src="https://b.org/x.png"></html>"""


def test_what_leads_nowhere_or_is_loaded_from_elsewhere_is_found(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "site.css").touch()
    (tmp_path / "b/index.html").write_text('<p id="there"></p>')
    assert sorted(links.broken(tmp_path, ADDRESS)) == [
        "index.html loads https://b.org/x.png",
        "index.html: b/#gone has no such anchor",
        "index.html: c/ is not there",
    ]
