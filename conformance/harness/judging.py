"""Which exchange a finding rests on, what in it shows the breach, and what it was compared with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote_plus

from conformance.base.outcomes import Violation
from conformance.browser.answer import Answer
from conformance.harness.recorder import Recorder
from conformance.harness.tokens import ActiveToken
from conformance.wire.exchange import Exchange, Reply, Request

T = TypeVar("T")
Subject: TypeAlias = Reply | Answer | ActiveToken
# What tests of the suite call the reply that they judge.
JUDGED_NAMES = ("reply", "answer")
# What holds more replies than that was no single request.
MANY = 100
EXPECT = tuple(
    str(Path(__file__).with_name(f"{name}.py")) for name in ("expect", "expected_replies", "expected_answers")
)
# Aspects of what was wrong with how a request was taken: there, a request that was taken otherwise says more.
OF_THE_REQUEST = ("issued", "served", "refused", "not issued", "redirected", "server error")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a finding rests on, by names of exchanges.

    `exchange` holds the request that was judged, `answer` the reply that shows the breach (another one where a browser
    went several steps), `control` what it was compared with. `where` is the text of the reply in which `proof` stands.
    Neither is redacted.
    """

    exchange: str
    answer: str
    control: str = ""
    aspect: str = ""
    where: str = ""
    proof: str = ""


def judged_by(violation: Violation, trial: Recorder) -> Judged | None:
    """What a finding rests on; None where nothing was sent. The trial's exchanges have their names by now."""
    # What generated input finds is told in other words: the first ones know what they spoke of.
    violation = violation.__cause__ if isinstance(violation.__cause__, Violation) else violation
    sent = trial.exchanges
    subject, compared = _subject_of(violation, trial)
    asked, told = _exchanges_of(subject, sent)
    if asked is None or told is None:
        asked = told = _telling(violation, sent)
    if asked is None or told is None:
        return None
    control = _control(asked, subject, compared, violation.aspect, trial)
    reply = _reply_of(subject) or told.reply
    where, proof = _shown(reply, violation) if reply is not None else (told.failure, "")
    return Judged(asked.id, told.id, control.id if control else "", violation.aspect, where, proof)


# The subject


def _subject_of(violation: Violation, trial: Recorder) -> tuple[Subject | None, list[Reply]]:
    """What was judged, and the other replies that the test held: what the violation names, else what its frame has."""
    held: list[tuple[str, list[Subject]]] = []
    for names in _frames(violation):
        held = [(name, found) for name, value in names.items() if (found := _subjects_in(value))]
        if held:
            break
    by_name = [subject for name, found in held if name in JUDGED_NAMES for subject in found]
    every = [subject for _, found in held for subject in found]
    for candidates in (_subjects_in(violation.subject), by_name, every):
        if candidates:
            chosen = max(enumerate(candidates), key=lambda each: (_is_stimulus(each[1], trial), each[0]))[1]
            return chosen, [reply for each in every if each is not chosen and (reply := _reply_of(each)) is not None]
    return None, []


def _is_stimulus(subject: Subject, trial: Recorder) -> bool:
    """Whether a subject is what a test asks about, not what it was compared with or arranged before."""
    reply = _reply_of(subject)
    if reply is None:
        return True
    exchange = _of_request(reply.request, trial.exchanges)
    return reply.request not in trial.controls and (exchange is None or exchange.phase == "send")


def _frames(violation: Violation) -> Iterator[dict[str, Any]]:
    """Local variables of the functions that a violation came through, the innermost first; without `expect` itself."""
    frames = []
    trace = violation.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename not in EXPECT:
            frames.append(trace.tb_frame)
        trace = trace.tb_next
    # The outermost is the one that runs tests.
    for frame in reversed(frames[1:]):
        yield frame.f_locals


def _subjects_in(value: object) -> list[Subject]:
    """What can be judged in a value: itself, the members of a list, what fields of it hold; the likeliest last."""
    match value:
        case Reply() | Answer() | ActiveToken():
            return [value]
        case list() | tuple() if len(value) < MANY:
            return [each for each in value if isinstance(each, Reply | Answer)]
        case _ if is_dataclass(value) and not isinstance(value, type):
            held = [getattr(value, each.name) for each in fields(value)]
            return [each for kind in (Reply, Answer) for each in held if isinstance(each, kind)]
    return []


def _reply_of(subject: Subject | None) -> Reply | None:
    """The reply that was judged; a token was judged in none."""
    if isinstance(subject, Answer):
        return subject.reply
    return subject if isinstance(subject, Reply) else None


