"""How a login ends without tokens."""


class Refused(Exception):
    """The login ends here, and why. `error` is the code that a server gave, if one did."""

    def __init__(self, message: str, error: str = "") -> None:
        super().__init__(message)
        self.error = error


class StartOver(Refused):
    """What the client holds is worth nothing any more: the resource owner is asked again."""
