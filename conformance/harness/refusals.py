"""Why a deployment refuses what should work, read from its answer: shared by what diagnoses profiles."""

from __future__ import annotations

import re

from conformance.harness.answer import Answer
from conformance.harness.exchange import Reply
from conformance.harness.pages import excerpt, read_page

# Parameters beside RFC 6749 that deployments demand and name in their error descriptions.
EXTENSIONS = ("audience", "resource", "organization", "tenant", "connection", "realm", "nonce", "acr_values", "claims")
NOT_THERE = (404, 405, 410, 501)


def refuses_client(reply: Reply) -> bool:
    """Whether an answer says that the client's id, secret or way to authenticate is wrong."""
    return reply.status == 401 or reply.members.get("error") == "invalid_client"


def is_missing(reply: Reply) -> bool:
    """Whether an answer shows that nothing stands at its URL for this method."""
    return reply.status in NOT_THERE and "error" not in reply.members


def why_refused(reply: Reply) -> str:
    """A refusal in one line, with what the server says about it."""
    description = reply.members.get("error_description")
    return f"{reply} ({description})" if isinstance(description, str) else str(reply)


def why_not_back(answer: Answer) -> str:
    """Why an authorization request did not come back with a grant, in one line."""
    error = answer.get("error")
    if error is not None:
        description = answer.get("error_description")
        return f"the client got {error}" + (f" ({description})" if description else "")
    if answer.stuck:
        return answer.stuck
    if answer.destination is not None:
        return f"neither a grant nor an error came: {answer}"
    text = excerpt(read_page(answer.reply).text)
    return f"it ended on a page ({answer.reply})" + (f": {text}" if text else "")


def stuck_at_sign_in(answer: Answer) -> bool:
    """Whether credentials were sent and the page asks for a password again."""
    form = read_page(answer.reply).sign_in_form() if answer.destination is None else None
    return answer.signed_in and form is not None and bool(form.passwords)


def demanded_parameters(text: str) -> tuple[str, ...]:
    """Extension parameters that an error text names."""
    return tuple(name for name in EXTENSIONS if re.search(rf"\b{name}\b", text, re.I))
