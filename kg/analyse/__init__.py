"""The collaboration network and what may be said about it (`kg analyse`, `kg profile`).

    projection   participations -> rows -> `networkx.Graph`, one set-oriented expression
    incidence, edges   the same by columns, for networks too large for a Python object per pair
    measures     degree, strength, betweenness, closeness, PageRank, clustering, cores, components; by_columns: igraph and NumPy behind them
    communities  seeded groups with stable names
    nullmodel    what chance would give: curveball draws with both margins kept; configuration: the same solved, for large networks
    frames       what may be said on which sampling frame, and why not
    analysis     the table of institutions (`kg analyse`)
    profile      one institution across its projects (`kg profile`); `model` holds its records, `facts` looks them up
    render_text, figures, page   the same results as text, figures and one HTML page; `wording` holds their sentences, `canvas` draws
    arrow, lines   Arrow arrays without pandas; text files written by columns

Every result carries a method block: level, weight, roles, seed, frame, version of the mapping, build and counting rule. Decisions with their reasons
stand in `docs/decisions/0003-analysis.md`.
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
