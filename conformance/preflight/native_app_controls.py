"""Controls of native apps (RFC 8252): that the profile has some, and that the server treats their redirect URIs so."""

from __future__ import annotations

from functools import partial

from conformance.documents.rfc8252.loopback import at_free_port
from conformance.documents.rfc8252.native_clients import (
    IPV4,
    IPV6,
    LACKING,
    Registered,
    every_uri,
    is_native,
    kind_of,
    native_clients,
)
from conformance.documents.rfc8252.registration import has_unfit_scheme
from conformance.harness.refusals import why_not_back
from conformance.harness.trial import Trial
from conformance.preflight.controls import Examiner, Pointless, Wrong
from conformance.preflight.free_requests import Way, answer_without_approval
from conformance.profile.target import Client, fault_of_client, fault_of_redirect_uri

FEATURE = "native_apps"


def examine_native_apps(examiner: Examiner) -> None:
    """The claim, with the redirect URI that shows most; then what is said to be rejected."""
    target = examiner.session.target
    if FEATURE not in target.features:
        return
    claim = place_of_claim(examiner)
    if not any(map(is_native, target.clients.values())):
        examiner.try_out("native apps are served", claim, _lacks_native_clients)
        return
    tried = _most_telling(native_clients_of(examiner))
    needs = [fault_of_client(tried.client.name), fault_of_redirect_uri(tried.client.name, tried.uri)] if tried else []
    examiner.try_out(
        "native apps are served",
        claim,
        partial(_serves, examiner=examiner, registered=tried),
        needs=["endpoints.authorization", "resource_owner", *needs],
    )
    for client in native_clients_of(examiner):
        for uri in client.declared.get("rejected_redirect_uris", ()):
            examiner.try_out(
                f"[clients.{client.name}]: {uri} is rejected",
                ("clients", client.name, "rejected_redirect_uris"),
                partial(_rejects, examiner=examiner, registered=Registered(client, uri)),
                needs=["endpoints.authorization", "resource_owner", fault_of_client(client.name)],
            )


def place_of_claim(examiner: Examiner) -> tuple[str, ...]:
    """The key that claims native apps: the feature, or else the claim that brings it."""
    is_named = FEATURE in examiner.profile.shown.get("features", {})
    return ("features", FEATURE) if is_named else ("claims",)


def native_clients_of(examiner: Examiner) -> list[Client]:
    """The native clients of the profile, whatever they may do."""
    return [client for client in examiner.session.target.clients.values() if is_native(client)]


def _lacks_native_clients(trial: Trial) -> str:
    raise Wrong(LACKING, "name the table of the app that is registered, or claim no native apps")


def _most_telling(clients: list[Client]) -> Registered | None:
    """A native client with a redirect URI on a loopback address, else with any."""
    found = [Registered(client, uri) for client in clients for uri in client.redirect_uris]
    return next((each for each in found if kind_of(each.uri) in (IPV4, IPV6)), next(iter(found), None))


def _serves(trial: Trial, examiner: Examiner, registered: Registered | None) -> str:
    """Another port of a loopback address is taken, and which kinds of redirect URIs there are."""
    if registered is None:
        place = ("clients", native_clients_of(examiner)[0].name, "redirect_uris")
        raise Wrong("no native client has a redirect URI", "add those that are registered", place)
    native_clients(trial.target)
    kinds = sorted({kind for each in every_uri(trial.target) if (kind := kind_of(each.uri))})
    has_tokens = any(client.name in examiner.tokens for client in native_clients_of(examiner))
    told = f"{'tokens were issued' if has_tokens else 'no tokens were tried for'}; registered: {', '.join(kinds)}"
    if kind_of(registered.uri) not in (IPV4, IPV6):
        return told
    uri = at_free_port(trial.target, registered.uri)
    if not _is_taken(trial, examiner, Registered(registered.client, uri)):
        raise Wrong(
            f"{uri} is refused, where {registered.uri} is registered",
            "let native clients name any port of a loopback address, or claim no native apps",
            may_be_breach=True,
        )
    return f"{told}; another port of {registered.uri} is taken"


def _rejects(trial: Trial, examiner: Examiner, registered: Registered) -> str:
    own = ("clients", registered.client.name, "rejected_redirect_uris")
    if not has_unfit_scheme(registered.uri):
        raise Wrong(f"nothing says that {registered.uri} has to be rejected", "name a scheme without a period", own)
    if _is_taken(trial, examiner, registered):
        remedy = "if it could be registered, it belongs to `redirect_uris`; a run finds the breach"
        raise Wrong(f"{registered.uri} is taken", remedy, own, may_be_breach=True)
    return "it is refused"


def _is_taken(trial: Trial, examiner: Examiner, registered: Registered) -> bool:
    """Whether a request for a redirect URI gets further than to a page that refuses; whoever is asked declines."""
    if trial.target.sign_in.driver == "manual":
        raise Pointless("it would take a decision by hand; a run asks for it")
    way = Way(registered.client, "authorization_code", registered.uri)
    answer = answer_without_approval(trial, way, examiner.refusing)
    if answer.destination is None and not answer.consented and answer.stuck:
        raise Pointless(f"it could not be seen: {why_not_back(answer)}")
    return answer.destination is not None or answer.consented
