"""Clients under test: they are driven against stages, and what they send is judged."""
