"""A register that cannot work is refused when it is declared."""

import pytest

from compliance.registers.declaration import BadDeclaration, Field, RegisterType, register, register_types, words

ABOUT = {"key": "keys", "title": "Keys", "noun": "key", "prefix": "KY", "purpose": "Who holds which."}


@pytest.mark.parametrize(
    ("fields", "more", "said"),
    [
        ((Field("text_9", "room", "Room"),), {}, "there is no column text_9"),
        ((Field("text_1", "room", "Room"), Field("text_1", "door", "Door")), {}, "two fields share a column or a key"),
        ((Field("choice_1", "kind", "Kind"),), {}, "kind: a choice has choices, and only it"),
        ((Field("text_1", "kind", "Kind", choices=words("a")),), {}, "kind: a choice has choices, and only it"),
        ((Field("text_1", "due", "Due", due="runs out"),), {}, "due falls due and is no day"),
        ((Field("text_1", "owner", "Owner"),), {}, "owner is a name every row has"),
        ((), {"scopes": ("release",)}, "scopes are organisation and project"),
        ((), {"trend": "value"}, "a trend is a number, or a share of two, under another register"),
        (
            (Field("number_1", "part", "Part"),),
            {"under": "x", "trend": "part/whole"},
            "a trend is a number, or a share",
        ),
        ((), {"prefix": "k"}, "key or prefix are not written as such"),
    ],
)
def test_a_register_that_cannot_work_is_refused(fields: tuple[Field, ...], more: dict[str, object], said: str) -> None:
    with pytest.raises(BadDeclaration, match=rf"^Register 'keys': {said}"):
        RegisterType(**{**ABOUT, "fields": fields, **more})


def test_two_registers_do_not_share_a_prefix() -> None:
    with pytest.raises(BadDeclaration, match=r"^keys and obligations share the prefix OB.$"):
        register(RegisterType(**{**ABOUT, "prefix": "OB", "fields": ()}))


def test_every_register_stands_under_one_that_there_is() -> None:
    assert [one.key for one in register_types if one.under and one.under not in register_types] == []
