"""Sentences of the picks: gates, figures, and the reasons for a place."""

from tui.i18n import N_
from tui.sentences import Plural, Table

SENTENCES: Table = {
    # Gates, as the reason why a model is not picked
    "services.gate_not_in_catalogue": N_("the catalogue does not know it"),
    "services.gate_no_tools": N_("it was not trained to call tools"),
    "services.gate_other_use": N_("it is made for something else: {uses}"),
    "services.gate_languages_unknown": N_("its languages are not known"),
    "services.gate_language": N_("it does not know this language, but {languages}"),
    "services.gate_superseded": N_("{successor} took its place"),
    "services.gate_licence": N_("its licence, {licence}, does not allow commercial use"),
    "services.gate_quant": N_("{quant} loses too much"),
    "services.gate_context": N_("it was trained for {context:count} tokens, and {wanted:count} are wanted"),
    "services.gate_tight": N_("it needs {size:bytes}, nearly all of the memory or more than is free now"),
    "services.gate_too_big": N_("{why}"),
    "services.gate_not_sized": N_("{why}"),
    "services.gate_slow": N_("it writes about {speed:.2g} tokens a second, and {least:g} are wanted"),
    "services.gate_thinks": N_("it thinks first, about {seconds:duration} for each 1,000 tokens of thinking"),
    # The part that a pick plays
    "services.role_best": Plural(
        "The only model that runs well here.",
        "The best evidenced of {count} models that run well here.",
        "count",
    ),
    "services.role_faster": N_("Writes {times:.1f} times as fast as {best}."),
    "services.role_at_once": N_("Answers at once, where {best} thinks first."),
    "services.role_other_maker": N_("Of another maker: {publisher}."),
    "services.role_freer": N_("With a freer licence: {licence}."),
    "services.role_next": N_("Place {rank} of {count}."),
    # Figures
    "services.score_percent": N_("{score:g} %"),
    "services.score_index": N_("{score:g}"),
    "services.score_rank": N_("rank {score:g}"),
    "services.score_elo": N_("{score:g} Elo"),
    "services.score_here": N_("{passed} of {total}"),
    "services.this_machine": N_("this machine"),
    # The reason for a place, with a mark from A to D
    "services.why_better": N_(
        "{model} has {score} in {benchmark}, and {rival} {rival_score} ({source}, {date}; evidence {mark})."
    ),
    "services.why_tie": N_(
        "{model} with {score} in {benchmark} ties with {rival}, {rival_score} ({source}, {date}; evidence "
        "{mark})."
    ),
    "services.why_worse": N_(
        "{model} has {score} in {benchmark}, less good than {rival} with {rival_score} ({source}, {date}; "
        "evidence {mark})."
    ),
    "services.why_alone": N_(
        "{model} has {score} in {benchmark} ({source}, {date}; evidence {mark}); nothing else here was "
        "measured in it."
    ),
    "services.why_nothing": N_("No published figure was found for {model} (evidence D)."),
    "services.why_tally": N_("Of its comparisons {model} wins {wins}, loses {losses} and ties {ties}."),
    # What else to know of a pick
    "services.remark_thinks": N_(
        "It thinks first: the answer begins after about {seconds:duration} for each 1,000 tokens of thinking."
    ),
    "services.remark_may_think": N_("Whether it thinks first is not known."),
    "services.remark_speed_unknown": N_("How fast it writes here is not known."),
    "services.remark_languages_unlisted": N_("Its publisher does not list its languages."),
    "services.remark_quant": N_("Its figures are of full precision, and {quant} loses a part of that."),
    "services.remark_licence": N_("Its licence, {licence}, allows commercial use under conditions."),
    "services.no_thinking_wait": N_("it does not think first, or how fast it writes here is not known"),
    "services.remark_no_evidence": N_("Nothing published supports this pick."),
}
