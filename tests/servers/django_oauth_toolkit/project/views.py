"""The protected resource."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from oauth2_provider.views.generic import ProtectedResourceView


class Me(ProtectedResourceView):
    """Names the user that the token stands for; null for a client's own token."""

    def get(self, request: HttpRequest) -> JsonResponse:
        """Answer with the user's name."""
        owner = request.resource_owner  # type: ignore[attr-defined]  # set by the toolkit
        return JsonResponse({"username": owner.get_username() if owner else None})
