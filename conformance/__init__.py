"""A conformance and contract test suite for OAuth 2.0 authorization servers."""

__version__ = "0.1.0"
