"""Pages of the documentation that are made from the catalogue, the schemas and the commands when the site is built."""
