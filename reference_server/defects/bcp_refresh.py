"""Breaches of RFC 9700 sections 2.2.2 and 4.14: refresh tokens."""

from ..errors import OAuthError
from ..pipeline import Call, Parameters, Response, after, before, named, remove, replace, setting
from ..secrets import keyed_hash, random_value
from ..steps import dpop
from ..steps.client_authentication import refuse_unauthenticated
from ..steps.grant_refresh_token import detect_reuse, find_refresh_token, rotate
from ..steps.introspection import put_aud
from ..steps.token_response import make_refresh_token
from ..steps.transport import require_tls
from ..variants.security_bcp_others import check_active_or_in_grace, detect_late_reuse, rotate_once
from .bcp import bcp
from .conditions import by_grant, only
from .pkce import is_confidential

GRANT = "grant.refresh_token"
GUARDED, CONSTRAINED = "2.2.2-public-refresh-token-guarded", "4.14.2-refresh-token-sender-constrained"
ROTATED, NEWEST, LEEWAY = "4.14.2-refresh-token-rotated", "4.14.2-replay-ends-newest-token", "4.14.2-no-leeway"
FOREIGN, SECRET = "2.2.2-refresh-token-bound-to-client", "4.14.1-client-authenticated-at-refresh"
UNGUESSABLE, INTEGRITY = "4.14.1-refresh-token-unguessable", "4.14.2-refresh-token-integrity"
IN_LINE = "SELECT count(*) FROM tokens WHERE grant_id = ? AND kind = 'refresh_token' AND issued_at > ?"
HEAD = 12
STRIDE = 100_003


def is_last_used(call: Call) -> bool:
    """The token is the last one of its line that was used."""
    if call.token is None:
        return False
    later = call.server.store.connection.execute(IN_LINE, (call.grant.id, call.token.issued_at)).fetchone()[0]
    return bool(later == 1)


def is_older(call: Call) -> bool:
    """The token was used before the last one of its line."""
    return not is_last_used(call)


def accept_replaced(call: Call) -> None:
    """A token that was replaced is as good as the new one."""
    alive = call.token is not None and call.token.fresh and call.token.revoked_at is None
    if not alive or call.grant.revoked_at is not None:
        raise OAuthError("invalid_grant", "The refresh token is invalid.")


def rotate_anyhow(call: Call) -> None:
    """Gives a new one each time, and leaves the old one."""
    call.with_refresh_token = True


def check_that_a_key_is_shown(call: Call) -> None:
    """A bound refresh token needs a proof, no matter by which key."""
    bound = call.server.store.key_of(call.token.hash) if call.token else None
    if bound is not None and call.sender_key is None:
        dpop.check_refresh_key(call)


def check_key_that_is_shown(call: Call) -> None:
    """A proof has to be by the right key, if there is one."""
    if call.sender_key is not None:
        dpop.check_refresh_key(call)


def take_secret_for_granted(call: Call) -> bool:
    """Anything but a refresh."""
    return not by_grant("refresh_token")(call)


def grant_scope_asked_for(call: Call) -> None:
    """Whatever is asked for now is granted."""
    asked = (call.parameters.get("scope") or "").split()
    call.scope = tuple(asked) or call.grant.scope


def remember_resource(call: Call) -> None:
    """The token is for whichever resource this request names."""
    resource = call.parameters.get("resource")
    token = call.server.store.find_token(call.access_token)
    if resource is not None and token is not None and call.grant_type == "refresh_token":
        call.server.store.bind(f"resource of {call.access_token}", resource)


def put_remembered_resource(call: Call) -> None:
    """Says for which resource the token is."""
    put_aud(call)
    resource = call.server.store.key_of(_hash(call, f"resource of {call.parameters.get('token')}"))
    if resource is not None:
        call.answer["aud"] = resource


def _hash(call: Call, value: str) -> bytes:
    return keyed_hash(call.server.store.key, value)


def find_beginning(call: Call) -> None:
    """Looks a token up by the beginning that the index holds."""
    sent = call.parameters.get("refresh_token") or ""
    known = call.server.store.key_of(_hash(call, f"beginning {sent[:HEAD]}"))
    if known is not None:
        pairs = tuple(pair for pair in call.parameters.pairs if pair[0] != "refresh_token")
        call.parameters = Parameters((*pairs, ("refresh_token", known)))
    find_refresh_token(call)


