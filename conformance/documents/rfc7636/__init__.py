"""RFC 7636: Proof Key for Code Exchange. One module for each section."""
