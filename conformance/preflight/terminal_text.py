"""What `doctor` and `run` say of controls and of the outlook, on the terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from conformance.harness.clearing import Cleared, why_kept
from conformance.harness.footprint import Footprint, may_lock
from conformance.harness.session import Session
from conformance.preflight.controls import Control, Examiner, State
from conformance.preflight.forecast import PROSPECTS, WORKERS_SUGGESTED, Outlook
from conformance.profile.target import Target
from conformance.reporting.summary import counted
from conformance.reporting.text import document_name, exchanges_as_text, visible
from conformance.wire.evidence import rendered
from conformance.wire.exchange import Exchange

MARKS: dict[State, str] = {"holds": "ok   ", "fails": "FAIL ", "not asked": "  -  "}
WIDTH = 120
REASONS_SHOWN = 15
A_MINUTE = 90.0


def print_controls(
    controls: Sequence[Control], session: Session, stream: TextIO, *, every_exchange: bool = False
) -> None:
    """Each control with what proves or disproves it; the exchanges of failures in full."""
    for control in controls:
        _print(stream, f"{MARKS[control.state]} {control.name}")
        _print(stream, f"{_told(control)}{_deciding(control)}", 6)
        if control.remedy:
            _print(stream, f"-> {control.remedy}", 6)
        if control.exchanges and (every_exchange or control.state == "fails"):
            shown = exchanges_as_text(rendered(exchange, session.redactor) for exchange in control.exchanges)
            print(textwrap.indent(shown, " " * 8), file=stream)


def _told(control: Control) -> str:
    return f"{control.where}: {control.says}" if control.state == "fails" else control.says


def _deciding(control: Control) -> str:
    """The exchange that decided, in short."""
    last = control.exchanges[-1] if control.exchanges else None
    return "" if last is None or control.state == "fails" else f"  [{_in_short(last)}]"


def _in_short(exchange: Exchange) -> str:
    request = exchange.request
    answered = exchange.reply.status if exchange.reply else "no answer"
    return f"{request.method} {request.url.partition('?')[0]}: {answered}"


def print_outlook(outlook: Outlook, target: Target, stream: TextIO) -> None:
    """What will be tested, what not and what would change that, and what a run takes."""
    print("\nWhat a run will do with these requirements:\n", file=stream)
    names = {document: document_name(document) for document in outlook.counts()}
    width = max(map(len, names.values()))
    print(" " * width + "".join(f"{prospect:>16}" for prospect in PROSPECTS), file=stream)
    for document, numbers in outlook.counts().items():
        print(
            names[document].ljust(width) + "".join(f"{numbers[prospect] or '-':>16}" for prospect in PROSPECTS),
            file=stream,
        )
    for prospect, heading in (
        ("undecided", "Undecided as long as the profile is wrong"),
        ("untested", "Not tested, and what would change that"),
        ("not applicable", "Not applicable; claim it under [features] if the server has it"),
    ):
        _print_reasons(heading, outlook.reasons(prospect), stream)
    print(file=stream)
    print_forecast(outlook, target, stream, leaves=False)


def _print_reasons(heading: str, reasons: Sequence[tuple[str, int]], stream: TextIO) -> None:
    if not reasons:
        return
    print(f"\n{heading}:", file=stream)
    for reason, number in reasons[:REASONS_SHOWN]:
        _print(stream, f"{number:>5}  {reason}", 7)
    if len(reasons) > REASONS_SHOWN:
        print(f"       and {len(reasons) - REASONS_SHOWN} more reasons (--json has all)", file=stream)


def print_forecast(outlook: Outlook, target: Target, stream: TextIO, *, leaves: bool) -> None:
    """What a run takes, what each account sees of it, and what it leaves; `leaves` says that nothing is revoked."""
    _print(stream, f"A run sends about {counted(outlook.requests, 'request')}{_time(outlook)}.")
    for table, use in sorted(outlook.footprint.accounts.items()):
        seen = [f"{counted(use.sign_ins, 'sign-in')}", f"{counted(use.approvals, 'approval')}"]
        seen += [f"{counted(use.failed_sign_ins, 'failed sign-in')}"] if use.failed_sign_ins else []
        _print(stream, f"[{table}] sees about {', '.join(seen)}.", 2)
    lockable = may_lock(outlook.footprint, target)
    if lockable:
        _print(stream, f"A server that locks after failures in a row may lock {', '.join(lockable)}.", 2)
    _print(stream, _left_behind(outlook.footprint, target, leaves=leaves), 2)


def _left_behind(footprint: Footprint, target: Target, *, leaves: bool) -> str:
    tokens = len(footprint.issued)
    if not tokens:
        return "It leaves no tokens."
    kept = "as --leave says" if leaves else why_kept(target)
    end = f"are left to expire ({kept})" if kept else "are revoked at its end (--leave keeps them)"
    more = " Sessions stay, and what the server remembers of consents" if footprint.journeys else ""
    codes = f"; {counted(footprint.codes, 'code')} that nobody redeems" if footprint.codes > 0 else ""
    return f"About {counted(tokens, 'token')} are issued, and {end}.{more}{codes if more else ''}{'.' if more else ''}"


def print_cleared(cleared: Cleared, stream: TextIO) -> None:
    """At a run's end: what became of the tokens that it was given."""
    if cleared.revoked:
        _print(stream, f"Revoked {counted(cleared.revoked, 'token')} that the run was given.")
    if cleared.left:
        _print(stream, f"{counted(cleared.left, 'token')} of the run stay until they expire: {cleared.why}.")


