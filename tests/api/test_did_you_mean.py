"""Suggestions for an unknown name."""

from __future__ import annotations

import copy
import pickle

import pytest

from pytest_conversations_fake.api.did_you_mean import MAX_LISTED, SuggestsNames, unknown

FEW = ["friendly_name", "unique_name", "attributes"]
MANY = [*FEW, *(f"other_{number}" for number in range(MAX_LISTED))]


class Desk(SuggestsNames):
    is_open = True

    def __repr__(self) -> str:
        return "<desk>"


@pytest.mark.parametrize(
    ("value", "accepted", "sentence"),
    [
        (
            "freindly_name",
            FEW,
            "no 'freindly_name'; did you mean 'friendly_name'? There is: friendly_name, "
            "unique_name, attributes",
        ),
        ("FriendlyName", MANY, "no 'FriendlyName'; did you mean 'friendly_name'?"),
        ("name", MANY, "no 'name'; did you mean 'unique_name' or 'friendly_name'?"),
        ("xyz", FEW, "no 'xyz'; there is: friendly_name, unique_name, attributes"),
        (5, FEW, "no 5; there is: friendly_name, unique_name, attributes"),
        ("x", [], "no 'x'; there is: "),
    ],
    ids=["similar", "same words", "several", "none is near", "no text", "no names"],
)
def test_sentence_has_the_nearest_or_all_names(
    value: object, accepted: list[str], sentence: str
) -> None:
    assert sentence == unknown("no", value, accepted)


def test_unknown_attribute_suggests_the_nearest_name() -> None:
    desk = Desk()

    with pytest.raises(AttributeError, match=r"^<desk> has no 'is_opn'; did you mean 'is_open'\?"):
        desk.is_opn  # noqa: B018 - reading is the point


def test_object_that_suggests_names_can_be_copied() -> None:
    assert isinstance(copy.copy(Desk()), Desk)
    assert isinstance(pickle.loads(pickle.dumps(Desk())), Desk)
    assert not hasattr(Desk(), "_anything")
