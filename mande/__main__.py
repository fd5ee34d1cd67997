"""`python -m mande` is `mande`."""

import sys

from mande.cli import main

if __name__ == "__main__":
    sys.exit(main())
