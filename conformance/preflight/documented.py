"""Controls of the documented API's own parts: its resources, external authentication tokens, the external provider."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from conformance.base.outcomes import Inconclusive
from conformance.documents.documented import federation
from conformance.documents.documented.api import app_tokens, graphql_reply, has_data, machine_to_machine, tokens_of_kind
from conformance.documents.documented.external_tokens import external_client, external_request
from conformance.harness.refusals import why_refused
from conformance.harness.trial import Trial
from conformance.preflight.controls import Examiner, Wrong
from conformance.preflight.grant_controls import needs_of, users_of
from conformance.profile.target import fault_of_client, fault_of_grant

TOKENS = ("documented", "external_authentication_token")
FEDERATION = ("documented", "federation")
GRANT = "authorization_code"


def examine_documented(examiner: Examiner) -> None:
    """Each part that the profile claims."""
    documented, features = examiner.session.target.documented, examiner.session.target.features
    needs = ["endpoints.token"]
    for kind in ("me", "app", "basic") if documented.get("scopes") else ():
        asks_nobody = "password" in features if kind == "me" else "client_credentials" in features
        if asks_nobody:
            procedure = partial(_opens, kind=kind)
            examiner.try_out(f"resource for {kind}", ("endpoints", f"resource_{kind}"), procedure, needs=needs)
    if documented.get("m2m"):
        examiner.try_out("flow 1 of the documented API", ("documented", "m2m"), _serves_machines, needs=needs)
    if documented.get("graphql"):
        key = "endpoints" if "graphql" in examiner.session.target.endpoints else "documented"
        examiner.try_out("GraphQL answers an app", (key, "graphql"), _answers_graphql, needs=needs)
    table = documented.get(TOKENS[1])
    if isinstance(table, Mapping):
        needs = ["endpoints.token", fault_of_client(str(table.get("client")))]
        for key in (name for name in ("value", "other_value") if name in table):
            procedure = partial(_takes_external_token, value=str(table[key]))
            examiner.try_out(f"external authentication token, {key}", (*TOKENS, key), procedure, needs=needs)
    if isinstance(documented.get(FEDERATION[1]), Mapping):
        _examine_federation(examiner)


def _opens(trial: Trial, kind: str) -> str:
    reply = trial.send.resource(tokens_of_kind(trial.given, kind).access_token, f"resource_{kind}")
    if not reply.is_success:
        raise Wrong(f"a token for {kind} does not open it: {why_refused(reply)}", "check its URL")
    return f"a token for {kind} opens it: {reply}"


def _serves_machines(trial: Trial) -> str:
    reply = machine_to_machine(trial.given, trial.send)
    if not reply.is_success:
        remedy = "leave it out; where it is right, a run finds the breach"
        raise Wrong(f"no token: {why_refused(reply)}", remedy, may_be_breach=True)
    return "a token was issued"


def _answers_graphql(trial: Trial) -> str:
    reply = graphql_reply(trial.send, app_tokens(trial.given).access_token)
    if not has_data(reply):
        raise Wrong(f"an app token gets no data: {why_refused(reply)}", "check its URL")
    return f"an app token gets data: {reply}"


def _takes_external_token(trial: Trial, value: str) -> str:
    reply = external_request(trial.given, trial.send, external_authentication_token=value)
    if reply.is_success:
        return "a token was issued"
    says = f"{external_client(trial.given).client_id!r} gets no token for it: {why_refused(reply)}"
    if reply.members.get("error") in ("unauthorized_client", "invalid_request"):
        raise Wrong(says, "name the application that takes external authentication tokens", (*TOKENS, "client"))
    raise Wrong(says, "check the value")


# The external provider


def _examine_federation(examiner: Examiner) -> None:
    users = users_of(examiner.session.target, GRANT)
    needs = [need for client in users[:1] for need in (*needs_of(client, GRANT), fault_of_grant(client.name, GRANT))]
    found = examiner.try_out("the way to the external provider", (*FEDERATION, "link"), _leads_there, needs=needs)
    if found.state != "holds":
        return
    examiner.try_out("the account at the external provider", (*FEDERATION, "password"), _is_let_in)
    table = examiner.session.target.documented[FEDERATION[1]]
    if isinstance(table, Mapping) and "refused_username" in table:
        examiner.try_out(
            "the account that the external provider refuses", (*FEDERATION, "refused_username"), _is_refused
        )


def _leads_there(trial: Trial) -> str:
    provider = str(trial.given.documented(FEDERATION[1])["provider"])
    try:
        journey = federation.at_provider(trial.given, trial.send)
    except Inconclusive as error:
        key = "link" if isinstance(error, federation.NoWayToProvider) else "provider"
        raise Wrong(str(error), f"correct `{key}`", (*FEDERATION, key)) from error
    return f"the user agent came to {provider}: {journey.reply}"


def _is_let_in(trial: Trial) -> str:
    try:
        journey = federation.signed_in_at_provider(trial.given, trial.send)
    except Inconclusive as error:
        raise Wrong(str(error), "check username and password") from error
    return f"the provider sent the user agent back to {(journey.callback or '').partition('?')[0]}"


def _is_refused(trial: Trial) -> str:
    who = federation.provider_account(trial.given, "refused")
    journey = federation.signed_in(trial.given, trial.send, who)
    if journey.answer("code") is not None:
        raise Wrong("the provider lets this account in", "name one that it refuses")
    if journey.callback is None:
        remedy = "check refused_username and refused_password"
        raise Wrong(f"the provider did not send the user agent back: {journey.reply}", remedy)
    return f"the provider told the server {journey.answer('error') or 'nothing'}"