def _last(values: Iterable[T]) -> T | None:
    return next(iter(reversed(list(values))), None)


# Its exchanges


def _exchanges_of(subject: Subject | None, sent: Sequence[Exchange]) -> tuple[Exchange | None, Exchange | None]:
    """The exchange that a subject was asked in, and the one that it was told in."""
    if isinstance(subject, ActiveToken):
        last = _last(each for each in sent if each.phase == "effect" and _asks_about(each, subject))
        return last, last
    reply = _reply_of(subject)
    if reply is None:
        return None, None
    told = _of_request(reply.request, sent)
    if isinstance(subject, Answer) and subject.opened is not None:
        return _of_request(subject.opened.request, sent) or told, told
    return told, told


def _telling(violation: Violation, sent: Sequence[Exchange]) -> Exchange | None:
    """The last exchange whose reply holds what was observed; where none does, the last stimulus."""
    stimuli = [exchange for exchange in sent if exchange.phase == "send"] or sent
    for text in filter(None, (violation.proof, violation.observed)):
        holding = _last(each for each in stimuli if each.reply is not None and _holds(each.reply, text))
        if holding is not None:
            return holding
    return _last(stimuli)


def _holds(reply: Reply, text: str) -> bool:
    """Whether a text stands in a reply, as it is or as JSON and addresses spell it."""
    spellings = {text, json.dumps(text)[1:-1]}
    location = reply.header("Location") or ""
    return any(one in reply.text or one in location or one in unquote_plus(location) for one in spellings)


def _of_request(request: Request, sent: Sequence[Exchange]) -> Exchange | None:
    """The exchange of a request: the last one, where a throttled request was sent again."""
    return _last(each for each in sent if each.request is request)


def _asks_about(exchange: Exchange, token: ActiveToken) -> bool:
    """Whether a witness found a token active in an exchange."""
    reply = exchange.reply
    if reply is None or not reply.is_success or reply.members.get("active") is False:
        return False
    value = token.value.encode()
    return value in exchange.request.body or any(token.value in text for _, text in exchange.request.headers)


# The control


def _control(
    asked: Exchange, subject: Subject | None, compared: Sequence[Reply], aspect: str, trial: Recorder
) -> Exchange | None:
    """What a request was compared with: a control of the test at the same place, else a reply that it held beside."""
    sent = trial.exchanges
    if isinstance(subject, ActiveToken):
        value = subject.value.encode()
        about = [each for each in sent if _place(each.request) == _place(asked.request) and each is not asked]
        return next((each for each in about if each.phase == "given" and value in each.request.body), None)
    controls = [found for request in trial.controls if (found := _of_request(request, sent)) is not None]
    others = [found for reply in compared if (found := _of_request(reply.request, sent)) is not None]
    known = [each for each in (*controls, *others) if each is not asked and _is_like(each, asked)]
    if known:
        return known[-1]
    if aspect not in OF_THE_REQUEST:
        return None
    usual = [each for each in sent if each is not asked and each.phase == "given" and _is_like(each, asked)]
    return _last(each for each in usual if each.reply is not None and each.reply.status < 400)


def _is_like(one: Exchange, other: Exchange) -> bool:
    """Whether two requests ask the same place for the same kind of thing: a page's form asks for something else."""
    if _place(one.request) != _place(other.request):
        return False
    names, others = _names(one.request), _names(other.request)
    return 2 * len(names & others) >= min(len(names), len(others))


def _names(request: Request) -> frozenset[str]:
    """Names of the parameters of a request."""
    text = f"{request.url.partition('?')[2]}&{request.body.decode('utf-8', 'replace')}"
    return frozenset(name for name, _ in parse_qsl(text, keep_blank_values=True))


def _place(request: Request) -> str:
    return request.url.partition("?")[0]


# The proof

FAR = 8192


def _shown(reply: Reply, violation: Violation) -> tuple[str, str]:
    """The part of a reply in which the breach shows, and the text in it that shows it."""
    aspect, proof = violation.aspect, violation.proof
    lines = [f"{name}: {value}" for name, value in reply.headers]
    wanted = aspect.removeprefix("header ").lower() + ":" if aspect.startswith("header ") else ""
    line = next((line for line in lines if wanted and line.lower().startswith(wanted)), "")
    if line:
        return line, proof
    location = reply.header("Location")
    if location is not None and (not proof or proof in location):
        return f"Location: {location}", proof
    # A cut so far away from the proof goes through nothing that the excerpt shows.
    place = max(0, reply.text.find(proof)) if proof else 0
    return reply.text[max(0, place - FAR) : place + FAR], proof
