"""A login by Authlib's session for requests, as its documentation has it."""

import os
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from listening import answered_at

KNOWN = os.environ
ASKED = set(filter(None, KNOWN.get("OAUTH2_ASKED", "").split(",")))


def log_in() -> None:
    """One login, and what is asked besides."""
    metadata = requests.get(f"{KNOWN['OAUTH2_ISSUER']}/.well-known/openid-configuration", timeout=10).json()
    session = OAuth2Session(
        KNOWN["OAUTH2_CLIENT_ID"],
        KNOWN.get("OAUTH2_CLIENT_SECRET"),
        scope=KNOWN["OAUTH2_SCOPE"],
        redirect_uri=KNOWN["OAUTH2_REDIRECT_URI"],
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if KNOWN.get("OAUTH2_CLIENT_SECRET") else "none",
    )
    token_endpoint = metadata["token_endpoint"]
    if "client_credentials" in ASKED:
        session.fetch_token(token_endpoint, grant_type="client_credentials")
    elif "password" in ASKED:
        session.fetch_token(token_endpoint, username=KNOWN["OAUTH2_USERNAME"], password=KNOWN["OAUTH2_PASSWORD"])
    else:
        verifier = generate_token(48)
        url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
        answer = answered_at(KNOWN["OAUTH2_REDIRECT_URI"], url)
        session.fetch_token(token_endpoint, authorization_response=answer, state=state, code_verifier=verifier)
    session.get(KNOWN["OAUTH2_RESOURCE"], timeout=10)
    for _ in range(2 if "refresh" in ASKED else 0):
        session.refresh_token(token_endpoint)
        session.get(KNOWN["OAUTH2_RESOURCE"], timeout=10)
    if "revocation" in ASKED:
        session.revoke_token(metadata["revocation_endpoint"], token=session.token["refresh_token"])


if __name__ == "__main__":
    try:
        for _ in range(2 if "second_login" in ASKED else 1):
            log_in()
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
