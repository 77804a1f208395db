"""RFC 6749 sections 3.3, 4.2.2 and 5.1: the scope of every token of a run that the server was asked about.

What introspection leaves out may be kept from its caller: it counts where the profile says that it tells the whole
scope. A request without `scope`, or with one that can be read in two ways, says nothing of what was asked for.
"""

from __future__ import annotations

import pytest

from conformance.harness import Expect, needs, requirement
from conformance.harness.record import Recorded
from conformance.harness.tokens_on_record import Said

UNTOLD = [
    pytest.param(False, marks=requirement("rfc6749-3.3-different-scope-reported"), id="token-endpoint"),
    pytest.param(
        True, marks=[requirement("rfc6749-4.2.2-scope-required-when-different"), needs("implicit")], id="implicit"
    ),
]
TOLD = [
    pytest.param(False, marks=requirement("rfc6749-3.3-response-scope-is-true"), id="token-endpoint"),
    pytest.param(True, marks=[requirement("rfc6749-4.2.2-scope-is-the-tokens"), needs("implicit")], id="implicit"),
]


@pytest.mark.parametrize("by_browser", UNTOLD)
def test_no_token_has_another_scope_without_a_word(recorded: Recorded, expect: Expect, by_browser: bool) -> None:
    tokens = [each for each in recorded.said_of_tokens() if each.told is None and each.by_browser == by_browser]

    def judge(token: Said) -> None:
        asked = token.asked or frozenset()
        wanted = f"no other scope than the one asked for, {' '.join(sorted(asked))!r}, or `scope` in the response"
        expect.that(not token.differs_from(asked), wanted, token)

    recorded.each([token for token in tokens if token.asked is not None], judge)


@pytest.mark.parametrize("by_browser", TOLD)
def test_every_scope_told_is_that_of_the_token(recorded: Recorded, expect: Expect, by_browser: bool) -> None:
    tokens = [each for each in recorded.said_of_tokens() if each.told is not None and each.by_browser == by_browser]

    def judge(token: Said) -> None:
        told = token.told or frozenset()
        expect.that(
            not token.differs_from(told),
            f"the scope told, {' '.join(sorted(told))!r}",
            token,
            breach="act",
            about="scope",
        )

    recorded.each(tokens, judge)
