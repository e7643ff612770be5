"""The graph described for machines.

description  what is said of it: settings, version
downloads    its files as a catalogue names them
dcat         its record for data portals; linked: the classes of what the record links to
void         its numbers
provenance   how it was made
schema_org   its record for search engines
syntaxes     a description in other syntaxes than Turtle
"""

from kg.publish.catalogue.dcat import catalogue
from kg.publish.catalogue.description import Description, describe, described
from kg.publish.catalogue.downloads import Download, listed
from kg.publish.catalogue.provenance import prov
from kg.publish.catalogue.schema_org import schema_org
from kg.publish.catalogue.syntaxes import syntax
from kg.publish.catalogue.void import void

__all__ = ["Description", "Download", "catalogue", "describe", "described", "listed", "prov", "schema_org", "syntax", "void"]
