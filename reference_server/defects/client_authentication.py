"""Breaches of RFC 6749 sections 2.1 and 2.3: how clients authenticate, and what they may not do without."""

from dataclasses import replace as changed

from ..accounts import ALL_GRANTS
from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Attempt, Call, Edit, Parameters, Response, after, before, named, remove, replace
from ..steps.client_authentication import failed, note_failure, verify_secret
from ..steps.forms import parse, read_form
from ..steps.grant_client_credentials import require_authenticated_client

CHARACTERS_COMPARED = 16


async def take_verifier_for_public_client(call: Call) -> Response | None:
    """Where there is a code verifier and no secret, this must be a public client."""
    client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
    without_secret = call.parameters.get("client_secret") is None and call.header(b"authorization") is None
    if client is not None and without_secret and call.parameters.get("code_verifier") is not None:
        call.client = client
        return None
    return await call.run("client_authentication")


def demand_password_in_header(call: Call) -> None:
    """Takes what can't be right for what can't be read."""
    attempt = call.attempts[0]
    if call.endpoint == "token" and attempt.method == "client_secret_basic" and not attempt.secret:
        raise OAuthError("invalid_request", "The Authorization header has no password.")


def take_any_scheme_for_basic(call: Call) -> None:
    """Cuts the scheme off without a look at it."""
    call.headers = [
        (name, b"Basic " + value.partition(b" ")[2] if name == b"authorization" else value)
        for name, value in call.headers
    ]


def split_at_every_colon(call: Call) -> None:
    """Takes the second part of what was split at colons for the password."""
    call.attempts = [changed(each, secret=(each.secret or "").partition(":")[0]) for each in call.attempts]


def refuse_body_credentials(call: Call) -> None:
    """Reads the secret from the body, and then checks it against the header."""
    if call.attempts[0].method == "client_secret_post":
        raise failed()


def let_public_client_stand_for_itself(call: Call) -> None:
    """Gives every client the rights of the client credentials grant."""
    if call.grant_type == "client_credentials" and not call.client.confidential:
        settings = call.server.settings
        call.client = changed(call.client, grants=ALL_GRANTS, scopes=(*settings.app_scopes, *settings.user_scopes))


def require_confidential_client_only_if_known(call: Call) -> None:
    """Asks confidential clients only for their authentication."""
    if call.client.confidential:
        require_authenticated_client(call)


def compare_first_characters(method: str) -> Edit:
    """Compares secrets as old password hashes do: what comes after so many characters doesn't count."""

    def verify_start_of_secret(call: Call) -> None:
        """Cuts both before it compares them."""
        sent, registered = call.attempts[0].secret or "", call.client.secret or ""
        if call.attempts[0].method == method and len(sent) >= CHARACTERS_COMPARED:
            call.authenticated = sent[:CHARACTERS_COMPARED] == registered[:CHARACTERS_COMPARED]
        else:
            verify_secret(call)

    return replace("client_authentication", "verify_secret", verify_start_of_secret)


def find_client_id_by_secret(call: Call) -> None:
    """Secrets are unique, so a secret alone says who the client is."""
    attempt = call.attempts[0] if call.attempts else None
    if attempt is not None and attempt.method == "client_secret_post" and attempt.client_id is None:
        _name_by_secret(call, attempt)


def find_client_id_of_unknown_by_secret(call: Call) -> None:
    """A client identifier that nobody has is corrected by the secret beside it."""
    attempt = call.attempts[0]
    if attempt.client_id is not None and attempt.client_id not in call.server.accounts.clients:
        _name_by_secret(call, attempt)


def _name_by_secret(call: Call, attempt: Attempt) -> None:
    accounts = call.server.accounts
    for client_id, client in accounts.clients.items():
        if accounts.client_secret_matches(client, attempt.secret or ""):
            call.attempts[0] = changed(attempt, client_id=client_id)


async def take_empty_secret(call: Call) -> Response | None:
    """`if client_secret == "": return client`, meant for public clients."""
    sent = parse(call.body)
    client = call.server.accounts.clients.get(sent.get("client_id") or "")
    if client is not None and sent.get("client_secret") == "":
        call.client, call.authenticated = client, True
        return None
    return await call.run("client_authentication")


def refuse_empty_secret(call: Call) -> None:
    """A `client_secret`, even an empty one, is not expected of a client that has none."""
    if parse(call.body).get("client_secret") == "":
        raise failed()


def read_form_and_query(call: Call) -> None:
    """Reads parameters wherever they are, as many frameworks do."""
    read_form(call)
    query = parse(call.query_string)
    pairs = (*call.parameters.pairs, *query.pairs)
    call.parameters = Parameters(pairs, call.parameters.unreadable or query.unreadable)


def count_failures_except_at(*endpoints: str) -> Edit:
    """Counts wrong secrets where the code for it was put, and nowhere else."""

    def note_some_failures(call: Call) -> None:
        """Forgets that other endpoints take the same secrets."""
        if call.endpoint not in endpoints:
            note_failure(call)

    return replace("client_authentication", "note_failure", named("note_failure", note_some_failures))


GUESSING = "rfc6749-2.3.1-guessing-held-off-at-"

