"""Made-up runs, built by the harness itself, so that reports and schema are tried on what it really writes."""

from __future__ import annotations

import hashlib
import json
import pickle
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from conformance.reporting.summary import RELATIONS
from conformance.tally import results
from conformance.tally.catalogue import Catalogue, Requirement, load_catalogue
from conformance.tally.gathered import Header, Run, TestResult

BASE_URL = "https://as.example.com"
PROFILE: Mapping[str, Any] = {
    "target": {"name": "staging", "base_url": BASE_URL, "timeout": 5.0},
    "endpoints": {"token": "/oauth/token", "authorization": "/oauth/authorize"},
    "clients": {
        "confidential": {
            "client_id": "client-a",
            "client_secret": "$CLIENT_A_SECRET",
            "redirect_uris": ["https://client.example/cb", "https://client.example/cb?tenant=1"],
            "authentication": "client_secret_basic",
        }
    },
    "resource_owner": {"username": "alice", "password": "$ALICE_PASSWORD"},
    "features": {"grants": ["authorization_code", "refresh_token"], "revocation": True, "introspection": True},
}
WELL_KNOWN = "rfc6749-4.1.2-reused-code-denied"
# What a hostile target may put wherever it has a say.
HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "'-alert(1)-'",
    "</pre></details></style></title><svg onload=document.title='owned'>",
    "<!--<script>",
    "]]>{{ 7*7 }}{% raw %}",
    "\x00\x07\x1b[2J\x1b]0;owned\x07\x7f\x9b",
    "\u202eevil\u202c \u2028 \ufffd \ufeff",
    "javascript:document.title='owned'",
    "$(touch /tmp/owned) `touch /tmp/owned` $HOME !! \\ ' \"",
)


@cache
def catalogue() -> Catalogue:
    """The suite's own catalogue."""
    return load_catalogue()


def exchange(
    method: str = "POST",
    url: str = f"{BASE_URL}/oauth/token",
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/x-www-form-urlencoded"),),
    body: str = "grant_type=authorization_code&code={code#1}",
    reply: str = '{"error":"invalid_grant"}',
    **more: Any,
) -> dict[str, Any]:
    """A rendered exchange."""
    response = {
        "status": 400,
        "headers": [["Content-Type", "application/json"], ["Cache-Control", "no-store"]],
        "body": reply,
        "ms": 3.21,
        "size": len(reply),
    }
    request = {"method": method, "url": url, "headers": [list(pair) for pair in headers], "body": body}
    return {"at": 0.125, "phase": "send", "request": request, "response": response, **more}


def with_evidence(test: TestResult, *exchanges: dict[str, Any]) -> TestResult:
    """The test with these exchanges as its evidence; the same exchange gets the same name in every test."""
    named = tuple({"id": _name_of(each), **each} for each in exchanges)
    return replace(test, exchanges=tuple(each["id"] for each in named), evidence=named)


def _name_of(exchange: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(exchange).encode()).hexdigest()


def header(**more: Any) -> Header:
    """What is known of a run before its first test, with more or something else."""
    known: dict[str, Any] = {
        "target_name": "staging",
        "base_url": BASE_URL,
        "started": "2026-03-01T10:00:00Z",
        "profile": PROFILE,
        "features": tuple(sorted({name for r in catalogue().requirements for name in r.needs} - {"implicit"})),
        "declined": {},
        "fail_on": "must",
        "selection": (),
        "catalogue_digest": catalogue().digest,
    }
    return Header(**{**known, **more})


def content(tests: list[TestResult] | None = None, **more: Any) -> dict[str, Any]:
    """The content of a `results.json` of a run in which these tests ended."""
    run = Run(header(**more), list(tests or []), finished="2026-03-01T10:00:12Z")
    run.collected = {r.id: [f"test_{r.id}"] for r in catalogue().requirements}
    return results.build(run, catalogue())


def documents_differ() -> dict[str, Any]:
    """A run against a server that gives client credentials a refresh token: as one document shows it, not the other."""
    broken = {"expected": "no refresh token", "observed": "a refresh token"}
    return content(
        [
            TestResult("rfc6749-4.4.3-no-refresh-token", "test_none", "broken", **broken),
            TestResult("documented-flow-1-refresh-token-string", "test_a_string", "kept"),
        ]
    )


ODD = ("grant_type=authorization_code&code={code#1}&code={code#1}", '{"access_token":"{access_token#1}"}')
PAIR = ("rfc6749-3.2-repeated-parameter-refused", "rfc6749-5.2-repeated-parameter-invalid-request")
ALONE = "rfc6749-5.1-token-response-no-store"


