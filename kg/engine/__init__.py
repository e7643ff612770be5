"""Batch engines: whatever touches all statements is an Ibis expression, run here (architecture, section 3)."""
