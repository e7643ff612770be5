"""The link by which a reader reports an error in one statement: an e-mail or a form of a tracker, filled in."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from kg.errors import Text

MAX_VALUE = 300
"""Characters of the value that are quoted: addresses beyond 2,000 characters are cut by some mail programs."""


def report_link(report_to: str, lang: str, *, subject: str, name: str, predicate: str, value: str, claim: str = "") -> str:
    """Return an address that opens a filled-in report, or an empty text where reports are switched off.

    Args:
        report_to: `mailto:` address, or https address of a form that takes `title` and `body` (RFC 6068; the usual trackers).
        lang: Language of the report.
        subject, name: IRI and name of the thing.
        predicate, value: Property and value of the statement.
        claim: IRI of the claim, or empty.
    """
    mail = report_to.startswith("mailto:")
    if not mail and not report_to.startswith(("https://", "http://")):
        return ""
    value = value if len(value) <= MAX_VALUE else value[:MAX_VALUE] + " …"
    title = Text(f"Error in “{name}”: {predicate}", f"Fehler bei „{name}“: {predicate}")
    lines = [
        Text(f"Thing: {subject}", f"Gegenstand: {subject}"),
        Text(f"Property: {predicate}", f"Eigenschaft: {predicate}"),
        Text(f"Value: {value}", f"Wert: {value}"),
        *([Text(f"Claim: {claim}", f"Aussage: {claim}")] if claim else []),
        Text("What is wrong, and where is it said correctly?", "Was ist falsch, und wo steht es richtig?"),
    ]
    text = "\r\n".join(line.in_(lang) for line in lines) + "\r\n"
    given = {"subject" if mail else "title": " ".join(title.in_(lang).split()), "body": text}
    # RFC 6068 knows no "+" for a space.
    return report_to + ("&" if "?" in report_to else "?") + urlencode(given, quote_via=quote)
