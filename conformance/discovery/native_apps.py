"""Learns whether a deployment serves native apps (RFC 8252): at their kinds of redirect URIs, and at any port."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.discovery.grant_attempts import Asker
from conformance.discovery.learned import LearnedClient, LearnedFeatures
from conformance.documents.rfc8252.loopback import at_free_port
from conformance.documents.rfc8252.native_clients import IPV4, IPV6, is_native, kind_of

NAME = "native_apps"


def learn_native_apps(asker: Asker, found: LearnedFeatures, clients: Mapping[str, LearnedClient]) -> None:
    """Claim native apps where one gets codes, and any port of a loopback address that it registered is taken.

    Nobody approves anything for it.
    """
    apps = [learned for learned in clients.values() if is_native(learned.client)]
    working = [learned for learned in apps if "authorization_code" in learned.grants]
    if not working:
        if apps:
            found.refused[NAME] = "no native app gets a code"
        return
    for learned in working:
        for uri in (each for each in learned.client.redirect_uris if kind_of(each) in (IPV4, IPV6)):
            if not asker.asks(learned.client, at_free_port(asker.session.target, uri)):
                found.refused[NAME] = f"another port of {uri} is refused (RFC 8252 section 7.3); claim it to judge that"
                return
    found.claimed.append(NAME)
