"""What every room stands on: outcomes, URIs, schemas, TOML with line numbers, exit codes, budgets, signals."""
