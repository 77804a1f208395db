"""Authorization responses by postMessage: to whom the page says that it sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import origin_of
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.redirects import ATTACKER, first_uri_served

MODE = "web_message"
# The last argument of a call, where it is written out.
RECEIVER = re.compile(r"""postMessage\s*\(.*?,\s*(["'])([^"']*)\1\s*\)""", re.S)


@dataclass(frozen=True, slots=True)
class MessagePage:
    """The page that a request for a message ended at, and the origins that it may name."""

    answer: Answer
    origins: tuple[str, ...]

    @property
    def markup(self) -> str:
        """The page as it came."""
        return self.answer.reply.text


def message_page(given: Given, send: Send, *, registered: bool = True) -> MessagePage:
    """What a request for a message ends at, for a registered redirection URI or for another one."""
    client = given.client_for("authorization_code")
    first_uri_served(given, client, "code")
    uri = client.redirect_uris[0] if registered else f"https://{ATTACKER}/cb"
    return MessagePage(send.authorize(client, response_mode=MODE, redirect_uri=uri), (origin_of(uri),))


def receivers(page: MessagePage, *, lenient: bool = False) -> tuple[str, ...]:
    """The receivers that the page's script names, each once. Inconclusive where it names none, unless lenient."""
    found = tuple(dict.fromkeys(origin for _, origin in RECEIVER.findall(page.markup)))
    if not found and not lenient:
        raise Inconclusive(
            f"no receiver of a message is written out in the page; only a browser can tell: {page.answer}"
        )
    return found
