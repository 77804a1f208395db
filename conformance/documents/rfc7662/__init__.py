"""RFC 7662: OAuth 2.0 Token Introspection. One module for each section."""
