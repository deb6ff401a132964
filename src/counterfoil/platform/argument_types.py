"""Whole numbers on the command line, within bounds."""

from argparse import ArgumentTypeError
from collections.abc import Callable

LARGEST_ORDER_ID = 2**53


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """For argparse's `type`: a whole number from `least` to `most`; else a sentence."""

    def read(text: str) -> int:
        if not text.removeprefix("-").isdecimal() or not least <= int(text) <= most:
            raise ArgumentTypeError(f"{text} isn’t a whole number from {least} to {most}")
        return int(text)

    return read


order_number = whole_number(1, LARGEST_ORDER_ID)
