"""The documentation names everything there is, and leads nowhere that is not there."""

import argparse
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.platform.cli.main import COMMANDS
from counterfoil.platform.processes import launcher

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
HIDDEN = {"--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color"}
EVERYWHERE = {"--help", "--skip-checks"}


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for command in COMMANDS:
        if command in ("demo", "up"):
            yield command, launcher.parser(demo=command == "demo")
        elif command != "migrate":  # Django's own, whose flags nobody needs
            module = importlib.import_module(f"counterfoil.platform.management.commands.{command.replace('-', '_')}")
            yield command, module.Command().create_parser("counterfoil", command)


def flags(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from (flag for flag in action.option_strings if flag.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from flags(below)


def section(command: str) -> str:
    """What the page of commands says about one command."""
    page = (ROOT / "docs" / "commands.md").read_text()
    found = re.search(rf"^### `counterfoil {command}\b.*?(?=^##|\Z)", page, re.M | re.S)
    assert found, f"docs/commands.md says nothing about {command}"
    return found.group()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_docs(command: str) -> None:
    """Each command has its section."""
    assert len(section(command)) > 60


def test_every_flag_is_in_the_docs() -> None:
    """Each flag stands in its command's section."""
    missing = {
        f"{command} {flag}"
        for command, parser in parsers()
        for flag in set(flags(parser)) - HIDDEN - EVERYWHERE
        if flag not in section(command)
    }
    assert missing == set()


def test_every_flag_explains_itself() -> None:
    """Each flag that shows in --help has a help text."""
    for command, parser in parsers():
        mute = [action.dest for action in parser._actions if action.help is None and action.option_strings]
        assert mute == [], command


def test_every_setting_is_in_the_docs() -> None:
    """Each environment variable that the settings read stands in docs/settings.md, and no other."""
    page = (ROOT / "docs" / "settings.md").read_text()
    source = (ROOT / "src/counterfoil/platform/settings.py").read_text()
    read = set(re.findall(r'env\.\w+\("(\w+)"', source)) | {"COUNTERFOIL_CLIENT_SECRET", "COUNTERFOIL_ACCESS_TOKEN"}
    assert len(read) > 6
    assert set(re.findall(r"`(COUNTERFOIL_\w+|DATABASE_URL)`", page)) == read


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links and pictures of the docs exist."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    gone = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert gone == []


def test_the_trails_name_files_and_functions_that_exist() -> None:
    """Each step of an order in and a shipment out, in docs/how-it-works.md."""
    page = (ROOT / "docs" / "how-it-works.md").read_text()
    steps = re.findall(r"^\| .+? \| (`[a-z_/]+\.py`.*?) \| (`.+`) \|$", page, re.M)
    assert len(steps) > 25
    for files, names in steps:
        source = "".join((ROOT / "src/counterfoil" / path).read_text() for path in re.findall(r"`(.+?)`", files))
        for name in re.findall(r"`(?:\w+\.)?(\w+)`", names):
            assert re.search(rf"^ *(?:(?:async )?def|class) {name}\b|^{name} = ", source, re.M), (files, name)
