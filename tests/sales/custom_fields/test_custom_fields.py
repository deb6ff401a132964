"""The merchant's own fields: what each type takes, who set what, and what is refused in which words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sales.custom_fields.definitions import (
    add_field,
    change_field,
    field_rows,
    move_field,
    name_from,
    set_client_field,
    set_field,
)
from counterfoil.sales.custom_fields.values import checked
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope, FieldType
from tests.sales.factories import placed

FITS = [
    ("text", "  Happy birthday ", "  Happy birthday "),
    ("text", 100, "100"),
    ("text", "a\x00b", "a\ufffdb"),
    ("number", "12.3400", "12.3400"),
    ("number", 7, "7"),
    ("number", 0.1, "0.1"),
    ("number", 0.1 + 0.2, "0.3"),
    ("number", 3.0, "3"),
    ("text", 2.50, "2.5"),
    ("number", 100.0, "100"),
    ("number", "1E+3", "1000"),
    ("number", "-0", "-0"),
    ("date", "2026-01-31", "2026-01-31"),
    ("date", "Wed, 10 Jan 2018 21:05:30 +0000", "2018-01-10"),
    ("date", "2026-01-31T23:30:00-05:00", "2026-02-01"),
    ("date", datetime(2026, 1, 31, 23, 30, tzinfo=UTC), "2026-01-31"),
    ("date", date(2026, 1, 31), "2026-01-31"),
    ("choice", "BLUE", "Blue"),
    ("yes_no", True, True),
    ("yes_no", "No", False),
    ("yes_no", 1, True),
    ("text", "   ", None),
    ("number", None, None),
    ("yes_no", "", None),
]
DOES_NOT_FIT = [
    ("text", True, "takes a text"),
    ("text", ["a"], "takes a text"),
    ("text", "x" * 10_001, "at most 10,000 characters"),
    ("number", "12,50", "takes a number, and “12,50” isn’t one"),
    ("number", True, "takes a number"),
    ("number", "NaN", "at most 30 digits"),
    ("number", "1e999999999", "at most 30 digits"),
    ("number", "0.12345678901", "at most 10 decimal places"),
    ("date", "tomorrow", "takes a date, such as 2026-01-31"),
    ("date", "2026-02-30", "takes a date"),
    ("date", 20260131, "takes a date"),
    ("choice", "Green", "one of its choices (Red, Blue)"),
    ("yes_no", "perhaps", "takes yes or no"),
]


def field(kind: str, **changes: Any) -> FieldDefinition:
    """A definition that is in no database."""
    choices = ["Red", "Blue"] if kind == "choice" else []
    return FieldDefinition(
        **{"scope": "order", "name": "it", "label": "It", "type": kind, "choices": choices} | changes
    )


@pytest.mark.parametrize(("kind", "given_value", "kept"), FITS)
def test_a_value_that_fits_is_kept_in_the_form_of_its_type(kind: str, given_value: object, kept: object) -> None:
    """Numbers keep their digits, a time gives its date in UTC, a choice its own spelling; blank is no value."""
    result = checked(field(kind), given_value)
    assert result == kept
    assert isinstance(result, bool) == isinstance(kept, bool)


@pytest.mark.parametrize(("kind", "given_value", "sentence"), DOES_NOT_FIT)
def test_a_value_that_does_not_fit_is_refused_in_a_sentence(kind: str, given_value: object, sentence: str) -> None:
    """The sentence names the field and what it takes."""
    with pytest.raises(Refused, match="It") as refused:
        checked(field(kind), given_value)
    assert sentence in refused.value.sentence


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes(), st.decimals(),
    st.lists(st.text()), st.binary(),
)  # fmt: skip


@given(kind=st.sampled_from(FieldType.values), value=ANYTHING)
def test_whatever_is_given_is_kept_or_refused_and_what_is_kept_fits_again(kind: str, value: object) -> None:
    """No value ends in another error, and checking what is kept changes nothing."""
    definition = field(kind)
    try:
        kept = checked(definition, value)
    except Refused:
        return
    assert checked(definition, kept) == kept


@pytest.mark.django_db
def test_a_field_of_an_order_is_set_with_a_history() -> None:
    """Who, from, to: one line for each change, none where nothing changed."""
    add_field(FieldScope.ORDER, "Gift note", FieldType.TEXT)
    order = placed()
    assert set_field(order.pk, "gift_note", "For Ada", by="Eve")
    assert not set_field(order.pk, "gift_note", "For Ada", by="Eve")
    assert set_field(order.pk, "gift_note", "", by="Eve", why="A mistake")
    order.refresh_from_db()
    assert order.fields == {}
    told = [(change.by, change.field, change.before, change.after, change.why) for change in order.changes.all()]
    assert told == [
        ("Eve", "Gift note", "", "For Ada", ""),
        ("Eve", "Gift note", "For Ada", "", "A mistake"),
    ]


@pytest.mark.django_db
def test_a_field_of_a_line_and_one_of_a_client_are_set_with_a_history() -> None:
    """The line's is told in the order's history, the client's in the client's."""
    add_field(FieldScope.LINE, "Engraving", FieldType.TEXT)
    add_field(FieldScope.CLIENT, "Wholesale", FieldType.YES_NO)
    order = placed()
    line = order.lines.get()
    set_field(order.pk, "engraving", "Ada", by="Eve", line_id=line.pk)
    set_client_field(order.client_id, "wholesale", "yes", by="Eve")
    line.refresh_from_db()
    order.client.refresh_from_db()
    assert line.fields == {"engraving": "Ada"}
    assert order.client.fields == {"wholesale": True}
    assert order.changes.get().field == "Engraving of 2 × MUG"
    change = order.client.changes.get()
    assert (change.what, change.before, change.after, change.by) == ("Wholesale", "", "Yes", "Eve")


@pytest.mark.django_db
def test_what_is_not_there_or_retired_is_refused() -> None:
    """An unknown field, a line of another order, a retired field: each has its own sentence; emptying is allowed."""
    retired = add_field(FieldScope.ORDER, "Old", FieldType.TEXT)
    add_field(FieldScope.LINE, "Engraving", FieldType.TEXT)
    order, other = placed(), placed(import_id="WEB-101")
    set_field(order.pk, "old", "kept", by="Eve")
    change_field(retired.pk, retired=True)
    with pytest.raises(Refused, match="There’s no field “nope” for a sales order"):
        set_field(order.pk, "nope", "x", by="Eve")
    with pytest.raises(Refused, match="doesn’t have this line"):
        set_field(order.pk, "engraving", "x", by="Eve", line_id=other.lines.get().pk)
    with pytest.raises(Refused, match="is retired"):
        set_field(order.pk, "old", "new", by="Eve")
    assert set_field(order.pk, "old", None, by="Eve")


@pytest.mark.django_db
def test_a_page_gets_every_field_and_retired_ones_only_with_a_value() -> None:
    """In the merchant's order; what has a value is never hidden."""
    first = add_field(FieldScope.ORDER, "First", FieldType.YES_NO)
    second = add_field(FieldScope.ORDER, "Second", FieldType.TEXT)
    third = add_field(FieldScope.ORDER, "Third", FieldType.TEXT)
    change_field(second.pk, retired=True)
    change_field(third.pk, retired=True)
    move_field(first.pk, up=False)
    rows = field_rows(FieldScope.ORDER, {"first": False, "second": "kept"})
    assert [(each.label, value) for each, value in rows] == [("Second", "kept"), ("First", "No")]


