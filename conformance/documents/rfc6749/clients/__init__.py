"""Tests of clients by RFC 6749."""
