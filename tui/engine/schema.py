"""JSON schemas that a reply can be made to follow, checked before any of it reaches native code.

A keyword that cannot be enforced while the model writes is refused, not ignored: a promise that is not kept
is worse than none. The keywords are those of https://json-schema.org/draft/2020-12; annotations and keywords
of others are ignored, as it says.
"""

from tui.engine.grammar import grammar_of
from tui.engine.schema_document import Schema, SchemaError, read_document
from tui.sentences import Reason


def check_schema(text: str) -> Reason | None:
    """Return the problem of a schema; None when a reply can be made to follow it."""
    try:
        parse_schema(text)
    except SchemaError as error:
        return error.reason
    return None


def parse_schema(text: str) -> Schema:
    """Return the schema that a text contains.

    Raises:
        SchemaError: it is no JSON, no schema, or has keywords that cannot be enforced.
    """
    schema = read_document(text)
    # To write the grammar is the check.
    grammar_of(schema)
    return schema
