"""What a batch does: its steps and their options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.batch.onenode import ONE_NODE_EDGES
from kg.errors import ParameterError, Text

STEPS = ("quads", "results", "participations", "edges", "components", "pagerank", "groups", "counts", "nquads", "difference")
"""Steps that can be asked for; what they need is done, too."""
LEVELS = ("unit", "merged", "top")
ROUNDS = 100
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Options:
    """What a batch does.

    Attributes:
        steps: Some of :data:`STEPS`; all by default, `difference` only where there is something to compare with.
        shapes: A Turtle file or folder of shapes; the shipped ones by default.
        against: Folder or address of another batch, whose statements are the old ones.
        level: For whom institutions count, as in `kg analyse`.
        rounds: Rounds of PageRank after which it ends in any case.
        tolerance: PageRank ends when all changes of a round add up to no more than this.
        one_node_edges: Pairs up to which groups and betweenness are computed on one machine.
        seed: Seed of groups and of sampled betweenness.
    """

    steps: tuple[str, ...] = ()
    shapes: Path | None = None
    against: str | None = None
    level: str = "merged"
    rounds: int = ROUNDS
    tolerance: float = TOLERANCE
    one_node_edges: int = ONE_NODE_EDGES
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what is not known.

        Raises:
            ParameterError: There is no such step or level, or nothing to compare with.
        """
        for step in self.steps:
            if step not in STEPS:
                known = ", ".join(STEPS)
                what = Text(f"There is no step {step!r}.", f"Den Schritt {step!r} gibt es nicht.")
                raise ParameterError(what, where="--steps", fix=Text(f"Choose from {known}.", f"Möglich sind {known}."))
        if "difference" in self.steps and self.against is None:
            what = Text("There is nothing to compare with.", "Es gibt nichts zum Vergleichen.")
            raise ParameterError(
                what, where="--steps", fix=Text("Name an earlier batch with --against.", "Nennen Sie mit --against einen früheren Lauf.")
            )
        if self.level not in LEVELS:
            known = ", ".join(LEVELS)
            what = Text(f"{self.level!r} is no level.", f"{self.level!r} ist keine Ebene.")
            raise ParameterError(what, where="--level", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))

    def wants(self, step: str) -> bool:
        """Tell whether a step was asked for."""
        return step in self.steps if self.steps else step != "difference" or self.against is not None
