"""A chart of ratios and budgets, as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .measuring import Row

WIDTH, LABELS, LINE = 760, 330, 22
"""Columns of the picture, of its labels, and the height of a row, in pixels."""


def chart(rows: Iterable[Row]) -> str:
    """A bar for the ratio of each row that has a budget, in units of its budget.

    The vertical line is the budget: a bar of a cost must end before it, a bar of a rate after it.
    """
    shown = [row for row in rows if row.ratio is not None and row.budget]
    unit = (WIDTH - LABELS - 90) / 2
    height = (len(shown) + 1) * LINE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Ratios in units of their budgets</title>",
    ]
    for number, row in enumerate(shown):
        assert row.ratio is not None
        assert row.budget is not None
        share = min(row.ratio / row.budget, 2.0)
        top = number * LINE + 4
        colour = "#2a7de1" if row.keeps_budget else "#d9534f"
        sign = "≥" if row.is_rate else "≤"
        label = escape(f"{row.measure}: {row.subject}")
        lines.append(f'<text x="{LABELS - 8}" y="{top + 12}" text-anchor="end">{label}</text>')
        lines.append(
            f'<rect x="{LABELS}" y="{top}" width="{share * unit:.0f}" height="{LINE - 8}" '
            f'fill="{colour}"/>'
        )
        figure = f"{row.ratio:.2f} ({sign} {row.budget:.2f})"
        lines.append(f'<text x="{LABELS + share * unit + 6:.0f}" y="{top + 12}">{figure}</text>')
    budget = LABELS + unit
    lines.append(
        f'<line x1="{budget:.0f}" y1="0" x2="{budget:.0f}" y2="{height - LINE}" '
        'stroke="#888" stroke-dasharray="4 3"/>'
    )
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
