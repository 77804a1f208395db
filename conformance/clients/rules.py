"""What can be wrong with one request of a client, each rule a small function: it returns what was seen, or nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import parse_qs, unquote_plus

from conformance.base.outcomes import Vacuous
from conformance.base.uris import urlsplit
from conformance.browser.returns import is_decodable, is_form
from conformance.clients.played import Played, Sent

TOKEN = "access_token"
Rule = Callable[[Sent], str]
# Parameters of RFC 6749 and 7636: each comes once in a request.
DEFINED = frozenset(
    {
        *("client_id", "client_secret", "response_type", "redirect_uri", "scope", "state", "grant_type", "code"),
        *("refresh_token", "username", "password", "code_challenge", "code_challenge_method", "code_verifier"),
    }
)


# Parameters whose values must not be seen by others; `token` is what is revoked.
SECRET = ("access_token", "refresh_token", "token", "client_secret", "client_assertion", "password")


def posted(sent: Sent) -> str:
    """By POST."""
    return "" if sent.request.method == "POST" else f"a {sent.request.method} request"


def is_form_in_utf8(sent: Sent) -> str:
    """A form, in the body, that can be decoded."""
    if not is_form(sent.request):
        return f"a body of the type {sent.request.header('Content-Type') or 'that nobody names'}"
    return "" if is_decodable(sent.request.body) else "a form that can't be decoded"


def in_body(*names: str) -> Rule:
    """These parameters in the body, each once, and none of them in the URL."""

    def fault(sent: Sent) -> str:
        in_url = [name for name, _ in sent.query if name in names]
        counts = [name for name in names if sum(name == key for key, _ in sent.form) != 1]
        return f"{in_url[0]} in the URL" if in_url else f"{counts[0]} not once in the body" if counts else ""

    return fault


def has(*names: str) -> Rule:
    """These parameters, each once and not empty."""

    def fault(sent: Sent) -> str:
        wrong = [name for name in names if len(sent.all(name)) != 1 or not sent.first(name)]
        return f"{wrong[0]}: {sent.all(wrong[0]) or 'left out'}" if wrong else ""

    return fault


def has_value(name: str, wanted: str) -> Rule:
    """A parameter with just that value."""

    def fault(sent: Sent) -> str:
        return "" if sent.all(name) == [wanted] else f"{name}: {sent.all(name) or 'left out'}"

    return fault


def identifies(client_id: str) -> Rule:
    """RFC 6749 section 3.2.1: by `client_id`, or as the user of HTTP Basic whose password is empty."""
    by_parameter = has_value("client_id", client_id)

    def fault(sent: Sent) -> str:
        return "" if basic_of(sent) == (client_id, "") else by_parameter(sent)

    return fault


def basic_of(sent: Sent) -> tuple[str, str] | None:
    """Identifier and secret of HTTP Basic, decoded as RFC 6749 section 2.3.1 has them; None without."""
    scheme, _, text = (sent.request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, word = base64.b64decode(text.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(user), unquote_plus(word)


def authenticates(sent: Sent) -> str:
    """By HTTP Basic or by the secret in the body; another way would need a registration of its own.

    A token of the client's is none: it says whom somebody trusts, not who asks.
    """
    by_header = sent.request.header("Authorization") is not None and sent.bearer is None
    return "" if by_header or sent.first("client_secret") else "no client authentication"


def by_several_methods(sent: Sent) -> str:
    """RFC 6749 section 2.3: HTTP Basic, a secret as a parameter and an assertion, more than one of them."""
    ways = {
        "HTTP Basic": basic_of(sent) is not None,
        "client_secret": bool(sent.first("client_secret")),
        "client_assertion": bool(sent.first("client_assertion")),
    }
    used = [way for way, is_used in ways.items() if is_used]
    return " and ".join(used) if len(used) > 1 else ""


def repeats_a_parameter(sent: Sent) -> str:
    """RFC 6749 sections 3.1 and 3.2; parameters of others may come as often as their documents allow."""
    names = [name for name, _ in (*sent.query, *sent.told) if name in DEFINED]
    twice = next((name for name in names if names.count(name) > 1), "")
    return f"{twice}, {names.count(twice)} times" if twice else ""


def keeps_secret_out_of_body(sent: Sent) -> str:
    """RFC 6749 section 2.3.1: not in the body where HTTP Basic can be used."""
    return "client_secret in the body" if any(name == "client_secret" for name, _ in sent.form) else ""


def without(values: Iterable[str], what: str) -> Rule:
    """None of some secret values, wherever they might stand."""
    known = [value for value in values if value]

    def fault(sent: Sent) -> str:
        texts = [sent.request.url, unquote_plus(sent.request.url), *(text for _, text in sent.request.headers)]
        texts += [value for _, value in sent.form] + [sent.request.body.decode("utf-8", "replace")]
        return what if any(value in text for value in known for text in texts) else ""

    return fault


def not_in_uri(values: Iterable[str], what: str) -> Rule:
    """None of some secret values in the URI."""
    known = [value for value in values if value]

    def fault(sent: Sent) -> str:
        texts = (sent.request.url, unquote_plus(sent.request.url))
        return f"{what} in the URI" if any(value in text for value in known for text in texts) else ""

    return fault


def only_to(endpoints: tuple[str, ...], rule: Rule) -> Rule:
    """A rule for all endpoints but those."""
    return lambda sent: "" if sent.endpoint in endpoints else rule(sent) and f"{rule(sent)}, to {sent.endpoint}"


def keeps_query(*pairs: tuple[str, str]) -> Rule:
    """The query that the endpoint's URL has already."""

    def fault(sent: Sent) -> str:
        return "" if set(pairs) <= set(sent.query) else f"the query {urlsplit(sent.request.url).query!r}"

    return fault


