"""What every report says of a run, read from the content of `results.json`: findings, numbers, conclusion in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from conformance.base.verdict_words import VERDICTS
from conformance.reporting.text import document_name

Content = Mapping[str, Any]
Entry = Mapping[str, Any]

LEVELS = ("MUST", "STATED", "SHOULD", "MAY")
BINDING = ("MUST", "STATED")
STATED = "STATED is binding text without a keyword; a breach counts like that of a MUST."
OUTSIDE_THE_CONCLUSION = ("http", "robustness")
# Verdicts of what nothing could be looked at for.
OUT_OF_REACH = ("not applicable", "untestable")
# What can have become of a baseline's entry.
STATES = ("known", "expired", "stale", "undecided")
SERVER = "authorization-server"
RESOURCE_SERVER = "resource-server"
# Whose requirements a run judges, by what its target is.
ROLES_TESTED: Mapping[str, tuple[str, ...]] = {SERVER: (SERVER, RESOURCE_SERVER), "client": ("client",)}


def role_of(content: Content) -> str:
    """What the target of a run is: an authorization server, unless it says otherwise."""
    role: str = content["target"].get("role", SERVER)
    return role


def bound_in_words(content: Content) -> str:
    """The same, in words that stand behind `requirements on`."""
    return f"the {role_of(content).replace('-', ' ')}"


def of_target(content: Content) -> list[Entry]:
    """Requirements on what the target is."""
    return [entry for entry in content["requirements"] if entry["role"] == role_of(content)]


def of_resource_servers(content: Content) -> list[Entry]:
    """Requirements on resource servers, where a run looks at any."""
    looks = RESOURCE_SERVER in ROLES_TESTED[role_of(content)]
    return [entry for entry in content["requirements"] if looks and entry["role"] == RESOURCE_SERVER]


def of_tested(content: Content) -> list[Entry]:
    """Requirements on whom a run tests: those on others, and on authors, are no gap of it."""
    return [entry for entry in content["requirements"] if entry["role"] in ROLES_TESTED[role_of(content)]]


def with_verdict(entries: Iterable[Entry], *words: str) -> list[Entry]:
    """The entries with one of these verdicts: in the order of the verdicts given, then of the catalogue."""
    kept = [entry for entry in entries if entry["verdict"] in words]
    return sorted(kept, key=lambda entry: words.index(entry["verdict"]))


def findings(content: Content) -> list[Entry]:
    """What was broken: failed, then warned."""
    return with_verdict(content["requirements"], "failed", "warned")


def known_deviations(content: Content) -> dict[str, Mapping[str, Any]]:
    """The baseline's entries that were found in this run and open the gate, by requirement."""
    return {entry["id"]: entry for entry in _deviations(content, "known")}


def deviations_that_close(content: Content) -> list[Mapping[str, Any]]:
    """The baseline's entries that have to be taken out or given a new day: they close the gate."""
    return _deviations(content, "expired", "stale")


def deviations_of_findings(content: Content) -> dict[str, Mapping[str, Any]]:
    """The baseline's entries whose requirement is broken, expired ones included, by requirement."""
    found = {entry["id"] for entry in findings(content)}
    return {entry["id"]: entry for entry in _deviations(content, *STATES) if entry["id"] in found}


def no_longer_decided(content: Content) -> list[Entry]:
    """Requirements that were decided when the baseline was written, and are vacuous now: they close the gate."""
    vanished = content.get("baseline", {}).get("no_longer_decided", ())
    return [entry for entry in content["requirements"] if entry["id"] in vanished]


