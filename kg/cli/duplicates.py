"""What is probably one thing: `kg duplicates`."""

from __future__ import annotations
