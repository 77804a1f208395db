"""On which servers a mutant is tried: the default one, and variants that run a function which the default one doesn't,
or run it with another setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.mutants.mutating import Mutant

# By variant, the files and functions of steps whose mutants are tried there too; of `EVERY` step with the tests alone
# that the default server has no occasion for.
EVERY = "*"
BESIDE: Mapping[str, Sequence[str]] = {
    "security-bcp": (EVERY,),
    "bcp-bound-refresh-tokens": ("dpop.py",),
    "bcp-clients-without-pkce": ("refuse_unexpected_verifier",),
    "native-apps": ("native_apps.py", "require_authenticated_client"),
    "bearer-query": ("collect_query_token", "forbid_private_caching"),
    "consent-remembered": ("consent.py",),
    "external-provider-without-issuer": ("check_issuer",),
    "introspection-by-clients-only": ("authorize_caller",),
    "no-extension-grant": ("find_grant", "put_grant_types"),
    "no-external-provider": ("require_provider", "provider_title"),
    "no-implicit": ("check_response_type", "put_response_types"),
    "no-password": ("find_grant",),
    "pkce-demanded": ("require_code_challenge",),
    "reusable-refresh-tokens": ("rotate",),
    "revocation-over-tls-only": ("require_tls_unless_offered",),
    "several-issuers": ("put_issuer",),
}


def servers_of(mutant: Mutant) -> list[str]:
    """The variants on which a mutant is tried that lives on the default server."""
    places = (mutant.path.name, mutant.function, EVERY)
    return [name for name, names in BESIDE.items() if any(place in names for place in places)]
