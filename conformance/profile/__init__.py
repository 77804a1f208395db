"""From a profile, a TOML file, to the party under test."""
