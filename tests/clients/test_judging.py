"""What decides about a client: a right one passes, a careless one is found, one that does nothing passes nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from conformance.clients.context import Context
from conformance.clients.login_browser import NoWayBack
from tests.clients import plain
from tests.clients.running import session_with, verdicts

STATE = "rfc6749-10.12-client-uses-state"
QUERY_KEPT = "rfc6749-3.1-client-keeps-endpoint-query"
TRANSACTION = "rfc9700-2.1.1-client-value-for-each-transaction"
IN_THE_CLEAR = (
    "rfc6749-10.8-client-sends-no-secret-in-clear",
    "rfc6749-10.8-client-sends-no-code-in-clear",
    "rfc6750-5.3-client-always-uses-tls",
    "rfc7009-2-client-verifies-https-url",
)
SURPRISES = (
    "rfc6749-3.1-client-keeps-endpoint-query",
    "rfc6749-4.1.2-client-assumes-no-code-size",
    "rfc6749-4.1.2-client-ignores-unknown-parameters",
    "rfc6749-5.1-token-type-ignores-case",
    "rfc6749-5.1-no-size-assumptions",
    "rfc6749-5.1-unknown-members-ignored",
    "rfc7009-2.2-client-ignores-body",
)


def test_a_right_client_passes_what_every_client_has_to(certificates: Path) -> None:
    with session_with(plain.login, certificates) as session:
        found = verdicts(session, lambda case: case.requirement.startswith("rfc6749-"))

    assert {name: end for name, end in found.items() if end[0] not in ("kept", "vacuous")} == {}


def test_a_client_that_takes_any_state_is_found(certificates: Path) -> None:
    def deceived(context: Context) -> Context:
        def browse(url: str) -> str:
            asked, answer = parse_qs(urlsplit(url).query), urlsplit(context.browse(url))
            told = {**parse_qs(answer.query), "state": asked["state"]}
            return answer._replace(query=urlencode(told, doseq=True)).geturl()

        return replace(context, browse=browse, second=context.second and deceived(context.second))

    def careless(context: Context) -> object:
        return plain.login(deceived(context))

    with session_with(careless, certificates) as session:
        found = verdicts(session, lambda case: case.requirement == STATE)

    assert {word for word, _ in found.values()} == {"broken"}


def test_a_client_that_does_nothing_passes_nothing(certificates: Path) -> None:
    with session_with(lambda context: None, certificates) as session:
        found = verdicts(session)

    assert {word for word, _ in found.values()} <= {"inconclusive", "untested"}


def test_a_client_that_never_comes_back_passes_nothing(certificates: Path) -> None:
    with session_with(lambda context: time.sleep(60), certificates) as session:
        found = verdicts(session, lambda case: case.requirement == STATE)

    assert {word for word, _ in found.values()} == {"inconclusive"}


def test_a_client_that_refuses_its_own_settings_keeps_its_secrets(certificates: Path) -> None:
    def cautious(context: Context) -> object:
        places = (context.token_endpoint, context.revocation_endpoint, context.resource)
        if not all(place.startswith("https:") for place in places):
            raise plain.Refused("an endpoint that is not encrypted")
        return plain.login(context)

    with session_with(cautious, certificates) as session:
        found = verdicts(session, lambda case: case.requirement in IN_THE_CLEAR)

    assert {word for word, _ in found.values()} == {"kept"}


def test_a_client_that_fails_before_anything_is_amiss_refuses_nothing(certificates: Path) -> None:
    logins = iter([plain.login])

    with session_with(lambda context: next(logins)(context), certificates) as session:
        found = verdicts(session, lambda case: case.requirement == STATE)

    assert {word for word, _ in found.values()} == {"inconclusive"}


def test_a_client_that_waits_for_an_answer_that_never_comes_is_judged_by_its_request(certificates: Path) -> None:
    def patient(context: Context) -> object:
        def browse(url: str) -> str:
            try:
                return context.browse(url.replace("&response_type", "?response_type"))
            except NoWayBack:
                time.sleep(60)
                raise

        return plain.login(ContextWith(context, browse))  # type: ignore[arg-type]

    with session_with(patient, certificates) as session:
        found = verdicts(session, lambda case: case.requirement == QUERY_KEPT)

    assert {word for word, _ in found.values()} == {"broken"}


@pytest.mark.parametrize(("constant", "word"), [(False, "kept"), (True, "broken")])
def test_to_open_a_request_twice_begins_no_new_transaction(certificates: Path, constant: bool, word: str) -> None:
    def reloading(context: Context) -> object:
        def browse(url: str) -> str:
            context.browse(url)
            return context.browse(url)

        return plain.login(ContextWith(context, browse))  # type: ignore[arg-type]

    def repeating(context: Context) -> object:
        with patch("tests.clients.plain.secrets.token_urlsafe", lambda octets: "x" * 43):
            return plain.login(context)

    with session_with(repeating if constant else reloading, certificates) as session:
        found = verdicts(session, lambda case: case.requirement == TRANSACTION)

    assert {ended for ended, _ in found.values()} == {word}


def test_what_surprises_is_met_in_company_and_judged_alone(certificates: Path) -> None:
    def short(context: Context) -> object:
        def browse(url: str) -> str:
            answer = context.browse(url)
            if len(answer) > 1000:
                raise plain.Refused("a code as long as that")
            return answer

        return plain.login(ContextWith(context, browse))  # type: ignore[arg-type]

    with session_with(short, certificates) as session:
        found = verdicts(session, lambda case: case.requirement in SURPRISES)

    assert {name for name, (word, _) in found.items() if word != "kept"} == {
        "rfc6749-4.1.2-client-assumes-no-code-size::test_a_code_of_any_size_works[code-long]"
    }


class ContextWith:
    """A context with another browser."""

    def __init__(self, context: Context, browse: object) -> None:
        self._context = context
        self.browse = browse

    def __getattr__(self, name: str) -> object:
        return getattr(self._context, name)
