"""Learns what a deployment is and demands: from its metadata, and by asking it with the credentials that were given."""
