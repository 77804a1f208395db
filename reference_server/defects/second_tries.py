"""Breaches that show at the second try, after a first one was refused as it should be."""

from collections.abc import Callable
from urllib.parse import urlencode

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, named, remove, replace
from ..steps.forms import parse
from ..steps.grant_authorization_code import check_code_verifier, check_redirect_uri
from ..steps.sign_in import sign_in_page
from .conditions import nothing

GRANT = "grant.authorization_code"


def sign_in_again_without(*names: str) -> Edit:
    """The page that says that the password was wrong carries less than the first one."""

    def show_sign_in_again(call: Call) -> Response | None:
        """Lets parameters of the waiting request go."""
        if call.error.error != "invalid_grant":
            return None
        carried = parse((call.parameters.get("authorization_request") or "").encode())
        kept = urlencode([pair for pair in carried.pairs if pair[0] not in names])
        return sign_in_page(call, kept, 403, "The user name or password is wrong.")

    return replace("sign_in.error", "show_sign_in_again", named("show_sign_in_again", show_sign_in_again))


def forgetting(check: Callable[[Call], None], column: str, told: Callable[[Call], str | None]) -> Step:
    """The check, after whose refusal the code is kept with something else than it was issued with."""

    def check_and_forget(call: Call) -> None:
        """Writes down what came, right or wrong."""
        try:
            check(call)
        except OAuthError:
            statement = f"UPDATE codes SET {column} = ? WHERE hash = ?"
            call.server.store.connection.execute(statement, (told(call), call.code.hash))
            raise

    return named(check.__name__, check_and_forget)


DEFECTS = (
    Defect(
        name="state-lost-at-wrong-password",
        says="The sign-in page that comes after a wrong password has lost the request's state.",
        breaks=("rfc6749-4.1.2-state-returned",),
        edits=(sign_in_again_without("state"),),
    ),
    Defect(
        name="scope-lost-at-wrong-password",
        says="The sign-in page that comes after a wrong password has lost the request's scope.",
        breaks=("rfc6749-3.3-scope-at-authorization-endpoint",),
        edits=(sign_in_again_without("scope"),),
    ),
    Defect(
        name="challenge-lost-at-wrong-password",
        says="The sign-in page that comes after a wrong password has lost the request's code challenge.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=(
            sign_in_again_without("code_challenge", "code_challenge_method"),
            remove("authorization.validate_request", "require_code_challenge"),
        ),
    ),
    Defect(
        name="challenge-forgotten-at-wrong-verifier",
        says="A code whose verifier was wrong once needs none any more.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=(
            replace(GRANT, "check_code_verifier", forgetting(check_code_verifier, "challenge", lambda call: None)),
            replace(GRANT, "refuse_unexpected_verifier", named("refuse_unexpected_verifier", nothing)),
        ),
    ),
    Defect(
        name="wrong-redirect-uri-right-at-second-try",
        says="A code remembers the redirect URI that came with it last, and refuses it only once.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical",),
        edits=(
            replace(
                GRANT,
                "check_redirect_uri",
                forgetting(check_redirect_uri, "redirect_uri", lambda call: call.parameters.get("redirect_uri")),
            ),
        ),
    ),
)
