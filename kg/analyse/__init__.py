"""The collaboration network and what may be said about it (`kg analyse`, `kg profile`).

    selection, data      what counts, and the participations that do: what every result is made of; `chosen`, `places`, `lookup`, `filters` narrow them
    projection           participations -> rows -> `networkx.Graph`, one set-oriented expression
    incidence, edges     the same by columns, for networks too large for a Python object per pair
    result, menu         what all results have in common, and the list of them by name; `method` says how a number was made
    frames               what may be said on which sampling frame, and why not
    measures, holes, mixing, whole    measures, by igraph and NumPy behind them (`by_columns`); `catalogue` explains each
    positions, analysis  the tables of institutions; `ranks` ranks on a census, `kept` keeps them for profiles
    communities, groups  Leiden, and what its groups are about (`typical`) and how stable (`agreement`)
    nullmodel, curveball, configuration   what chance would give; pairs against it (`pairs`, `poisson_binomial`)
    bootstrap, robustness, sensitivity    how sure a number is, and how far it hangs on choices
    years, ties          the network in time; `meetings` tells new, overlapping, returning and undatable ties apart
    removal              what would be without an institution or project (`reach`)
    views                projects, topics and places tied to each other
    profile, compare     one institution across its projects, and two of them; `model` holds the records, `facts` looks them up, `sentences` says them
    codebook, coders     role wordings for a second coder (`sheets`), and how far both agree (`reliability`)
    backbone, plates     figures of the whole; `placing`, `caption` and `canvas` draw them; `figures` those of a profile
    render_text, page, wording   text, one HTML page, and their sentences
    arrow, lines         Arrow arrays without pandas; text files written by columns

Every result carries a method block: level, weight, roles, seed, frame, version of the mapping, build and counting rule. Decisions with their reasons
stand in `docs/decisions/0003-analysis.md` and `0007-collaboration.md`.
"""

from kg.analyse.analysis import Analysis, analyse
from kg.analyse.frames import Frame, frame_of
from kg.analyse.profile import Profile, profile
from kg.analyse.projection import LEVELS, ROLES, WEIGHTS, evidence, network, organisations, participations

__all__ = [
    "LEVELS",
    "ROLES",
    "WEIGHTS",
    "Analysis",
    "Frame",
    "Profile",
    "analyse",
    "evidence",
    "frame_of",
    "network",
    "organisations",
    "participations",
    "profile",
]
