"""Who may do what, a file for each part of the pages; each has its ROWS, one for each address, written by hand."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from tests.web.matrix.row import Row


def all_rows() -> Iterator[Row]:
    """The rows of all the files here."""
    for module in iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "ROWS", ())
