"""`python -m reference_server`: serves until it is told to end."""

import sys

from .serving import main

if __name__ == "__main__":
    sys.exit(main())
