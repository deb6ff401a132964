"""Files of rows on a page: read, answered row by row, and given out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from counterfoil.limits import LARGEST_UPLOAD
from counterfoil.sales.csv.text import SAVE_AS, csv_lines, decoded
from counterfoil.sales.errors import Refused

MOST_SHOWN = 1000
AT_ONCE = 500
ENDINGS = (".csv", ".tsv", ".txt")
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know that it is UTF-8
Row = TypeVar("Row")
Response = TypeVar("Response", bound=HttpResponseBase)


def content_of(request: HttpRequest) -> str:
    """The file that was chosen, else what was answered before or pasted. Raises Refused where there is none."""
    file = request.FILES.get("file")
    if file is None:
        content = request.POST.get("content", "").replace("\x00", "")
        if not content.strip():
            raise Refused("There is no file.", "Choose a CSV file, or paste its rows.")
        return content
    if (file.size or 0) > LARGEST_UPLOAD:
        raise Refused(f"The file has more than {LARGEST_UPLOAD // 1_000_000} MB.", "Split it.")
    if not (file.name or "").lower().endswith(ENDINGS):
        raise Refused("The file’s name does not end in .csv, .tsv or .txt.", SAVE_AS)
    return decoded(file.read()).replace("\x00", "")


def answered(answers: Iterable[Any] | None, worst_first: Sequence[Any]) -> tuple[Counter[Any], dict[str, object]]:
    """How many rows had each outcome, and the answers for the page: by outcome, the worst first, then by row."""
    counts = Counter(answer.outcome for answer in answers or ())
    shown = sorted(answers or (), key=lambda answer: (worst_first.index(answer.outcome), answer.row.number))
    return counts, {
        "answered": answers is not None,
        "answers": shown[:MOST_SHOWN],
        "not_shown": max(0, len(shown) - MOST_SHOWN),
    }


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
