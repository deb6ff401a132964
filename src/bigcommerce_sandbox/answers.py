"""Answers and refusals in the store's two dialects: V2 answers with bare values, V3 with an envelope."""

import json
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass(slots=True)
class Answer:
    """What goes back: a body of None is sent without a content type, as the store does with 204."""

    status: int
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def answer(value: object, status: int = 200) -> Answer:
    return Answer(status, encoded(value))


def nothing() -> Answer:
    """204: the store's word for an empty list, a page past the last one, and a deletion."""
    return Answer(204)


def collection(values: list[Any]) -> Answer:
    """A V2 list; an empty one is a 204 and not ``[]`` (facts, section 2)."""
    return answer(values) if values else nothing()


class Refused(Exception):
    """The store refuses: a status, its words, and for V2 perhaps details."""

    def __init__(self, status: int, message: str, details: Document | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details

    def answer(self, *, v3: bool) -> Answer:
        return answer(self._v3() if v3 else self._v2(), self.status)

    def _v2(self) -> list[Document]:
        error: Document = {"status": self.status, "message": self.message}
        if self.details is not None:
            error["details"] = self.details
        return [error]

    def _v3(self) -> Document:
        kind = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"
        return {"status": self.status, "title": self.message, "type": kind, "errors": self.details or {}}


def not_found() -> Refused:
    return Refused(404, "The requested resource was not found.")


def read_only(name: str) -> Refused:
    words = f"The field '{name}' cannot be written to. Please remove it from your request before trying again."
    return Refused(400, words)


def invalid(name: str, reason: str, **more: object) -> Refused:
    return Refused(400, f"The field '{name}' is invalid.", {"invalid_reason": reason, **more})
