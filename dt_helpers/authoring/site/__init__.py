"""The course's site: what its pages are made of. MkDocs makes the pages, and calls this by web/site/hooks.py.

README.md, docs/…        ─▶ pages      (links, pictures)                    ─┐
notebooks/…, solutions/… ─▶ notebooks  (the students', outputs below cells) ─┼─▶ output/site
dt_helpers/…             ─▶ reference  (docstrings, read and not imported)  ─┘
"""
