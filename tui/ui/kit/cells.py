"""Text cut or padded to a number of cells."""

from rich.cells import cell_len

ELLIPSIS = "…"


def middle_cut(text: str, width: int) -> str:
    """Return the text in at most `width` cells, with `…` in its middle when it is longer.

    The end of a model's name holds its quantization, so the odd cell goes to the end.
    """
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[: max(0, width)]
    head = (width - 1) // 2
    return _beginning(text, head) + ELLIPSIS + _beginning(text[::-1], width - 1 - head)[::-1]


def end_cut(text: str, width: int) -> str:
    """Return the text in at most `width` cells, with `…` at its end when it is longer."""
    if cell_len(text) <= width:
        return text
    return _beginning(text, width - 1) + ELLIPSIS if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Fill the text with blanks on its right to `width` cells."""
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int, rows: int) -> list[str]:
    """Wrap the text between words into at most `rows` lines of `width` cells; the last line may be cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and cell_len(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    lines.append(line)
    if len(lines) > rows:
        lines[rows - 1 :] = [" ".join(lines[rows - 1 :])]
    return [end_cut(line, width) for line in lines[: max(0, rows)]]


def _beginning(text: str, width: int) -> str:
    """Return the longest beginning of the text that fits in `width` cells."""
    cells = 0
    for position, character in enumerate(text):
        cells += cell_len(character)
        if cells > width:
            return text[:position]
    return text
