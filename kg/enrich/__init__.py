"""Enrichment with review: identifiers and places from tables at hand (`kg enrich`, docs/decisions/0009-steward.md)."""
