"""`python -m reference_server`: serves until it is told to end."""

import gc
import sys

from .serving import main

if __name__ == "__main__":
    code = main()
    # The process ends with it: Python would look for garbage once more before it lets go of all.
    gc.freeze()
    sys.exit(code)
