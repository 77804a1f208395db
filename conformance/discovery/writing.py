"""Writes the profile of a deployment that was learned: commented, without secrets, ready for `doctor` and `run`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conformance.base.toml_writing import toml_value
from conformance.discovery.found_endpoints import Places
from conformance.discovery.learned import LearnedClient, LearnedFeatures, all_demands, union_of_grants
from conformance.reporting.text import visible
from conformance.tally.claims import claims

LONGEST_COMMENT = 200
OWNERS = ("resource_owner", "resource_owner_other", "resource_owner_unicode", "resource_owner_guessing")
FEATURES = ("revocation", "introspection", "token_info", "protected_resource", "metadata")
OPTIONAL_FEATURES = (
    "introspection_restricted",
    "introspection_bearer",
    "bearer_form_body",
    "bearer_query",
    "revocation_cors",
    "revocation_cors_authorization",
    "pkce",
    "pkce_plain",
    "issuer_metadata",
    "issuer_parameter",
    "native_apps",
)
TITLES: Mapping[str, str] = {
    "confidential": "The main client.",
    "other": "A second client, for cross-client tests.",
    "public": "A client without a secret.",
    "native": "An app that its users install.",
    "special": "A client with odd characters in its id and secret.",
    "single_redirect": "A client with exactly one redirect URI.",
    "restricted": "A client that may not use some grant.",
    "introspecting": "The client that asks about tokens.",
    "guessing": "A client that wrong secrets may lock.",
    "resource_owner": "The account that the suite signs in with.",
    "resource_owner_other": "A second account.",
    "resource_owner_unicode": "An account with letters beyond ASCII.",
    "resource_owner_guessing": "An account that wrong passwords may lock.",
}
# What else a profile may say: a line, and the word that stands in the profile already where it does.
MORE = (
    ("[clients.other]", "a second confidential client: client A must not use what client B got"),
    ("[clients.public]", "a client without a secret"),
    ("[clients.native]", 'an app that its users install: `type = "native"`, and native_apps = true in [features]'),
    ("[clients.special]", "id and secret with : % + & and space"),
    ("[clients.single_redirect]", "a client with exactly one redirect URI"),
    ("[clients.restricted]", "a client that may not use some grant: `barred` names it"),
    ("[clients.guessing]", "a client that wrong secrets may lock"),
    ("[clients.guessing_revocation]", "another, for the revocation endpoint: else the lock of one may hide another's"),
    ("[clients.guessing_introspection]", "another, for the introspection endpoint"),
    ("[resource_owner_other]", "a second account"),
    ("[resource_owner_unicode]", "an account with letters beyond ASCII in name and password"),
    ("[resource_owner_guessing]", "an account that wrong passwords may lock"),
    ("[resource_owner_guessing_sign_in]", "another, for the sign-in page where there is a password grant as well"),
)
LIMITS = (
    "# [limits]",
    "# code_lifetime = 600           # seconds, as the server is configured",
    "# access_token_lifetime = 3600",
    "# failed_authentications = 10   # after which it throttles or locks",
    "# [declined]                    # what is not to be tested, with the reason that every report shows",
    '# "rfc6749-2.3.1-..." = "why"',
)


@dataclass(frozen=True)
class Learned:
    """All that the profile is written from; `given` is the document that was known before (secrets as `env:NAME`).

    `unseen` says what could not be found out, and how it can.
    """

    places: Places
    clients: Mapping[str, LearnedClient]
    given: Mapping[str, Any]
    features: LearnedFeatures
    tried: int
    unseen: Sequence[str] = ()


def base_url_for(url: str, endpoints: Iterable[str]) -> str:
    """The URL that the endpoints are relative to: the given one, or its origin where some stand beside its path."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    beside = [place for place in endpoints if place.startswith(f"{origin}/") and not place.startswith(f"{url}/")]
    return origin if beside else url


