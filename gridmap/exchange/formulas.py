"""Text in tables that a spreadsheet would take for a formula: written so that it is not, and read back as it was.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is run by spreadsheets as soon as a file is
opened. A single quote before it makes it text; a text that has such quotes already gets one more, so that taking one
away gives back what was written, whatever it was.
"""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_QUOTED = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def neutral(text: str) -> str:
    """Return a text as it may stand in a cell."""
    return f"'{text}" if _RISKY.match(text) else text


def meant(text: str) -> str:
    """Return the text that a cell means: the reverse of `neutral`."""
    return text[1:] if _QUOTED.match(text) else text
