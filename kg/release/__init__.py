"""`kg release`: a frozen, checked, citable publication of the graph (docs/decisions/0010-releases.md)."""
