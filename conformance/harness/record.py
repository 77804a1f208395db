"""What a whole run has recorded, for the tests that judge every answer at its end, without a further request.

Such a test takes `recorded` as its argument. It runs behind all others, in the process that has heard from all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from conformance.base.outcomes import NotApplicable, Violation
from conformance.browser.returns import Return, is_decodable, is_form, parameters_of
from conformance.wire.exchange import Exchange, Pairs, Reply, Request

if TYPE_CHECKING:
    from conformance.harness.session import Trial

T = TypeVar("T")
# What is refused beyond this may never have reached the endpoint: frameworks limit both, and answer with pages.
LARGEST_FORM = 8192
MOST_PARAMETERS = 100
# So many of the answers that break a rule are named as evidence.
MOST_EVIDENCE = 3
NO_ANSWER = "no answer of this run is one that the rule speaks of"


@dataclass
class Record:
    """The exchanges of a run and the authorization requests that came back, as they were heard of."""

    exchanges: dict[int, Exchange] = field(default_factory=dict)
    returns: list[Return] = field(default_factory=list)
    _forms: dict[int, bool] = field(default_factory=dict, repr=False)

    def take(self, exchanges: Iterable[Exchange], returns: Iterable[Return]) -> None:
        """Take in what one test recorded. What several tests share is known by its request."""
        for exchange in exchanges:
            if exchange.reply is not None:
                # The original lets go of its reply when it has been rendered.
                self.exchanges.setdefault(id(exchange.request), replace(exchange))
        self.returns += returns

    def posted_to(self, url: str) -> list[Reply]:
        """Answers to well-formed forms that were posted to a URL. Many tests ask: each form is looked at once."""
        return [
            each.reply
            for key, each in self.exchanges.items()
            if each.reply is not None and each.request.url == url and self._is_form(key, each.request)
        ]

    def _is_form(self, key: int, request: Request) -> bool:
        if key not in self._forms:
            self._forms[key] = is_well_formed(request)
        return self._forms[key]


class Recorded:
    """Chooses among what a run has recorded: which answers a rule speaks of."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def token_responses(self) -> list[Reply]:
        """Answers of the token endpoint that issue an access token, as JSON."""
        return [reply for reply in self._posted_to("token") if reply.is_success and _text(reply, "access_token")]

    def token_errors(self) -> list[Reply]:
        """Answers of the token endpoint that refuse a well-formed request and name an error."""
        return self.errors_of("token")

    def errors_of(self, endpoint: str) -> list[Reply]:
        """Answers of an endpoint that refuse a well-formed form and name an error."""
        return [reply for reply in self._posted_to(endpoint) if not reply.is_success and "error" in reply.members]

    def refusals_of(self, endpoint: str) -> list[Reply]:
        """Answers of an endpoint with status 400 or 401 to a well-formed form, whatever they look like."""
        return [reply for reply in self._posted_to(endpoint) if reply.status in (400, 401)]

    def answers_of(self, *endpoints: str) -> list[Reply]:
        """Every answer of these endpoints, as far as the profile names them, whatever they were asked and how."""
        target = self._trial.target
        urls = {target.url(endpoint) for endpoint in endpoints if endpoint in target.endpoints}
        return [reply for reply in self.replies() if reply.request.url.partition("?")[0] in urls]

    def introspection_responses(self) -> list[Reply]:
        """Answers that introspection gives about a token."""
        return [reply for reply in self._posted_to("introspection") if reply.status == 200 and _asks(reply)]

    def returns(self, parameter: str, response_type: str = "code") -> list[Return]:
        """Authorization requests of one response type that came back to the client with a parameter of that name."""
        return [
            each
            for each in self._trial.session.record.returns
            if _values(each.asked, "response_type") == [response_type] and each.all(parameter)
        ]

    def all_returns(self) -> list[Return]:
        """Every authorization request that came back to a client."""
        return self._trial.session.record.returns

    def replies(self) -> list[Reply]:
        """Every answer of the run."""
        return [exchange.reply for exchange in self._exchanges if exchange.reply is not None]

    def each(self, chosen: Sequence[T], judge: Callable[[T], None]) -> None:
        """Judge every one of them. The Violation tells of the first that breaks the rule, and how many do.

        Raises NotApplicable where there is none.
        """
        self._trial.once = "it is judged by what the run has recorded"
        if not chosen:
            raise NotApplicable(NO_ANSWER)
        broken = [(each, violation) for each in chosen if (violation := _violation(judge, each)) is not None]
        for each, _ in broken[:MOST_EVIDENCE]:
            self._show(each)
        if broken:
            first = broken[0][1]
            observed = f"{first.observed} (so in {len(broken)} of {len(chosen)} answers)"
            raise Violation(first.expected, observed, first.subject, breach=first.breach) from first

    def _show(self, judged: object) -> None:
        """Name the exchange of an answer as evidence."""
        reply = judged.reply if isinstance(judged, Return) else judged
        if isinstance(reply, Reply):
            shown = self._trial.session.record.exchanges.get(id(reply.request))
            self._trial.exchanges += [shown] if shown is not None else []

    @cached_property
    def _exchanges(self) -> list[Exchange]:
        return list(self._trial.session.record.exchanges.values())

    def _posted_to(self, endpoint: str) -> list[Reply]:
        """Answers to well-formed forms that were posted to an endpoint."""
        return self._trial.session.record.posted_to(self._trial.target.url(endpoint))


def is_well_formed(request: Request) -> bool:
    """Whether a request posts a form that can be decoded, and is not of a size that HTTP servers limit."""
    short = len(request.body) <= LARGEST_FORM and request.body.count(b"&") < MOST_PARAMETERS
    return request.method == "POST" and short and is_form(request) and is_decodable(request.body)


def _values(pairs: Pairs, name: str) -> list[str]:
    return [value for key, value in pairs if key == name]


def _text(reply: Reply, member: str) -> bool:
    value = reply.members.get(member)
    return isinstance(value, str) and bool(value)


def _asks(reply: Reply) -> bool:
    """Whether the request names one token."""
    return len([value for value in _values(parameters_of(reply.request), "token") if value]) == 1


def _violation(judge: Callable[[T], None], judged: T) -> Violation | None:
    try:
        judge(judged)
    except Violation as violation:
        return violation
    return None