@pytest.mark.django_db
def test_a_field_needs_a_free_label_and_a_fitting_name_and_choices() -> None:
    """What cannot be defined is refused in a sentence before the database has to."""
    add_field(FieldScope.ORDER, "Colour", FieldType.CHOICE, choices=["Red", " Light  blue ", "Red", ""])
    assert FieldDefinition.objects.get().choices == ["Red", "Light blue"]
    for label, kind, options, sentence in (
        ("colour", FieldType.TEXT, {}, "There’s already a field “colour”"),
        ("", FieldType.TEXT, {}, "needs a label"),
        ("Other", FieldType.TEXT, {"name": "colour"}, "There’s already a field named “colour”"),
        ("Other", FieldType.TEXT, {"name": "Nämé"}, "isn’t a valid field name"),
        ("Other", FieldType.CHOICE, {}, "needs something to choose from"),
        ("Other", FieldType.CHOICE, {"choices": ["a", "A"]}, "differ only in capitalization"),
        ("Other", FieldType.TEXT, {"choices": ["a"]}, "has no choices"),
    ):
        with pytest.raises(Refused, match=sentence):
            add_field(FieldScope.ORDER, label, kind, **options)  # type: ignore[arg-type]
    assert add_field(FieldScope.LINE, "Colour", FieldType.TEXT).name == "colour"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Not A Name"}, {"name": ""}, {"label": ""}, {"scope": "parcel"}, {"type": "colour"},
        {"type": "choice", "choices": []}, {"type": "text", "choices": ["a"]}, {"name": "taken"},
    ],
)  # fmt: skip
def test_the_database_refuses_a_definition_that_makes_no_sense_whatever_code_writes_it(wrong: dict[str, Any]) -> None:
    FieldDefinition.objects.create(scope="order", name="taken", label="Taken", type="text")
    with pytest.raises(IntegrityError), transaction.atomic():
        field("text", **wrong).save()


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Gift note", "gift_note"),
        ("Größe (cm)", "grosse_cm"),
        ("It's a gift", "its_a_gift"),
        ("It’s a gift", "its_a_gift"),
        ("2nd line", "field_2nd_line"),
        ("日本", "field"),
    ],
)
def test_a_label_gives_a_name_that_expressions_can_use(label: str, name: str) -> None:
    """Small letters, digits and underscores."""
    assert name_from(label) == name
