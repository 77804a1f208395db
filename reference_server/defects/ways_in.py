"""Breaches in who gets in: users at the sign-in page and at the external provider, clients at the token endpoint,
tokens at a resource."""

from ..accounts import Client
from ..defect import Defect
from ..demo import OTHER, PUBLIC, RESTRICTED
from ..errors import OAuthError
from ..pipeline import Attempt, Call, Edit, Response, named, replace
from ..steps import federation
from ..steps.bearer import find_access_token, invalid_token
from ..steps.client_authentication import find_client
from ..steps.sign_in import show_sign_in, start_session
from ..steps.token_response import make_access_token
from .remembering import keep, kept

END = b"</main>"


async def redeem_code_or_trust(call: Call) -> Response | None:
    """Takes an answer that it can't redeem for a hiccup of the provider."""
    try:
        await federation.redeem_code(call)
    except OAuthError:
        call.user = call.server.accounts.users["alice"]
        start_session(call)
        return federation.continue_waiting_request(call)
    return None


def show_partners_form(call: Call) -> Response | None:
    """Has a second form, for customers of a partner."""
    response = show_sign_in(call)
    if response is not None:
        fields = b'<input name="partner-user"><input type="password" name="partner-password"><button>Sign in</button>'
        form = b'<form method="post" action="http://partner.example/sign_in">' + fields + b"</form>"
        response.body = response.body.replace(END, form + END)
    return response


def not_knowing(client: Client) -> Edit:
    """The token endpoint can't find one client."""

    def find_other_clients(call: Call) -> None:
        first = call.attempts[0]
        if call.endpoint == "token" and first.client_id == client.client_id:
            call.attempts[0] = Attempt(first.method, f"{client.client_id} ", first.secret)
        find_client(call)

    return replace("client_authentication", "find_client", named("find_client", find_other_clients))


def note_grant_type(call: Call) -> None:
    """Notes by which grant a token came."""
    make_access_token(call)
    keep(call, f"grant of {call.access_token}", call.grant_type)


def closed_to(grant_type: str) -> tuple[Edit, ...]:
    """Resources take no tokens of one grant."""

    def find_other_tokens(call: Call) -> None:
        find_access_token(call)
        if call.endpoint == "resource.me" and kept(call, f"grant of {call.bearer_values[0]}") == grant_type:
            raise invalid_token()

    return (
        replace("issue", "make_access_token", note_grant_type),
        replace("bearer", "find_access_token", named("find_access_token", find_other_tokens)),
    )


DEFECTS = (
    Defect(
        name="federation-trusts-unknown-codes",
        says="An answer of the external provider with a code that it doesn't know lets somebody in.",
        breaks=("documented-flow-5-forged-answer-no-code",),
        edits=(replace("federation.callback", "redeem_code", redeem_code_or_trust),),
    ),
    Defect(
        name="partners-sign-in-over-http",
        says="The sign-in page has a second form, which submits its password over plain HTTP.",
        breaks=("rfc6749-10.8-sign-in-form-not-in-clear",),
        edits=(replace("authorization.sign_in", "show_sign_in", show_partners_form),),
    ),
    *(
        Defect(
            name=f"{client.name}-client-not-found",
            says=f"The token endpoint doesn't find the client {client.client_id}.",
            breaks=("rfc6749-2.2-identifier-known-to-server",),
            edits=(not_knowing(client),),
        )
        for client in (OTHER, PUBLIC, RESTRICTED)
    ),
    *(
        Defect(
            name=f"resource-closed-to-tokens-of-{grant.replace('_', '-')}",
            says=f"The protected resource takes no tokens of the grant {grant}.",
            breaks=("rfc6749-7-presented-token-opens-resource",),
            edits=closed_to(grant),
        )
        for grant in ("password", "authorization_code")
    ),
)
