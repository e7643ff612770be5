"""The command that says whether data portals would take a release."""
