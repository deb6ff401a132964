"""Which lines of an order a person or a file means: our part number goes first, then what the store sold it as."""

from collections.abc import Sequence

from counterfoil.sales.models import OrderLine


def lines_called(lines: Sequence[OrderLine], text: str) -> list[OrderLine]:
    """The lines with this part number of ours, or, where none has it, those that the store sold under this SKU.

    Without case. So an SKU that is our part number of another line means that other line.
    """
    wanted = text.strip().casefold()
    ours = [line for line in lines if line.our_part_number.casefold() == wanted]
    return ours or [line for line in lines if line.part_number and line.part_number.casefold() == wanted]


def words_for(line: OrderLine) -> str:
    """Our part number, with what the store sold it as: "MUG-01 (sold as ODD-1)"."""
    return f"{line.our_part_number} (sold as {line.sold_as})" if line.sold_as else line.our_part_number
