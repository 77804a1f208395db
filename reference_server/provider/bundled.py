"""The provider beside the reference server: the only module here that knows both."""

from __future__ import annotations

from ..demo import PROVIDER_ACCOUNTS
from ..federation import CALLBACK_PATH
from ..settings import Settings
from .app import Provider
from .registry import RelyingParty
from .signing import Signer


def bundled_provider(settings: Settings, signer: Signer | None = None) -> Provider | None:
    """The provider that the settings name, with the server registered there; None where they name none.

    It makes its own key unless it is given a signer.
    """
    known = settings.external_provider
    if known is None:
        return None
    party = RelyingParty(known.client_id, known.client_secret, settings.issuer + CALLBACK_PATH)
    return Provider(
        known.issuer,
        party,
        PROVIDER_ACCOUNTS,
        settings.password_cost,
        signer or Signer(),
        settings.external_provider_names_itself,
    )
