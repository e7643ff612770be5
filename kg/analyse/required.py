"""What random draws need before they can be made."""

from __future__ import annotations

from kg.analyse.selection import CONTRIBUTION, COORDINATOR_STAR
from kg.errors import AnalysisError, Text


def require_draws(number: int) -> None:
    """Refuse a number of draws below one.

    Raises:
        AnalysisError: No draws were asked for.
    """
    if number < 1:
        what = Text("The number of draws must be at least 1.", "Die Zahl der Ziehungen muss mindestens 1 sein.")
        raise AnalysisError(what, where="--draws", fix=Text("Use 1000.", "Nehmen Sie 1000."))


def require_projects(some: bool, institution: str) -> None:
    """Refuse an institution that is in no project.

    Raises:
        AnalysisError: It is in none.
    """
    if not some:
        fix = Text("Choose another level, role filter or institution.", "Wählen Sie eine andere Ebene, andere Rollen oder eine andere Einrichtung.")
        raise AnalysisError(Text("The institution is in no project.", "Die Einrichtung ist in keinem Projekt."), where=institution, fix=fix)


def require_all_tied(roles: str, weight: str) -> None:
    """Refuse a selection that ties coordinators only, or weighs by funding: chance and draws here are about common projects of all partners.

    Raises:
        AnalysisError: It does.
    """
    if roles == COORDINATOR_STAR or weight == CONTRIBUTION:
        what = Text("This counts common projects of all partners.", "Hier zählen gemeinsame Projekte aller Partner.")
        fix = Text("Use --roles all with --weight newman or count.", "Nehmen Sie --roles all mit --weight newman oder count.")
        raise AnalysisError(what, where=f"--roles {roles}, --weight {weight}", fix=fix)
