"""`python -m reference_client`: one login, as environment variables say."""

import sys

from .commanding import main

if __name__ == "__main__":
    sys.exit(main())
