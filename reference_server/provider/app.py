"""The provider's endpoints (OpenID Connect Core section 3.1): sign-in page, codes, tokens, keys and discovery."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from .. import secrets
from ..accounts import Accounts, User, register
from ..rendering import content_security_policy, message, page
from .registry import Account, RelyingParty
from .signing import ALGORITHM, Signer

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from .. import pipeline

# Cookies of one host are shared by all its ports, so the name differs from the server's own.
COOKIE = "provider_session"
CODE_LIFETIME = 60
LONGEST_FORM = 16 * 1024
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Code:
    """A code, and what its redemption is checked against."""

    subject: str
    redirect_uri: str
    nonce: str | None
    challenge: str | None
    expires_at: float


@dataclass
class Provider:
    """One provider. `names_itself`: its answers carry `iss` (RFC 9207)."""

    issuer: str
    party: RelyingParty
    accounts: Sequence[Account]
    password_cost: int
    signer: Signer = field(default_factory=Signer)
    names_itself: bool = True
    key: bytes = field(default_factory=secrets.new_salt)
    codes: dict[str, Code] = field(default_factory=dict)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI application."""
        await self._application(scope, receive, send)

    @cached_property
    def _application(self) -> Starlette:
        # Imported with the first request: the server's start is watched, and most runs of it never come here.
        from starlette.applications import Starlette
        from starlette.routing import Route

        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/sign_in", self._sign_in, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _discovery(self, request: Request) -> Response:
        """OpenID Connect Discovery section 4."""
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "scopes_supported": ["openid"],
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": self.names_itself,
            }
        )

    async def _keys(self, request: Request) -> Response:
        return _json(self.signer.key_set())

    # The authorization endpoint

    async def _authorize(self, request: Request) -> Response:
        """Core section 3.1.2: a good request is shown the sign-in page."""
        asked = dict(request.query_params)
        refusal = self._refusal(asked)
        return refusal or self._sign_in_page(request, asked)

    def _refusal(self, asked: dict[str, str]) -> Response | None:
        """Core section 3.1.2.6: nobody is sent to an address that isn't the relying party's."""
        if (asked.get("client_id"), asked.get("redirect_uri")) != (self.party.client_id, self.party.redirect_uri):
            return _as_response(message(400, "This request is not valid", "The application is unknown."))
        if asked.get("response_type") != "code":
            return self._back(asked, error="unsupported_response_type")
        if "openid" not in asked.get("scope", "").split():
            return self._back(asked, error="invalid_scope")
        if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
            return self._back(asked, error="invalid_request")
        return None

    def _sign_in_page(self, request: Request, asked: dict[str, str], status: int = 200, problem: str = "") -> Response:
        """The form is bound to the browser by a cookie of the provider's own origin."""
        browser = request.cookies.get(COOKIE) or secrets.random_value()
        response = _as_response(
            page(
                "provider_sign_in.html",
                status,
                csrf_token=self._csrf_token(browser),
                request=urlencode(asked),
                problem=problem,
            )
        )
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, browser, path="/", httponly=True, samesite="lax", secure=secure)
        return response

    def _csrf_token(self, browser: str) -> str:
        return secrets.keyed_hash(self.key, browser).hex()

    async def _sign_in(self, request: Request) -> Response:
        """Core section 3.1.2.3: who is it? An account that is refused, and a person who cancels, go back without."""
        form = await _form(request)
        given = form.get("csrf_token", "")
        browser = request.cookies.get(COOKIE, "")
        if not secrets.same(given.encode(), self._csrf_token(browser).encode()):
            return _as_response(message(403, "This form has expired", "Please start again."))
        asked = dict(parse_qsl(form.get("request", "")))
        refusal = self._refusal(asked)
        if refusal is not None:
            return refusal
        if "cancel" in form:
            return self._back(asked, error="access_denied")
        account = await self._account(form.get("username", ""), form.get("password", ""))
        if account is None:
            return self._sign_in_page(request, asked, 403, "The user name or password is wrong.")
        if account.refused:
            return self._back(asked, error="access_denied")
        return self._back(asked, code=self._new_code(account, asked))

    @cached_property
    def _people(self) -> Accounts:
        users = [User(each.subject, each.username, each.password) for each in self.accounts]
        return register(self.key, self.password_cost, (), users)

    async def _account(self, username: str, password: str) -> Account | None:
        user = await self._people.user_signing_in(username, password)
        return next((each for each in self.accounts if user is not None and each.subject == user.name), None)

    def _new_code(self, account: Account, asked: dict[str, str]) -> str:
        code = secrets.random_value()
        self.codes[code] = Code(
            account.subject,
            asked["redirect_uri"],
            asked.get("nonce"),
            asked.get("code_challenge"),
            time.time() + CODE_LIFETIME,
        )
        return code

    def _back(self, asked: dict[str, str], **answer: str) -> Response:
        """Core section 3.1.2.5: to the relying party, with its `state`."""
        from starlette.responses import RedirectResponse

        if "state" in asked:
            answer["state"] = asked["state"]
        if self.names_itself:
            answer["iss"] = self.issuer
        location = f"{self.party.redirect_uri}?{urlencode(answer)}"
        return RedirectResponse(location, 303, headers=PAGE_HEADERS)

    # The token endpoint

    async def _token(self, request: Request) -> Response:
        """Core section 3.1.3: an ID token for a code."""
        form = await _form(request)
        if not self._is_relying_party(request.headers.get("Authorization", "")):
            return _json({"error": "invalid_client"}, 401, {"WWW-Authenticate": 'Basic realm="provider"'})
        if form.get("grant_type") != "authorization_code":
            return _json({"error": "unsupported_grant_type"}, 400)
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or time.time() >= code.expires_at or not _fits(code, form):
            return _json({"error": "invalid_grant"}, 400)
        return _json(
            {
                "access_token": secrets.random_value(),
                "token_type": "Bearer",
                "expires_in": 60,
                "scope": "openid",
                "id_token": self.signer.id_token(self.issuer, code.subject, self.party.client_id, code.nonce),
            }
        )

    def _is_relying_party(self, header: str) -> bool:
        """RFC 6749 section 2.3.1."""
        scheme, _, encoded = header.partition(" ")
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return False
        known = f"{self.party.client_id}\0{self.party.client_secret}"
        given = f"{unquote_plus(name)}\0{unquote_plus(secret)}"
        return scheme.lower() == "basic" and secrets.same(given.encode(), known.encode())


def _fits(code: Code, form: dict[str, str]) -> bool:
    """RFC 6749 section 4.1.3 and RFC 7636 section 4.6."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return form.get("redirect_uri") == code.redirect_uri and code.challenge in (None, challenge)


async def _form(request: Request) -> dict[str, str]:
    """A form, bounded; of a repeated field the last."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _json(content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(content, status, {"Cache-Control": "no-store", "Pragma": "no-cache", **(headers or {})})


def _as_response(answer: pipeline.Response) -> Response:
    from starlette.responses import Response

    policy = {"Content-Security-Policy": content_security_policy()}
    return Response(answer.body, answer.status, {**dict(answer.headers), **PAGE_HEADERS, **policy})
