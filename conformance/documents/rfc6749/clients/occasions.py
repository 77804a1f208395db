"""What may be asked of a client beside a login, each an occasion of requests that its first login doesn't make."""

import pytest

needs = pytest.mark.needs
OTHER_GRANTS = (
    pytest.param("client_credentials", marks=needs("client_credentials")),
    pytest.param("password", marks=needs("password")),
)
REFRESH, REVOCATION = (
    pytest.param("refresh", marks=needs("refresh_token")),
    pytest.param("revocation", marks=needs("revocation")),
)
EVERY_OTHER = (REFRESH, REVOCATION, *OTHER_GRANTS, "second_login")
