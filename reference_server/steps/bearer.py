"""RFC 6750: how a request carries an access token, and how it is refused."""

import re

from ..errors import OAuthError
from ..pipeline import Call, Response
from .forms import is_form, parse

TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


def collect_header_token(call: Call) -> None:
    """Section 2.1: the Authorization header, which every resource server supports."""
    for header in call.header_values(b"authorization"):
        scheme, _, value = header.strip().partition(" ")
        if scheme.lower() == "bearer":
            call.bearer_values.append(value.strip())


def collect_body_token(call: Call) -> None:
    """Section 2.2: a form parameter; never with GET."""
    if call.server.settings.bearer_form_body and is_form(call):
        call.bearer_values.extend(value for name, value in parse(call.body).pairs if name == "access_token")


def collect_query_token(call: Call) -> None:
    """Section 2.3: a query parameter ends up in logs; off unless a setting says otherwise."""
    if call.server.settings.bearer_query:
        pairs = parse(call.query_string).pairs
        call.bearer_values.extend(value for name, value in pairs if name == "access_token")


def require_bearer_token(call: Call) -> None:
    """Section 3.1: a request without any token is told how to authenticate, and no error code."""
    if not call.bearer_values:
        raise OAuthError("", status=401)


def refuse_several_tokens(call: Call) -> None:
    """Sections 2 and 3.1: one token, by one method."""
    if len(call.bearer_values) > 1:
        raise OAuthError("invalid_request", "More than one access token was sent.")


def check_token_syntax(call: Call) -> None:
    """Section 2.1: what isn't even the shape of a token is no valid one."""
    if not TOKEN.fullmatch(call.bearer_values[0]):
        raise invalid_token()


def find_access_token(call: Call) -> None:
    """Section 3.1: unknown tokens are invalid, and a refresh token opens nothing."""
    token = call.server.store.find_token(call.bearer_values[0])
    if token is None or token.kind != "access_token":
        raise invalid_token()
    call.bearer = token


def check_token_active(call: Call) -> None:
    """RFC 6749 section 7: neither expired nor revoked."""
    if not call.bearer.active:
        raise invalid_token()


def invalid_token() -> OAuthError:
    """Section 3.1: expired, revoked, malformed or otherwise invalid; which of them is nobody's business."""
    return OAuthError("invalid_token", "The access token is not valid.", 401)


# bearer.error


def challenge_bearer(call: Call) -> None:
    """Section 3: the challenge says which realm, and what is wrong if anything was sent at all."""
    if call.error.status not in (400, 401, 403):
        return
    details = [("realm", call.server.settings.realm)]
    if call.error.error:
        details += [("error", call.error.error), ("error_description", call.error.description)]
    details += call.error.headers
    text = ", ".join(f'{name}="{value}"' for name, value in details)
    call.error.headers = (("WWW-Authenticate", f"Bearer {text}"),)


def render_empty_error(call: Call) -> Response:
    """Section 3: the challenge is the whole answer."""
    return Response(call.error.status, headers=list(call.error.headers))


async def answer_as_bearer_error(call: Call) -> Response | None:
    """Section 3: all resources refuse in the same way."""
    return await call.run("bearer.error")
