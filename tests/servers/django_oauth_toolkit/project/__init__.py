"""A minimal Django project around django-oauth-toolkit, set up as its tutorial says."""
