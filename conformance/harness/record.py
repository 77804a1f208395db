"""What a whole run has recorded, for the tests that judge every answer at its end, without a further request.

Such a test takes `recorded` as its argument. It runs behind all others, in the process that has heard from all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar

from conformance.base.outcomes import NotApplicable, Violation
from conformance.base.uris import host_and_port
from conformance.browser.returns import Return, parameters_of
from conformance.harness.held import Values, passwords_of, values_of
from conformance.harness.recorder import Recorder
from conformance.harness.tokens_on_record import Again, Said, said_again, said_of
from conformance.harness.values_on_record import Issued, values_issued
from conformance.profile.target import DOCUMENTED_LAYOUT
from conformance.wire.exchange import Exchange, Pairs, Reply

T = TypeVar("T")
# So many of the answers that break a rule are named as evidence.
MOST_EVIDENCE = 3
NO_ANSWER = "no answer of this run is one that the rule speaks of"


class Recorded:
    """Chooses among what a run has recorded: which answers a rule speaks of."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def chosen(self, key: str, choose: Callable[[], list[T]]) -> list[T]:
        """What `choose` takes, chosen once for all tests that ask for it under this key."""
        return self._recorder.session.record.chosen(key, choose)

    def token_responses(self) -> list[Reply]:
        """Answers of the token endpoint that issue an access token, as JSON."""
        return self.chosen(
            "token responses",
            lambda: [reply for reply in self._posted_to("token") if reply.is_success and _text(reply, "access_token")],
        )

    def token_errors(self) -> list[Reply]:
        """Answers of the token endpoint that refuse a well-formed request and name an error, whatever their status."""
        with_200 = [reply for reply in self._posted_to("token") if reply.is_success and _refuses(reply)]
        return [*self.errors_of("token"), *with_200]

    def errors_of(self, endpoint: str) -> list[Reply]:
        """Answers of an endpoint that refuse a well-formed form and name an error."""
        return [reply for reply in self._posted_to(endpoint) if not reply.is_success and "error" in reply.members]

    def refusals_of(self, endpoint: str) -> list[Reply]:
        """Answers of an endpoint with status 400 or 401 to a well-formed form, whatever they look like."""
        return [reply for reply in self._posted_to(endpoint) if reply.status in (400, 401)]

    def answers_of(self, *endpoints: str) -> list[Reply]:
        """Every answer of these endpoints, where profile or documented layout have them, whatever they were asked."""
        target = self._recorder.target
        urls = {target.url(endpoint) for endpoint in endpoints}
        return [reply for reply in self.replies() if reply.request.url.partition("?")[0] in urls]

    def introspection_responses(self) -> list[Reply]:
        """Answers that introspection gives about a token."""
        return self.chosen(
            "introspection responses",
            lambda: [reply for reply in self._posted_to("introspection") if reply.status == 200 and _asks(reply)],
        )

    def returns(self, parameter: str, response_type: str = "code") -> list[Return]:
        """Authorization requests of one response type that came back to the client with a parameter of that name."""
        return [
            each
            for each in self._recorder.session.record.returns
            if _values(each.asked, "response_type") == [response_type] and each.all(parameter)
        ]

    def all_returns(self) -> list[Return]:
        """Every authorization request that came back to a client."""
        return self._recorder.session.record.returns

    def said_of_tokens(self) -> list[Said]:
        """Answers that an access token is active, each with the answer that issued the token."""
        return self.chosen("said of tokens", lambda: said_of(self._recorder.target, self.replies(), self.all_returns()))

    def said_again(self) -> list[Again]:
        """Answers of introspection that a token is active, each with the first one about the same token."""
        return said_again(self._recorder.target, self.replies())

    def redirects(self) -> list[Reply]:
        """Every answer that sends whoever asked elsewhere."""
        return [reply for reply in self.replies() if reply.is_redirect]

    def for_browsers(self) -> list[Reply]:
        """Redirects and pages that a browser gets: those of no endpoint that programs ask."""
        target = self._recorder.target
        urls = {target.url(name) for name in {*DOCUMENTED_LAYOUT, *target.endpoints} if name != "authorization"}
        asked = [reply for reply in self.replies() if reply.request.url.partition("?")[0] not in urls]
        return [reply for reply in asked if reply.is_redirect or reply.media_type == "text/html"]

    def pages(self) -> list[Reply]:
        """HTML that a browser gets of the server itself: not of others, where people may sign in as well."""
        target = self._recorder.target
        own = {host_and_port(url) for url in (target.base_url, target.url("authorization"))}
        return [reply for reply in self.for_browsers() if _is_page(reply) and host_and_port(reply.request.url) in own]

    def issued(self, name: str) -> Values:
        """The tokens that the run was given under a name (`access_token`, `refresh_token`), by whichever grant."""
        told = [value for back in self.all_returns() for value in back.all(name)]
        return values_of([*(reply.members.get(name) for reply in self.token_responses()), *told])

    def values(self, kind: str) -> list[Issued]:
        """The codes or tokens of one kind that the run was given, each once, with the answer that first had it."""
        return values_issued(kind, self.token_responses(), self.all_returns())

    def passwords(self) -> Values:
        """The secrets of the profile's clients and the passwords of its accounts."""
        return passwords_of(self._recorder.target)

    def account_names(self) -> frozenset[str]:
        """The names of the profile's accounts."""
        return frozenset(owner.username for owner in self._recorder.target.owners.values())

    def replies(self) -> list[Reply]:
        """Every answer of the run."""
        return [exchange.reply for exchange in self._exchanges if exchange.reply is not None]

    def each(self, chosen: Sequence[T], judge: Callable[[T], None]) -> None:
        """Judge every one of them. The Violation tells of the first that breaks the rule, and how many do.

        Raises NotApplicable where there is none.
        """
        self._recorder.once = "it is judged by what the run has recorded"
        if not chosen:
            raise NotApplicable(NO_ANSWER)
        broken = [(each, violation) for each in chosen if (violation := _violation(judge, each)) is not None]
        for each, _ in broken[:MOST_EVIDENCE]:
            self.show(each)
        if broken:
            first = broken[0][1]
            observed = f"{first.observed} (so in {len(broken)} of {len(chosen)} answers)"
            raise Violation(first.expected, observed, first.subject, breach=first.breach, about=first.about) from first

    def show(self, judged: object) -> None:
        """Name the exchange of an answer as evidence."""
        reply = judged.reply if isinstance(judged, Return | Said | Again | Issued) else judged
        if isinstance(reply, Reply):
            shown = self._recorder.session.record.exchanges.get(id(reply.request))
            self._recorder.exchanges += [shown] if shown is not None else []

    @cached_property
    def _exchanges(self) -> list[Exchange]:
        return list(self._recorder.session.record.exchanges.values())

    def _posted_to(self, endpoint: str) -> list[Reply]:
        """Answers to well-formed forms that were posted to an endpoint."""
        return self._recorder.session.record.posted_to(self._recorder.target.url(endpoint))


def _is_page(reply: Reply) -> bool:
    return reply.media_type == "text/html" and bool(reply.body)


def _values(pairs: Pairs, name: str) -> list[str]:
    return [value for key, value in pairs if key == name]


def _text(reply: Reply, member: str) -> bool:
    value = reply.members.get(member)
    return isinstance(value, str) and bool(value)


def _refuses(reply: Reply) -> bool:
    """Whether a reply names an error and issues nothing, as a refusal does."""
    return _text(reply, "error") and "access_token" not in reply.members


def _asks(reply: Reply) -> bool:
    """Whether the request names one token."""
    return len([value for value in _values(parameters_of(reply.request), "token") if value]) == 1


def _violation(judge: Callable[[T], None], judged: T) -> Violation | None:
    try:
        judge(judged)
    except Violation as violation:
        return violation
    return None
