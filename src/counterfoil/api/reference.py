"""The reference of the API, for people: made of the OpenAPI document, as sections for a page and as Markdown.

docs/api-reference.md is written by `make api-reference`; a test says when it is not current.
"""

import json
from typing import Any

from counterfoil.api.document import DESCRIPTION, REASONS, SCOPES, document

Row = dict[str, Any]
TITLE = "# API reference\n\nGenerated from the code; [API](api.md) explains it by task. "
BY = "Programs read it at `/api/v1/openapi.json`.\n"


def sections() -> list[Row]:
    """By kind of thing: `name`, `operations`; each with method, path, summary, scope, parameters, fields, examples."""
    found: dict[str, list[Row]] = {}
    made = document()
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            (tag,) = operation["tags"]
            found.setdefault(tag, []).append(_operation(made, path, method, operation))
    return [{"name": name, "operations": operations} for name, operations in found.items()]


def _operation(made: Row, path: str, method: str, operation: Row) -> Row:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    status, done = next((status, each) for status, each in operation["responses"].items() if status.startswith("2"))
    (content,) = done["content"].values()
    says, _, _ = operation["description"].rpartition("\n\n")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "says": " ".join(says.split()),
        "scope": operation["security"][0]["token"][0],
        "parameters": [_parameter(made, each) for each in operation["parameters"]],
        "fields": _fields(made, body.get("schema", {})),
        "sent": _pretty(body.get("example")),
        "status": status,
        "answer": _kind(content["schema"]),
        "answered": _pretty(content.get("example")),
        "errors": [each for each in operation["responses"] if each >= "4"],
    }


def _parameter(made: Row, each: Row) -> Row:
    return {
        "name": each["name"],
        "in": each["in"],
        "kind": _kind(each["schema"], made),
        "says": each.get("description", ""),
    }


def _fields(made: Row, schema: Row) -> list[Row]:
    """The fields of what is sent; those within lists follow as `parcels[].carrier`."""
    found: list[Row] = []

    def walk(part: Row, prefix: str) -> None:
        resolved = _resolved(made, part)
        for name, each in resolved.get("properties", {}).items():
            needed = name in resolved.get("required", ())
            found.append(
                {
                    "name": prefix + name,
                    "kind": _kind(each, made),
                    "says": each.get("description", ""),
                    "needed": needed,
                }
            )
            items = next((kind["items"] for kind in each.get("anyOf", [each]) if "items" in kind), None)
            if items is not None and "$ref" in items:
                walk(items, f"{prefix}{name}[].")

    walk(schema, "")
    return found


def _resolved(made: Row, schema: Row) -> Row:
    if "$ref" in schema:
        resolved: Row = made["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return resolved
    return schema


def _kind(schema: Row, made: Row | None = None) -> str:
    """In a word or two: text, whole number, list of Parcel."""
    if "$ref" in schema:
        name = str(schema["$ref"].rsplit("/", 1)[-1])
        choices = made["components"]["schemas"][name].get("enum") if made else None
        return (
            ", ".join(f"`{each}`" for each in choices) if choices else name.replace("PageOf_", "page of ").rstrip("_")
        )
    if "anyOf" in schema:
        return " or ".join(_kind(each, made) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'], made)}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null"}
    kind = words.get(str(schema.get("type")), "anything")
    return {"date": "day", "date-time": "time"}.get(str(schema.get("format")), kind)


def _pretty(example: object) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)


def markdown() -> str:
    """The whole reference."""
    parts = [TITLE + BY, DESCRIPTION, "## Scopes\n"]
    parts.append("\n".join(f"- `{scope}`: {says}" for scope, says in SCOPES.items()) + "\n")
    parts.append("## Errors\n\n| status | why |\n|---|---|")
    parts.append("\n".join(f"| {status} | {why} |" for status, why in REASONS.items()) + "\n")
    for section in sections():
        parts.append(f"## {section['name']}\n")
        parts += [_in_markdown(each) for each in section["operations"]]
    return "\n".join(parts).rstrip() + "\n"


def _in_markdown(each: Row) -> str:
    lines = [f"### `{each['method']} {each['path']}`", "", f"{each['says']} Scope: `{each['scope']}`.", ""]
    rows = [(row["name"], row["in"], row["kind"], row["says"]) for row in each["parameters"]]
    rows += [
        (row["name"], "body" if row["needed"] else "body, optional", row["kind"], row["says"]) for row in each["fields"]
    ]
    if rows:
        lines += ["| name | where | what | |", "|---|---|---|---|"]
        lines += [f"| `{name}` | {where} | {kind} | {says} |".replace("  ", " ") for name, where, kind, says in rows]
        lines.append("")
    for title, example in (("Request", each["sent"]), ("Response", each["answered"])):
        if example:
            lines += [f"{title}:", "", "```json", example, "```", ""]
    errors = ", ".join(each["errors"])
    lines += [f"Returns {each['status']} with: {each['answer']}. Errors: {errors}.", ""]
    return "\n".join(lines)
