"""The suite against clients."""
