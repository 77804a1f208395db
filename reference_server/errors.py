"""The one exception that steps raise to refuse a request."""

from collections.abc import Sequence


class OAuthError(Exception):
    """An error code of RFC 6749 (or 6750, 7009), to be rendered by the endpoint's own error list.

    Descriptions are fixed texts and never echo input: sections 4.1.2.1 and 5.2 limit their character set.
    """

    def __init__(
        self, error: str, description: str = "", status: int = 400, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description
        self.status = status
        self.headers = tuple(headers)
