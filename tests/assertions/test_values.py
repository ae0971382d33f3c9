"""Truncation of texts and values to the width of a terminal."""

from __future__ import annotations

import pytest

from pytest_conversations_fake.api.wording import cut
from pytest_conversations_fake.assertions.values import Truncation

DIGITS = "0123456789" * 5
SID = "CH" + "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abcdefghijkl", 12, "abcdefghijkl"),
        ("abcdefghijklm", 12, "abcdef…ijklm"),
        ("abcdefghijklmn", 13, "abcdef…ijklmn"),
    ],
)
def test_text_that_is_too_long_loses_its_middle(text: str, width: int, expected: str) -> None:
    assert expected == cut(text, width)
    assert len(expected) <= width


@pytest.mark.parametrize("width", [10, 9, 1, 0, -5])
def test_short_text_is_whole_in_any_width(width: int) -> None:
    assert "0123456789" == cut("0123456789", width)
    assert "01234…789a" == cut("0123456789a", width)


def test_sids_are_shortened_before_a_text_is_cut() -> None:
    truncation = Truncation(enabled=True)

    assert "to CH0123… only" == truncation.cut(f"to {SID} only", 20)
    assert "text" == truncation.finish("text")


def test_text_with_a_cut_ends_with_a_note() -> None:
    truncation = Truncation(enabled=True)

    truncation.cut("abcdefghijklm", 12)

    assert "text\n\ncut to fit; pytest -v shows all" == truncation.finish("text")


def test_disabled_truncation_changes_nothing() -> None:
    truncation = Truncation(enabled=False)

    assert SID == truncation.cut(SID, 10)
    assert (f"'{SID}'", "5") == truncation.cut_around(SID, 5, 10)
    assert "text" == truncation.finish("text")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("same", "same!", ("'same'", "'same!'"), id="short"),
        pytest.param(
            f"{DIGITS}x{DIGITS}",
            f"{DIGITS}y{DIGITS}",
            (
                "…7890123456789x012345678901234567890123…",
                "…7890123456789y012345678901234567890123…",
            ),
            id="in the middle",
        ),
        pytest.param(
            f"x{DIGITS}",
            f"y{DIGITS}",
            (
                "'x0123456789012345678901234567890123456…",
                "'y0123456789012345678901234567890123456…",
            ),
            id="at the beginning",
        ),
        pytest.param(
            DIGITS,
            f"{DIGITS}x",
            (
                "…3456789012345678901234567890123456789'",
                "…3456789012345678901234567890123456789x'",
            ),
            id="at the end",
        ),
        pytest.param(
            f"it's {DIGITS}",
            f"it {DIGITS}",
            (
                "\"it's 012345678901234567890123456789012…",
                "'it 01234567890123456789012345678901234…",
            ),
            id="other quotes",
        ),
        pytest.param(
            [1, DIGITS],
            DIGITS,
            (
                "[1, '012345678901234…34567890123456789']",
                "'0123456789012345678…234567890123456789'",
            ),
            id="other types",
        ),
    ],
)
def test_unequal_values_are_cut_around_their_first_difference(
    one: object, other: object, expected: tuple[str, str]
) -> None:
    assert expected == Truncation(enabled=True).cut_around(one, other, 40)
