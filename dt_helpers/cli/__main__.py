"""``python -m dt_helpers.cli``."""

import sys

from dt_helpers.cli import main

if __name__ == "__main__":
    sys.exit(main())
