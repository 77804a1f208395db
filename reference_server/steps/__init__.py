"""The steps that endpoints are made of, one module per concern."""
