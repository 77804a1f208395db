"""Why a deployment refuses what should work, read from its answer: shared by what diagnoses profiles."""

from __future__ import annotations

import re

from conformance.browser.answer import Answer
from conformance.browser.pages import excerpt, read_page
from conformance.wire.exchange import Reply

# Parameters beside RFC 6749 that deployments demand and name in their error descriptions.
EXTENSIONS = ("audience", "resource", "organization", "tenant", "connection", "realm", "nonce", "acr_values", "claims")
NOT_THERE = (404, 405, 410, 501)


def refuses_client(reply: Reply) -> bool:
    """Whether an answer says that the client's id, secret or way to authenticate is wrong.

    A status 401 alone says so; beside another error it doesn't.
    """
    return reply.fault == "invalid_client" or (reply.status == 401 and reply.fault is None)


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
    return answer.signed_in and answer.destination is None and _asks_for_password(answer.reply)


def was_let_in(answer: Answer) -> bool:
    """Whether a page came between the last that asks for a password and the end: who has to decide is signed in."""
    asking = [at for at, page in enumerate(answer.pages) if _asks_for_password(page)]
    return bool(asking) and any(page is not answer.reply for page in answer.pages[asking[-1] + 1 :])


def _asks_for_password(page: Reply) -> bool:
    form = read_page(page).sign_in_form()
    return form is not None and bool(form.passwords)


def demanded_parameters(text: str) -> tuple[str, ...]:
    """Extension parameters that an error text names."""
    return tuple(name for name in EXTENSIONS if re.search(rf"\b{name}\b", text, re.I))
