"""Tests of the reference client against the reference server, over real sockets on loopback."""
