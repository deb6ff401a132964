"""The map stays readable: folders are small, and a name means one thing."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_MODULES = 20
DJANGOS_OWN = ("migrations", "management/commands")
MANY_BY_DJANGOS_RULES = {"Command", "Meta"}


def modules(*roots: str) -> Iterator[Path]:
    """The modules below these folders, but for those whose place and name Django gives."""
    for root in roots:
        for path in (ROOT / root).rglob("*.py"):
            if not path.parent.as_posix().endswith(DJANGOS_OWN):
                yield path


def public_classes(path: Path) -> Iterator[str]:
    """The classes of a module and those within them, but for those that are its own business."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def test_no_folder_has_more_modules_than_one_takes_in_at_a_glance() -> None:
    """Of the program and of its tests."""
    folders: dict[Path, int] = defaultdict(int)
    for path in modules("src", "tests"):
        folders[path.parent.relative_to(ROOT)] += 1
    assert len(folders) > 50
    assert {str(folder): count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_no_two_public_classes_of_the_program_have_one_name() -> None:
    """Whoever reads a name in one app does not think of another app's."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules("src/counterfoil"):
        for name in public_classes(path):
            places[name].append(str(path.relative_to(ROOT)))
    assert len(places) > 200
    doubles = {name: found for name, found in places.items() if len(found) > 1 and name not in MANY_BY_DJANGOS_RULES}
    assert doubles == {}
