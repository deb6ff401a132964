"""Every reason that the program can give has a heading, a sentence, a next step and something to press."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.stores.attention.causes import CAUSES, Action, CauseGroup, of_sort

SOURCE = Path(__file__).parents[3] / "src" / "counterfoil"
APPS = {"intake": ["order"], "dispatch": ["update"], "stores": ["update"], "bigcommerce": ["order", "update"]}
"""Where a reason is raised, and whose reason it becomes."""
SAID_ON_THE_SPOT = {
    "shipped": "the answer to a person who picks the store's value",
    "not_there": "the answer to a person who picks the store's value",
    "not_read": "the answer to a person who tries an expression",
    "try_again": "a row of the import preview",
}
RAISED_FOR_UPDATES_ONLY = {"over_shipped"}
PRESSES = set(Action) - {Action.THERE}


def texts(node: ast.expr) -> list[str]:
    """The strings that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    return []


def raised_in(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(what is raised or noted, its code) for each code that stands in the source."""
    inside = {
        id(call): node.bases[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.bases and isinstance(node.bases[0], ast.Name)
        for call in ast.walk(node)
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        for keyword in call.keywords if name == "update" else []:
            if keyword.arg == "reason_code":
                yield from (("reason_code", code) for code in texts(keyword.value) if code)
        name = inside.get(id(call), "") if name == "__init__" else name
        if name in ("NeedsPerson", "NotImported", "StoreTrouble") and call.args:
            yield from ((name, code) for code in texts(call.args[0]))


def all_causes() -> set[str]:
    """kind:code of every reason in the source."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        app = path.relative_to(SOURCE).parts[0]
        for name, code in raised_in(ast.parse(path.read_text())):
            if name == "StoreTrouble":
                found.add(f"store:{code}")
            elif code not in SAID_ON_THE_SPOT:
                kinds = ["update"] if code in RAISED_FOR_UPDATES_ONLY else APPS[app]
                found |= {f"{kind}:{code}" for kind in kinds}
    return found


def test_the_source_is_read() -> None:
    """Codes of each way of giving a reason are found, so that none can be overlooked."""
    expected = {"order:totals", "update:over_shipped", "order:unknown_product", "store:api_path", "update:defect"}
    assert expected <= all_causes()


def test_every_reason_in_the_source_has_its_words_and_its_buttons() -> None:
    """A new code without them fails here."""
    assert all_causes() - CAUSES.keys() == set()


def test_what_is_only_said_on_the_spot_is_really_in_the_source() -> None:
    """The exceptions are no place to forget things in."""
    raised = {code for path in SOURCE.rglob("*.py") for _, code in raised_in(ast.parse(path.read_text()))}
    assert SAID_ON_THE_SPOT.keys() <= raised


@pytest.mark.parametrize("name", CAUSES)
def test_each_cause_can_be_read_and_resolved(name: str) -> None:
    """Words of a sentence's form, and at least one button that does more than show."""
    cause = CAUSES[name]
    assert cause.heading
    assert cause.sentence.endswith(".")
    assert cause.next_step.endswith(".")
    assert PRESSES & set(cause.acts)
    assert (Action.LEAVE in cause.acts) == bool(cause.leave)


def test_each_sort_has_causes_but_the_rest() -> None:
    """What a clerk can choose is never empty by itself."""
    assert [sort for sort in CauseGroup if not of_sort(sort)] == [CauseGroup.OTHER]
