"""No secret of a run reaches a file or the terminal."""
