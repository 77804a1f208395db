"""Conformant clients that keep and check in another way what belongs to a login, or know less."""

import hashlib
import hmac
import secrets

from ..pipeline import Edit, Login, Refused, StartOver, after, remove, replace, setting
from ..steps.authorization_answer import KNOWN, check_issuer, check_state
from ..steps.whole import revoke, revoke_when_asked
from ..variant import Variant

REQUEST, ANSWER = "authorization.request", "authorization.answer"


def keep_in_store(login: Login) -> None:
    """What belongs to a login is found by its state, as in the store of a web application."""
    login.client.memory[f"login {login.state}"] = login.verifier
    login.state = login.verifier = ""


def find_in_store(login: Login) -> None:
    """Taken out once."""
    found = login.client.memory.pop(f"login {login.parameter('state')}", None)
    if found is None:
        raise Refused("the answer doesn't belong to this login")
    login.verifier = found


def key_of(login: Login) -> bytes:
    """A key of the client."""
    return bytes.fromhex(login.client.memory.setdefault("key", secrets.token_hex(32)))


def sign(login: Login, nonce: str) -> str:
    """Who has no key makes no state."""
    return hmac.new(key_of(login), nonce.encode(), hashlib.sha256).hexdigest()


def make_signed_state(login: Login) -> None:
    """A nonce, which a cookie keeps, and its signature."""
    nonce = secrets.token_urlsafe(24)
    login.state = f"{nonce}.{sign(login, nonce)}"


def check_signature_and_nonce(login: Login) -> None:
    """The signature says that the state is ours, the cookie that it is of this login."""
    nonce, _, signature = (login.parameter("state") or "").partition(".")
    if not hmac.compare_digest(signature.encode(), sign(login, nonce).encode()):
        raise Refused("the answer has a state of somebody else")
    check_state(login)


def require_issuer(login: Login) -> None:
    """RFC 9207 section 2.4: a client may do without servers that don't say who they are."""
    if login.parameter("iss") is None:
        raise Refused("the answer doesn't name its issuer")
    check_issuer(login)


def refuse_repeated_but_issuer(login: Login) -> None:
    """What isn't known is ignored, however often it comes."""
    names = [name for name, _ in login.answer if name != "iss" and name in KNOWN]
    if len(names) != len(set(names)):
        raise Refused("the answer has a parameter twice")


def start_over_at_once(login: Login) -> None:
    """The resource owner is asked again where an answer was of no use."""
    try:
        check_state(login)
    except Refused as refusal:
        raise StartOver(str(refusal)) from refusal


def revoke_both(login: Login) -> None:
    """The access token first, then the refresh token: not every server ends the one with the other."""
    refresh_token = login.tokens.refresh_token
    if (
        "revocation" in login.context.asked
        and login.revocation_endpoint
        and refresh_token
        and login.tokens.access_token
    ):
        revoke(login, "access_token")
    revoke_when_asked(login)


def try_again_at_once(login: Login) -> None:
    """RFC 7009 section 2.2.1: after 503 the token is still there; one more try, as HTTP libraries make it."""
    if login.reply.status == 503:
        login.reply = login.wire.send(login.draft)


def compare_issuer_if_named(login: Login) -> None:
    """RFC 9207 section 2.4: who was configured by hand knows which issuer to expect, and not whether it is named."""
    login.names_issuer = login.parameter("iss") is not None
    check_issuer(login)


NO_METADATA: tuple[Edit, ...] = tuple(
    remove("metadata", name)
    for name in ("ask_at_inserted_path", "ask_at_openid_path", "read_metadata", "compare_issuer", "take_endpoints")
)


VARIANTS = (
    Variant(
        name="state-in-store",
        says="What belongs to a login is found by its state.",
        edits=(
            after(REQUEST, "put_code_challenge_method", keep_in_store),
            replace(ANSWER, "check_state", find_in_store),
        ),
    ),
    Variant(
        name="state-signed",
        says="The state is a nonce with its signature.",
        edits=(
            replace(REQUEST, "make_state", make_signed_state),
            replace(ANSWER, "check_state", check_signature_and_nonce),
        ),
    ),
    Variant(
        name="issuer-always-required",
        says="Answers without issuer are refused, whatever the server announced.",
        edits=(replace(ANSWER, "check_issuer", require_issuer),),
    ),
    Variant(
        name="starts-over-after-forgery",
        says="After an answer with a wrong state the resource owner is asked again, once.",
        edits=(replace(ANSWER, "check_state", start_over_at_once),),
    ),
    Variant(
        name="no-metadata",
        says="The client is configured by hand and asks for no metadata.",
        edits=(*NO_METADATA, replace(ANSWER, "check_issuer", compare_issuer_if_named)),
        profile={
            "claims": ["client", "client-pkce"],
            "features": {"issuer_metadata": False, "issuer_parameter": False},
        },
    ),
    Variant(
        name="no-issuer-parameter",
        says="The client doesn't know `iss`.",
        edits=(
            remove(ANSWER, "check_issuer"),
            replace(ANSWER, "refuse_repeated_parameters", refuse_repeated_but_issuer),
        ),
        profile={"claims": ["client", "client-pkce", "client-metadata"], "features": {"issuer_parameter": False}},
    ),
    Variant(
        name="no-pkce",
        says="The client doesn't know PKCE.",
        edits=(
            remove(REQUEST, "make_verifier"),
            remove(REQUEST, "put_code_challenge"),
            remove(REQUEST, "put_code_challenge_method"),
            remove("code.request", "put_code_verifier"),
        ),
        profile={"claims": ["client", "client-metadata", "client-issuer"], "features": {"pkce": False}},
    ),
    Variant(
        name="no-refresh",
        says="The client doesn't refresh: the resource owner is asked again.",
        edits=(setting(refreshes_tokens=False),),
        profile={"features": {"grants": ["authorization_code", "client_credentials", "password"]}},
    ),
    Variant(
        name="no-resource",
        says="The client makes no use of its tokens.",
        edits=(setting(uses_resource=False),),
    ),
    Variant(
        name="one-server",
        says="The client knows one server: nothing of another can be mixed up with it.",
        edits=(setting(several_servers=False),),
    ),
    Variant(
        name="no-revocation",
        says="The client gives no token back.",
        edits=(remove("login", "revoke_when_asked"),),
        profile={"features": {"revocation": False}},
    ),
    Variant(
        name="revocation-tried-twice",
        says="A revocation that a busy server put off is tried once more, at once, and then no more.",
        edits=(replace("revocation.send", "try_again_when_busy", try_again_at_once),),
    ),
    Variant(
        name="both-tokens-revoked",
        says="The access token is given back before the refresh token.",
        edits=(replace("login", "revoke_when_asked", revoke_both),),
    ),
)
