"""The command that freezes a release."""
