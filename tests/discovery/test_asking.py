"""Scopes are found all at once, one by one, or in what is granted unasked; demanded parameters in what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.discovery.grant_attempts import Attempt, workable_scopes
from conformance.harness.refusals import demanded_parameters
from conformance.harness.tokens import Tokens
from tests.harness.fakes import CLIENT


def granting(allowed: set[str], default: str | None = None, *, tells: bool = False) -> Callable[[str | None], Attempt]:
    """A server that grants these scopes; `default` is what it grants unasked, None: it demands a scope."""

    def attempt(scope: str | None) -> Attempt:
        granted = default if scope is None else scope
        if granted is None or not set(granted.split()) <= allowed:
            return Attempt(None, "no", "invalid_scope")
        said = granted if tells or scope is None else None
        return Attempt(Tokens("access", None, CLIENT, "client_credentials", scope, said))

    return attempt


@pytest.mark.parametrize(
    ("server", "candidates", "scopes", "is_demanded"),
    [
        (granting({"a", "b"}, "a"), ("a", "b"), ("a", "b"), False),
        (granting({"a", "b"}), ("a", "b"), ("a", "b"), True),
        (granting({"a"}, "a"), ("a", "b", "c"), ("a",), False),
        (granting({"a"}, "a"), (), ("a",), False),
        (granting({"a"}, ""), ("x",), (), False),
        (granting({"a"}), ("x", "y"), (), False),
    ],
    ids=["all", "demanded", "one by one", "by default", "none needed", "none fits"],
)
def test_scopes_that_a_grant_gives(
    server: Callable[[str | None], Attempt], candidates: tuple[str, ...], scopes: tuple[str, ...], is_demanded: bool
) -> None:
    found = workable_scopes(server, candidates)
    assert (found.scopes, found.is_demanded) == (scopes, is_demanded)


def test_an_error_text_names_what_is_demanded() -> None:
    assert demanded_parameters("Missing required parameter: audience") == ("audience",)
    assert demanded_parameters("Bad request") == ()
