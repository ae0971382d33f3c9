"""A chart of the measures that compare subjects, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from .measuring import FLOOR, Row
from .peers import PEERS
from .report import figure, ratio

WIDTH, LABELS, FIGURES, MARGIN = 760, 190, 230, 16
"""The columns of the picture, of the labels, and of the figures, in pixels."""

LINE, BAR, TITLE = 20, 12, 34
"""The heights of a row, of its bar, and of a title."""

LONGEST = 5.0
"""The longest bar, as a multiple of the base. A longer one ends with an arrow."""

# The picture has a background of its own, so that it reads well in a page of another theme, too
STYLE = """
  svg { --page: #ffffff; --text: #1f2328; --floor: #9aa4ae; --fake: #2a6fdb; --peer: #d9a441 }
  @media (prefers-color-scheme: dark) {
    svg { --page: #16181b; --text: #e3e6ea; --floor: #6b7580; --fake: #6ea3f5; --peer: #b98a2f }
  }
  text { fill: var(--text); font: 12px sans-serif }
  .title { font-weight: bold }
  .label { text-anchor: end }
  .page { fill: var(--page) }
  .floor { fill: var(--floor) }
  .fake { fill: var(--fake) }
  .peer { fill: var(--peer) }
  .budget { stroke: var(--text); stroke-width: 2; fill: none }
"""


def chart(rows: Iterable[Row]) -> str:
    """A panel of bars for each measure that has a base."""
    groups = [[*group] for _, group in groupby(rows, key=lambda row: row.measure)]
    panels = [group for group in groups if any(row.is_base for row in group)]
    lines = [*_legend()]
    top = MARGIN + LINE
    for panel in panels:
        lines += _panel(panel, top)
        top += TITLE + LINE * len(panel)
    height = top + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
            "<title>The fake, its floor and its peers</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{height}" rx="8"/>',
            *lines,
            "</svg>\n",
        ]
    )


def _legend() -> Iterator[str]:
    left = MARGIN
    for kind, text in {
        "floor": "bare aiohttp, or the base",
        "fake": "the fake",
        "peer": "other tools",
    }.items():
        yield _bar(kind, left, MARGIN, BAR)
        yield _text(left + BAR + 6, MARGIN + 10, text)
        left += BAR + 30 + 7 * len(text)
    yield _tick(left, MARGIN)
    yield _text(left + 8, MARGIN + 10, "budget")


def _panel(rows: list[Row], top: int) -> Iterator[str]:
    yield _text(MARGIN, top + 22, rows[0].measure, "title")
    shares = [min(row.ratio or 0, LONGEST) for row in rows]
    limits = [row.budget.limit for row in rows if row.budget]
    unit = (WIDTH - LABELS - FIGURES) / max(*shares, *limits)
    for number, (row, share) in enumerate(zip(rows, shares)):
        line = top + TITLE + LINE * number
        end = LABELS + max(share, 0) * unit
        yield _text(LABELS - 8, line + 10, row.subject, "label")
        yield _bar(_kind(row), LABELS, line, end - LABELS)
        if row.budget:
            tick = LABELS + row.budget.limit * unit
            yield _tick(tick, line)
            end = max(end, tick)
        budget = f" ({row.budget})" if row.budget else ""
        arrow = "▸ " if row.ratio and row.ratio > LONGEST else ""
        yield _text(end + 8, line + 10, f"{arrow}{figure(row)} · {ratio(row)}{budget}")


def _kind(row: Row) -> str:
    if row.is_base or row.subject == FLOOR:
        return "floor"
    return "peer" if row.subject in PEERS else "fake"


def _bar(kind: str, left: float, top: float, width: float) -> str:
    return (
        f'<rect class="{kind}" x="{left:.0f}" y="{top}" width="{width:.0f}" height="{BAR}" rx="2"/>'
    )


def _tick(left: float, top: float) -> str:
    return f'<path class="budget" d="M{left:.0f} {top - 2}v{BAR + 4}"/>'


def _text(left: float, top: float, text: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f'<text{attribute} x="{left:.0f}" y="{top}">{escape(text)}</text>'