def run_with_faults() -> dict[str, Any]:
    """A run with two faults: a parameter that comes twice is taken, which breaks two requirements; and a header that is
    missing. Each finding has its judged exchange among others, the first ones their control too."""
    usual = exchange(reply='{"access_token":"{access_token#2}"}', phase="given")
    odd, after = exchange(body=ODD[0], reply=ODD[1], at=0.25), exchange(body="grant_type=other", at=0.5)
    tests = [
        _judged(
            TestResult(PAIR[0], "test_it[code]", "broken", expected="a refusal", observed="200"), usual, odd, after
        ),
        _judged(TestResult(PAIR[0], "test_it[scope]", "broken", expected="a refusal", observed="200"), usual, odd),
        _judged(TestResult(PAIR[1], "test_code", "broken", expected="an error", observed="200"), usual, odd),
        _judged(
            TestResult(ALONE, "test_header", "broken", expected="no-store", observed="none"), exchange(), exchange(at=1)
        ),
    ]
    return content(tests)


def _judged(test: TestResult, usual: dict[str, Any], judged: dict[str, Any], *more: dict[str, Any]) -> TestResult:
    """A finding that rests on an exchange, with another one as its control, and more of them behind."""
    found = with_evidence(test, usual, judged, *more)
    control, place = found.exchanges[:2]
    aspect = "header Cache-Control" if test.requirement == ALONE else "issued"
    excerpt = judged["response"]["body"][:60]
    names = {"exchange": place, "answer": place, "control": control if aspect == "issued" else ""}
    return replace(found, judged={**names, "aspect": aspect, "excerpt": excerpt})


def known(identifier: str, state: str = "known") -> dict[str, str]:
    """An entry of a run's baseline."""
    words = {"reason": "the proxy does it", "owner": "platform", "expires": "2027-01-01"}
    return {"id": identifier, **words, "state": state}


def full_run(seed: int = 1, broken: float = 0.01, exchanges_each: int = 5) -> dict[str, Any]:
    """A run of realistic size: a test or two for each requirement, several exchanges each."""
    return pickle.loads(_kept_run(seed, broken, exchanges_each))  # type: ignore[no-any-return]


@cache
def _kept_run(seed: int, broken: float, exchanges_each: int) -> bytes:
    """The same, to make a copy of for each test: to build one anew takes several times as long."""
    return pickle.dumps(_run_of(catalogue().requirements, seed, broken, exchanges_each))


def small_run(seed: int = 243) -> dict[str, Any]:
    """A run of every kind of verdict, small enough for a browser's checks: some requirements of each section.

    The default seed is one whose dice throw all of them.
    """
    chosen = [r for n, r in enumerate(catalogue().requirements) if n % 25 == 0 or r.id == WELL_KNOWN]
    found = _run_of(chosen, seed, broken=0.1, exchanges_each=3)
    names = {requirement.id for requirement in chosen}
    found["requirements"] = [entry for entry in found["requirements"] if entry["id"] in names]
    for entry in found["requirements"]:
        entry["see_also"] = []
        for relation in RELATIONS:
            entry.pop(relation, None)
    told = {entry.get("topic") for entry in found["requirements"]}
    found["topics"] = {name: topic for name, topic in found["topics"].items() if name in told}
    return found


def _run_of(requirements: Iterable[Requirement], seed: int, broken: float, exchanges_each: int) -> dict[str, Any]:
    dice = random.Random(seed)
    tested = (each for each in requirements if each.is_tested and each.role != "client")
    return content([test for each in tested for test in _tests_of(each, dice, broken, exchanges_each)])


def _tests_of(requirement: Requirement, dice: random.Random, broken: float, number: int) -> list[TestResult]:
    if "implicit" in requirement.needs:
        return []
    count = dice.choice((1, 1, 2))
    return [_test_of(requirement, n, dice, broken, number) for n in range(count)]


def _test_of(requirement: Requirement, n: int, dice: random.Random, broken: float, number: int) -> TestResult:
    outcome = "broken" if dice.random() < broken else "kept"
    outcome = outcome if dice.random() > 0.02 else dice.choice(("inconclusive", "vacuous", "untested", "error"))
    more: dict[str, Any] = {
        "broken": {
            "expected": "a decided answer (no 5xx, no timeout) that carries no token",
            "observed": "status 200 with JSON (access_token, token_type, expires_in, refresh_token, scope)",
        },
        "inconclusive": {"reason": "no code came back: the sign-in form at /oauth/authorize has no password field"},
        "vacuous": {"reason": "the token response tells no lifetime"},
        "untested": {"reason": "set [limits] code_lifetime in the profile to have this tested"},
        "error": {"reason": "KeyError: 'token'", "detail": "Traceback (most recent call last):\nKeyError: 'token'\n"},
    }.get(outcome, {})
    exchanges = tuple(_realistic(dice, m, number) for m in range(number))
    name = f"test_{requirement.id.split('-', 2)[-1].replace('-', '_')}[{n}]"
    test = TestResult(requirement.id, name, outcome, duration=dice.random() / 50, **more)
    return with_evidence(test, *exchanges)


