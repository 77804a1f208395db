"""The control port: makes one credential older, so that tests of expiry neither wait nor meet."""

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
