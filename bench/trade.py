"""Who buys and what is sold in the seeded books: the same ones whenever, wherever."""

from dataclasses import dataclass

GOODS = "MUG PEN INK PAD CARD BOX ROLL TAPE CLIP FILE DESK LAMP BAG CASE CUP TRAY STAMP LABEL RULER STAND"
COLORS = "RED BLUE GREEN BLACK WHITE SAND GREY ROSE"
FIRST_NAMES = (
    "Ada Anna Ben Carla Chloé David Elif Emma Finn Grace Hugo Ines Jack José Karl Lena Liam Maja Marta Mia Noah Nora "
    "Olga Omar Paul Rosa Sara Söre Theo Uwe Vera Yusuf Zoë Ángel Björn Charlotte Dominik Elena Frank Hannah Jonas"
)
BEGINNINGS = "Ack Bau Cor Dahl Eck Fal Gru Hoff Ing Jans Koh Lan Mül Nie Ost Pet Quin Ros Schm Tho Ull Vog Wag Zim"
ENDINGS = "er ler mann berg stein sen son ner ski ová ell ing ard eau ini ez dt idt haus feld"
TRADES = "Paper Print Office Gift Craft Design Media Supply Trade Studio"
FORMS = "Ltd GmbH Inc BV SARL AG"


def _one(words: str, number: int) -> str:
    listed = words.split()
    return listed[number % len(listed)]


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who the client with this number is."""

    first_name: str
    last_name: str
    company: str
    email: str
    phone: str

    @property
    def called(self) -> str:
        """The client's name."""
        return self.company or f"{self.first_name} {self.last_name}"


def buyer(number: int) -> Buyer:
    """The same one whenever it is asked for; every third is a company."""
    first, rest = _one(FIRST_NAMES, number), number // len(FIRST_NAMES.split())
    last = _one(BEGINNINGS, rest) + _one(ENDINGS, rest // len(BEGINNINGS.split()))
    company = f"{last} {_one(TRADES, number)} {_one(FORMS, number // 3)}" if number % 3 == 0 else ""
    email = f"{first}.{last}{number}@{_one('gmail.com example.org mail.example', number)}".lower()
    return Buyer(first, last, company, email, f"+44 20 {7_000_000 + number % 3_000_000:07d}{number % 10}")


def kinds_of_goods() -> int:
    """How many products there are at least: all goods in all colors."""
    return len(GOODS.split()) * len(COLORS.split())


def part_number(number: int) -> str:
    """The part number of the product with this number, from 1, which every fifth order has."""
    rest = (number - 1) // len(GOODS.split())
    return f"{_one(GOODS, number - 1)}-{rest + 1:04d}-{_one(COLORS, rest)}"
