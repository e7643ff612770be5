"""Repairs for tables: proposed with a reason, tried out on a copy, made cell by cell (`docs/decisions/0009-steward.md`).

A proposal is data, not an action: :func:`propose` finds them, :func:`effect` says what they would do to the findings, :func:`apply` makes those
that were chosen and touches no other byte.
"""

from __future__ import annotations

from kg.fix.apply import apply
from kg.fix.effect import Effect, Trial, effect, without_additions
from kg.fix.model import KINDS, Choice, Edit, Proposal, Proposals, choose
from kg.fix.preview import Preview, preview
from kg.fix.propose import propose

__all__ = [
    "KINDS",
    "Choice",
    "Edit",
    "Effect",
    "Preview",
    "Proposal",
    "Proposals",
    "Trial",
    "apply",
    "choose",
    "effect",
    "preview",
    "propose",
    "without_additions",
]
