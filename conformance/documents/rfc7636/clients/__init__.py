"""Tests of clients by RFC 7636."""
