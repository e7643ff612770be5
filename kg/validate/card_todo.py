"""What to do and why, for tables: instructions and explanations that the texts of shapes and of problems do not give themselves."""

from __future__ import annotations

TODO: dict[str, tuple[str, str]] = {
    # local name of a shape: what to do, de and en
    "AwardResultShape-inEdition": (
        "In relations.csv als Ziel die Runde nennen (award-edition); ist nur die Auszeichnung bekannt, diese.",
        "Name the edition as object in relations.csv; where only the award is known, name that.",
    ),
    "AwardResultShape-ofAward": (
        "In relations.csv als Ziel die Auszeichnung nennen; für eine Runde die Runde.",
        "Name the award as object in relations.csv; for an edition name the edition.",
    ),
    "ClaimShape-concerns": (
        "In relations.csv beide Enden der Zeile eintragen (subject_id und object_id) und den Graphen neu bauen.",
        "Enter both ends of the row in relations.csv (subject_id and object_id), then build the graph again.",
    ),
    "ClaimShape-object": (
        "Je Aussage eine Zeile mit genau einem Ziel oder Wert schreiben.",
        "Write one row per statement, with exactly one object or value.",
    ),
    "ClaimShape-predicate": ("Je Aussage eine Zeile mit genau einem Prädikat schreiben.", "Write one row per statement, with exactly one predicate."),
    "ClaimShape-subject": (
        "Je Aussage eine Zeile mit genau einem Gegenstand schreiben.",
        "Write one row per statement, with exactly one subject.",
    ),
    "ConceptShape-definition": (
        "Einen erklärenden Satz eintragen: für Themen in Spalte description_de, für Codes in der Code-Liste.",
        "Enter one sentence that explains it: for topics in column description_de, for codes in the code list.",
    ),
    "ConceptShape-inScheme": (
        "Dem Begriff in der Code-Liste genau ein Schema geben (skos:inScheme).",
        "Give the concept exactly one scheme in the code list (skos:inScheme).",
    ),
    "Date": ("Das Datum als JJJJ-MM-TT, JJJJ-MM oder JJJJ schreiben.", "Write the date as YYYY-MM-DD, YYYY-MM or YYYY."),
    "DatedShape-edtf": (
        "Eine ungenaue Angabe behalten, in der Form 2021~ (ungefähr) oder 2016/.. (offen).",
        "Keep one inexact date, written like 2021~ (about) or 2016/.. (open).",
    ),
    "DatedShape-endDate": (
        "In Spalte end ein Datum behalten, als JJJJ-MM-TT, JJJJ-MM oder JJJJ; über andere Angaben in decisions.csv entscheiden.",
        "Keep one date in column end, as YYYY-MM-DD, YYYY-MM or YYYY; decide on the others in decisions.csv.",
    ),
    "DatedShape-startDate": (
        "In Spalte start ein Datum behalten, als JJJJ-MM-TT, JJJJ-MM oder JJJJ; über andere Angaben in decisions.csv entscheiden.",
        "Keep one date in column start, as YYYY-MM-DD, YYYY-MM or YYYY; decide on the others in decisions.csv.",
    ),
    "DocumentShape-contentHash": (
        "In Spalte content_hash „sha256:“ und 64 kleine Hexadezimalziffern eintragen; ohne gespeicherten Text leer lassen.",
        "Enter “sha256:” and 64 small hexadecimal digits in column content_hash; leave it empty without a stored text.",
    ),
    "DocumentShape-license": (
        "Für kurze Belege nichts ändern; wird mehr übernommen, die Lizenz klären und eintragen.",
        "Leave it as it is for short evidence; to take over more, clear the licence and enter it.",
    ),
    "DocumentShape-retrievedAt": (
        "In Spalte retrieved_at von sources.csv den Tag des Abrufs eintragen, als JJJJ-MM-TT.",
        "Enter the day of retrieval in column retrieved_at of sources.csv, as YYYY-MM-DD.",
    ),
    "EvidenceShape-position": (
        "Spalten quote_start und quote_end am gespeicherten Text neu bestimmen; der Anfang liegt vor dem Ende.",
        "Determine columns quote_start and quote_end again in the stored text; the start lies before the end.",
    ),
    "EvidenceShape-source": (
        "In Spalte source_id genau eine Quelle nennen, die in sources.csv steht.",
        "Name exactly one source in column source_id, which stands in sources.csv.",
    ),
    "FundingShape-amount": (
        "In den Spalten amount und currency beides eintragen oder beides leeren; der Betrag ist eine Zahl ab 0.",
        "Enter both amount and currency, or empty both; the amount is a number of 0 or more.",
    ),
    "FundingShape-currency": (
        "In Spalte currency drei Großbuchstaben eintragen, etwa EUR (ISO 4217).",
        "Enter three capitals in column currency, such as EUR (ISO 4217).",
    ),
    "FundingShape-funder": (
        "Als Geldgeber eine Einrichtung nennen; ein Programm mit fundedBy als Programm eintragen.",
        "Name an institution as funder; enter a programme as a programme with fundedBy.",
    ),
    "FundingShape-funds": ("Je Vorhaben eine eigene Zeile mit fundedBy schreiben.", "Write one row with fundedBy per initiative."),
    "FundingShape-underProgramme": (
        "Als Ziel ein Programm nennen; eine Einrichtung ist der Geldgeber.",
        "Name a programme as the target; an institution is the funder.",
    ),
    "IdentifierShape-form": (
        "In Spalte identifiers die Kennung ohne Adresse davor schreiben, etwa ror:01k97gp34, wikidata:Q685557 oder cordis:868887, und am Register prüfen.",
        "Write the identifier without its address in column identifiers, such as ror:01k97gp34, wikidata:Q685557 or cordis:868887, and check it in the register.",
    ),
    "IdentifierShape-notation": (
        "In Spalte identifiers je Kennung einen Wert schreiben, getrennt mit Semikolon.",
        "Write one value per identifier in column identifiers, separated by semicolons.",
    ),
    "InitiativeShape-completeness": (
        "Einen der Werte complete, partial oder unknown eintragen.",
        "Enter one of the values complete, partial or unknown.",
    ),
    "InitiativeShape-declaredSize": (
        "In decisions.csv entscheiden, welche Zahl gilt; sie ist eine ganze Zahl ab 1.",
        "Decide in decisions.csv which number holds; it is a whole number from 1.",
    ),
    "InitiativeShape-partOfKind": (
        "Prüfen, ob featuredIn gemeint ist oder die Richtung von partOf vertauscht wurde.",
        "Check whether featuredIn is meant, or partOf points the wrong way.",
    ),
    "NamedThingShape-descriptionDeBulk": (
        "Eine deutsche Beschreibung eintragen, wo sie bekannt ist.",
        "Add a German description where it is known.",
    ),
    "NamedThingShape-iri": (
        "Die Kennung in Spalte entity_id ändern: nur Buchstaben, Ziffern, Punkt und Bindestrich.",
        "Change the id in column entity_id: letters, digits, dots and hyphens only.",
    ),
    "NamedThingShape-labelDeBulk": ("Einen deutschen Namen eintragen, wo er bekannt ist.", "Add a German name where it is known."),
    "NamedThingShape-location": (
        "Mit locatedIn einen Ort nennen; ist eine Einrichtung gemeint, hasParticipant oder cooperatesWith verwenden.",
        "Name a place with locatedIn; if an institution is meant, use hasParticipant or cooperatesWith.",
    ),
    "OrganisationShape-classification": (
        "In Spalte kind die Art eintragen, etwa university, company oder municipality.",
        "Enter the kind in column kind, such as university, company or municipality.",
    ),
    "OrganisationShape-kind": (
        "Entscheiden, was gilt: partOf löschen, wenn die Organisation selbständig ist, sonst sie als Einheit führen.",
        "Decide which holds: delete partOf if the organisation is a body of its own, else keep it as a unit.",
    ),
    "ParticipationShape-closed": (
        "Die Angabe dort eintragen, wohin sie gehört: einen Wortlaut in Spalte role, anderes am Vorhaben oder an der Einrichtung.",
        "Enter the value where it belongs: a wording in column role, other things on the initiative or the institution.",
    ),
    "ParticipationShape-contribution": (
        "Einen Betrag in Euro eintragen, als Zahl ab 0; fehlt er in der Quelle, die Zelle leeren.",
        "Enter one amount in euro, as a number of 0 or more; empty the cell where the source is silent.",
    ),
    "ParticipationShape-endedEarly": (
        "true oder false eintragen; ohne Angabe die Zelle leeren.",
        "Enter true or false; empty the cell where it is unknown.",
    ),
    "ParticipationShape-inInitiative": (
        "Je Vorhaben eine eigene Zeile schreiben und in Spalte subject_id ein Vorhaben nennen.",
        "Write one row per initiative, and name an initiative in column subject_id.",
    ),
    "ParticipationShape-netContribution": (
        "Einen Betrag in Euro eintragen, als Zahl ab 0; fehlt er in der Quelle, die Zelle leeren.",
        "Enter one amount in euro, as a number of 0 or more; empty the cell where the source is silent.",
    ),
    "ParticipationShape-order": (
        "Die Nummer aus der Lieferung eintragen; in gepflegten Tabellen keine angeben.",
        "Enter the number of the delivery; give none in tables that people keep.",
    ),
    "ParticipationShape-participant": (
        "Je Einrichtung eine eigene Zeile schreiben; statt einer Stadt ihre Verwaltung nennen.",
        "Write one row per institution; name the municipality instead of the city.",
    ),
    "ParticipationShape-role": (
        "In Spalte role eine Rolle nennen, die in data/mappings/roles.csv steht; eine zweite Rolle ist eine zweite Zeile.",
        "Name a role in column role that stands in data/mappings/roles.csv; write a second role as a second row.",
    ),
    "ParticipationShape-sme": (
        "true oder false eintragen; ohne Angabe die Zelle leeren.",
        "Enter true or false; empty the cell where it is unknown.",
    ),
    "ParticipationShape-totalCost": (
        "Einen Betrag in Euro eintragen, als Zahl ab 0; fehlt er in der Quelle, die Zelle leeren.",
        "Enter one amount in euro, as a number of 0 or more; empty the cell where the source is silent.",
    ),
    "PlaceShape-withinPlace": (
        "Als Ziel einen Ort nennen; für eine Einrichtung den Ort, an dem sie sitzt.",
        "Name a place as the target; for an institution name the place where it sits.",
    ),
    "PlaceShape-wkt": (
        "Spalten lat und lon mit Punkt als Dezimalzeichen schreiben; in WKT steht die Länge vorn: POINT(7.4653 51.5136).",
        "Write columns lat and lon with a dot as decimal sign; in WKT write longitude first: POINT(7.4653 51.5136).",
    ),
    "PlaceShape-wktLatLong": (
        "Die falsche der beiden Angaben berichtigen; in WKT steht die Länge vorn.",
        "Correct the wrong one of the two; in WKT longitude comes first.",
    ),
    "ProgrammeShape-project": (
        "In Spalte type entscheiden: Programme für das, was Mittel oder Rahmen gibt, sonst Project; ein Dekadenprojekt darf beides bleiben.",
        "Decide in column type: Programme for what gives money or a frame, else Project; a decade-long project may stay both.",
    ),
    "SiteUseShape-closed": (
        "Die Angabe dort eintragen, wohin sie gehört: am Ort, am Vorhaben oder in Spalte role.",
        "Enter the value where it belongs: on the place, the initiative or in column role.",
    ),
    "SiteUseShape-inInitiative": (
        "Je Vorhaben eine eigene Zeile schreiben und in Spalte subject_id ein Vorhaben nennen.",
        "Write one row per initiative, and name an initiative in column subject_id.",
    ),
    "SiteUseShape-role": (
        "In Spalte role eine Rolle nennen, die in data/mappings/roles.csv steht; eine zweite Rolle ist eine zweite Zeile.",
        "Name a role in column role that stands in data/mappings/roles.csv; write a second role as a second row.",
    ),
    "SiteUseShape-site": (
        "Als Ziel einen Ort nennen; eine gastgebende Einrichtung mit hostedAt als Einrichtung eintragen.",
        "Name a place as the target; enter a hosting institution with hostedAt as an institution.",
    ),
}