def profile_text(learned: Learned) -> str:
    """The profile as TOML with comments."""
    tables = [
        [f"# Written by `oauth2-conformance init` from {learned.places.how} and {learned.tried} requests."],
        _claims(learned),
        _target(learned),
        _endpoints(learned),
        *(_client(client, learned) for client in learned.clients.values()),
        *_owners(learned),
        _features(learned),
        _unseen(learned),
        _more(learned),
    ]
    return "\n\n".join("\n".join(lines) for lines in tables if lines) + "\n"


def comment(text: str) -> str:
    """A comment of one line: what a server said can't end it."""
    line = " ".join(visible(text).split())
    return "# " + (line if len(line) <= LONGEST_COMMENT else line[:LONGEST_COMMENT] + " ...")


def _pair(key: str, value: object, note: str = "") -> str:
    return f"{key} = {toml_value(value)}" + (f"  {comment(note)}" if note else "")


def _claims(learned: Learned) -> list[str]:
    """Every claim whose features were seen to work: conclusion and gate are over these."""
    has = {*learned.features.claimed, *({"token_endpoint"} if _token_grants(learned) else ())}
    names = [name for name, claim in claims().items() if has.issuperset(claim.demands)]
    note = comment("What the server is said to keep: conclusion and gate are over it; `run --outlook` shows the rest.")
    return [note, _pair("claims", names)] if names else []


def _token_grants(learned: Learned) -> set[str]:
    return set(union_of_grants(learned.clients)) - {"implicit"}


def _target(learned: Learned) -> list[str]:
    given = learned.given["target"]
    lines = ["[target]", *(_pair(key, value) for key, value in given.items() if key != "headers")]
    if learned.features.issuer:
        lines.append(_pair("issuer", learned.features.issuer, "as its metadata has it"))
    if learned.features.resource_checks_tokens:
        lines.append(_pair("resource_checks_tokens", True, "it refused a token right after its revocation"))
    if learned.features.insufficient_scope:
        note = "leaves the protected resource shut"
        lines.append(_pair("insufficient_scope", learned.features.insufficient_scope, note))
    if learned.features.introspection_tells_whole_scope:
        lines.append(_pair("introspection_scope", "whole", "it told every name that was granted"))
    if "headers" in given:
        lines.append(f"headers = {toml_value(given['headers'])}")
    return lines


def _endpoints(learned: Learned) -> list[str]:
    lines = [*(comment(remark) for remark in learned.places.remarks), "[endpoints]"]
    for name, url in learned.places.endpoints.items():
        if name in learned.features.refused:
            lines.append("# " + _pair(name, url, learned.features.refused[name]))
        elif name != "userinfo":
            lines.append(_pair(name, _relative(url, learned.given["target"]["base_url"])))
    return lines


def _relative(url: str, base_url: str) -> str:
    return url[len(base_url) :] if url.startswith(f"{base_url}/") else url


def _client(learned: LearnedClient, whole: Learned) -> list[str]:
    client, remarks = learned.client, learned.remarks
    lines = [comment(TITLES[client.name]), f"[clients.{client.name}]", _pair("client_id", client.client_id)]
    given = whole.given["clients"][client.name]
    lines += [_pair("client_secret", given["client_secret"])] if "client_secret" in given else []
    lines += [_pair(key, value) for key, value in client.declared.items()]
    if "redirect_uris" in given:
        lines.append(_pair("redirect_uris", client.redirect_uris, remarks.get("redirect_uris", "")))
    lines.append(_pair("authentication", _one_or_all(client.authentication), remarks.get("authentication", "")))
    if "authentication refused" in remarks:
        return [*lines, comment(remarks["authentication refused"])]
    if client.name == "introspecting":
        return lines
    lines += [comment(remarks["scopes"])] if "scopes" in remarks else []
    lines += _scopes(learned)
    if "authorization_code" in learned.grants:
        lines.append(_pair("pkce", client.pkce, remarks.get("pkce", "")))
    lines += [comment(remarks["state"])] if "state" in remarks else []
    for key, table in (("authorization", client.authorization_parameters), ("token", client.token_parameters)):
        lines += [f"{key}_parameters = {toml_value(table)}"] if table else []
    lines += [
        comment(f'perhaps token_parameters = {{ {name} = "..." }} or authorization_parameters: {why}')
        for name, why in learned.demands.items()
    ]
    union = union_of_grants(whole.clients)
    if set(learned.grants) != set(union):
        lines.append(_pair("grants", learned.grants))
    barred = [grant for grant in union if grant in learned.barred]
    lines += [_pair("barred", barred, "the server says unauthorized_client")] if barred else []
    lines += [comment(f"not {grant}: {why}") for grant, why in learned.refused.items()]
    return lines


