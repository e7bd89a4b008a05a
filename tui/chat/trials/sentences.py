"""Sentences of task files and of the checks of their answers, by code."""

from tui.i18n import N_
from tui.sentences import Plural, Table

SENTENCES: Table = {
    # A task file that cannot be used
    "trials.mistake": N_("{file}, {place}: {mistake}"),
    "trials.line": N_("line {number}"),
    "trials.line_of_task": N_('line {number}, task "{task}"'),
    "trials.file_refused": Plural(
        "{file} has a mistake, so nothing was asked. Correct it and run the same command again.",
        "{file} has {count} mistakes, so nothing was asked. Correct them and run the same command again.",
        "count",
    ),
    "trials.not_toml": N_(
        "{file} is not valid TOML: {why}. Correct it there; a file of JSON lines has to end in .jsonl."
    ),
    "trials.not_json": N_("this is not valid JSON: {why}. Write one JSON object a line."),
    "trials.not_an_object": N_("this is JSON, but not an object. Write one JSON object a line."),
    "trials.no_task": N_(
        "{file} has no task. Write one below [[task]], or begin with: llmtui compare --example-tasks"
    ),
    # Mistakes at its keys
    "trials.unknown_key": N_("there is no key {key:quoted}. {hint}"),
    "trials.did_you_mean": N_("Did you mean {key:quoted}?"),
    "trials.known_keys": N_("Possible here: {keys}."),
    "trials.wrong_value": N_("{key} is {value}; expected {expected}"),
    "trials.expect_text": N_("a text that is not empty"),
    "trials.expect_texts": N_("a text, or a list of texts of which any will do"),
    "trials.expect_flag": N_("true or false"),
    "trials.expect_whole": N_("a whole number from {least} to {most}"),
    "trials.expect_number": N_("a number from {least:g} to {most:g}"),
    "trials.expect_choice": N_("one of {choices}"),
    "trials.expect_at_most": N_("at most {most}, as the upper bound is"),
    "trials.expect_check": N_('a table with at least one check, such as {{ contains = "14 April" }}'),
    "trials.expect_json": N_("the fields that the answer must have, as a table or a list"),
    "trials.expect_pattern": N_("a regular expression as Python has them ({error})"),
    "trials.expect_shorter_pattern": N_("a regular expression of at most {most} characters"),
    "trials.expect_no_call": N_("true; leave it out where a call is allowed"),
    "trials.expect_call": N_("a table with the name of a tool and its arguments, or a list of them"),
    "trials.expect_arguments": N_("a table of arguments"),
    "trials.expect_tools": N_("the name of one of the task's tools, and it has none; describe them in tools"),
    "trials.expect_tool": N_("a list of tools, each with name, description and parameters"),
    "trials.expect_parameters": N_("a JSON schema of an object, with properties"),
    "trials.expect_turn": N_("a list of turns, each with a prompt, an answer, a call or a result"),
    "trials.expect_seeds": N_("a list of up to {most} different whole numbers from 0 up"),
    "trials.expect_defaults": N_("a table of keys that tasks have"),
    "trials.expect_tasks": N_("tasks, each below [[task]]"),
    "trials.goes_with_number": N_("{key} belongs beside number, which is not there"),
    "trials.prompt_missing": N_(
        "there is no prompt. Write what to ask into prompt, or several turns into turns"
    ),
    "trials.goes_without_turns": N_("{key} is for tasks of one turn. Write it into the turn"),
    "trials.turn_kinds": N_("a turn has one of prompt, answer, call and result"),
    "trials.turns_begin": N_("the first turn must be a prompt"),
    "trials.turns_end": N_("the last turn must be a prompt or a result, which the model answers"),
    "trials.result_missing": N_("after a call comes the result of it"),
    "trials.prompt_after_answer": N_("after an answer comes a prompt"),
    "trials.check_of_own_answer": N_("a check is for an answer of the model, and here the task has its own"),
    "trials.repeat_and_seeds": N_("repeat and seeds exclude each other"),
    "trials.name_twice": N_("another task is called {name:quoted} too; names tell tasks apart"),
    "trials.tool_twice": N_("another tool is called {name:quoted} too"),
    "trials.too_many_tasks": N_("there are more than {most:count} tasks"),
    "trials.wrong_schema": N_("{key} cannot be followed: {problem}"),
    "trials.wrong_file": N_("{key}: {problem} Paths are relative to the task file."),
    # Results of checks: phrases, which follow a colon
    "trials.text_present": N_("{text:quoted} is in it"),
    "trials.text_missing": N_("{texts} is not in it"),
    "trials.text_absent": N_("{texts} is not in it, as it should be"),
    "trials.text_not_wanted": N_("{text:quoted} is in it and should not be"),
    "trials.text_equal": N_("it is what was asked for"),
    "trials.text_other": N_("it is not {texts}"),
    "trials.language_right": N_("it is in {language}"),
    "trials.language_unknown": N_("too short to tell whether it is in {language}"),
    "trials.length_words": Plural("{count} word", "{count} words", "count"),
    "trials.length_characters": Plural("{count} character", "{count} characters", "count"),
    "trials.too_short": N_("{length}, at least {least} were asked for"),
    "trials.too_long": N_("{length}, at most {most} were asked for"),
    "trials.pattern_there": N_("{pattern} matches"),
    "trials.pattern_missing": N_("{pattern} does not match"),
    "trials.pattern_too_slow": N_(
        "the search for {pattern} did not end; write it without repeats in repeats"
    ),
    "trials.json_key_missing": N_("{key:quoted} is missing"),
    "trials.json_key_not_wanted": N_("{key:quoted} was not asked for"),
    "trials.json_list_length": N_("{key:quoted} has {count} items, not {wanted}"),
    "trials.json_value_wrong": N_("{key:quoted} is {value}, not {wanted}"),
    "trials.call_not_json": N_("its call of a tool is not valid JSON"),
    "trials.call_without_name": N_("its call of a tool has no name or no arguments"),
    "trials.call_arguments_no_object": N_("the arguments of its call are no JSON object"),
    "trials.call_not_wanted": N_("it calls {names}, and no call was needed"),
    "trials.no_call_right": N_("no call, as it should be"),
    "trials.no_call": Plural("it calls no tool", "it calls no tool, {count} calls were needed", "count"),
    "trials.call_other_tool": N_("it calls {names}, not {wanted}"),
    "trials.call_missing": N_("a call of {name} is missing"),
    "trials.call_wrong": N_("{name}: {why}"),
    "trials.call_too_many": Plural(
        "one call too many, of {name}", "{count} calls too many, the first of {name}", "count"
    ),
    "trials.calls_right": Plural("the right tool and arguments", "all {count} calls are right", "count"),
    "trials.no_call_before_result": N_("it called no tool, so that there was no result to give it"),
}
