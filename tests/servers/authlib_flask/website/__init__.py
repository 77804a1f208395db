"""An authorization server made with Authlib and Flask, as Authlib's documentation and example show."""
