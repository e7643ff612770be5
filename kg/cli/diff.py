"""What has changed: `kg diff`."""

from __future__ import annotations
