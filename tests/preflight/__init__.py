"""Tests of what proves a profile before a run."""
