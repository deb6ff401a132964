"""The OpenAPI document: what django-ninja makes of the code, and what all operations have besides.

Version 3.1, where a security requirement names the roles that are needed, also of a token ("Security Requirement
Object" in the specification). https://spec.openapis.org/oas/v3.1.0
"""

import json
import re
from copy import deepcopy
from functools import cache
from typing import Any

from counterfoil.api.examples import EXAMPLES
from counterfoil.api.problems import MEDIA_TYPE
from counterfoil.api.registry import api
from counterfoil.limits import LONGEST_IDEMPOTENCY_KEY

Document = dict[str, Any]
PREFIX = "api/v1/"
SCOPES = {
    "read": "Read sales orders, clients, products, stores, the log.",
    "ship": "Process, correct and void shipments; set the status of an order.",
    "manage": "Holds, clients, products, what needs attention, exports, reconciliations.",
}
DESCRIPTION = """Counterfoil for other systems: accounting, warehouse, shipping tools.

Money is text (`"19.90"`), times are ISO 8601 in UTC. Lists are read page by page: follow `next`. Errors are problem
details (RFC 9457) with a sentence, `next_step` and `field`. Send an `Idempotency-Key` with each POST, and nothing is
done twice. See docs/api.md.
"""
REASONS = {
    400: "The request can’t be read.",
    401: "The token is missing or not valid.",
    403: "The token lacks the scope, or can’t be used from there.",
    404: "Not found, or not visible to this token.",
    409: "The current state doesn’t allow it.",
    410: "No longer kept.",
    412: "It has changed since it was read (If-Match).",
    413: "The body is too large.",
    415: "The body isn’t JSON in UTF-8.",
    422: "A value isn’t valid.",
    429: "Too many requests in one minute.",
}
HEADERS: Document = {
    "X-Request-ID": {"description": "Identifies the request in the log.", "schema": {"type": "string"}},
    "RateLimit": {"description": "Requests left, and seconds until the limit resets.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "Requests allowed per minute.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "ETag": {"description": "The version of the sales order.", "schema": {"type": "string"}},
    "Location": {"description": "Its URL.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "The original response; nothing was done again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
KEY_PARAMETER: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text that is new for each new request, such as a UUID. Kept for seven days with the response.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_IDEMPOTENCY_KEY,
        "pattern": f"^[!-~]{{1,{LONGEST_IDEMPOTENCY_KEY}}}$",
    },
}
MATCH_PARAMETER: Document = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag you read: if the order has changed since, nothing is done (412).",
    "schema": {"type": "string", "pattern": "^[ -~]+$"},
}
PARAMETERS = ("Asked", "Paged")
"""Schemas of what stands behind the question mark: each parameter is described where it is."""
WITH_VERSION = ("/orders/{order}", "/parcels/{parcel}")


@cache
def document() -> Document:
    """The document. Do not change it."""
    made: Document = deepcopy(dict(api.get_openapi_schema(path_prefix=PREFIX)))
    made["info"] = {
        "title": "Counterfoil",
        "version": "1",
        "description": DESCRIPTION,
        "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
    }
    made["servers"] = [{"url": "/", "description": "This Counterfoil"}]
    made["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "cf_…",
            "description": "A token, created by an administrator under System setup, API tokens. Scopes:\n\n"
            + "\n".join(f"- `{scope}`: {says}" for scope, says in SCOPES.items()),
        }
    }
    made["components"]["headers"] = deepcopy(HEADERS)
    schemas = made["components"]["schemas"]
    made["components"]["schemas"] = {name: schemas[name] for name in sorted(schemas) if not name.endswith(PARAMETERS)}
    for address, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(address, method, operation)
    return _with_plain_names(made)


def _with_plain_names(made: Document) -> Document:
    """Schemas by what they describe: ParcelSchema is Parcel there, and PageOf_ParcelSchema_ is ParcelPage."""
    text = re.sub(r"PageOf_(\w+?)Schema_", r"\1Page", json.dumps(made))
    plain: Document = json.loads(re.sub(r'(?<=["/])([A-Z]\w+)Schema(?=")', r"\1", text))
    return plain


def _complete(address: str, method: str, operation: Document) -> None:
    operation["security"] = [each for each in operation["security"] if "token" in each]
    (scope,) = operation["security"][0]["token"]
    operation["description"] = f"{operation.get('description', '').strip()}\n\nScope: `{scope}`."
    operation["summary"] = _summary(operation)
    for parameter in operation["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
        parameter.pop("examples", None)  # a list: it may stand in a schema, not in a parameter
    if method != "get":
        operation["parameters"].append(deepcopy(KEY_PARAMETER))
        if address.removeprefix("/api/v1").startswith(WITH_VERSION):
            operation["parameters"].append(deepcopy(MATCH_PARAMETER))
    media_type = operation.pop("x-media-type", "application/json")
    for status, response in operation["responses"].items():
        _complete_response(address, method, int(status), response, media_type)
    operation["responses"] = {str(status): each for status, each in operation["responses"].items()}
    example = EXAMPLES.get(operation["operationId"], {})
    if "sent" in example:
        operation["requestBody"]["content"]["application/json"]["example"] = example["sent"]
    if "answered" in example:
        done = next(each for status, each in operation["responses"].items() if status.startswith("2"))
        done["content"]["application/json"]["example"] = example["answered"]


def _complete_response(address: str, method: str, status: int, response: Document, media_type: str) -> None:
    names = ["X-Request-ID", "RateLimit", "RateLimit-Policy"]
    if status >= 400:
        response["description"] = REASONS[status]
        response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
        names += ["Retry-After"] if status == 429 else []
    else:
        response["content"] = {media_type: response["content"]["application/json"]}
        names += ["Location"] if status == 201 else []
        names += ["Idempotency-Replayed"] if method != "get" else []
        names += ["ETag"] if address.removeprefix("/api/v1").startswith(WITH_VERSION) else []
    response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _without_null(schema: Document) -> Document:
    """A parameter is left out; it is never null."""
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    others: Document = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return others | dict(kinds[0])


def _summary(operation: Document) -> str:
    """The first sentence of what it does."""
    first = str(operation["description"]).split("\n\n", 1)[0].replace("\n", " ")
    return first.split(". ", 1)[0].split(": ", 1)[0].rstrip(".")
