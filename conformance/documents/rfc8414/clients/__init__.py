"""Tests of clients by RFC 8414."""
