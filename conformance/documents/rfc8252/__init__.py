"""RFC 8252: OAuth 2.0 for Native Apps. One module for each section."""
