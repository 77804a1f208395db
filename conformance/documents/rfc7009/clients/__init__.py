"""Tests of clients by RFC 7009."""