def holds(names: tuple[str, ...], values: Iterable[str], what: str) -> Rule:
    """Parameters in which a secret value stands, as it is or in base64."""
    known = [value for value in values if value]

    def fault(sent: Sent) -> str:
        texts = [text for name in names for value in sent.all(name) for text in (value, _unwrapped(value))]
        return what if any(value in text for value in known for text in texts) else ""

    return fault


def _unwrapped(text: str) -> str:
    """What a text is as base64; itself where it is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


def hides_verifier(sent: Sent) -> str:
    """RFC 9700 section 2.1.1: a challenge that doesn't show its verifier; vacuous without any."""
    if not sent.first("code_challenge"):
        raise Vacuous("the client sends no code challenge")
    method = sent.first("code_challenge_method") or "none, which is plain"
    return "" if method == "S256" else f"the method {method}"


def verifiers_of(played: Played) -> list[str]:
    """The verifiers of a login's code exchanges; vacuous without any."""
    found = [value for sent in played.all("code exchange") if (value := sent.first("code_verifier"))]
    if not found:
        raise Vacuous("the client sends no code verifier")
    return found


def names_no_token(sent: Sent) -> str:
    """RFC 9700 section 2.1.2: no response type by which a token comes from the authorization endpoint."""
    asked = sent.first("response_type") or ""
    return f"the response type {asked}" if "token" in asked.split() else ""


def is_code(sent: Sent) -> str:
    """RFC 9700 section 2.1.2: a response type with a code."""
    asked = sent.first("response_type") or ""
    return "" if "code" in asked.split() else f"the response type {asked or 'left out'}"


def states_without_other_protection(starts: Sequence[Sent]) -> str:
    """RFC 9700 section 2.1: a state for each login, where neither challenge nor nonce protects it; else vacuous."""
    bare = [sent for sent in starts if not sent.first("code_challenge") and not sent.first("nonce")]
    if not bare:
        raise Vacuous("a challenge or a nonce protects each login")
    states = [sent.first("state") for sent in bare]
    return "no state" if None in states else each_once(map(str, states))


def states_of(starts: Sequence[Sent]) -> list[str]:
    """The states of some authorization requests, one for each; vacuous where the client sends none."""
    found = [sent.first("state") for sent in starts]
    states = [state for state in found if state]
    if not states:
        raise Vacuous("the client sends no state")
    return states


def by_browser(sent: Sent) -> str:
    """Sent by the resource owner's user agent."""
    return "" if sent.is_by_browser else "a request by the client itself"


def in_the_clear(sent: Sent) -> str:
    """RFC 6749 section 10.8: a token, a password or a client credential over plain HTTP. A code alone is none."""
    told = any(sent.first(name) for name in SECRET) or has_secret_header(sent)
    return f"{sent.request.method} {sent.request.url}" if sent.request.url.startswith("http:") and told else ""


