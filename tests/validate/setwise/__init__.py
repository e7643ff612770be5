"""Conformance of the set-oriented SHACL engine: cases worked out by hand from the Recommendation, and comparison with pySHACL."""
