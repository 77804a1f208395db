"""RFC 6749: The OAuth 2.0 Authorization Framework. One module for each section."""
