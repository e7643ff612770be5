"""Linking: which entities of two sources are the same (`data/mappings/*.sssom.tsv`, docs/how-to/linking.md)."""
