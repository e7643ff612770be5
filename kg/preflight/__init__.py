"""`kg preflight`: would data portals take this release?"""
