"""Tests of the sign-in drivers."""
