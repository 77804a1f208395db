"""The resource owner's decision (RFC 6749 sections 4.1 and 4.2 step B, 10.2)."""

from urllib.parse import urlencode, urlsplit

from ..errors import OAuthError
from ..pipeline import Call, Response
from ..rendering import page
from .authorization_request import without_form_fields
from .native_apps import LOOPBACK
from .sign_in import csrf_token

SCOPE_TEXTS = {
    "me": "Act as you",
    "profile": "See your name and picture",
    "email": "See your email address",
}


async def take_decision(call: Call) -> Response | None:
    """The documented API: POST with a decision grants, DELETE (or a form that stands for it) declines."""
    if call.method == "DELETE" or call.decision.get("_method") == "delete":
        return await call.run("decline")
    if call.decision.get("decision") == "approve":
        return await call.run("approve")
    return None


async def sign_owner_in(call: Call) -> Response | None:
    """RFC 6749 section 3.1: first of all, who is the resource owner?"""
    return await call.run("authorization.sign_in")


async def ask_owner(call: Call) -> Response | None:
    """RFC 6749 section 4.1: then, does it agree?"""
    return await call.run("consent")


def reuse_consent(call: Call) -> None:
    """RFC 6749 section 10.2: only a client that can be authenticated may profit from an earlier consent."""
    call.consented = (
        call.server.settings.remember_consent
        and call.client.confidential
        and call.server.store.has_consented(call.owner.username, call.client.client_id, call.scope)
    )


def keep_consent(call: Call) -> None:
    """RFC 6749 section 10.2: what the owner has approved, for whom."""
    call.server.store.keep_consent(call.owner.username, call.client.client_id, call.scope)


def warn_of_insecure_endpoint(call: Call) -> None:
    """RFC 6749 section 3.1.2.1: the owner is warned of a redirection endpoint without TLS."""
    uri = call.redirect_uri or ""
    if urlsplit(uri).scheme == "http" and not LOOPBACK.fullmatch(uri):
        call.warning = "What you allow is sent to this application without encryption: others may read it on the way."


def show_consent(call: Call) -> Response | None:
    """RFC 6749 section 10.2: the owner is told which client asks for which scopes, and asked."""
    if call.consented:
        return None
    return page(
        "consent.html",
        client=call.client.shown_name,
        username=call.owner.username,
        warning=call.warning,
        scopes=[(name, SCOPE_TEXTS.get(name, name)) for name in call.scope],
        csrf_token=csrf_token(call),
        authorization_request=urlencode(without_form_fields(call).pairs),
    )


async def answer_request(call: Call) -> Response | None:
    """RFC 6749 sections 4.1.2 and 4.2.2: each response type has its own answer."""
    name = "implicit_response" if call.response_type == "token" else "code_response"
    return await call.run(f"authorization.{name}")


def deny(call: Call) -> None:
    """RFC 6749 section 4.1.2.1: the owner said no."""
    raise OAuthError("access_denied", "The resource owner denied the request.")
