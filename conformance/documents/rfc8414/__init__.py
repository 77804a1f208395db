"""RFC 8414: OAuth 2.0 Authorization Server Metadata. One module for each section, several for section 2."""
