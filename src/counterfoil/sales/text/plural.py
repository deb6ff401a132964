"""Numbers of things as people say them."""


def count_of(number: int, one: str, many: str = "") -> str:
    """ "1 row", "1,200 rows"; `many` where it is not the word with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
