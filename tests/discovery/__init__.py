"""Tests of what finds out about deployments."""
