"""Breaches of RFC 8252 sections 8.1, 8.5 and 8.6: apps that go without PKCE, and are trusted for what others have."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Step, after, named, remove, replace
from ..steps.authorization_request import require_code_challenge
from ..steps.client_authentication import (
    failed,
    refuse_unauthenticated,
    refuse_unregistered_method,
    require_for_confidential,
)
from ..steps.consent import reuse_consent
from ..steps.native_apps import distrust_shared_secret
from .conditions import Condition, by_grant, nothing, only, when
from .native_redirects import ON, of_native
from .pkce import unchecked

REQUEST = "authorization.validate_request"
AUTHENTICATION = "client_authentication"


def with_secret(call: Call) -> bool:
    """A native client asks whose copies share a secret."""
    return of_native(call) and call.client.secret is not None


def without_secret(call: Call) -> bool:
    """A native client asks that has none."""
    return of_native(call) and call.client.secret is None


def shows_secret(call: Call) -> bool:
    """A native client came with the secret of all copies."""
    return with_secret(call) and call.attempts[0].secret is not None


def lacks_verifier(call: Call) -> bool:
    """No verifier came, and a secret did."""
    return shows_secret(call) and call.parameters.get("code_verifier") is None


def brings_verifier(call: Call) -> bool:
    """A verifier came, and a secret too."""
    return shows_secret(call) and call.parameters.get("code_verifier") is not None


def redeems(call: Call) -> bool:
    """A code is presented by a client that only names itself."""
    return call.parameters.get("grant_type") == "authorization_code" and call.attempts[0].method == "none"


def unless_redeeming(step: Step) -> Edit:
    """A step of client authentication that is left out where a code is redeemed."""
    return replace(AUTHENTICATION, step.__name__, only(lambda call: not redeems(call), step))


def demand_shared_secret(call: Call) -> None:
    """Who has a secret has to show it."""
    if with_secret(call) and call.attempts[0].secret is None:
        raise failed()


def demand_any_secret(call: Call) -> None:
    """Nobody is believed for a name alone."""
    if of_native(call) and call.attempts[0].secret is None:
        raise failed()


def at_revocation(call: Call) -> bool:
    """A token is to be revoked."""
    return call.endpoint == "revocation"


def unless_at(endpoint: str, step: Step) -> Step:
    """The step at all endpoints but one."""
    return only(lambda call: call.endpoint != endpoint, step)


def told_otherwise(call: Call) -> None:
    """A client that lacks a challenge may not do what it asks for."""
    try:
        require_code_challenge(call)
    except OAuthError as error:
        raise OAuthError("unauthorized_client", error.description) from error


def without_challenge(condition: Condition) -> Edit:
    """Clients that need no challenge."""
    return replace(REQUEST, "require_code_challenge", when(condition, nothing, require_code_challenge))


def remembering(condition: Condition, *, before: bool = False) -> Edit:
    """Clients whose earlier approvals count; that count as approved from the start."""

    def reuse_any_consent(call: Call) -> None:
        if not condition(call):
            reuse_consent(call)
        elif call.user is not None:
            known = call.server.store.has_consented(call.user.username, call.client.client_id, call.scope)
            call.consented = before or known

    return replace("consent", "reuse_consent", named("reuse_consent", reuse_any_consent))


DEFECTS = (
    Defect(
        name="native-challenge-not-demanded",
        says="An app may do without PKCE.",
        breaks=("rfc8252-8.1-request-without-pkce-rejected",),
        edits=(without_challenge(without_secret),),
        on=ON,
    ),
    Defect(
        name="native-challenge-not-demanded-with-secret",
        says="An app may do without PKCE where its copies share a secret.",
        breaks=("rfc8252-8.1-request-without-pkce-rejected",),
        edits=(without_challenge(with_secret),),
        on=ON,
    ),
    Defect(
        name="native-missing-challenge-error-code",
        says="An app without a challenge is told that it is not authorized.",
        breaks=("rfc8252-8.1-request-without-pkce-rejected",),
        edits=(replace(REQUEST, "require_code_challenge", when(of_native, told_otherwise, require_code_challenge)),),
        on=ON,
    ),
    Defect(
        name="native-verifier-never-checked",
        says="The challenge of an app is stored, and no verifier is looked at.",
        breaks=("rfc8252-8.1-intercepted-code-useless",),
        edits=unchecked(without_secret),
        on=ON,
    ),
    Defect(
        name="native-missing-verifier-served",
        says="The verifier of an app is checked if there is one.",
        breaks=("rfc8252-8.1-intercepted-code-useless",),
        edits=unchecked(lambda call: without_secret(call) and call.parameters.get("code_verifier") is None),
        on=ON,
    ),
    Defect(
        name="native-challenge-passes-as-verifier",
        says="The challenge of an app's code redeems it as well.",
        breaks=("rfc8252-8.1-intercepted-code-useless",),
        edits=unchecked(
            lambda call: without_secret(call) and call.parameters.get("code_verifier") == call.code.challenge
        ),
        on=ON,
    ),
    Defect(
        name="native-secret-in-place-of-verifier",
        says="An app that shows the secret of all its copies needs no verifier.",
        breaks=("rfc8252-8.5-secret-is-no-proof",),
        edits=unchecked(lacks_verifier),
        on=ON,
    ),
    Defect(
        name="native-secret-excuses-wrong-verifier",
        says="The verifier of an app that shows the secret of all its copies isn't checked.",
        breaks=("rfc8252-8.5-secret-is-no-proof",),
        edits=unchecked(brings_verifier),
        on=ON,
    ),
    Defect(
        name="native-shared-secret-demanded",
        says="An app whose copies share a secret has to show it.",
        breaks=("rfc8252-8.5-no-shared-secret-demanded",),
        edits=(after(AUTHENTICATION, "find_client", demand_shared_secret),),
        on=ON,
    ),
    Defect(
        name="native-authentication-demanded",
        says="Whoever redeems a code has to authenticate, an app without a secret too.",
        breaks=("rfc8252-8.5-no-shared-secret-demanded", "rfc8252-8.4-native-clients-are-public"),
        edits=(after(AUTHENTICATION, "find_client", demand_any_secret),),
        on=ON,
    ),
    Defect(
        name="native-secret-makes-confidential",
        says="An app that shows the secret of all its copies may use the grants of confidential clients.",
        breaks=("rfc8252-8.5-treated-as-public",),
        edits=(remove(AUTHENTICATION, "distrust_shared_secret"),),
        on=ON,
    ),
    Defect(
        name="native-secret-trusted-at-introspection",
        says="An app that shows the secret of all its copies is told about tokens.",
        breaks=("rfc8252-8.5-treated-as-public",),
        edits=(replace(AUTHENTICATION, "distrust_shared_secret", unless_at("introspection", distrust_shared_secret)),),
        on=ON,
    ),
    *(
        Defect(
            name=f"native-shared-secret-demanded-at-{where}",
            says=f"An app whose copies share a secret has to show it for a {where}.",
            breaks=("rfc8252-8.5-no-shared-secret-demanded",),
            edits=(after(AUTHENTICATION, "find_client", only(condition, demand_shared_secret)),),
            on=ON,
        )
        for where, condition in (("refresh", by_grant("refresh_token")), ("revocation", at_revocation))
    ),
    Defect(
        name="native-challenge-not-required-by-post",
        says="An app needs no challenge in a request by POST.",
        breaks=("rfc8252-8.1-request-without-pkce-rejected",),
        edits=(without_challenge(lambda call: call.method == "POST"),),
        on=ON,
    ),
    Defect(
        name="native-web-clients-need-no-secret",
        says="Since apps need no secret, nobody does who redeems a code.",
        breaks=("rfc8252-8.4-client-type-recorded",),
        edits=(
            unless_redeeming(require_for_confidential),
            unless_redeeming(refuse_unauthenticated),
            unless_redeeming(refuse_unregistered_method),
        ),
        on=ON,
    ),
    Defect(
        name="native-consent-remembered",
        says="What was approved for an app once is granted to it without a question.",
        breaks=("rfc8252-8.6-earlier-approval-ignored",),
        edits=(remembering(without_secret),),
        on=ON,
    ),
    Defect(
        name="native-consent-remembered-with-secret",
        says="What was approved for an app once is granted without a question, where its copies share a secret.",
        breaks=("rfc8252-8.6-earlier-approval-ignored",),
        edits=(remembering(with_secret),),
        on=ON,
    ),
    Defect(
        name="native-apps-of-the-house",
        says="An app is the operator's own: whoever is signed in grants it all.",
        breaks=("rfc8252-8.6-nothing-granted-silently", "rfc8252-8.6-earlier-approval-ignored"),
        edits=(remembering(without_secret, before=True),),
        on=ON,
    ),
    Defect(
        name="native-apps-of-the-house-by-secret",
        says="An app with a secret is the operator's own: whoever is signed in grants it all.",
        breaks=("rfc8252-8.6-nothing-granted-silently", "rfc8252-8.6-earlier-approval-ignored"),
        edits=(remembering(with_secret, before=True),),
        on=ON,
    ),
)
