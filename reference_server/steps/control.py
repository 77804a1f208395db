"""The control port: makes one credential older, so that tests of expiry neither wait nor meet; forgets approvals."""

from ..errors import OAuthError
from ..pipeline import Call, Response


def age_credential(call: Call) -> Response:
    """`credential` is a code or token, `seconds` how much older it gets."""
    try:
        seconds = float(call.parameters.get("seconds") or "")
    except ValueError:
        raise OAuthError("invalid_request", "The seconds parameter has to be a number.") from None
    found = call.server.store.age(call.parameters.get("credential") or "", seconds)
    return Response(204 if found else 404)


def forget_approvals(call: Call) -> Response:
    """What the account `username` has approved to the client `client_id`."""
    names = (call.parameters.get("username") or "", call.parameters.get("client_id") or "")
    call.server.store.forget_consents(*names)
    return Response(204)
