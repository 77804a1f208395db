"""What can be set about one client. Everything here is read-only once a client is built."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """One client's configuration; the defaults are the strictly conformant reference."""

    # Transport
    verify_tls: bool = True
    verify_host: bool = True
    follow_redirects: bool = False
    connect_seconds: float = 5
    answer_seconds: float = 15  # for a whole answer, however slowly it drips
    answer_limit: int = 1024 * 1024

    # Patience
    browser_seconds: float = 60  # for the resource owner, from the authorization request to the redirect
    page_seconds: float = 1  # for the user agent to fetch the page that it is sent on to
    busy_seconds: float = 5  # the longest wait that a server may ask for by Retry-After
    busy_tries: int = 3
    refreshes: int = 3  # of one login
    logins: int = 2  # the first, and one more where what it brought is worth nothing any more

    # Policy
    uses_resource: bool = True
    refreshes_tokens: bool = True
    several_servers: bool = True
    redirect_uri: str | None = None  # None: the one that it is told
    scope: str | None = None  # None: the one that it is told

    # The redirection endpoint
    page_at_once: bool = False  # instead of a redirect to a page whose URI holds no credentials
    forwards_by: str = ""  # the parameter that says where the user agent is sent on to; empty: none does
