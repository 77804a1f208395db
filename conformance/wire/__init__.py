"""Bytes and exchanges: HTTP, TLS probes, the guard of a run, throttling, redaction."""