def _realistic(dice: random.Random, n: int, number: int) -> dict[str, Any]:
    """An exchange of about 1 KB; times, dates and identifiers differ as they do in life."""
    state = f"{dice.getrandbits(96):024x}"
    body = (
        f"grant_type=authorization_code&code={{code#{n + 1}}}&redirect_uri=https%3A%2F%2Fclient.example%2Fcb&x={state}"
    )
    reply = (
        f'{{"access_token":"{{access_token#{n + 1}}}","token_type":"bearer","expires_in":{dice.randrange(3600)},'
        f'"refresh_token":"{{refresh_token#{n + 1}}}","scope":"me","created_at":{1760000000 + dice.randrange(99999)}}}'
    )
    shown = exchange(
        headers=(
            ("User-Agent", "oauth2-conformance"),
            ("Accept", "*/*"),
            ("Authorization", "Basic {basic credentials of confidential}"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ),
        body=body,
        reply=reply,
        at=round(dice.random() * 9, 4),
        phase="send" if n == number - 1 else "given",
    )
    shown["response"]["ms"] = round(dice.random() * 9, 2)
    shown["response"]["status"] = 200
    shown["response"]["headers"] += [
        ["Date", f"Sun, 01 Mar 2026 10:00:{dice.randrange(60):02d} GMT"],
        ["X-Request-Id", f"{dice.getrandbits(128):032x}"],
        ["Strict-Transport-Security", "max-age=63072000; includeSubDomains"],
        ["Pragma", "no-cache"],
    ]
    return shown


def hostile_run() -> dict[str, Any]:
    """A run against a target that attacks whoever reads its report: in every verdict that shows evidence."""
    outcomes = ("broken", "inconclusive", "vacuous", "error", "kept", "untested")
    servers = (r for r in catalogue().requirements if r.role != "client")
    tested = [r for r in servers if r.is_tested and "implicit" not in r.needs]
    tests = []
    # A SHOULD comes first and is broken, so that there is a warning whatever the catalogue holds.
    warned = next(r for r in tested if r.level == "SHOULD" and r.role == "authorization-server")
    binding = [r for r in tested if r.level != "SHOULD"]
    chosen = [warned, *binding[40 : 39 + len(HOSTILE) * len(outcomes)]]
    for n, requirement in enumerate(chosen):
        attack, outcome = HOSTILE[n % len(HOSTILE)], outcomes[n % len(outcomes)]
        test = TestResult(requirement.id, f"test[{attack}]", outcome, attack, attack, attack, attack)
        tests.append(with_evidence(replace(test, notes=(attack,)), hostile(attack)))
    return content(tests, target_name=f"evil {HOSTILE[1]}", declined={"implicit": HOSTILE[0]})


def hostile(attack: str) -> dict[str, Any]:
    """An exchange with an attack wherever text stands."""
    attacked = exchange("POST", f"{BASE_URL}/{attack}", (("X-Attack", attack), (attack, "x")), attack, attack)
    attacked["response"]["headers"].append([attack, attack])
    return attacked


# Members whose values the schema fixes: no target has a say in them.
FIXED = frozenset(
    {
        *("id", "level", "role", "verdict", "outcome", "phase", "started", "finished", "conclusion", "fail_on"),
        *("catalogue", "topic", "see_also", *RELATIONS, "features", "state", "expires", "budget"),
    }
)


def hostile_everywhere(attack: str) -> dict[str, Any]:
    """A valid `results.json` with an attack in every text that isn't fixed by the schema, profile and baseline too."""
    found = small_run()
    broken = next(entry["id"] for entry in found["requirements"] if entry["verdict"] == "failed")
    entry = {"id": broken, "reason": "known", "owner": "team", "expires": "2027-01-01", "state": "known"}
    known = {"entries": [entry], "source": "known.toml", "no_longer_decided": []}
    hostile = _attacked({**found, "selection": ["rfc6749"], "baseline": known}, attack)
    assert isinstance(hostile, dict)
    return hostile


def _attacked(value: object, attack: str) -> object:
    if isinstance(value, dict):
        return {key: each if key in FIXED else _attacked(each, attack) for key, each in value.items()}
    if isinstance(value, list):
        return [_attacked(each, attack) for each in value]
    return attack if isinstance(value, str) else value
