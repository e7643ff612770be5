"""What can be asked of the network, by name: one list for the command line, the Python door and the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    from kg.analyse.data import Data
    from kg.analyse.result import Result


@dataclass(frozen=True)
class Entry:
    """One kind of result.

    Attributes:
        maker: Module below `kg.analyse` and function that makes it of :class:`kg.analyse.data.Data`, as `module:function`.
        title: What it tells, per language.
        options: Names of the options it takes besides the selection, and the parameter of the function each goes to.
        needed: Those of them that must be given.
    """

    maker: str
    title: Mapping[str, str]
    options: Mapping[str, str]
    needed: tuple[str, ...] = ()


MENU: dict[str, Entry] = {
    "positions": Entry(
        "positions:positions",
        {
            "de": "Maße jeder Einrichtung; mit Rang, wo der Rahmen es erlaubt.",
            "en": "Measures of every institution; ranked where the frame allows it.",
        },
        {},
    ),
    "communities": Entry(
        "groups:groups",
        {
            "de": "Gruppen, die enger zusammenarbeiten: Themen, Mitglieder, wie beständig sie sind.",
            "en": "Groups that work together more closely: topics, members, how stable they are.",
        },
        {"resolution": "resolution", "runs": "runs"},
    ),
    "pairs": Entry(
        "pairs:pairs",
        {
            "de": "Welche Paare häufiger zusammenarbeiten, als Zufall ergäbe.",
            "en": "Which pairs work together more often than chance would give.",
        },
        {"alpha": "alpha", "correction": "method"},
    ),
    "years": Entry(
        "years:years",
        {"de": "Das Netzwerk Jahr für Jahr, mit offenen Daten als Band.", "en": "The network year by year, with open dates as a band."},
        {},
    ),
    "ties": Entry(
        "ties:ties",
        {
            "de": "Neue, überlappende, wiederkehrende und nicht datierbare Verbindungen.",
            "en": "New, overlapping, returning and undatable ties.",
        },
        {"institution": "institution"},
    ),
    "robustness": Entry(
        "robustness:robustness",
        {"de": "Wie sicher Zahlen und Ränge sind: Bootstrap über Projekte.", "en": "How sure numbers and ranks are: bootstrap over projects."},
        {"draws": "draws", "top": "top"},
    ),
    "removal": Entry(
        "removal:removal",
        {
            "de": "Was ohne eine Einrichtung oder ein Projekt wäre (nur bei Vollerhebungen).",
            "en": "What would be without an institution or project (census only).",
        },
        {"without": "remove", "draws": "draws"},
        ("without",),
    ),
    "sensitivity": Entry(
        "menu:sensitivity",
        {
            "de": "Dieselben Zahlen einer Einrichtung mit anderer Ebene, Auswahl und Gewichtung.",
            "en": "The same numbers of an institution with another level, selection and weight.",
        },
        {"institution": "institution"},
        ("institution",),
    ),
    "project-ties": Entry(
        "project_view:project_ties",
        {"de": "Projekte, die sich Einrichtungen teilen.", "en": "Projects that share institutions."},
        {"top": "top"},
    ),
    "topics": Entry(
        "topic_view:topics",
        {"de": "Themen der Einrichtungen und wie eigen sie ihnen sind.", "en": "Topics of institutions and how much they are their own."},
        {"institution": "institution"},
    ),
    "places": Entry(
        "place_view:countries",
        {
            "de": "Wer mit wem nach Ländern oder Regionen (--level country, nuts1, nuts2, nuts3).",
            "en": "Who with whom by country or region (--level country, nuts1, nuts2, nuts3).",
        },
        {},
    ),
    "backbone": Entry(
        "plate_backbone:BackbonePlate",
        {"de": "Abbildung: das Rückgrat des Netzwerks.", "en": "Figure: the backbone of the network."},
        {"alpha": "alpha"},
    ),
    "countries": Entry(
        "plate_countries:CountryPlate",
        {"de": "Abbildung: Zusammenarbeit der Länder als Matrix.", "en": "Figure: collaboration of countries as a matrix."},
        {},
    ),
    "distributions": Entry(
        "plate_distributions:DistributionPlate",
        {"de": "Abbildung: Verteilungen auf logarithmischen Achsen.", "en": "Figure: distributions on logarithmic axes."},
        {},
    ),
    "ego-network": Entry(
        "plate_ego:EgoPlate",
        {"de": "Abbildung: eine Einrichtung und ihre wiederkehrenden Partner.", "en": "Figure: an institution and its repeat partners."},
        {"institution": "institution"},
        ("institution",),
    ),
}


def sensitivity(data: Data, institution: str) -> Result:
    """Return how the numbers of an institution depend on what is selected (see :func:`kg.analyse.sensitivity.sensitivity`)."""
    from kg.analyse.sensitivity import sensitivity as of_build

    return of_build(data.build, institution, data.selection)


def result(name: str, data: Data, **options: Any) -> Result:
    """Make a result.

    Args:
        name: A key of :data:`MENU`.
        data: What it is made of.
        options: Its options; those that are None are left out.

    Raises:
        AnalysisError: There is no such result, it has no such option, or one that it needs is missing.
    """
    if name not in MENU:
        what = Text(f"There is no result {name!r}.", f"Ein Ergebnis {name!r} gibt es nicht.")
        raise AnalysisError(what, fix=Text(f"Use one of {', '.join(MENU)}.", f"Möglich sind {', '.join(MENU)}."))
    entry = MENU[name]
    given = {option: value for option, value in options.items() if value is not None}
    for option in given:
        if option not in entry.options:
            what = Text(f"The result {name} has no option --{option}.", f"Das Ergebnis {name} hat keine Option --{option}.")
            known = ", ".join(f"--{one}" for one in entry.options)
            fix = Text(f"It has {known or 'none'} and those of the selection.", f"Es hat {known or 'keine'} und die der Auswahl.")
            raise AnalysisError(what, fix=fix)
    for option in entry.needed:
        if option not in given:
            what = Text(f"The result {name} needs --{option}.", f"Das Ergebnis {name} braucht --{option}.")
            raise AnalysisError(what, fix=Text(f"Add --{option} VALUE.", f"Ergänzen Sie --{option} WERT."))
    module, _, function = entry.maker.partition(":")
    make = getattr(import_module(f"kg.analyse.{module}"), function)
    return cast("Result", make(data, **{entry.options[option]: value for option, value in given.items()}))
