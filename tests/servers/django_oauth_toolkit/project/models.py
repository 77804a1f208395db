"""The client model."""

from __future__ import annotations

from django.db import models
from oauth2_provider.models import AbstractApplication


class Application(AbstractApplication):
    """A client that may use several grants.

    The stock model allows one grant for each client; overriding `allows_grant_type` is the way that the toolkit's
    documentation gives ("Advanced topics", "Multiple Grants") to clients that need more.
    """

    grants = models.JSONField(default=list)

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Whether any of the grant types asked for was registered for this client."""
        return bool(set(self.grants) & set(grant_types))
