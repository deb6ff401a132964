"""Files of rows on a page: read, answered row by row, and given out."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from counterfoil.limits import LARGEST_UPLOAD
from counterfoil.sales.csv.rows import RowResult
from counterfoil.sales.csv.text import SAVE_AS, csv_lines, decoded
from counterfoil.sales.errors import Refused
from counterfoil.storable import without_nulls

MOST_SHOWN = 1000
AT_ONCE = 500
ENDINGS = (".csv", ".tsv", ".txt")
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know that it is UTF-8
Row = TypeVar("Row")
Result = TypeVar("Result", bound=RowResult[Any, Any])
Response = TypeVar("Response", bound=HttpResponseBase)


def _content_of(request: HttpRequest) -> str:
    """The file that was chosen, else what was answered before or pasted. Raises Refused where there is none."""
    file = request.FILES.get("file")
    if file is None:
        content = without_nulls(request.POST.get("content", ""))
        if not content.strip():
            raise Refused("No file selected.", "Choose a CSV file or paste its rows.")
        return content
    if (file.size or 0) > LARGEST_UPLOAD:
        raise Refused(f"The file is larger than {LARGEST_UPLOAD // 1_000_000} MB.", "Split it into smaller files.")
    if not (file.name or "").lower().endswith(ENDINGS):
        raise Refused("The file name doesn’t end in .csv, .tsv or .txt.", SAVE_AS)
    return without_nulls(decoded(file.read()))


@dataclass(frozen=True, slots=True)
class FileRun(Generic[Result]):
    """A file as it was sent: what becomes of each of its rows (None: nothing was sent), or why it cannot be used."""

    content: str = ""
    answers: Sequence[Result] | None = None
    refused: Refused | None = None
    applied: bool = False

    def context(self, worst_first: Sequence[StrEnum], *, written: Collection[StrEnum]) -> dict[str, object]:
        """For its page: how many rows had each outcome, and how many change something (`ok`); the answers themselves
        by outcome, then by row.
        """
        answers = self.answers or ()
        counts = Counter(answer.outcome for answer in answers)
        shown = sorted(answers, key=lambda answer: (worst_first.index(answer.outcome), answer.row.number))
        return {
            **{outcome.value: counts[outcome] for outcome in worst_first},
            "refused": self.refused,
            "ok": sum(counts[outcome] for outcome in written),
            "not_ok": sum(answer.is_refused for answer in answers),
            "answered": self.answers is not None,
            "answers": shown[:MOST_SHOWN],
            "not_shown": max(0, len(shown) - MOST_SHOWN),
            "content": self.content,
            "applied": self.applied,
        }

    @property
    def status(self) -> int:
        """The HTTP status of its page."""
        return 422 if self.refused else 200


def file_run(
    request: HttpRequest,
    *,
    plan: Callable[[str], Sequence[Result]],
    apply: Callable[[str], Sequence[Result]],
) -> FileRun[Result]:
    """Answers each row of the file that was sent: in a test run (`plan`), or after doing what it says (`apply`).

    Both take its content and raise Refused where it cannot be used.
    """
    if request.method != "POST":
        return FileRun()
    content, applied = "", "apply" in request.POST
    try:
        content = _content_of(request)
        return FileRun(content, (apply if applied else plan)(content), applied=applied)
    except Refused as refused:
        return FileRun(content, refused=refused)


def csv_file(name: str, content: str) -> HttpResponse:
    """A CSV to keep, named with today's date."""
    response = HttpResponse(BYTE_ORDER_MARK + content, content_type="text/csv; charset=utf-8")
    return _to_keep(response, name)


def csv_stream(name: str, records: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A CSV to keep of any length, written while it is sent."""
    return _to_keep(StreamingHttpResponse(_marked(records), content_type="text/csv; charset=utf-8"), name)


def _marked(records: Iterable[Sequence[object]]) -> Iterator[str]:
    """A generator, so that it is closed, and what it reads from too, when nobody takes it to its end."""
    yield BYTE_ORDER_MARK
    yield from csv_lines(records)


def in_chunks(ids: Sequence[int], load: Callable[[Sequence[int]], list[Row]]) -> Iterator[Row]:
    """The rows of these ids, loaded some hundreds at a time."""
    for start in range(0, len(ids), AT_ONCE):
        yield from load(ids[start : start + AT_ONCE])


def _to_keep(response: Response, name: str) -> Response:
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.now():%Y-%m-%d}.csv"'
    return response
