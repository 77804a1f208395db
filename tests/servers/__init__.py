"""Third-party authorization servers that the suite is tried on, each pinned and started in its own environment."""
