"""Long messages of customers, cut to their part of a page."""

LONGEST_MESSAGE = 400  # characters of a message on a slip
MOST_MESSAGE_LINES = 8
CUT = " … (continued on the order page)"
CUT_FOR_CUSTOMERS = " …"


def capped(message: str, cut: str = CUT) -> str:
    """A message that takes no more than its part of a page; one that is too long ends with `cut`."""
    message = message.strip()
    kept = "\n".join(message.splitlines()[:MOST_MESSAGE_LINES])
    if len(kept) > LONGEST_MESSAGE:
        kept = kept[:LONGEST_MESSAGE].rsplit(None, 1)[0]
    return message if kept == message else f"{kept.rstrip(' .,;:')}{cut}"
