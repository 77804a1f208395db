"""An external OpenID provider to federate with: an application of its own, which knows nothing of the server."""
