"""What a check's cell gives to the checks while it runs."""

from typing import Any


class Given(dict[str, Any]):
    """Name of a check -> what it was given last. What has the exercise's `name` in the notebook's `space` when it is
    given comes before all else: a wrong variant, which a student checks to show that it fails, costs nothing."""

    def __init__(self, name: str, space: dict):
        super().__init__()
        self.name, self.space = name, space
        self.own: set[str] = set()  # the checks that were given what has the name

    def __setitem__(self, check: str, value: Any) -> None:
        is_own = self.name in self.space and value is self.space[self.name]
        if is_own or check not in self.own:
            super().__setitem__(check, value)
        if is_own:
            self.own.add(check)