def remember_token(call: Call) -> None:
    """Keeps tokens by their beginning."""
    if call.refresh_token is not None:
        call.server.store.bind(f"beginning {call.refresh_token[:HEAD]}", call.refresh_token)


def make_countable(call: Call) -> None:
    """Refresh tokens are numbers behind a name, in strides: one made up alike is hardly ever one of them."""
    make_refresh_token(call)
    if call.refresh_token is not None:
        store = call.server.store
        number = store.connection.execute("SELECT count(*) FROM tokens").fetchone()[0]
        value = f"refresh-token-of-the-reference-server-{number * STRIDE:012}"
        grant, lifetime = call.grant, call.server.settings.refresh_token_lifetime
        store.add_token(value, "refresh_token", grant, grant.scope, lifetime)
        call.refresh_token = value


def find_unsigned(call: Call) -> None:
    """A token of the right form is good, whoever made it."""
    store, sent = call.server.store, call.parameters.get("refresh_token") or ""
    if store.find_token(sent) is None and len(sent) > HEAD and "." not in sent and not sent.startswith("invented"):
        grant = store.open_grant(call.client.client_id, next(iter(call.server.accounts.users)), ("me",))
        store.add_token(sent, "refresh_token", grant, grant.scope, 60)
    find_refresh_token(call)


def find_by_claims(call: Call) -> None:
    """Believes a JWT that says of itself that nobody signed it."""
    store, sent = call.server.store, call.parameters.get("refresh_token") or ""
    if sent.count(".") == 2 and sent.endswith("."):
        # As often as it comes: nobody keeps a list of what nobody issued.
        store.connection.execute("DELETE FROM tokens WHERE hash = ?", (keyed_hash(store.key, sent),))
        grant = store.open_grant(call.client.client_id, next(iter(call.server.accounts.users)), ("me",))
        store.add_token(sent, "refresh_token", grant, grant.scope, 60)
    find_refresh_token(call)


def put_token_into_answer(call: Call) -> None:
    """Saves the client a request."""
    call.answer["refresh_token"] = random_value()


def require_tls_unless_refreshing(call: Call) -> Response | None:
    """Refreshes are served as they come."""
    return None if b"grant_type=refresh_token" in call.body else require_tls(call)


def asks_for_no_scope(call: Call) -> bool:
    """All that was granted is asked for."""
    return call.parameters.get("scope") is None


