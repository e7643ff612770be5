"""Who says so: `kg why`."""

from __future__ import annotations
