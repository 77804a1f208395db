"""The server as a client of the external OpenID provider: OpenID Connect Core section 3.1, Discovery section 4.

oauthlib builds and reads the messages, joserfc checks the ID tokens, httpx carries them. All of them are imported with
the first sign-in at the provider: the server's start is watched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote_plus

from .accounts import ExternalProvider
from .errors import OAuthError

if TYPE_CHECKING:
    import httpx
    from joserfc.jwk import KeySet

# How the provider is reached: over sockets, or in this process.
Reach: TypeAlias = "Callable[[], httpx.AsyncBaseTransport]"

# Where the provider sends the user agent back to.
CALLBACK_PATH = "/sign_in/external/callback"
SCOPE = ("openid",)
# Discovery section 3: what of the metadata is used here.
METADATA = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
ALGORITHMS = ["RS256"]
TIMEOUT_SECONDS = 5
LEEWAY_SECONDS = 10


def over_sockets(ca_file: str | None = None) -> httpx.AsyncBaseTransport:
    """Connections to a provider whose certificate one of the usual authorities, or that of a file, vouches for."""
    import ssl

    import httpx

    return httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=ca_file), trust_env=False)


def in_process(app: Callable[..., Any]) -> Reach:
    """A provider that lives in this process: its ASGI application."""

    def reach() -> httpx.AsyncBaseTransport:
        import httpx

        return httpx.ASGITransport(app)

    return reach


class ProviderUnavailable(OAuthError):
    """The provider didn't answer, or not as a provider does: RFC 6749 section 4.1.2.1 has a code for it."""

    def __init__(self) -> None:
        super().__init__("temporarily_unavailable", "The external provider can not be reached.", 503)


class SignInNotProven(OAuthError):
    """The provider refused the code, or its ID token doesn't prove who signed in: nobody did."""

    def __init__(self) -> None:
        super().__init__("access_denied", "The external provider has not confirmed the sign-in.", 403)


@dataclass(slots=True)
class Federation:
    """One provider, and what the server has learned of it: read once, the keys again when an unknown one is used."""

    provider: ExternalProvider
    reach: Reach
    metadata: dict[str, Any] | None = None
    keys: KeySet | None = None
    transport: httpx.AsyncBaseTransport | None = None

    async def request_uri(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Core section 3.1.2.1: where the user agent is sent to sign in. Raises ProviderUnavailable."""
        from oauthlib.oauth2 import WebApplicationClient

        client = WebApplicationClient(self.provider.client_id)
        endpoint = (await self._discovered())["authorization_endpoint"]
        challenge = client.create_code_challenge(verifier, "S256")
        uri: str = client.prepare_request_uri(
            endpoint, redirect_uri, SCOPE, state, challenge, code_challenge_method="S256", nonce=nonce
        )
        return uri

    async def id_token(self, redirect_uri: str, code: str, verifier: str) -> str:
        """Core section 3.1.3: the ID token that a code is worth. Raises SignInNotProven, ProviderUnavailable."""
        from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

        client = WebApplicationClient(self.provider.client_id)
        body = client.prepare_request_body(code, redirect_uri, include_client_id=False, code_verifier=verifier)
        answer = await self._exchanged("POST", (await self._discovered())["token_endpoint"], body)
        try:
            tokens = client.parse_request_body_response(answer.text)
        except (OAuth2Error, ValueError) as error:
            raise SignInNotProven from error
        return str(tokens.get("id_token", ""))

    async def claims(self, id_token: str) -> dict[str, Any]:
        """Core section 3.1.3.7: the claims of an ID token that this provider signed, for this client, and that is still
        good. Raises SignInNotProven, ProviderUnavailable."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        try:
            try:
                token = jwt.decode(id_token, await self._key_set(), ALGORITHMS)
            except InvalidKeyIdError:
                self.keys = None
                token = jwt.decode(id_token, await self._key_set(), ALGORITHMS)
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.provider.issuer},
                aud={"essential": True, "value": self.provider.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise SignInNotProven from error
        return token.claims

    async def close(self) -> None:
        """Lets go of connections to the provider."""
        if self.transport is not None:
            await self.transport.aclose()

    async def _key_set(self) -> KeySet:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        if self.keys is None:
            content = await self._read((await self._discovered())["jwks_uri"], ("keys",))
            try:
                self.keys = KeySet.import_key_set({"keys": content["keys"]})
            except (JoseError, ValueError, TypeError) as error:
                raise ProviderUnavailable from error
        return self.keys

    async def _discovered(self) -> dict[str, Any]:
        """Discovery section 4.3: the metadata, which has to be that of this issuer."""
        if self.metadata is None:
            metadata = await self._read(f"{self.provider.issuer}/.well-known/openid-configuration", METADATA)
            if metadata["issuer"] != self.provider.issuer:
                raise ProviderUnavailable
            self.metadata = metadata
        return self.metadata

    async def _read(self, url: str, needed: tuple[str, ...]) -> dict[str, Any]:
        """A JSON object of the provider with the members that it needs. Raises ProviderUnavailable."""
        try:
            content = (await self._exchanged("GET", url)).json()
        except ValueError as error:
            raise ProviderUnavailable from error
        if not isinstance(content, dict) or not set(needed) <= set(content):
            raise ProviderUnavailable
        return content

    async def _exchanged(self, method: str, url: str, form: str = "") -> httpx.Response:
        """One exchange with the provider; a form goes with the server's credentials (RFC 6749 section 2.3.1)."""
        import httpx

        self.transport = self.transport or self.reach()
        client = httpx.AsyncClient(transport=self.transport, timeout=TIMEOUT_SECONDS, trust_env=False)
        credentials = (quote_plus(self.provider.client_id), quote_plus(self.provider.client_secret))
        try:
            if method == "GET":
                answer = await client.get(url)
            else:
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                answer = await client.post(url, content=form, headers=headers, auth=credentials)
        except httpx.HTTPError as error:
            raise ProviderUnavailable from error
        if answer.status_code >= 500:
            raise ProviderUnavailable
        return answer
