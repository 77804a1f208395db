"""Controls that cost an approval, one for each client at most: the last thing that anybody is asked.

What the approvals give stays with the examiner: the controls of features use it, and ask nobody again.
"""

from __future__ import annotations

from functools import partial

from conformance.base.outcomes import Inconclusive
from conformance.browser.answer import Answer
from conformance.harness.refusals import why_not_back, why_refused
from conformance.harness.tokens import Tokens
from conformance.harness.trial import Trial
from conformance.preflight.client_controls import usable_grants
from conformance.preflight.controls import Examiner, Pointless, Wrong
from conformance.preflight.free_requests import RESPONSE_TYPES
from conformance.preflight.grant_controls import blame_profile, refusal, try_grant, users_of
from conformance.profile.target import Client

APPROVE = ("sign_in", "approve")


def examine_approvals(examiner: Examiner) -> None:
    """A code for every client that may have one, else a token by the implicit grant."""
    target = examiner.session.target
    for grant in ("authorization_code", "implicit"):
        for client in users_of(target, grant):
            if grant == "authorization_code" or not usable_grants(target, client, ("authorization_code",)):
                procedure = partial(_gives_by_user_agent, examiner=examiner, client=client, grant=grant)
                try_grant(examiner, client, grant, procedure)
        blame_profile(examiner, grant)


def _gives_by_user_agent(trial: Trial, examiner: Examiner, client: Client, grant: str) -> str:
    if "sign_in.approve" in examiner.faults:
        raise Pointless(f"waits for {examiner.faults['sign_in.approve']}")
    if not client.redirect_uris:
        raise Pointless(f"no redirect URI is named: add `redirect_uris` to [clients.{client.name}]")
    answer = trial.send.authorize(client, RESPONSE_TYPES[grant])
    if answer.get("error") or answer.destination is None:
        raise _not_given(trial, examiner, answer, client, grant)
    if grant == "implicit":
        return _token_in(examiner, answer, client)
    reply = trial.send.code_exchange(trial.given.code_in(answer))
    if not reply.is_success:
        says = f"the code is not exchanged: {why_refused(reply)}"
        raise refusal(trial, examiner, says, reply.members.get("error"), client, grant)
    asked = answer.request.get("scope")
    examiner.tokens[client.name] = tokens = trial.given.tokens_in(reply, client, grant, asked)
    examiner.proven.add(client.name)
    missing = sorted(set((asked or "").split()) - tokens.granted)
    return "a code came back and was exchanged" + (f"; not granted: {' '.join(missing)}" if missing else "")


def _token_in(examiner: Examiner, answer: Answer, client: Client) -> str:
    token = answer.get("access_token")
    if not token:
        raise Inconclusive(f"no access token came back by the implicit grant: {answer}")
    asked = answer.request.get("scope")
    examiner.tokens[client.name] = Tokens(token, None, client, "implicit", asked, answer.get("scope"))
    return "a token came in the redirect"


def _not_given(trial: Trial, examiner: Examiner, answer: Answer, client: Client, grant: str) -> Exception:
    error = answer.get("error")
    says = f"nothing by {grant}: {why_not_back(answer)}"
    if answer.misses_redirect:
        remedy = "the server has to send the user agent there by a status that redirects"
        return Wrong(f"nothing by {grant}: the way back is no redirect: {answer.reply}", remedy)
    if error is not None or not answer.stuck:
        return refusal(trial, examiner, says, error or "page", client, grant)
    if not answer.consented:
        wrong = Wrong(
            f"no button that consents was recognized: {why_not_back(answer)}",
            "name its text as `approve`",
            ("sign_in", "approve"),
        )
        examiner.faults["sign_in.approve"] = (
            f"{examiner.profile.place(('sign_in', 'approve'))}: {wrong.says}; {wrong.remedy}"
        )
        return wrong
    return Wrong(f"after consent {why_not_back(answer)}", "look at the exchange")
