"""The graph described for machines: what is said of it (`description`), its numbers (`void`), its record for data portals (`dcat`)."""

from kg.publish.catalogue.dcat import catalogue
from kg.publish.catalogue.description import Description, describe
from kg.publish.catalogue.void import void

__all__ = ["Description", "catalogue", "describe", "void"]