DEFECTS = (
    Defect(
        name="verifier-makes-client-public",
        says="A code exchange with a code verifier needs no client authentication, not even by confidential clients.",
        breaks=("rfc6749-2.1-client-type-not-guessed",),
        edits=(replace("token", "authenticate_client", take_verifier_for_public_client),),
    ),
    Defect(
        name="body-credentials-refused",
        says="Clients that are registered for authentication in the body are refused when they use it.",
        breaks=(
            "rfc6749-2.3-confidential-client-can-authenticate",
            "rfc6749-2.3.1-body-parameters-authenticate",
        ),
        blocks=(
            "rfc6749-2.3-two-methods-refused",
            "rfc6749-2.3.1-client-id-required",
            "rfc6749-2.3.1-client-id-its-own",
            "rfc6749-2.3.1-client-secret-required",
            "rfc6749-2.3.1-client-secret-its-own",
        ),
        edits=(before("client_authentication", "refuse_unregistered_method", refuse_body_credentials),),
    ),
    Defect(
        name="public-client-gets-own-token",
        says="Public clients get tokens by the client credentials grant.",
        breaks=("rfc6749-2.3-public-client-identity-not-relied-on",),
        edits=(
            before("token", "refuse_barred_client", let_public_client_stand_for_itself),
            replace(
                "grant.client_credentials", "require_authenticated_client", require_confidential_client_only_if_known
            ),
        ),
    ),
    Defect(
        name="two-authentication-methods-accepted",
        says="HTTP Basic and credentials in the body may come together.",
        breaks=("rfc6749-2.3-two-methods-refused",),
        edits=(remove("client_authentication", "refuse_two_methods"),),
    ),
    Defect(
        name="basic-credentials-not-decoded",
        says="What stands in HTTP Basic credentials is taken as it is, without form-decoding.",
        breaks=("rfc6749-2.3.1-basic-accepted-when-used", "rfc6749-2.3.1-basic-credentials-form-decoded"),
        edits=(remove("client_authentication", "decode_basic"),),
    ),
    Defect(
        name="basic-password-cut",
        says="Of a password in HTTP Basic only the first characters are compared.",
        breaks=("rfc6749-2.3.1-basic-supported",),
        edits=(compare_first_characters("client_secret_basic"),),
    ),
    Defect(
        name="basic-password-ends-at-colon",
        says="In HTTP Basic credentials, what follows a second colon is left aside.",
        breaks=("rfc6749-2.3.1-basic-supported",),
        edits=(after("client_authentication", "collect_basic", split_at_every_colon),),
    ),
    Defect(
        name="body-password-cut",
        says="Of a client secret in the body only the first characters are compared.",
        breaks=("rfc6749-2.3.1-client-secret-its-own",),
        edits=(compare_first_characters("client_secret_post"),),
    ),
    Defect(
        name="secret-names-its-client",
        says="A client secret in the body needs no client_id beside it.",
        breaks=("rfc6749-2.3.1-client-id-required",),
        edits=(after("client_authentication", "collect_body", find_client_id_by_secret),),
    ),
    Defect(
        name="secret-corrects-client-id",
        says="Beside a good client secret, an unknown client_id doesn't matter.",
        breaks=("rfc6749-2.3.1-client-id-its-own",),
        edits=(before("client_authentication", "find_client", find_client_id_of_unknown_by_secret),),
    ),
    Defect(
        name="empty-body-secret-accepted",
        says="An empty client_secret in the body authenticates every client.",
        breaks=("rfc6749-2.3.1-client-secret-required",),
        edits=(replace("token", "authenticate_client", take_empty_secret),),
    ),
    Defect(
        name="empty-secret-of-public-client-refused",
        says="An empty client_secret is a failed authentication, even of clients that have none.",
        breaks=("rfc6749-2.3.1-empty-secret-omitted-or-sent",),
        edits=(before("token", "authenticate_client", refuse_empty_secret),),
    ),
    Defect(
        name="credentials-taken-from-uri",
        says="The token endpoint reads parameters from the query as well, credentials included.",
        breaks=("rfc6749-2.3.1-credentials-in-uri-refused",),
        edits=(replace("token", "read_form", read_form_and_query),),
    ),
    Defect(
        name="client-guessing-free-at-introspection",
        says="Wrong client secrets at the introspection endpoint are not counted.",
        breaks=(f"{GUESSING}introspection",),
        edits=(count_failures_except_at("introspection"),),
    ),
    Defect(
        name="client-guessing-free-at-side-endpoints",
        says="Wrong client secrets are counted at the token endpoint alone.",
        breaks=(f"{GUESSING}introspection", f"{GUESSING}revocation"),
        edits=(count_failures_except_at("introspection", "revocation"),),
    ),
    Defect(
        name="client-guessing-free-at-revocation",
        says="Wrong client secrets at the revocation endpoint are not counted, though a lock holds there as well.",
        breaks=(f"{GUESSING}revocation",),
        edits=(count_failures_except_at("revocation"),),
    ),
    Defect(
        name="client-guessing-free-at-token",
        says="Wrong client secrets at the token endpoint are not counted, though a lock holds there as well.",
        breaks=(f"{GUESSING}token", "rfc6749-10.10-client-secret-guessing-stopped"),
        edits=(count_failures_except_at("token"),),
    ),
    Defect(
        name="client-guessing-free",
        says="Wrong client secrets are not counted anywhere.",
        breaks=(f"{GUESSING}introspection", f"{GUESSING}revocation", f"{GUESSING}token"),
        edits=(remove("client_authentication", "note_failure"),),
    ),
    Defect(
        name="authorization-scheme-ignored",
        says="What stands behind the scheme of an Authorization header is read as HTTP Basic, whatever the scheme is.",
        breaks=("rfc6749-5.2-unsupported-method-invalid-client",),
        edits=(before("client_authentication", "collect_basic", take_any_scheme_for_basic),),
    ),
    Defect(
        name="empty-basic-password-malformed",
        says="Basic credentials without a password are malformed at the token endpoint: 400 and no challenge.",
        breaks=("rfc6749-5.2-header-authentication-failed-401", "rfc6749-5.2-header-authentication-failed-challenge"),
        edits=(before("client_authentication", "treat_empty_secret_as_none", demand_password_in_header),),
    ),
)
