"""List of the rules, in the order of the report."""

from tests.house import bounds
from tests.house.begun_coroutines import check_begun_coroutines
from tests.house.circles import check_circles
from tests.house.class_names import check_class_names, check_message_names
from tests.house.clause_openings import check_clause_openings
from tests.house.front_ends import check_doors, check_drawing
from tests.house.literals import check_literals
from tests.house.lone_subclasses import check_lone_subclasses
from tests.house.low_phrases import check_low_phrases
from tests.house.missing_tests import check_missing_tests
from tests.house.prefix_families import check_prefix_families, check_tiny_modules
from tests.house.reason_codes import check_reason_codes
from tests.house.rule import Rule
from tests.house.sentences import check_sentences
from tests.house.source import TESTS
from tests.house.vague_names import check_vague_names, check_vague_parameters, check_vague_tests

RULES = (
    Rule("circles", "Modules in circles of imports", check_circles, bounds.CIRCLES),
    Rule(
        "drawing", "Modules below the front ends that import Textual or Rich", check_drawing, bounds.DRAWING
    ),
    Rule("doors", "Imports of ui in cli, and of cli in ui", check_doors, bounds.DOORS),
    Rule("lone", "Classes that only their one subclass uses", check_lone_subclasses, bounds.LONE_SUBCLASSES),
    Rule("classes", "Class names defined more than once", check_class_names, bounds.CLASS_NAMES),
    Rule(
        "messages",
        "Names of nested messages defined more than once",
        check_message_names,
        bounds.MESSAGE_NAMES,
    ),
    Rule("vague", "Vague names among stored names", check_vague_names, bounds.VAGUE_NAMES),
    Rule(
        "vague-parameters",
        "Vague names among parameters and assigned attributes",
        check_vague_parameters,
        bounds.VAGUE_PARAMETERS,
    ),
    Rule(
        "vague-tests", "Vague names of both kinds in the tests", check_vague_tests, bounds.VAGUE_TESTS, TESTS
    ),
    Rule(
        "clauses", "Docstrings that open with a question word", check_clause_openings, bounds.CLAUSE_OPENINGS
    ),
    Rule("tests", "Modules without a test of their name", check_missing_tests, bounds.MISSING_TESTS),
    Rule(
        "coroutines",
        "Coroutines that are begun before their worker",
        check_begun_coroutines,
        bounds.BEGUN_COROUTINES,
    ),
    Rule("sentences", "Untranslated sentences", check_sentences, bounds.SENTENCES),
    Rule("literals", "Phrases that pass through no translator", check_literals, bounds.LITERALS),
    Rule("codes", "Reasons and sentences that do not go together", check_reason_codes, bounds.REASON_CODES),
    Rule(
        "phrases",
        "Texts below the services that are in no table",
        check_low_phrases,
        bounds.LOW_PHRASES,
    ),
    Rule("families", "Families of modules that share a prefix", check_prefix_families, bounds.FAMILIES),
    Rule("tiny", "Tiny modules without a reason", check_tiny_modules, bounds.TINY_MODULES),
)
