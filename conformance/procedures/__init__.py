"""Procedures that tests of several sections share: each arranges, sends and observes, none judges."""
