"""What `mande verify` says, as plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mande.verify.comparing import Compared

if TYPE_CHECKING:
    from mande.verify import Verification

__all__ = ["verification"]


def verification(found: Verification) -> str:
    """What agrees, what differs and where, and what could not be recomputed and why."""
    made = found.making
    blocks = [
        f"{found.name}: template {made.template}, language {made.language}, mande {made.versions.get('mande', '?')}",
        _verified("Figures, recomputed from the counts in the report", found.figures),
        _verified("Pages, read against the figures in the report", found.pages),
    ]
    if found.data is not None:
        blocks.append(_verified("Everything, recomputed from the questionnaires", found.data))
    if not found.agrees:
        blocks.append("The report is not what its figures give: do not rely on what differs.")
    elif found.data is None:
        blocks.append(
            "The report agrees with itself. Whether its counts are those of the questionnaires, only these can show: "
            "--data evaluation.toml"
        )
    else:
        blocks.append("The report agrees with itself and with the questionnaires.")
    return "\n".join(blocks)


def _verified(head: str, compared: Sequence[Compared]) -> str:
    counts = Counter(str(one.outcome) for one in compared)
    alone = compared[0].place if len(compared) == 1 and counts["agrees"] else ""
    lines = [f"{head}: {alone or ', '.join(f'{counts[name]} {name}' for name in sorted(counts))}"]
    differing = [one for one in compared if one.outcome == "differs"]
    lines += [f"  {one.place}: the report has {one.stated!r}, it should be {one.found!r}" for one in differing[:MOST]]
    if len(differing) > MOST:
        lines.append(f"  … and {len(differing) - MOST} more")
    lines += [f"  {count} not recomputed: {why}" for why, count in Counter(c.why for c in compared if c.why).items()]
    return "\n".join(lines)


MOST = 20
"""Differences that are listed one by one."""
