"""A login by requests-oauthlib, as its documentation has it."""

import os
import sys

import requests
from listening import answered_at
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

KNOWN = os.environ
ASKED = set(filter(None, KNOWN.get("OAUTH2_ASKED", "").split(",")))


def log_in() -> None:
    """One login, and what is asked besides."""
    metadata = requests.get(f"{KNOWN['OAUTH2_ISSUER']}/.well-known/openid-configuration", timeout=10).json()
    identifier, secret = KNOWN["OAUTH2_CLIENT_ID"], KNOWN.get("OAUTH2_CLIENT_SECRET")
    token_endpoint = metadata["token_endpoint"]
    if "client_credentials" in ASKED:
        session = OAuth2Session(client=BackendApplicationClient(client_id=identifier, scope=KNOWN["OAUTH2_SCOPE"]))
        session.fetch_token(token_endpoint, client_id=identifier, client_secret=secret)
    else:
        session = OAuth2Session(
            identifier, redirect_uri=KNOWN["OAUTH2_REDIRECT_URI"], scope=KNOWN["OAUTH2_SCOPE"], pkce="S256"
        )
        url, _ = session.authorization_url(metadata["authorization_endpoint"])
        answer = answered_at(KNOWN["OAUTH2_REDIRECT_URI"], url)
        # It takes answers at https alone, and a native application has its own at plain HTTP on loopback.
        named = {} if secret else {"include_client_id": True}
        session.fetch_token(
            token_endpoint,
            authorization_response=answer.replace("http://", "https://", 1),
            client_secret=secret,
            **named,
        )
    session.get(KNOWN["OAUTH2_RESOURCE"], timeout=10)
    for _ in range(2 if "refresh" in ASKED else 0):
        auth = (identifier, secret) if secret else None
        session.refresh_token(token_endpoint, auth=auth, **({} if secret else {"client_id": identifier}))
        session.get(KNOWN["OAUTH2_RESOURCE"], timeout=10)


if __name__ == "__main__":
    try:
        for _ in range(2 if "second_login" in ASKED else 1):
            log_in()
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
