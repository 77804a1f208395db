"""An identifier and a secret with every character that means something in URIs, forms and HTTP Basic."""

IDENTIFIER, SECRET = "client:1 2+3&4=%31#\"'/?", "odd-secret a:b%20+c d&=#/?\\\"'"
