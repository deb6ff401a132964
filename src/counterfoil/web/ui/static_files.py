"""Style sheets and scripts, under addresses that change with what is in them: a browser asks for each once."""

from functools import cache
from hashlib import sha256

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedFiles(StaticFilesStorage):
    """Each address carries the version of all files together."""

    def url(self, name: str | None, *_more: object) -> str:
        return f"{super().url(name)}?v={version()}"


@cache
def version() -> str:
    """Of everything that the pages load, as this process found it when it began."""
    digest = sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list(None), key=lambda found: found[0]):
            with storage.open(path) as file:
                digest.update(path.encode() + file.read())
    return digest.hexdigest()[:12]
