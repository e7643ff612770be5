"""What is drawn together: the areas of the ontology, placed by hand in columns of boxes."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import Text

CODE = "code:"
"""Marks a box that is a code list."""


@dataclass(frozen=True)
class Area:
    """A drawing.

    Attributes:
        name: File name without ending.
        title, about: In both languages.
        columns: Boxes from left to right, each column from top to bottom: short name of a class (`Place`, `dcat:Dataset`) or of a code list
            (`code:site-role`), and the properties shown in it. `^Initiative` says what the class is a kind of; `org:classification>code:organisation-kind`
            where a box takes a property of another vocabulary, or a list of codes, to another box.
    """

    name: str
    title: Text
    about: Text
    columns: tuple[tuple[tuple[str, str], ...], ...]


AREAS: tuple[Area, ...] = (
    Area(
        "overview",
        Text("Overview", "Überblick"),
        Text(
            "The nodes in between (left) tie organisations, places and award editions to initiatives; claims (right) say which document a statement rests on.",
            "Die Knoten dazwischen (links) verbinden Organisationen, Orte und Wettbewerbsrunden mit Vorhaben; Aussagen (rechts) sagen, auf welches Dokument sich etwas stützt.",
        ),
        (
            (
                ("Participation", "participant inInitiative"),
                ("SiteUse", "site inInitiative"),
                ("Funding", "funder funds"),
                ("AwardResult", "candidate inEdition"),
            ),
            (
                ("Organisation", "^NamedThing location"),
                ("Initiative", "^NamedThing location"),
                ("Place", "^NamedThing withinPlace"),
                ("AwardEdition", "^Initiative editionOf"),
            ),
            (("NamedThing", "contributedTo"), ("Award", "^NamedThing conferredBy"), ("Document", "^NamedThing")),
            (("Claim", "concerns evidence contradicts"), ("Evidence", "oa:hasSource>Document")),
        ),
    ),
    Area(
        "participations",
        Text("Initiatives and participations", "Vorhaben und Beteiligungen"),
        Text(
            "An organisation takes part in an initiative by a participation with one role; a place is used by a site use.",
            "Eine Organisation ist an einem Vorhaben durch eine Beteiligung mit einer Rolle beteiligt; ein Ort wird durch eine Ortsnutzung genutzt.",
        ),
        (
            (
                (
                    "Participation",
                    "participant participantMerged participantTop inInitiative role contribution netContribution totalCost sme endedEarly order edtf",
                ),
                ("SiteUse", "inInitiative site role edtf"),
            ),
            (
                ("Organisation", ""),
                (
                    "Initiative",
                    "involvement partOf hasPart countsWith involves coordinatedBy completeness declaredSize recordedSize acronym edtf",
                ),
                ("Place", ""),
            ),
            (
                ("Project", "^Initiative"),
                ("Programme", "^Initiative"),
                ("Campaign", "^Initiative"),
                ("Event", "^Initiative"),
                ("AwardEdition", "^Initiative"),
            ),
        ),
    ),
    Area(
        "organisations",
        Text("Organisations and places", "Organisationen und Orte"),
        Text(
            "A place and the organisation that works there are two things; what organisations do for others stands as a link of its own.",
            "Ein Ort und die Organisation, die dort arbeitet, sind zweierlei; was Organisationen für andere tun, steht als eigene Verbindung.",
        ),
        (
            (("Initiative", "^NamedThing location outcome"), ("Place", "^NamedThing withinPlace containsPlace operatedBy")),
            (
                ("NamedThing", "contributedTo supports follows featuredIn"),
                (
                    "Organisation",
                    "^NamedThing location operatedBy developed representedByUnit parentIdentifier acronym edtf org:subOrganizationOf>Organisation",
                ),
            ),
            (("Document", "^NamedThing"), ("adms:Identifier", "")),
        ),
    ),
    Area(
        "funding",
        Text("Funding and awards", "Förderung und Auszeichnungen"),
        Text(
            "Money reaches an initiative by a funding with its funder and programme; an award has editions, and each stage of a candidate is a result.",
            "Geld erreicht ein Vorhaben durch eine Förderung mit Fördermittelgeber und Programm; eine Auszeichnung hat Runden, und jede Stufe eines Kandidaten ist ein Ergebnis.",
        ),
        (
            (
                ("Funding", "funds funder underProgramme amount currency edtf"),
                ("AwardResult", "candidate inEdition ofAward resultStatus rank amount currency edtf"),
            ),
            (
                ("Initiative", "fundedThrough"),
                ("Programme", "^Initiative"),
                ("Organisation", "^NamedThing"),
                ("NamedThing", ""),
                ("AwardEdition", "^Initiative editionOf conferredBy"),
                ("Award", "^NamedThing conferredBy"),
            ),
        ),
    ),
    Area(
        "evidence",
        Text("Claims and evidence", "Aussagen und Belege"),
        Text(
            "A claim repeats a statement, says whether it holds, and leads to the passage of a document; a dataset says how its initiatives were selected.",
            "Eine Aussage wiederholt einen Satz, sagt, ob er gilt, und führt zur Stelle eines Dokuments; ein Datensatz sagt, wie seine Vorhaben ausgewählt wurden.",
        ),
        (
            (
                ("Claim", "concerns evidence contradicts claimStatus attestation roleWording"),
                ("dcat:Dataset", "sampledAround samplingFrame samplingPopulation"),
            ),
            (("Evidence", "oa:hasSource>Document"), ("NamedThing", ""), ("skos:Concept", "")),
            (("Document", "^NamedThing retrievedAt contentHash"),),
        ),
    ),
    Area(
        "codes",
        Text("Code lists", "Code-Listen"),
        Text(
            "Which property takes its values from which closed list.",
            "Welche Eigenschaft ihre Werte aus welcher geschlossenen Liste nimmt.",
        ),
        (
            (
                ("Participation", "role>code:participation-role"),
                ("SiteUse", "role>code:site-role"),
                ("AwardResult", "resultStatus>code:result-status"),
                ("Claim", "claimStatus>code:claim-status attestation>code:attestation"),
                ("dcat:Dataset", "samplingFrame>code:sampling-frame"),
                ("Initiative", "completeness>code:completeness"),
                ("Project", "adms:status>code:project-status"),
                ("Organisation", "org:classification>code:organisation-kind"),
                ("adms:Identifier", "skos:inScheme>code:identifier-scheme"),
            ),
            tuple(
                (CODE + name, "")
                for name in (
                    "participation-role",
                    "site-role",
                    "result-status",
                    "claim-status",
                    "attestation",
                    "sampling-frame",
                    "completeness",
                    "project-status",
                    "organisation-kind",
                    "identifier-scheme",
                )
            ),
        ),
    ),
)
