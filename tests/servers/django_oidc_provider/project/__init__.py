"""A minimal Django project around django-oidc-provider, set up as its documentation says."""
