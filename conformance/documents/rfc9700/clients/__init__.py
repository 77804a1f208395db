"""Tests of clients by RFC 9700."""
