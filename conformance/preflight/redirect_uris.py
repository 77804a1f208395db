"""Controls of redirect URIs: a denial comes back to each of them, which costs nobody an approval."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from conformance.base.uris import is_loopback, urlsplit
from conformance.browser.answer import Answer
from conformance.browser.pages import BY_SCRIPT, read_page
from conformance.harness.refusals import why_not_back
from conformance.harness.trial import Trial
from conformance.preflight.client_controls import usable_grants
from conformance.preflight.controls import Control, Examiner, Pointless, Wrong
from conformance.preflight.free_requests import (
    BY_USER_AGENT,
    RESPONSE_TYPES,
    UNREGISTERED,
    Way,
    answer_without_approval,
    asks_to_sign_in,
    is_alike,
    is_known,
)
from conformance.profile.target import Client, fault_of_redirect_uri

# What is added to a redirect URI to see whether its query counts.
QUERY = "added=1"


def examine_redirect_uris(examiner: Examiner) -> None:
    """Every redirect URI that an authorization request of the profile may name."""
    target = examiner.session.target
    by_nobody = examiner.entrance is None or target.sign_in.driver == "manual"
    decision = examiner.refusing
    for client in target.clients.values():
        grants = usable_grants(target, client, BY_USER_AGENT)
        controls = [
            examiner.try_out(
                f"[clients.{client.name}]: redirect URI {uri}",
                ("clients", client.name, "redirect_uris"),
                partial(_is_registered, way=Way(client, grants[0], uri), decision=decision, by_nobody=by_nobody),
                needs=["endpoints.authorization"],
                blocks=fault_of_redirect_uri(client.name, uri),
            )
            for uri in (client.redirect_uris if grants else ())
        ]
        if controls and all(control.state == "fails" for control in controls) and client.name not in examiner.proven:
            _blame_client_id(examiner, client, controls)


def examine_registration(examiner: Examiner) -> None:
    """Whether the query of a redirect URI counts, as `full_redirect_uris` says (RFC 6749 section 3.1.2.2)."""
    way = examiner.entrance
    if way is None or examiner.session.target.sign_in.driver == "manual":
        return
    examiner.try_out(
        "redirect URIs are registered as a whole, or in part",
        ("features", "full_redirect_uris"),
        partial(_compares, way=way, decision=examiner.refusing),
        needs=["endpoints.authorization", "resource_owner", fault_of_redirect_uri(way.client.name, way.uri)],
    )


def _compares(trial: Trial, way: Way, decision: str) -> str:
    query = f"{'&' if '?' in way.uri else '?'}{QUERY}"
    answer = answer_without_approval(trial, replace(way, uri=way.uri + query), decision)
    if answer.destination is None and answer.consented and not _tells_of_denials(trial, way, decision):
        raise Pointless(f"declined, and no redirect came: {why_not_back(answer)}")
    # A server may ask for the decision before it looks at the redirect URI.
    is_taken = answer.destination is not None
    claimed = "full_redirect_uris" in trial.target.features
    if is_taken and claimed:
        remedy = "set it to false if scheme, authority and path alone are registered; else a run finds the breach"
        raise Wrong(f"a redirect URI with another query ({query}) is taken", remedy, may_be_breach=True)
    if not is_taken and not claimed:
        raise Wrong(f"a redirect URI with another query ({query}) is refused: {why_not_back(answer)}", "leave it out")
    return f"another query is {'taken' if is_taken else 'refused'}"


def _tells_of_denials(trial: Trial, way: Way, decision: str) -> bool:
    """Whether a denial leads to a redirect URI that is registered."""
    return answer_without_approval(trial, way, decision).destination is not None


def _blame_client_id(examiner: Examiner, client: Client, controls: list[Control]) -> None:
    """Nothing works with a client that nothing else has proven: its name may be the mistake."""
    if is_known(Trial(examiner.session), client):
        return
    for control in controls:
        remedy = "check client_id, and that each of redirect_uris is registered exactly so"
        examiner.blame(control, ("clients", client.name, "client_id"), remedy)


def _is_registered(trial: Trial, way: Way, decision: str, by_nobody: bool) -> str:
    answer = answer_without_approval(trial, way, decision, by_nobody=by_nobody)
    if answer.destination is not None:
        return _came_back(way, answer)
    if answer.consented:
        raise Pointless(f"declined, and no redirect came: {why_not_back(answer)}")
    if _refuses(trial, way, answer, by_nobody=by_nobody):
        if "security_bcp" in trial.target.features and _is_in_the_clear(way.uri):
            raise Pointless("refused, as RFC 9700 section 2.6 has it of http")
        raise Wrong(
            f"the server refuses an authorization request by {way.client.client_id!r} to {way.uri}: "
            f"{why_not_back(answer)}",
            "check that client_id is right and the redirect URI is registered exactly so",
        )
    return _by_an_error(trial, way, answer, by_nobody=by_nobody)


def _is_in_the_clear(uri: str) -> bool:
    return urlsplit(uri).scheme == "http" and not is_loopback(uri)


def _came_back(way: Way, answer: Answer) -> str:
    destination = answer.destination or ""
    if _place(destination) != _place(way.uri):
        raise Wrong(f"the user agent was sent to {_place(destination)}", "check that the redirect URI is registered")
    return f"the user agent was sent to it: {why_not_back(answer)}" if answer.get("error") else "a grant came to it"


def _place(uri: str) -> str:
    return uri.partition("#")[0].partition("?")[0]


def _refuses(trial: Trial, way: Way, answer: Answer, *, by_nobody: bool) -> bool:
    """Whether the page says that it isn't registered: nobody is asked, and an unregistered URI gets the same.

    Once somebody is signed in, a page that asks for no decision leads nowhere: it refuses, whatever its status.
    """
    if answer.reply.status >= 400:
        return True
    if asks_to_sign_in(answer):
        return False
    asks = any(form.method in ("POST", BY_SCRIPT) for form in read_page(answer.reply).forms)
    return not asks or is_alike(
        answer, answer_without_approval(trial, Way(way.client, way.grant, UNREGISTERED), "wait", by_nobody=by_nobody)
    )


def _by_an_error(trial: Trial, way: Way, answer: Answer, *, by_nobody: bool) -> str:
    """Where a denial shows nothing: a request that is wrong in another way has its error sent to a registered URI."""
    wrong = trial.invented("response_type")
    agent = trial.given.nobodys_user_agent() if by_nobody else trial.given.user_agent()
    # The response type of the grant finds the client's parameters; the invented one goes out.
    request = trial.send.authorization_request(way.client, RESPONSE_TYPES[way.grant], redirect_uri=way.uri)
    pairs = tuple((name, wrong if name == "response_type" else value) for name, value in request.pairs)
    sent = type(request)(request.client, pairs, request.verifier)
    told = trial.send.authorization(sent, user_agent=agent, decision="wait")
    if told.destination is not None and _place(told.destination) == _place(way.uri):
        return f"an error came to it: {why_not_back(told)}"
    raise Pointless(
        f"it could not be seen to be registered: no denial and no error comes back to it "
        f"({'the server asks who is there first' if asks_to_sign_in(answer) else why_not_back(answer)})"
    )
