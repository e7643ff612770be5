"""`kg serve`: a SPARQL endpoint and a portal on the graph just built, or on any endpoint (docs/decisions/0008-portal.md)."""
