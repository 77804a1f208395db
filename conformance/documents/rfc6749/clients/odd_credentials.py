"""Identifiers and secrets with characters that mean something in URIs, forms and HTTP Basic."""

ODD = {
    "colon": ("client:1", "odd-secret a:b"),
    "blank": ("client 1+2", "odd-secret a%20b+c d"),
    "delimiters": ("client&1=%31#\"'/?", "odd-secret &=#/?\\\"'"),
}