def _time(outlook: Outlook) -> str:
    seconds = outlook.seconds
    told = f", {duration(seconds)} at the {outlook.round_trip * 1000:.0f} ms that an answer took"
    told += f", {duration(outlook.waits)} of it waiting" if outlook.waits else ""
    if seconds < A_MINUTE:
        return told
    return f"{told}; with -n {WORKERS_SUGGESTED} perhaps {duration(seconds / WORKERS_SUGGESTED)}"


def duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < A_MINUTE else f"{round(seconds / 60)} min"


def print_conclusion(controls: Sequence[Control], profile: Path, stream: TextIO) -> None:
    """Whether a run can be trusted with this profile."""
    numbers = Counter(control.state for control in controls)
    if not numbers["fails"]:
        unseen = f"; {numbers['not asked']} could not be tried, and say why" if numbers["not asked"] else ""
        hold = "control that was tried holds" if numbers["holds"] == 1 else "controls that were tried hold"
        kept = f"All {numbers['holds']} {hold}{unseen}."
        print(f"\n{kept} Next: oauth2-conformance run {profile}", file=stream)
        return
    print(f"\n{numbers['fails']} of {counted(len(controls), 'control')} fail; correct these lines first:", file=stream)
    for diagnosis in diagnoses(controls):
        _print(stream, diagnosis, 2)


def diagnoses(controls: Iterable[Control]) -> list[str]:
    """What is wrong, each once: of several controls that show the same key wrong in the same way, the first."""
    found: dict[tuple[str, str], str] = {}
    for control in controls:
        if control.state == "fails":
            found.setdefault((control.where, control.remedy), control.diagnosis())
    return list(found.values())


def announce(examiner: Examiner, stream: TextIO) -> None:
    """At a run's start: what is wrong with the profile, and what becomes of that."""
    wrong = diagnoses(examiner.controls)
    if not wrong:
        return
    print("The profile was tried out before the run, and something is wrong:", file=stream)
    for diagnosis in wrong:
        _print(stream, diagnosis, 2)
    if examiner.faults:
        print("What rests on it stays inconclusive. If the profile is right, `--unchecked` judges it all.", file=stream)


def _print(stream: TextIO, text: str, indent: int = 0) -> None:
    """A text in lines that fit, as text only: what a server said can't drive the terminal."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    safe = visible(text).encode(encoding, "backslashreplace").decode(encoding)
    space = " " * indent
    for line in safe.split("\n"):
        first = line if line.startswith(space) or not indent else space + line
        print(
            textwrap.fill(first, WIDTH, subsequent_indent=space + "  ", break_on_hyphens=False, break_long_words=False),
            file=stream,
        )
