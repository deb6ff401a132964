"""What the sales data refuses to do, in a clerk's words."""


class Refused(Exception):
    """It cannot be done: `sentence` says why, `next_step` what to do instead."""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".strip()