def _one_or_all(values: tuple[str, ...]) -> str | tuple[str, ...]:
    return values[0] if len(values) == 1 else values


def _scopes(learned: LearnedClient) -> list[str]:
    """One list where every grant has the same scopes, else one for each grant."""
    by_grant = learned.client.grant_scopes
    every = tuple(dict.fromkeys(scope for scopes in by_grant.values() for scope in scopes))
    lines = [_pair("scopes", every)]
    if any(set(scopes) != set(every) for scopes in by_grant.values()):
        inner = ", ".join(f"{grant} = {toml_value(scopes)}" for grant, scopes in by_grant.items())
        lines.append(f"grant_scopes = {{ {inner} }}")
    return lines


def _owners(learned: Learned) -> Iterator[list[str]]:
    if "resource_owner" not in learned.given:
        yield [
            "# An account makes the grants of users testable (authorization_code, implicit, password):",
            "# [resource_owner]",
            '# username = "alice"',
            '# password = "env:OAUTH2_PASSWORD"',
        ]
    for name in OWNERS:
        if name in learned.given:
            pairs = (_pair(key, value) for key, value in learned.given[name].items())
            yield [comment(TITLES[name]), f"[{name}]", *pairs]


def _features(learned: Learned) -> list[str]:
    """What was seen to work is claimed: nothing else is judged."""
    features = learned.features
    lines = ["# What was seen to work: nothing else is judged.", "[features]"]
    lines.append(_pair("grants", union_of_grants(learned.clients)))
    if not any(client.client.scopes_for(grant) for client in learned.clients.values() for grant in client.grants):
        lines.append(_pair("scopes", False, "no scope was seen"))
    if not features.has_full_redirect_uris:
        lines.append(_pair("full_redirect_uris", False, "a redirect URI with another query is taken"))
    for name in FEATURES:
        if name in features.claimed:
            lines.append(_pair(name, True))
        elif name in features.refused:
            lines.append(comment(f"not {name}: {features.refused[name]}"))
    lines += [_pair(name, True) for name in OPTIONAL_FEATURES if name in features.claimed]
    lines += [
        comment(f"not {name}: {features.refused[name]}") for name in OPTIONAL_FEATURES if name in features.refused
    ]
    if "protected_resource" not in learned.places.endpoints:
        lines.append(comment("protected_resource = true, with its URL in [endpoints], tests bearer tokens (RFC 6750)"))
    lines += [comment(f"it may demand `{name}`: {why}") for name, why in all_demands(learned.clients)]
    return lines


def _unseen(learned: Learned) -> list[str]:
    return ["# What `init` could not see:", *map(comment, learned.unseen)] if learned.unseen else []


def _more(learned: Learned) -> list[str]:
    known = {*(f"[clients.{name}]" for name in learned.clients), *(f"[{name}]" for name in learned.given)}
    width = max(len(table) for table, _ in MORE) + 3
    return [
        "# What else the suite can test once it is described; `oauth2-conformance profile-keys` explains every key:",
        "#",
        *(f"# {table.ljust(width)} # {what}" for table, what in MORE if table not in known),
        *LIMITS,
    ]
