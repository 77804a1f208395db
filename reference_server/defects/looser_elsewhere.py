"""Breaches in which a check that is made as a rule is looser elsewhere: for another client, at another redirect URI, at
another response type, for a value that was good before."""

from dataclasses import replace as changed

from .. import demo
from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Parameters, Step, after, before, named, replace
from ..steps.authorization_request import match_redirect_uri
from ..steps.grant_authorization_code import check_code_verifier, check_redirect_uri, refuse_unexpected_verifier
from .conditions import Condition, asks_for_token, nothing, when

CLIENT, GRANT = "authorization.validate_client", "grant.authorization_code"


def is_public(call: Call) -> bool:
    """A client without a secret asks."""
    return not call.client.confidential


def is_second(call: Call) -> bool:
    """The second client asks."""
    return call.client.client_id == demo.OTHER.client_id


def went_to_query(call: Call) -> bool:
    """The code went to a redirect URI with a query."""
    return "?" in (call.code.redirect_uri or "")


def match_anybodys(call: Call) -> None:
    """Looks for the redirect URI in the table of them, and forgets whose it is."""
    sent = call.parameters.get("redirect_uri")
    if sent is not None and not any(sent in client.redirect_uris for client in call.server.accounts.clients.values()):
        raise OAuthError("invalid_request", "The redirect_uri parameter is not registered.")


def check_against_registered(call: Call) -> None:
    """Compares with what is registered, and not with what the code was asked for."""
    if call.parameters.get("redirect_uri") not in call.client.redirect_uris:
        check_redirect_uri(call)


def keep_empty(name: str) -> Edit:
    """A parameter without a value is kept as an empty one."""

    def drop_other_empty_parameters(call: Call) -> None:
        """Forgets one of them."""
        kept = tuple(pair for pair in call.parameters.pairs if pair[1] or pair[0] == name)
        call.parameters = changed(call.parameters, pairs=kept)

    return replace("token", "drop_empty_parameters", drop_other_empty_parameters)


def forget_challenge_of_second(call: Call) -> None:
    """The second client was registered before there was PKCE."""
    if is_second(call):
        call.parameters = Parameters(
            tuple(pair for pair in call.parameters.pairs if not pair[0].startswith("code_challenge"))
        )


def verifier_seen(call: Call) -> str:
    """What is counted under the name of a verifier."""
    return f"verifier {call.parameters.get('code_verifier')}"


def was_good_before(call: Call) -> bool:
    """Another code was redeemed with this verifier."""
    return call.server.met[verifier_seen(call)] > 0


def note_verifier(call: Call) -> None:
    """Remembers what was good."""
    call.server.met[verifier_seen(call)] += 1


def looser(condition: Condition, new: Step, pipeline: str, old: Step) -> Edit:
    """Another step where the condition holds."""
    return replace(pipeline, old.__name__, named(old.__name__, when(condition, new, old)))


DEFECTS = (
    Defect(
        name="redirect-uri-of-another-client-taken-from-apps",
        says="A public client may name the redirect URI of any client.",
        breaks=("rfc6749-3.1.2.3-unmatched-uri-refused",),
        edits=(looser(is_public, match_anybodys, CLIENT, match_redirect_uri),),
    ),
    Defect(
        name="redirect-uri-of-another-client-taken-for-tokens",
        says="An implicit request may name the redirect URI of any client.",
        breaks=("rfc6749-3.1.2.3-unmatched-uri-refused",),
        edits=(looser(asks_for_token, match_anybodys, CLIENT, match_redirect_uri),),
    ),
    Defect(
        name="registered-redirect-uri-enough-for-second-client",
        says="The second client may exchange a code with any of its redirect URIs.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical",),
        edits=(looser(is_second, check_against_registered, GRANT, check_redirect_uri),),
    ),
    Defect(
        name="registered-redirect-uri-enough-for-apps",
        says="A public client may exchange a code with any of its redirect URIs.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical",),
        edits=(looser(is_public, check_against_registered, GRANT, check_redirect_uri),),
    ),
    Defect(
        name="empty-redirect-uri-compared-at-exchange",
        says="An empty redirect URI in an exchange is one that differs from the registered one.",
        breaks=("rfc6749-3.2-empty-optional-parameter-absent",),
        edits=(keep_empty("redirect_uri"),),
    ),
    Defect(
        name="empty-verifier-unexpected",
        says="An empty verifier is an unexpected one where there was no challenge.",
        breaks=("rfc6749-3.2-empty-optional-parameter-absent",),
        edits=(keep_empty("code_verifier"),),
    ),
    Defect(
        name="pkce-unchecked-at-redirect-uris-with-query",
        says="The verifier isn't compared for a code that went to a redirect URI with a query.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=(looser(went_to_query, nothing, GRANT, check_code_verifier),),
    ),
    Defect(
        name="pkce-of-second-client-forgotten",
        says="The challenge of the second client isn't kept.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=(
            before("authorization.code_response", "make_code", forget_challenge_of_second),
            looser(is_second, nothing, GRANT, refuse_unexpected_verifier),
        ),
    ),
    Defect(
        name="pkce-verifier-good-once-and-for-all",
        says="A verifier that was good for one code is good for every other.",
        breaks=("rfc7636-4.6-verifier-verified", "rfc7636-4.6-wrong-verifier-invalid-grant"),
        edits=(
            looser(was_good_before, nothing, GRANT, check_code_verifier),
            after(GRANT, "consume_code", note_verifier),
        ),
    ),
)
