"""Repairing tables: `kg fix`."""

from __future__ import annotations
