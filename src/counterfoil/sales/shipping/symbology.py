"""What a scanner adds to the code that it read."""

import re

# What scanners put before a code to say of which kind it is: "]C1", "]E0" (ISO/IEC 15424), and the asterisks that some
# leave around a Code 39.
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")


def scanned_text(text: str) -> str:
    """What was scanned, without what a scanner adds: "]C110234", "*10234*" and " 10234 " are 10234."""
    bare = _SYMBOLOGY.sub("", text.strip()).strip()
    if len(bare) > 2 and bare[0] == bare[-1] == "*":
        bare = bare[1:-1]
    return bare.strip()
