"""Who publishes a catalogue, and whom one may ask (FOAF and vCard, as DCAT-AP uses them)."""

from __future__ import annotations

from kg.config import codes
from kg.namespaces import DCTERMS, FOAF, RDF
from kg.publish.catalogue.description import Party
from kg.publish.catalogue.linked import VCARD, Linked
from kg.quads import iri, literal


def publisher(made: Linked, me: str, party: Party) -> None:
    """Describe the publisher as an agent: name, page, address, type.

    Args:
        made: Where the statements go.
        me: IRI of the agent.
        party: What is known.
    """
    made.say(me, RDF.type, iri(FOAF.Agent))
    made.say(me, FOAF.name, literal(party.name))
    if party.url:
        made.document(me, FOAF.homepage, party.url)
    if party.email:
        made.say(me, FOAF.mbox, iri(f"mailto:{party.email}"))
    if party.type in codes.PUBLISHERS:
        made.concept(me, DCTERMS.type, f"{codes.PUBLISHER_TYPE}{party.type}", codes.PUBLISHERS[party.type])


def contact(made: Linked, me: str, party: Party) -> None:
    """Describe a contact as an organisation, never a person: name, address, page, telephone.

    Args:
        made: Where the statements go.
        me: IRI of the contact.
        party: What is known.
    """
    made.say(me, RDF.type, iri(f"{VCARD}Organization"))
    made.say(me, RDF.type, iri(f"{VCARD}Kind"))
    made.say(me, f"{VCARD}fn", literal(party.name or party.email or party.url or party.telephone))
    if party.email:
        made.say(me, f"{VCARD}hasEmail", iri(f"mailto:{party.email}"))
    if party.url:
        made.say(me, f"{VCARD}hasURL", iri(party.url))
    if party.telephone:
        digits = "".join(sign for sign in party.telephone if sign in "+0123456789")
        made.say(me, f"{VCARD}hasTelephone", iri(f"tel:{digits}"))
