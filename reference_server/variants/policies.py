"""Conformant servers with other policies."""

from ..accounts import ALL_GRANTS
from ..pipeline import after, setting
from ..steps.grant_password import offer_refresh_token
from ..variant import Variant

VARIANTS = (
    Variant(
        name="no-implicit",
        says="The implicit grant is not offered.",
        edits=(setting(grants=tuple(grant for grant in ALL_GRANTS if grant != "implicit")),),
    ),
    Variant(
        name="documented-refresh-token",
        says="Client credentials get a refresh token, as the documented API shows it.",
        edits=(after("grant.client_credentials", "open_grant", offer_refresh_token),),
    ),
)
