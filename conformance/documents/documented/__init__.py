"""The documented API: its endpoints, token info, scopes and flows."""
