"""What is taken of whoever sends something: requests, forms, files of rows, events of a store.

All such limits stand here, and as the same table in docs/running.md; what a single field of a form may hold stands with
what it is for. Nothing is imported here, so that every app can.
"""

# Requests and connections (platform/processes).
LARGEST_BODY = 25_000_000  # bytes; waitress buffers it before a thread is taken
LARGEST_HEAD = 65_536  # bytes
LONGEST_CONTENT_TYPE = 1_000  # characters
LARGEST_CHUNK_LINE = 4_096  # bytes
SMALLEST_CHUNKS = 60  # bytes on average, of a body of more than 64 KB
FIRST_SECONDS = 20.0  # for a request to arrive, and for a new connection to begin one
SLOWEST = 16_000  # bytes a second: a body has so much more time
SILENT_SECONDS = 30.0  # for a client that stops sending, or stops taking what it asked for
IDLE_SECONDS = 130.0  # between two requests: longer than a proxy keeps a connection (Caddy: two minutes)
MOST_CONNECTIONS = 1_000
MOST_BODY_BYTES = 250_000_000  # of all requests that are arriving or wait for a thread
MOST_ANSWER_BYTES = 1_000_000_000  # of all answers that were not fetched yet

# Forms. A shipment of many parcels, or a page of many orders to print, has many fields.
LARGEST_FORM = 2_500_000  # bytes, without files
LARGEST_FORM_OF_STRANGERS = 65_536  # bytes; no files: the login, lost passwords, invitations
MOST_FORM_FIELDS = 20_000
MOST_FORM_FILES = 10

# Files of rows.
LARGEST_UPLOAD = 2_000_000  # bytes, on a page
LARGEST_CSV = 20_000_000  # bytes, by a command
MOST_ROWS = 50_000

# Logos of packing slips.
LARGEST_LOGO = 262_144  # bytes
MOST_LOGO_PIXELS = 2_000  # wide or high

# Events of a store.
LARGEST_EVENT = 65_536  # bytes
EVENT_SECONDS = 300  # how old a signature may be, and how far ahead; as the Standard Webhooks libraries have it
MOST_SIGNATURES = 10
MOST_EVENTS_A_SESSION = 25
SYNC_EVERY_SECONDS = 2

# Requests of other systems (api/).
LARGEST_API_BODY = 1_000_000  # bytes
DEEPEST_API_BODY = 20  # levels deep
MOST_API_PARCELS = 100  # of one shipment
LONGEST_IDEMPOTENCY_KEY = 255
LARGEST_NOTICE = 262_144  # bytes of XML, from ShipStation
DEEPEST_NOTICE = 10  # elements within each other
MOST_NOTICE_ITEMS = 2_000


def _size(number: int) -> str:
    """In words: 25 MB, 64 KB."""
    if number % 1_000_000_000 == 0:
        return f"{number // 1_000_000_000} GB"
    return f"{number / 1_000_000:g} MB" if number >= 1_000_000 else f"{number // 1024} KB"


TABLE = (
    (
        "body of a request, including uploads",
        f"{_size(LARGEST_BODY)}; refused by its stated length (413), or once it gets larger",
    ),
    ("URL and headers", _size(LARGEST_HEAD)),
    ("a Content-Type", f"{LONGEST_CONTENT_TYPE:,} characters"),
    ("a line between two chunks", _size(LARGEST_CHUNK_LINE)),
    ("chunks of a body of more than 64 KB", f"at least {SMALLEST_CHUNKS} bytes on average"),
    ("a header that goes on in the next line, or has control characters", "refused (400)"),
    ("a cookie with a backslash", "ignored; the other cookies count"),
    (
        "time for a request to arrive",
        f"{FIRST_SECONDS:g} s, plus one second per {SLOWEST // 1000} KB; {SILENT_SECONDS:g} s of silence end it",
    ),
    ("a response that nobody reads", f"{SILENT_SECONDS:g} s"),
    ("a connection between two requests", f"{IDLE_SECONDS:g} s"),
    ("connections", f"{MOST_CONNECTIONS:,}; when they are taken, the one idle the longest is closed, after a second"),
    ("all bodies that are arriving", f"{_size(MOST_BODY_BYTES)}, in unnamed files"),
    ("all responses waiting to be read", f"{_size(MOST_ANSWER_BYTES)}, in unnamed files"),
    ("a form without its files", f"{_size(LARGEST_FORM)}, {MOST_FORM_FIELDS:,} fields"),
    ("a form before login", f"{_size(LARGEST_FORM_OF_STRANGERS)}, no files"),
    ("a form in another charset than UTF-8", "refused (415)"),
    ("files of a form", f"{MOST_FORM_FILES}"),
    ("a file of rows on a page", f"{_size(LARGEST_UPLOAD)}, {MOST_ROWS:,} rows"),
    ("a file of rows on the command line", f"{_size(LARGEST_CSV)}, {MOST_ROWS:,} rows"),
    ("a logo on packing slips", f"{_size(LARGEST_LOGO)}, {MOST_LOGO_PIXELS:,} pixels wide or high"),
    ("an event from a store", _size(LARGEST_EVENT)),
    ("signatures of an event", f"{MOST_SIGNATURES} are checked"),
    ("age of a signature", f"{EVENT_SECONDS // 60} minutes, in either direction"),
    ("syncs of a store during a flood of events", f"one every {SYNC_EVERY_SECONDS} s"),
    ("API request body", f"{_size(LARGEST_API_BODY)}, {DEEPEST_API_BODY} levels deep"),
    ("parcels per shipment through the API", f"{MOST_API_PARCELS}"),
    ("an Idempotency-Key", f"{LONGEST_IDEMPOTENCY_KEY} characters"),
    (
        "a notice from ShipStation",
        f"{_size(LARGEST_NOTICE)}, {DEEPEST_NOTICE} levels deep, {MOST_NOTICE_ITEMS:,} items",
    ),
    ("orders read for events in one sync", f"{MOST_EVENTS_A_SESSION}; the others in the next"),
)
"""What is limited, and how, for people."""
