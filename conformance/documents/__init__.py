"""One folder for each source document: its requirements, its tests, and what they alone arrange."""
