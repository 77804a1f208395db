"""Breaches of the documented API's flow 5: sign-in through an external provider."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, before, named, remove, replace
from ..rendering import message
from ..secrets import keyed_hash
from ..steps import federation
from ..steps.sign_in import continue_with, start_session
from ..store import SignIn


def without(parameters: str, *names: str) -> str:
    """Form-encoded parameters without some."""
    return urlencode([pair for pair in parse_qsl(parameters) if pair[0] not in names])


def say_signed_in(call: Call) -> Response:
    """Forgets what the user came for."""
    return message(200, "Signed in", "You can close this page.")


def continuing_without(*names: str) -> Edit:
    """Carries on with a part of the waiting request."""

    def continue_with_part(call: Call) -> Response:
        return continue_with(call, without(call.sign_in.request, *names))

    step = named("continue_with_part", continue_with_part)
    return replace("federation.callback", "continue_waiting_request", step)


def sign_in_somebody(call: Call) -> None:
    """Finds an account, whoever it was."""
    federation.find_linked_owner(call)
    call.user = call.server.accounts.users["bob"]


def let_in_anyway(call: Call) -> Response | None:
    """Takes any answer of the provider for a yes."""
    if call.decision.get("error") is None:
        return None
    call.user = call.server.accounts.users["alice"]
    start_session(call)
    return federation.continue_waiting_request(call)


def tell_own_error(call: Call) -> None:
    """An error code that no document knows."""
    call.error = OAuthError("login_failed", "The sign-in failed.", 403)


def find_sign_in_of_browser(call: Call) -> None:
    """Asks who waits, not for what."""
    store = call.server.store
    query = "SELECT * FROM sign_ins WHERE browser = ? ORDER BY expires_at DESC"
    row = store.connection.execute(query, (keyed_hash(store.key, call.session_id or ""),)).fetchone()
    if row is None:
        raise OAuthError("invalid_request", "Nobody waits here.", 403)
    call.sign_in = SignIn(*row)


async def redeem_code_once(call: Call) -> None:
    """Keeps the proof beside the sign-in, for browsers that reload."""
    if call.sign_in.verifier.count(".") == 2:
        call.id_token = call.sign_in.verifier
        return
    await federation.redeem_code(call)
    query = "UPDATE sign_ins SET verifier = ? WHERE hash = ?"
    call.server.store.connection.execute(query, (call.id_token, call.sign_in.hash))


def asking_without(*names: str) -> Edit:
    """A request to the provider that lacks some parameters."""

    async def begin_with_less(call: Call) -> Response:
        response = await federation.begin_sign_in(call)
        parts = urlsplit(dict(response.headers)["Location"])
        response.put("Location", parts._replace(query=without(parts.query, *names)).geturl())
        return response

    return replace("federation", "begin_sign_in", named("begin_with_less", begin_with_less))


def at_callback(old: str, new: Step) -> Edit:
    """Another step on the way back."""
    return replace("federation.callback", old, new)


DEFECTS = (
    Defect(
        name="federation-ends-here",
        says="After the sign-in at the provider the user is told so, and the client's request is forgotten.",
        breaks=("documented-flow-5-code-issued",),
        edits=(at_callback("continue_waiting_request", say_signed_in),),
    ),
    Defect(
        name="federation-drops-challenge",
        says="After the sign-in at the provider the client's request goes on without its code challenge.",
        breaks=("documented-flow-5-code-exchanged",),
        edits=(continuing_without("code_challenge", "code_challenge_method"),),
    ),
    Defect(
        name="federation-drops-state",
        says="After the sign-in at the provider the client's request goes on without its state.",
        breaks=("documented-flow-5-state-returned",),
        edits=(continuing_without("state"),),
    ),
    Defect(
        name="federation-signs-in-somebody-else",
        says="Whoever signs in at the provider gets the account of another user.",
        breaks=("documented-flow-5-that-users-token",),
        edits=(at_callback("find_linked_owner", sign_in_somebody),),
    ),
    Defect(
        name="federation-lets-refused-in",
        says="Whom the provider refuses is signed in.",
        breaks=("documented-flow-5-not-let-in-no-code", "documented-flow-5-not-let-in-told"),
        edits=(before("federation.callback", "refuse_refused_sign_in", let_in_anyway),),
    ),
    Defect(
        name="federation-failure-has-own-error",
        says="The client is told of a refused sign-in by an error code of the server's own.",
        breaks=("documented-flow-5-not-let-in-told",),
        edits=(before("federation.callback.error", "tell_client", tell_own_error),),
    ),
    Defect(
        name="federation-state-unchecked",
        says="The state of the provider's answer isn't compared.",
        breaks=("documented-flow-5-forged-answer-no-code",),
        edits=(at_callback("find_sign_in", find_sign_in_of_browser),),
    ),
    Defect(
        name="federation-without-state",
        says="The request to the provider has no state.",
        breaks=("documented-flow-5-forged-answer-no-code", "documented-flow-5-request-has-state"),
        edits=(asking_without("state"), at_callback("find_sign_in", find_sign_in_of_browser)),
    ),
    Defect(
        name="federation-in-any-browser",
        says="The provider's answer counts in any browser.",
        breaks=("documented-flow-5-other-browser-no-code",),
        edits=(remove("federation.callback", "check_browser"),),
    ),
    Defect(
        name="federation-answer-works-twice",
        says="The provider's answer signs in as often as it comes.",
        breaks=("documented-flow-5-replayed-answer-no-code",),
        edits=(remove("federation.callback", "end_sign_in"), at_callback("redeem_code", redeem_code_once)),
    ),
    Defect(
        name="federation-code-of-any-sign-in",
        says="Neither nonce nor PKCE binds the provider's code to the sign-in that it was asked for.",
        breaks=("documented-flow-5-mixed-up-answer-no-code",),
        edits=(
            asking_without("code_challenge", "code_challenge_method"),
            remove("federation.callback", "check_nonce"),
        ),
    ),
    Defect(
        name="federation-issuer-unchecked",
        says="Which provider has answered isn't compared.",
        breaks=("documented-flow-5-other-issuer-no-code",),
        edits=(remove("federation.callback", "check_issuer"),),
    ),
    Defect(
        name="federation-without-nonce",
        says="The request to the provider has no nonce.",
        breaks=("documented-flow-5-request-has-nonce",),
        edits=(asking_without("nonce"), remove("federation.callback", "check_nonce")),
    ),
)
