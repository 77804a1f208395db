"""RFC 7662 section 5: every answer of a run at introspection that tells of no live token."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply


@requirement("rfc7662-5-identifiers-kept-from-unintended-parties")
def test_no_answer_but_about_a_live_token_names_an_owner(recorded: Recorded, expect: Expect) -> None:
    names = recorded.account_names()
    inactive = [reply for reply in recorded.introspection_responses() if reply.members.get("active") is False]

    def judge(reply: Reply) -> None:
        named = not names.isdisjoint(texts_in(reply.json))
        expect.that(not named, "no identifier of a resource owner", "one of them in the answer", breach="act", at=reply)

    recorded.each([*inactive, *recorded.refusals_of("introspection")], judge)


def texts_in(document: object) -> Iterator[str]:
    """The whole texts in a JSON document. A name may be a word of any language: within a text it tells nothing."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for value in document.values() if isinstance(document, dict) else document:
            yield from texts_in(value)