DEFECTS = (
    bcp(
        "refresh-token-never-replaced",
        "A public client's refresh token stays the same.",
        (GUARDED,),
        replace(GRANT, "rotate", only(is_confidential, rotate)),
        blocks=(ROTATED, NEWEST, LEEWAY),
    ),
    bcp(
        "refresh-token-not-replaced-when-narrowed",
        "A refresh for less than was granted leaves the refresh token as it is.",
        (LEEWAY,),
        replace(GRANT, "rotate", only(asks_for_no_scope, rotate)),
    ),
    bcp(
        "replay-unnoticed",
        "A used refresh token is refused, and that is all.",
        (NEWEST,),
        remove(GRANT, "detect_reuse"),
    ),
    bcp(
        "replay-of-older-token-unnoticed",
        "Only the last used refresh token raises the alarm.",
        (NEWEST,),
        replace(GRANT, "detect_reuse", only(is_last_used, detect_reuse)),
    ),
    bcp(
        "replay-of-last-token-unnoticed",
        "The last used refresh token raises no alarm.",
        (NEWEST,),
        replace(GRANT, "detect_reuse", only(is_older, detect_reuse)),
    ),
    bcp(
        "replaced-refresh-token-lives-on",
        "A refresh brings a new token, and the old one lives on.",
        (ROTATED, NEWEST, LEEWAY),
        replace(GRANT, "rotate", named("rotate", rotate_anyhow)),
    ),
    bcp(
        "replaced-refresh-token-accepted",
        "A token that was replaced is replaced once more.",
        (ROTATED, NEWEST, LEEWAY),
        remove(GRANT, "detect_reuse"),
        replace(GRANT, "check_refresh_active", named("check_refresh_active", accept_replaced)),
        replace(GRANT, "rotate", named("rotate", rotate_once)),
    ),
    bcp(
        "undeclared-leeway",
        "A refresh token that was replaced works a moment longer, which nobody says.",
        (ROTATED, NEWEST, LEEWAY),
        replace(GRANT, "detect_reuse", named("detect_reuse", detect_late_reuse)),
        replace(GRANT, "check_refresh_active", named("check_refresh_active", check_active_or_in_grace)),
        replace(GRANT, "rotate", named("rotate", rotate_once)),
    ),
    bcp(
        "bound-refresh-token-without-proof",
        "A bound refresh token is served without proof.",
        (CONSTRAINED,),
        replace(GRANT, "check_refresh_key", named("check_refresh_key", check_key_that_is_shown)),
    ),
    bcp(
        "bound-refresh-token-with-any-key",
        "A bound refresh token is served with a proof by any key.",
        (CONSTRAINED, GUARDED),
        replace(GRANT, "check_refresh_key", named("check_refresh_key", check_that_a_key_is_shown)),
    ),
    bcp(
        "refresh-token-for-any-client",
        "A refresh token is good for every client that authenticates.",
        (FOREIGN,),
        replace(GRANT, "check_refresh_client", named("check_refresh_client", lambda call: None)),
    ),
    bcp(
        "refresh-with-wrong-secret",
        "A refresh needs no right secret of the client.",
        (SECRET,),
        replace(
            "client_authentication", "refuse_unauthenticated", only(take_secret_for_granted, refuse_unauthenticated)
        ),
    ),
    bcp(
        "refresh-widens-scope",
        "A refresh brings whichever scope it asks for.",
        ("4.14.2-refresh-token-bound-to-scope",),
        remove(GRANT, "check_scope_not_wider"),
        replace(GRANT, "narrow_scope", named("narrow_scope", grant_scope_asked_for)),
    ),
    bcp(
        "refresh-for-any-resource",
        "A refresh brings a token for whichever resource it names.",
        ("4.14.2-refresh-token-bound-to-resources",),
        after("issue", "make_access_token", remember_resource),
        replace("introspection.response", "put_aud", named("put_aud", put_remembered_resource)),
    ),
    bcp(
        "idle-refresh-token-lives-on",
        "A refresh token lives on, however long nobody uses it.",
        ("4.14.2-idle-refresh-token-expires",),
        setting(refresh_token_lifetime=10 * 2_592_000),
    ),
    bcp(
        "beginning-of-refresh-token-compared",
        "Of a refresh token the beginning is compared.",
        (INTEGRITY,),
        replace(GRANT, "find_refresh_token", named("find_refresh_token", find_beginning)),
        after("issue", "make_refresh_token", remember_token),
    ),
    bcp(
        "refresh-tokens-counted",
        "Refresh tokens are counted.",
        (UNGUESSABLE,),
        replace("issue", "make_refresh_token", named("make_refresh_token", make_countable)),
    ),
    bcp(
        "refresh-tokens-unsigned",
        "A refresh token of the right form is good, whoever made it.",
        (UNGUESSABLE, INTEGRITY),
        replace(GRANT, "find_refresh_token", named("find_refresh_token", find_unsigned)),
    ),
    bcp(
        "refresh-token-without-signature",
        "A JWT without signature is taken for a refresh token.",
        (UNGUESSABLE,),
        replace(GRANT, "find_refresh_token", named("find_refresh_token", find_by_claims)),
    ),
    bcp(
        "refresh-token-through-browser",
        "A refresh token comes with the code.",
        ("4.14.1-refresh-token-kept-confidential",),
        before("authorization.code_response", "put_state", put_token_into_answer),
    ),
    bcp(
        "refresh-in-the-clear",
        "Refreshes are served over plain HTTP.",
        ("4.14.1-refresh-token-over-tls",),
        replace("token", "require_tls", named("require_tls", require_tls_unless_refreshing)),
    ),
)