def _deviations(content: Content, *states: str) -> list[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = content.get("baseline", {}).get("entries", [])
    return [entry for entry in entries if entry["state"] in states]


def deviation_in_words(deviation: Mapping[str, Any]) -> str:
    """What became of a baseline's entry, and what it says."""
    until = f"until {deviation['expires']}, {deviation['owner']}: {deviation['reason']}"
    match deviation["state"]:
        case "expired":
            return f"known deviation that has expired ({until})"
        case "stale":
            return f"no deviation any more: this run found it kept ({until})"
        case _:
            return f"known deviation ({until})"


def counts_for_conclusion(entry: Entry) -> bool:
    """Whether an entry has a part in the conclusion about the target; files from before claims don't say."""
    by_role = entry["role"] == SERVER and entry["document"] not in OUTSIDE_THE_CONCLUSION
    return bool(entry.get("concludes", by_role))


def claims_in_words(content: Content) -> list[tuple[str, str, str]]:
    """Name, title and conclusion of each claim that the profile makes."""
    return [(claim["name"], claim["title"], claim["conclusion"]) for claim in content.get("claims", ())]


def outlook_in_words(content: Content) -> list[str]:
    """How what isn't claimed would stand, as far as it was judged: a sentence for each claim."""
    return [_outlook(each) for each in content.get("outlook", ())]


def _outlook(claim: Mapping[str, Any]) -> str:
    told = f"{claim['title']} ({claim['name']}), not claimed"
    broken = f"{claim['failed']} of {claim['decided']} would be broken"
    warned = f", {claim['warned']} would warn" if claim["warned"] else ""
    return f"{told}: {broken}{warned}"


def outlook_findings(content: Content) -> list[Entry]:
    """Entries of what isn't claimed that would be findings."""
    return [entry for entry in content["requirements"] if entry.get("outlook") in ("failed", "warned")]


def by_reason(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries grouped by their reason, the largest group first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry["reason"] or "no reason given", []).append(entry)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def concluded_entries(content: Content) -> list[Entry]:
    """The requirements that have a part in the conclusion."""
    return [entry for entry in content["requirements"] if counts_for_conclusion(entry)]


def by_level(entries: Iterable[Entry]) -> dict[str, Counter[str]]:
    """Verdicts by level."""
    numbers: dict[str, Counter[str]] = {level: Counter() for level in LEVELS}
    for entry in entries:
        numbers[entry["level"]][entry["verdict"]] += 1
    return numbers


def words_in_use(entries: Iterable[Entry]) -> list[str]:
    """The verdicts that occur, in their order."""
    present = {entry["verdict"] for entry in entries}
    return [word for word in VERDICTS if word in present]


def exchanges_of(test: Mapping[str, Any], exchanges: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A test's exchanges."""
    return [exchanges[index] for index in test["exchanges"]]


def decisive_exchange(test: Mapping[str, Any], exchanges: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The exchange that a test rests on: the judged one; where none is, its last stimulus, else its last exchange."""
    if "judged" in test:
        judged: Mapping[str, Any] = exchanges[test["judged"]["exchange"]]
        return judged
    sent = exchanges_of(test, exchanges)
    stimuli = [exchange for exchange in sent if exchange["phase"] == "send"] or sent
    return stimuli[-1] if stimuli else None


# What a finding makes of an exchange, the first that holds.
MARKS = (("exchange", "judged"), ("answer", "shows it"), ("control", "compared with"))


def mark_of(test: Mapping[str, Any], index: int) -> str:
    """What a test's finding makes of an exchange, by its place in the evidence of the run; empty for any other."""
    judged = test.get("judged", {})
    return next((mark for name, mark in MARKS if judged.get(name) == index), "")


def marks_of(test: Mapping[str, Any]) -> dict[int, str]:
    """The mark of each exchange that has one (judged, control), by its place in the test."""
    return {place: mark for place, index in enumerate(test["exchanges"]) if (mark := mark_of(test, index))}


def deciding_tests(entry: Entry) -> list[Mapping[str, Any]]:
    """The tests that gave a requirement its verdict."""
    return [test for test in entry["tests"] if test["verdict"] == entry["verdict"]]


def repeat_in_words(entry: Entry) -> str:
    """How often a finding was seen, or why it wasn't tried again; empty for what is none."""
    words = dict.fromkeys(test["repeat"]["words"] for test in deciding_tests(entry) if "repeat" in test)
    return "; ".join(words)


def entries_beside(content: Content) -> dict[str, list[Entry]]:
    """By id, the entries of other documents that an entry is read beside; those that stand alone are left out."""
    by_id = {entry["id"]: entry for entry in content["requirements"]}
    others = {entry["id"]: [by_id[name] for name in entry["see_also"] if name in by_id] for entry in by_id.values()}
    return {identifier: entries for identifier, entries in others.items() if entries}


# How an entry stands to another that it is read beside, in the order in which it is told.
RELATIONS = {"contrary": "contrary to", "supersedes": "supersedes", "superseded_by": "superseded by"}


def relation(entry: Entry, other: Entry) -> str:
    """How an entry stands to one of another document that it is read beside, in words."""
    return next((words for key, words in RELATIONS.items() if other["id"] in entry.get(key, ())), "see also")


def explanation(entry: Entry, others: Iterable[Entry] = ()) -> str:
    """Background of an entry: its own, else that of the entries beside it; empty without any."""
    return next((each["explains"] for each in (entry, *others) if each["explains"]), "")


def shell_variables(content: Content) -> frozenset[str]:
    """Names of the environment variables that stand for secrets in the profile: a curl line may leave those, and no
    others, to the shell. A target could otherwise have the reader's own environment sent to it."""
    texts = (text for text in _strings(content["target"].get("profile", {})) if re.fullmatch(r"\$[A-Za-z_]\w*", text))
    return frozenset(text[1:] for text in texts)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


# In words


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 requirement`, `2 requirements`."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"


def conclusion_sentence(content: Content) -> str:
    """The run's conclusion as one plain sentence."""
    name = content["target"]["name"]
    numbers = by_level(concluded_entries(content))
    match content["conclusion"]:
        case "not conformant":
            return f"{name} is not conformant: it breaks {_binding(numbers, 'failed')}."
        case "faulty":
            faults = len(with_verdict(content["requirements"], "error"))
            return f"No conclusion about {name}: the suite itself failed at {counted(faults, 'requirement')}."
        case "interrupted":
            return f"No conclusion about {name}: the run was interrupted."
        case "incomplete":
            return f"No conclusion about {name} yet: {undecided_in_words(content)} could not be decided."
        case "partial":
            return f"No breach was found in {name}, but {_left_out(content)}: no statement about the whole."
        case _:
            return f"{name} is {_conformant(numbers)}"


def _conformant(numbers: Mapping[str, Counter[str]]) -> str:
    vacuous = sum(numbers[level]["vacuous"] for level in LEVELS)
    if not vacuous:
        return "conformant: every applicable MUST and STATED requirement was decided and is kept."
    return (
        f"conformant; {vacuous} vacuous: every applicable MUST and STATED requirement was decided and is kept, "
        "but for those whose situation did not arise."
    )


def level_sentences(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """For each level, how the applicable ones of some requirements stand: never one number for several levels."""
    return [(level, _level_sentence(level, counter)) for level, counter in by_level(entries).items() if counter]


def outside_the_conclusion(content: Content) -> list[tuple[str, list[Entry]]]:
    """What has a line of its own, with the name of that line: resource servers, documents that order nothing."""
    own = {name: [e for e in of_target(content) if e["document"] == name] for name in OUTSIDE_THE_CONCLUSION}
    resources = [entry for entry in of_resource_servers(content) if not counts_for_conclusion(entry)]
    lines = [("Requirements on resource servers", resources)]
    lines += [(document_name(name), entries) for name, entries in own.items()]
    return [(name, entries) for name, entries in lines if any(e["verdict"] not in OUT_OF_REACH for e in entries)]


def in_one_line(entries: Iterable[Entry]) -> str:
    """How requirements stand, level by level, in one line."""
    return "; ".join(f"{level} {sentence}" for level, sentence in level_sentences(entries))


def _level_sentence(level: str, counter: Counter[str]) -> str:
    applicable = sum(counter.values()) - counter["not applicable"] - counter["untestable"]
    if not applicable:
        return "none applicable"
    if level == "MAY":
        vacuous = f", {counter['vacuous']} vacuous" if counter["vacuous"] else ""
        return f"{counter['noted']} of {applicable} options looked at{vacuous}"
    rest = [f"{counter[word]} {word}" for word in (*VERDICTS[:4], "untested", "vacuous") if counter[word]]
    return ", ".join([f"{counter['passed']} of {applicable} kept", *rest])


def _binding(numbers: Mapping[str, Counter[str]], word: str) -> str:
    parts = [f"{numbers[level][word]} {level}" for level in BINDING if numbers[level][word]]
    total = sum(numbers[level][word] for level in BINDING)
    return f"{' and '.join(parts)} requirement{'' if total == 1 else 's'}"


def undecided_in_words(content: Content) -> str:
    """The binding requirements that stayed open, by level."""
    numbers: dict[str, Counter[str]] = {level: Counter() for level in BINDING}
    for entry in concluded_entries(content):
        is_open = entry["verdict"] == "inconclusive" or (entry["verdict"] == "untested" and entry["no_test_yet"])
        if is_open and entry["level"] in BINDING:
            numbers[entry["level"]]["open"] += 1
    return _binding(numbers, "open")


def _left_out(content: Content) -> str:
    """How many applicable requirements were not tested, or declined."""
    own = concluded_entries(content)
    untested = sum(entry["verdict"] == "untested" for entry in own)
    declined = sum(bool(entry["declined"]) and entry["verdict"] != "untested" for entry in own)
    parts = [f"{counted(untested, 'requirement')} untested"] if untested else []
    parts += [f"{counted(declined, 'requirement')} declined"] if declined else []
    return " and ".join(parts) or "something was left out"


def duration(content: Content) -> str:
    """How long the run took, in words; empty when its times can't be read."""
    try:
        taken = datetime.fromisoformat(content["finished"]) - datetime.fromisoformat(content["started"])
    except (TypeError, ValueError):
        return ""
    seconds = int(taken.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min {seconds % 60} s"
