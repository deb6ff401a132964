"""Our block in the staff notes: whatever else stands there stays as it is."""

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.stores.weborders.staff_notes import LONGEST, with_reason, without_reason

NOTES = st.text().filter(lambda text: "--- Counterfoil: " not in text)


@given(NOTES, st.text(), st.text())
def test_writing_replacing_and_removing_leaves_the_notes_as_they_were(notes: str, first: str, second: str) -> None:
    """Also where a reason quotes the block's own marks."""
    written = with_reason(notes, first)
    replaced = with_reason(written, second)
    assert replaced == with_reason(notes, second)
    assert with_reason(replaced, second) == replaced
    assert without_reason(replaced) == notes


@given(NOTES, NOTES, st.text())
def test_what_people_write_around_the_block_stays(before: str, after: str, reason: str) -> None:
    """The block is replaced in its place."""
    block = with_reason("", "old")
    changed = with_reason(f"{before}{block}{after}", reason)
    assert changed == f"{before}{with_reason('', reason)}{after}"


def test_a_block_that_was_copied_becomes_one() -> None:
    """The first is replaced, the others go."""
    block = with_reason("", "old")
    assert with_reason(f"a\n{block}\nb\n{block}", "new") == f"a\n{with_reason('', 'new')}\nb"
    assert without_reason(f"a\n{block}\n{block}") == "a"


def test_a_block_whose_line_ends_were_changed_is_still_ours() -> None:
    """A browser's form makes \\r\\n of every \\n."""
    changed = with_reason("a\nb", "reason").replace("\n", "\r\n")
    assert without_reason(changed) == "a\r\nb"
    assert with_reason(changed, "other") == f"a\r\nb\r\n{with_reason('', 'other')}"


def test_notes_that_leave_no_room_stay_unchanged() -> None:
    """The store takes 65,535 characters; nothing of the merchant's is cut off."""
    full = "x" * (LONGEST - 10)
    assert with_reason(full, "reason") == full
    assert len(with_reason("x" * (LONGEST - 40), "r")) <= LONGEST
