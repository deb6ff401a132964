"""Files of rows on a page: taken in, answered row by row, and given out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from counterfoil.sales.csv_text import decoded
from counterfoil.sales.refusals import Refused

LARGEST_FILE = 2_000_000  # bytes
MOST_SHOWN = 1000


def content_of(request: HttpRequest) -> str:
    """The file that was chosen, else what was answered before or pasted. Raises Refused where there is none."""
    file = request.FILES.get("file")
    if file is None:
        content = request.POST.get("content", "").replace("\x00", "")
        if not content.strip():
            raise Refused("There is no file.", "Choose a CSV file, or paste its rows.")
        return content
    if (file.size or 0) > LARGEST_FILE:
        raise Refused(f"The file has more than {LARGEST_FILE // 1_000_000} MB.", "Split it.")
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
    # With a byte order mark: spreadsheets then read it as UTF-8.
    response = HttpResponse("\ufeff" + content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.now():%Y-%m-%d}.csv"'
    return response
