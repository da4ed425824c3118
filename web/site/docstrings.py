"""mkdocstrings calls this: docstrings as the pages of the reference show them."""

import griffe

from dt_helpers.authoring.site import reference


class Shown(griffe.Extension):
    def on_object(self, *, obj, **_):
        if obj.docstring:
            obj.docstring.value = reference.shown(obj.docstring.value)
