"""The table of the words that a filter understands, from their one table."""

from tests.docs.blocks import code, markdown_table
from tui.services.filtering.keywords import KEYWORDS


def table(_detail: str) -> str:
    """Return the keywords by topic, each with its words."""
    topics: dict[str, list[str]] = {}
    for keyword in KEYWORDS:
        spellings = " ".join(code(word) for word in keyword.words)
        topics.setdefault(keyword.topic, []).append(f"{keyword.title}: {spellings}")
    return markdown_table(
        ("of", "what holds, and the words for it"),
        [(topic, "; ".join(keywords)) for topic, keywords in topics.items()],
    )
