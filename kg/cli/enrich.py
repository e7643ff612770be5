"""Identifiers and places from tables at hand: `kg enrich`."""

from __future__ import annotations
