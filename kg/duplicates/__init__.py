"""What is probably one thing and stands twice: scored pairs with reasons, groups, and a person's decisions (docs/decisions/0009-steward.md).

:func:`kg.duplicates.find.find` proposes, :mod:`kg.duplicates.decisions` keeps what people decide in a mapping file (SSSOM/TSV), :mod:`kg.duplicates.table`
writes the review table and reads it back.
"""
