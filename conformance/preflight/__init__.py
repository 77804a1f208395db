"""Proves a profile before it is used: a positive control for each thing that it says of the deployment."""
