"""Sentences of the engine's reasons, by code."""

from tui.i18n import N_
from tui.sentences import Plural, Table

_SMALLER = N_("Choose a shorter context, a smaller KV type or a smaller model.")

SENTENCES: Table = {
    # A file that cannot be planned or loaded
    "engine.file_missing": N_("{file} is not there."),
    "engine.check_path": N_("Check the path, or look for models again."),
    "engine.is_a_folder": N_("{file} is a folder, not a file."),
    "engine.choose_file_inside": N_("Choose one of the GGUF files inside it."),
    "engine.file_unreadable": N_("{file} cannot be read: {error}."),
    "engine.check_disk": N_("Check the file and its disk."),
    "engine.file_empty": N_("{file} is empty."),
    "engine.download_again": N_("Download it again."),
    "engine.not_gguf": N_("{file} is not a GGUF file."),
    "engine.find_gguf": N_("The engine needs the model as GGUF: look for a GGUF version of it."),
    "engine.unknown_architecture": N_(
        "This engine does not know the architecture {architecture!r} of {file}."
    ),
    "engine.newer_engine": N_("A newer llama-cpp-python may know it."),
    "engine.no_memory": N_("The engine could not get the memory for {file}: {error}."),
    "engine.choose_smaller": _SMALLER,
    "engine.no_expert_offload": N_("This build of the engine cannot keep experts in the host's memory."),
    "engine.update_engine": N_("A newer llama-cpp-python may be able to."),
    "engine.misaligned": N_("The model inside {file} does not start where the engine could map it."),
    "engine.unpack_model": N_('Unpack it, with unzip and "*.gguf", and load that file.'),
    "engine.needs_flash_attention": N_("A quantized KV cache needs flash attention."),
    "engine.turn_on_flash_attention": N_("Turn flash attention on, or choose the KV type f16."),
    "engine.kv_type_unsuitable": N_("This KV type does not go with {file}: {error}."),
    "engine.choose_f16": N_("Choose the KV type f16."),
    "engine.not_loadable": N_("The engine cannot load {file}: {error}."),
    "engine.maybe_damaged": N_("The file may be damaged or incomplete: download it again."),
    # Memory
    "engine.context_too_large": N_(
        "A context of {context:,} tokens needs {needed:bytes} besides the weights, and {free:bytes} is free."
    ),
    "engine.shorter_context_or_kv": N_("Choose a shorter context or a smaller KV type."),
    "engine.out_of_memory": N_("The engine ran out of memory."),
    "engine.shorter_context": N_("Choose a shorter context."),
    # A request that is refused
    "engine.context_out_of_range": N_("The engine cannot hold a context of this length."),
    "engine.context_range": N_("Choose a context between 1 and {longest:,} tokens."),
    "engine.invalid_unicode": N_("The text or the file's name has characters that are not valid Unicode."),
    "engine.remove_invalid_characters": N_("Remove them, or rename the file."),
    "engine.request_invalid": N_("The engine cannot take this request: {error}."),
    "engine.check_settings": N_("Check the settings."),
    "engine.no_model": N_("No model is loaded."),
    "engine.load_model_first": N_("Load a model first."),
    "engine.already_loaded": N_("This engine process holds a model already."),
    "engine.unload_first": N_("Unload it first, or load the other one in a process of its own."),
    "engine.load_stopped": N_("Loading was stopped."),
    "engine.load_again_anytime": N_("Load it again when you like."),
    "engine.prompt_empty": N_("The prompt is empty."),
    "engine.write_something": N_("Write something to send."),
    "engine.prompt_too_long": N_(
        "The conversation is {tokens:,} tokens long and the context holds {context:,}."
    ),
    "engine.shorten_prompt": Plural(
        "Shorten it by {tokens:,} token, start a new chat, or load with a longer context.",
        "Shorten it by {tokens:,} tokens, start a new chat, or load with a longer context.",
        "tokens",
    ),
    "engine.decode_failed": N_("The engine could not go on with this text (code {status})."),
    "engine.load_again_shorter": N_("Load the model again; if it fails again, choose a shorter context."),
    "engine.not_a_number": N_("The model computed no numbers (NaN), so it cannot choose a word."),
    "engine.not_a_number_hint": N_(
        "Load it again with the KV type f16 or without a GPU; if it fails again, the file is damaged: "
        "download it again, or take another quantization."
    ),
    # What is odd about a reply that ended
    "engine.reply_empty": N_("The model ended its reply without writing anything."),
    "engine.reply_without_text": Plural(
        "The model wrote {tokens:,} token, but no text: only control tokens or blanks.",
        "The model wrote {tokens:,} tokens, but no text: only control tokens or blanks.",
        "tokens",
    ),
    "engine.reply_only_thinking": N_(
        "The model ended its reply inside its thinking, so this is all that it wrote."
    ),
    "engine.reply_cut_in_thinking": N_("The reply was cut while the model was still thinking."),
    "engine.reply_repeats": N_("The reply repeats itself."),
    # The end of the engine's process
    "engine.died": N_("The engine's process ended. {cause}"),
    "engine.died_saying": N_("The engine's process ended. {cause} Its last words: {log_line}"),
    "engine.killed": N_("It was killed from outside; most often the system does that when memory runs out."),
    "engine.aborted": N_("It aborted on an error that it cannot recover from."),
    "engine.crashed": N_("It crashed in native code."),
    "engine.file_changed": N_("The model's file changed or could not be read while it was in use."),
    "engine.wrong_processor": N_("It was built for another processor."),
    "engine.terminated": N_("It was ended from outside."),
    "engine.ended_with_signal": N_("It ended with {signal}."),
    "engine.ended_with_signal_number": N_("It ended with signal {number}."),
    "engine.ended_with_code": N_("It ended with code {code}."),
    "engine.free_memory": N_(
        "Close other programs, or choose a shorter context or a smaller model, then load it again."
    ),
    "engine.check_disk_and_load": N_("Check the file and its disk, then load it again."),
    "engine.reinstall": N_("Reinstall llama-cpp-python on this machine so that it is built for it."),
    "engine.load_again": N_("Load the model again; the log file has the whole story."),
    # An engine that is not there
    "engine.not_installed": N_("The engine, llama-cpp-python, is not installed or does not start here."),
    "engine.install": N_("Install it with: {command}"),
    # Chat templates
    "engine.no_template": N_(
        "the file carries no chat template; it may be a base model, which continues text and does not chat"
    ),
    "engine.template_fails": N_("its chat template does not work here ({error})"),
    "engine.template_refuses": N_("its chat template refuses this conversation ({error})"),
    "engine.template_drops_question": N_("it leaves out what the user writes"),
    "engine.template_too_long": N_("it is too long for a template"),
    "engine.template_endless": N_("it does not come to an end"),
    "engine.template_endless_text": N_("it makes a text without end"),
    "engine.template_forbidden": N_("it does what a template must not do"),
    "engine.template_syntax": N_("line {line} cannot be read: {error}"),
    "engine.template_value_missing": N_("something it needs is missing: {error}"),
    "engine.template_error": N_("it fails while it runs: {error}"),
    "engine.template_error_unexplained": N_("it fails while it runs"),
    "engine.template_message": N_("{message}"),
    # JSON schemas
    "engine.schema_too_long": N_(
        "The schema is {characters:,} characters long; at most {limit:,} are taken."
    ),
    "engine.schema_not_json": N_("The schema is not JSON: {error} at line {line}, column {column}."),
    "engine.schema_unreadable": N_("The schema is not JSON that can be read."),
    "engine.schema_no_object": N_('The schema has to be a JSON object, such as {{"type": "object"}}.'),
    "engine.schema_too_large": N_("The schema is nested too deeply or too large; make it simpler."),
    "engine.schema_false": N_("The schema {place} is false, which no answer can follow."),
    "engine.schema_place_no_object": N_("The schema {place} has to be a JSON object."),
    "engine.schema_keyword": N_("The schema's {keyword} {place} {problem}."),
    "engine.schema_at": N_("at {path}"),
    "engine.schema_at_top": N_("at the top"),
    "engine.keyword_unenforceable": N_(
        "cannot be enforced while the model writes; leave it out and say it in the prompt"
    ),
    "engine.keyword_not_one_of": N_("has to be one of {values}"),
    "engine.keyword_no_schemas": N_("has to be a JSON object of schemas by name"),
    "engine.keyword_no_names": N_("has to be a list of names"),
    "engine.keyword_empty": N_("has to be a list with something in it"),
    "engine.keyword_beside": N_("cannot be enforced beside {keyword}; keep one of them"),
    "engine.keyword_no_count": N_("has to be a whole number from 0 to {limit:,}"),
    "engine.keyword_smaller": N_("is smaller than {keyword}"),
    "engine.keyword_no_number": N_("has to be a number"),
    "engine.keyword_number_too_large": N_("is too large to be enforced"),
    "engine.keyword_not_whole": N_(
        "has to be a whole number to be enforced; or take integers, or say it in the prompt"
    ),
    "engine.keyword_no_pattern": N_("has to be a text with a regular expression"),
    "engine.pattern_unenforceable": N_(
        "cannot be enforced from {part} on; write it without that, or say it in the prompt"
    ),
    "engine.one_of_overlaps": N_(
        "cannot be enforced: an answer could follow two of its schemas, {first} and {second}; write anyOf"
    ),
    "engine.reference_other_base": N_(
        "is within an $id of its own; it has to be relative to the whole schema"
    ),
    "engine.reference_no_text": N_("has to be a text such as #/$defs/name"),
    "engine.reference_nowhere": N_("leads nowhere; it has to be like #/$defs/name, in this schema"),
    "engine.reference_to_itself": N_("leads back to itself"),
    "engine.reference_no_schema": N_("does not lead to a schema"),
    "engine.schema_refused": N_("The engine cannot hold an answer to this schema ({error})."),
    "engine.change_schema": N_("Change the schema, or take it away for a free answer."),
    "engine.no_token_for_schema": N_("The model has no token for what the schema wants next."),
    "engine.simplify_schema_names": N_("Leave rare characters out of the schema's names and values."),
}
