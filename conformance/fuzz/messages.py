"""A request as a fuzz test draws it: raw to the last octet, but without secrets and hosts, so that it can be kept."""

from __future__ import annotations

from dataclasses import dataclass

# What stands in for names, credentials and tokens: nobody of the target's is called so.
NAME = "invented-by-fuzzing"
# Larger bodies may be refused before they are read: whether an answer arrives then is up to the network.
LARGE = 32 * 1024
# Endpoints that a bearer token opens.
OPENED = ("protected_resource", "token_info")


@dataclass(frozen=True, slots=True)
class Message:
    """A request to one endpoint of the profile.

    `query` and `body` go out as they stand. `client` says how the ordinary client authenticates beside it:
    `header` (HTTP Basic), `bearer` (a good token in place of its own credentials) or `absent`. Credentials are put in
    when the message is sent.
    """

    endpoint: str
    method: str = "POST"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    client: str = "absent"

    def __str__(self) -> str:
        headers = "".join(f", {name}: {ascii(value)[1:-1]}" for name, value in self.headers)
        query = f"?{ascii(self.query)[1:-1]}" if self.query else ""
        body = f" with body {self.body.decode('latin-1')!a}" if self.body else ""
        by = {"header": " by the client", "bearer": " with a good token"}.get(self.client, "")
        return f"{self.method} {self.endpoint}{query}{body}{headers}{by}"