EXPLAINED: dict[str, tuple[str, str]] = {
    # code of a problem: the rule where kg.validate.shapes.TABLE_RULES says too little for a card, de and en
    "wrong-date": (
        "Ein Datum ist ein Tag (JJJJ-MM-TT), ein Monat (JJJJ-MM) oder ein Jahr (JJJJ), so genau wie die Quelle.",
        "A date is a day (YYYY-MM-DD), a month (YYYY-MM) or a year (YYYY), as precise as the source.",
    ),
    "wrong-number": ("Eine Zahl besteht aus Ziffern, mit Punkt als Dezimalzeichen.", "A number is written in digits, with a dot as decimal sign."),
    "wrong-url": (
        "Eine Webadresse beginnt mit http:// oder https:// und hat keine Leerzeichen.",
        "A web address begins with http:// or https:// and holds no blanks.",
    ),
    "wrong-language": (
        "Eine Sprache steht als Kürzel nach BCP 47 da, etwa de oder en.",
        "A language is given as a tag after BCP 47, such as de or en.",
    ),
    "missing-path": ("Was geprüft werden soll, ist da.", "What is to be checked is there."),
    "empty-folder": ("Ein Ordner enthält Tabellen oder RDF-Dateien.", "A folder holds tables or RDF files."),
    "unknown-table": ("Die Spalten einer Tabelle sagen, was sie enthält.", "The columns of a table say what it holds."),
    "unknown-term": ("Jede Eigenschaft und jede Klasse steht in der Ontologie.", "Every property and every class is in the ontology."),
    "unknown-reference": ("Worauf verwiesen wird, ist auch beschrieben.", "What is referred to is also described."),
    "unreadable": ("Eine Datei ist lesbar.", "A file can be read."),
}
