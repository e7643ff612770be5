"""The figures of the whole by name."""

from __future__ import annotations

from typing import Any

from kg.analyse.data import Data
from kg.analyse.plate import NARROW, WIDE, Plate
from kg.analyse.plate_backbone import BackbonePlate
from kg.analyse.plate_countries import CountryPlate
from kg.analyse.plate_distributions import DistributionPlate
from kg.analyse.plate_ego import EgoPlate
from kg.errors import AnalysisError, Text

__all__ = ["KINDS", "NARROW", "WIDE", "BackbonePlate", "CountryPlate", "DistributionPlate", "EgoPlate", "Plate", "plate"]

KINDS: dict[str, type[Plate]] = {found.name: found for found in (BackbonePlate, CountryPlate, DistributionPlate, EgoPlate)}


def plate(data: Data, kind: str, **options: Any) -> Plate:
    """Return a figure of the whole as a result.

    Args:
        data: What it is drawn from.
        kind: `backbone`, `countries`, `distributions` or `ego-network`.
        options: `nodes` and `alpha` of the backbone, `most_countries` of the matrix, `institution` (needed) and `most_partners` of the ego network.

    Raises:
        AnalysisError: There is no such figure, it has no such option, or the data do not allow it.
    """
    if kind not in KINDS:
        names = ", ".join(KINDS)
        what = Text(f"There is no figure {kind!r}.", f"Eine Abbildung {kind!r} gibt es nicht.")
        raise AnalysisError(what, fix=Text(f"Choose one of {names}.", f"Wählen Sie eine von {names}."))
    made: Any = KINDS[kind]
    try:
        return made(data, **options)  # type: ignore[no-any-return]
    except TypeError as error:
        what = Text(f"The figure {kind} cannot be made with these options.", f"Die Abbildung {kind} lässt sich mit diesen Optionen nicht erzeugen.")
        fix = Text("The ego network needs an institution; see --help.", "Das Ego-Netz braucht eine Einrichtung; siehe --help.")
        raise AnalysisError(what, where=", ".join(sorted(options)), fix=fix) from error
