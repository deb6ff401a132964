"""What a page asks of the database, and how the database goes about it: the statements, their plans, what is read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

SCANS = ("Seq Scan", "Index Scan", "Bitmap Heap Scan", "Sample Scan")
EXPLAINED = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was sent, with its values apart."""

    sql: str
    params: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """How a statement was answered.

    `rows`: those of tables that were read, kept or not, each as often as it was; what is told from an index alone reads
    none. `blocks`: of 8 kB, looked at in memory or on disk, a block as often as it was looked at.
    """

    sql: str
    rows: int
    blocks: int
    milliseconds: float
    nodes: list[str]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The statements that are sent meanwhile, in their order."""
    found: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many:
            found.append(Statement(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield found


def is_read(statement: Statement) -> bool:
    """Whether it reads tables, and writes nothing."""
    return statement.sql.lstrip(" \n(").upper().startswith(("SELECT", "WITH")) and "FOR UPDATE" not in statement.sql


def plan_of(statement: Statement) -> Plan:
    """Runs the statement once more."""
    with connection.cursor() as cursor:
        cursor.execute(EXPLAINED + statement.sql, statement.params)
        (found,) = cursor.fetchone()
    whole = (json.loads(found) if isinstance(found, str) else found)[0]
    root = whole["Plan"]
    nodes = list(_nodes(root))
    return Plan(
        statement.sql,
        sum(map(_rows_read, nodes)),
        root["Shared Hit Blocks"] + root["Shared Read Blocks"],
        whole["Execution Time"],
        [_told(node) for node in nodes],
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _rows_read(node: dict[str, Any]) -> int:
    """Of all times that it was run; PostgreSQL gives the mean of them."""
    if node["Node Type"] == "Index Only Scan":
        return int(node["Heap Fetches"])
    if node["Node Type"] not in SCANS:
        return 0
    left_out = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + left_out) * node["Actual Loops"])


def _told(node: dict[str, Any]) -> str:
    name = node.get("Index Name") or node.get("Relation Name") or node.get("CTE Name") or ""
    return f"{node['Node Type']} {name} {_rows_read(node) or ''}".strip()
