"""``python -m dt_helpers`` is the command line, where ``dt-course`` is not on the PATH."""

import sys

from dt_helpers.cli import main

if __name__ == "__main__":
    sys.exit(main())
