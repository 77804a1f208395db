"""URLs as in the tutorial: the toolkit below /o/, its metadata also at the root, Django's own login pages."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.urls import include, path
from oauth2_provider import urls as oauth2_urls

from project.views import Me

urlpatterns = [
    path("", include((oauth2_urls.metadata_urlpatterns, "oauth2_root"))),
    path("o/", include(oauth2_urls)),
    path("accounts/login/", LoginView.as_view(), name="login"),
    path("api/me", Me.as_view(), name="me"),
]