def has_secret_header(sent: Sent) -> bool:
    """Authorization, unless it only names a client that has no secret."""
    named_alone = basic_of(sent) is not None and not (basic_of(sent) or ("", ""))[1]
    return sent.request.header("Authorization") is not None and not named_alone


def code_in_the_clear(sent: Sent) -> str:
    """A code over plain HTTP."""
    return "a code over plain HTTP" if sent.request.url.startswith("http:") and sent.first("code") else ""


# What a login brought to light


def issued_values(played: Played, member: str, of: str = "tokens") -> list[str]:
    """Values of a member of every token response of a kind."""
    found = [sent.reply.members.get(member) for sent in played.all(of)]
    return [value for value in found if isinstance(value, str)]


def tokens_brought(played: Played) -> list[str]:
    """Access tokens that an authorization answer brought, in its query or its fragment."""
    parts = [urlsplit(landing) for landing in played.browser.landings]
    return [token for each in parts for text in (each.query, each.fragment) for token in parse_qs(text).get(TOKEN, ())]


def scope_within(granted: str) -> Rule:
    """No scope beyond what was granted."""

    def fault(sent: Sent) -> str:
        beyond = set((sent.first("scope") or "").split()) - set(granted.split())
        return f"the scope {' '.join(sorted(beyond))}, which was not granted" if beyond else ""

    return fault


def each_once(values: Iterable[str]) -> str:
    """Values that come more than once."""
    listed = list(values)
    return "" if len(set(listed)) == len(listed) else "one that was sent before"


def kept_apart(played: Played, member: str, what: str) -> Rule:
    """What one of two servers issued stays out of requests to the other, either way."""
    to_second = [each for each in played.sent_to_second if each.endpoint == "token"]
    of_second = [value for each in to_second if isinstance(value := each.reply.members.get(member), str)]
    at_first, at_other = without(of_second, what), without(issued_values(played, member), what)
    return lambda sent: at_other(sent) if sent in played.sent_to_second else at_first(sent)


def secrets_of(played: Played) -> list[str]:
    """The client's secrets, at either server."""
    stages = (played.stage, played.second)
    return [each.credentials.client_secret for each in stages if each is not None and each.credentials.client_secret]


def secrets_kept_apart(played: Played) -> Rule:
    """The secret for one of two servers stays out of requests to the other; vacuous where it is the same, or none."""
    known = secrets_of(played)
    if len(set(known)) < 2:
        raise Vacuous("the client has no secret of its own for each server")
    to_second, to_first = (without([secret], "the secret for the other server") for secret in known)
    return lambda sent: to_second(sent) if sent in played.sent_to_second else to_first(sent)


def codes_kept_apart(played: Played) -> Rule:
    """What either server answered with stays out of token requests to the other; vacuous without two logins."""
    if not played.at_second.has("start"):
        raise Vacuous("the client logs in at no second server")
    own, others = (without(_codes_of(sent), "a code of the other server") for sent in (played, played.at_second))
    return lambda sent: "" if sent.endpoint != "token" else (own if sent in played.sent_to_second else others)(sent)


def _codes_of(played: Played) -> list[str]:
    places = [sent.reply.header("Location") or "" for sent in played.sent if sent.endpoint == "authorization"]
    return [code for place in places for code in parse_qs(urlsplit(place).query).get("code", ())]


def names_the_same(played: Played, parameter: str) -> Rule:
    """RFC 6749 section 4.1.3: a value that the authorization request had; vacuous where it had none."""
    named = {value for sent in played.all("start") for value in sent.all(parameter)}
    if not named:
        raise Vacuous(f"the authorization request has no {parameter}")
    return lambda sent: "" if set(sent.all(parameter)) & named else f"{parameter}: {sent.all(parameter) or 'left out'}"


def presents(*tokens: str) -> Callable[[Sequence[Sent]], str]:
    """The token in the header, in the form or in the query of one request at least: others may ask what is wanted."""

    def fault(asked: Sequence[Sent]) -> str:
        held = {value for sent in asked for value in (sent.bearer, *sent.all("access_token"))}
        return "" if set(tokens) & held else "no request with the access token"

    return fault
