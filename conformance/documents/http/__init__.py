"""Tests of HTTP's own duties, RFC 9110."""
