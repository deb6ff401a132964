"""`bin/audit`: what it ends with when nothing is known, when a hole is, and when nobody could be asked."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).parents[2] / "bin" / "audit"
FINE = {"name": "django", "version": "5.2.19", "vulns": []}
HOLE = FINE | {"vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["5.2.20"]}]}
SKIPPED = {"name": "django", "skip_reason": "Dependency not found on PyPI and could not be audited: django (5.2.19)"}
NPM_FINE: dict[str, Any] = {"vulnerabilities": {}}
NPM_HOLE: dict[str, Any] = {"vulnerabilities": {"htmx.org": {"severity": "high"}}}
NPM_OFFLINE = {"message": "405 Method Not Allowed", "error": {"summary": "audit endpoint returned an error"}}


def audit(folder: Path, python: object, npm: object) -> tuple[int, str]:
    """What it ends with and says, where the two programs print this."""
    (folder / "pip_audit.py").write_text(f"print({_printed(python)!r})")
    program = folder / "npm"
    program.write_text(f"#!{sys.executable}\nprint({_printed(npm)!r})")
    program.chmod(0o755)
    there = os.environ | {"PYTHONPATH": str(folder), "PATH": f"{folder}:{os.environ['PATH']}"}
    ran = subprocess.run([sys.executable, AUDIT], env=there, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def _printed(what: object) -> str:
    return what if isinstance(what, str) else json.dumps(what)


@pytest.mark.parametrize(
    ("python", "npm", "code", "said"),
    [
        ([FINE], NPM_FINE, 0, "No known holes."),
        ([HOLE], NPM_FINE, 1, "KNOWN HOLE      django 5.2.19: PYSEC-2026-1, mended in 5.2.20"),
        ([FINE], NPM_HOLE, 1, "KNOWN HOLE      htmx.org: high"),
        ([SKIPPED], NPM_HOLE, 1, "NOT LOOKED UP   requirements/run.txt: 1 of 1 packages (django …)"),
        ([SKIPPED, FINE], NPM_FINE, 2, "NOT LOOKED UP   requirements/run.txt: 1 of 2 packages (django …)"),
        ([], NPM_FINE, 2, "NOT LOOKED UP   requirements/run.txt: no answer"),
        ([FINE], NPM_OFFLINE, 2, "NOT LOOKED UP   package-lock.json: 405 Method Not Allowed"),
        ([FINE], "npm error network", 2, "NOT LOOKED UP   package-lock.json: npm error network"),
    ],
)
def test_nothing_is_called_well_that_was_not_looked_up(
    python: list[object], npm: object, code: int, said: str, tmp_path: Path
) -> None:
    """A skipped package, a registry that does not answer: 2, with what is not known."""
    ended, printed = audit(tmp_path, {"dependencies": python}, npm)
    assert (ended, said in printed) == (code, True), printed
