"""A choice of repairs together with what it would do: what a preview shows and what `--apply` makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.fix.effect import Effect, Trial, behind, without_additions
from kg.fix.model import Choice, Proposal, Proposals, choose
from kg.validate import Report


@dataclass(frozen=True)
class Preview:
    """What a preview shows.

    Attributes:
        proposals: What there is.
        choice: What is chosen of it.
        effect: What the chosen ones do; `None` where it was not asked for, or the tables cannot be read.
        harmful: Repairs that would add findings; they are chosen only where they were asked for by name.
        each: Effect by kind, where it was asked for.
    """

    proposals: Proposals
    choice: Choice
    effect: Effect | None = None
    harmful: tuple[Proposal, ...] = ()
    each: Mapping[str, Effect] = field(default_factory=dict)


def preview(
    proposals: Proposals,
    only: Sequence[str] = (),
    *,
    sure: bool = False,
    each: bool = False,
    lang: str = "en",
    effect: bool = True,
    before: Report | None = None,
) -> Preview:
    """Choose repairs and try them out on a copy; those that would add findings are left out unless they were asked for.

    Args:
        proposals: What there is.
        only: Ids and kinds; empty: all.
        sure: Only those that change nothing but the form.
        each: Try out every kind by itself, too.
        lang: Language of names in findings.
        before: The report on the folder as it is, where there is one already.
        effect: Try them out; always done where `sure` leaves some out.

    Raises:
        ParameterError: There is no such id or kind, or two chosen by id exclude each other.
        InputError: A table has changed since the repairs were proposed.
    """
    choice = choose(proposals, only, sure=sure)
    if proposals.fatal or not choice.chosen or not (effect or sure):
        return Preview(proposals, choice)
    with Trial(proposals.path, lang, before) as trial:
        if sure or not only:
            kept, found, harmful = without_additions(trial, choice.chosen)
        else:
            kept, found = choice.chosen, trial.effect(choice.chosen)
            marked = {item.id for added in found.adds for item in behind(found, added, kept)}
            harmful = tuple(item for item in kept if item.id in marked)
        kinds = dict.fromkeys(item.kind for item in kept) if each else ()
        single = {kind: trial.effect([item for item in kept if item.kind == kind]) for kind in kinds}
    return Preview(proposals, Choice(kept, choice.undecided), found, harmful, single)
