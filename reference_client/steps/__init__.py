"""The steps, by what they are about."""
