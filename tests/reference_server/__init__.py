"""Tests of the reference server, in process but for those of the serving process."""
