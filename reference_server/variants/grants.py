"""Conformant servers that offer other grants, or ask the resource owner in another way (RFC 6749 section 4)."""

from dataclasses import replace as changed
from urllib.parse import urlencode

from .. import demo
from ..accounts import ALL_GRANTS
from ..pipeline import Call, Edit, Response, after, replace, setting
from ..rendering import page
from ..steps import consent, grant_password, sign_in
from ..steps.authorization_request import without_form_fields
from ..steps.token_response import put_scope
from ..variant import Variant


def without_grant(name: str) -> Edit:
    """All grants but one."""
    return setting(grants=tuple(grant for grant in ALL_GRANTS if grant != name))


# Sign-in over two pages


def name_page(call: Call, authorization_request: str, status: int = 200, problem: str = "") -> Response:
    """The first page: who are you?"""
    response = sign_in.sign_in_page(call, authorization_request, status, problem)
    token = sign_in.csrf_token(call)
    response.body = page(
        "sign_in_name.html",
        csrf_token=token,
        authorization_request=authorization_request,
        problem=problem,
        provider=sign_in.provider_title(call),
    ).body
    return response


def show_name_page(call: Call) -> Response | None:
    """For an authorization request of nobody in particular."""
    return name_page(call, urlencode(without_form_fields(call).pairs)) if call.user is None else None


def show_own_name_page(call: Call) -> Response | None:
    """For a visit to the sign-in page itself."""
    return name_page(call, "") if call.method == "GET" else None


def show_password_page(call: Call) -> Response | None:
    """The second page, as long as there is a name and no password."""
    username = call.parameters.get("username")
    if username is None or call.parameters.get("password") is not None:
        return None
    return page(
        "sign_in_password.html",
        csrf_token=sign_in.csrf_token(call),
        authorization_request=call.parameters.get("authorization_request") or "",
        username=username,
    )


def show_name_page_again(call: Call) -> Response | None:
    """From the beginning, with one text for all failures."""
    if call.error.error != "invalid_grant":
        return None
    carried = call.parameters.get("authorization_request") or ""
    return name_page(call, carried, 403, "The user name or password is wrong.")


# Consent by a checkbox


def show_checkbox(call: Call) -> Response | None:
    """The same question, to be answered by a tick."""
    if call.consented or call.user is None:
        return None
    return page(
        "consent_checkbox.html",
        client=call.client.shown_name,
        username=call.user.username,
        warning=call.warning,
        scopes=[(name, consent.SCOPE_TEXTS.get(name, name)) for name in call.scope],
        csrf_token=sign_in.csrf_token(call),
        authorization_request=urlencode(without_form_fields(call).pairs),
    )


async def take_decision_by_checkbox(call: Call) -> Response | None:
    """A form without the tick says no."""
    if call.decision.get("csrf_token") is not None and call.decision.get("decision") is None:
        return await call.run("decline")
    return await consent.take_decision(call)


# Implicit answers


def show_way_back(call: Call) -> Response:
    """RFC 6749 section 4.2.2: a page that leads back, for browsers that lose fragments on redirects."""
    return page("continue.html", uri=f"{call.redirect_uri}#{urlencode(call.answer)}")


def put_other_scope(call: Call) -> None:
    """RFC 6749 section 4.2.2: identical to what was requested, it may be left out."""
    if set((call.parameters.get("scope") or "").split()) != set(call.scope):
        put_scope(call)


VARIANTS = (
    Variant(
        name="no-implicit",
        says="The implicit grant is not offered.",
        edits=(without_grant("implicit"),),
    ),
    Variant(
        name="no-password",
        says="The password grant is not offered.",
        edits=(without_grant("password"),),
    ),
    Variant(
        name="no-client-credentials",
        says="The client credentials grant is not offered.",
        edits=(without_grant("client_credentials"),),
        # Only tokens of that grant authorize introspection here.
        profile={"features": {"introspection_bearer": False}},
    ),
    Variant(
        name="no-extension-grant",
        says="There is no extension grant.",
        edits=(setting(extension_grant_type=None),),
    ),
    Variant(
        name="secrets-in-body-or-header",
        says="Clients with a secret are registered for both ways to show it, the body first.",
        edits=(
            setting(
                clients=tuple(
                    changed(client, authentication=("client_secret_post", "client_secret_basic"))
                    if client.confidential
                    else client
                    for client in demo.CLIENTS
                )
            ),
        ),
    ),
    Variant(
        name="body-authentication-only",
        says="Clients with a secret are registered for authentication in the body, and for nothing else.",
        edits=(
            setting(
                clients=tuple(
                    changed(client, authentication=("client_secret_post",)) if client.confidential else client
                    for client in demo.CLIENTS
                )
            ),
        ),
    ),
    Variant(
        name="documented-refresh-token",
        says="Client credentials get a refresh token, as the documented API shows it.",
        edits=(after("grant.client_credentials", "open_grant", grant_password.offer_refresh_token),),
        changes={"rfc6749-4.4.3-no-refresh-token": "warned"},
    ),
    Variant(
        name="sign-in-over-two-pages",
        says="The sign-in page asks for the name first, and for the password on a second page.",
        edits=(
            replace("authorization.sign_in", "show_sign_in", show_name_page),
            replace("approve", "show_sign_in", show_name_page),
            replace("sign_in", "show_sign_in_page", show_own_name_page),
            after("sign_in", "require_csrf_token", show_password_page),
            replace("sign_in.error", "show_sign_in_again", show_name_page_again),
        ),
    ),
    Variant(
        name="consent-by-checkbox",
        says="The consent page has one checkbox and one button: without the tick it declines.",
        edits=(
            replace("consent", "show_consent", show_checkbox),
            replace("authorization", "take_decision", take_decision_by_checkbox),
        ),
    ),
    Variant(
        name="implicit-way-back-by-link",
        says="A granted implicit request ends at a page with a link to the redirection URI, fragment included.",
        edits=(replace("authorization.implicit_response", "redirect_with_fragment", show_way_back),),
    ),
    Variant(
        name="implicit-scope-told-if-different",
        says="The answer to an implicit request holds scope only if it isn't as requested.",
        edits=(replace("authorization.implicit_response", "put_scope", put_other_scope),),
    ),
)
