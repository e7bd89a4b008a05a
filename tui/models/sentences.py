"""Sentences of the reasons that models, their files and the catalogue give."""

from tui.i18n import N_
from tui.sentences import Table

SENTENCES: Table = {
    # Files that are no GGUF models.
    "models.empty_file": N_("The file is empty. Download it again."),
    "models.before_gguf": N_(
        "This is a {format} file, the format before GGUF. Convert it to GGUF, or look for a GGUF "
        "of the same model."
    ),
    "models.old_adapter": N_(
        "This is a LoRA adapter in the format before GGUF; it is not a language model by itself. Choose the "
        "file of the model itself."
    ),
    "models.old_imatrix": N_(
        "This is an importance matrix for quantizing; it is not a language model. Choose the file of the "
        "model itself."
    ),
    "models.safetensors": N_(
        "This is a safetensors file, not GGUF. Convert it to GGUF, or look for a GGUF of the same model."
    ),
    "models.pytorch_zip": N_(
        "This is a zip archive, as PyTorch saves its models, not GGUF. Convert it to GGUF, or "
        "look for a GGUF of the same model."
    ),
    "models.pickle": N_(
        "This is a Python pickle, as PyTorch saves its models, not GGUF. Convert it to GGUF, or "
        "look for a GGUF of the same model."
    ),
    "models.lfs_pointer": N_(
        "This is a Git LFS pointer; the model itself was not downloaded. Run git lfs pull in its folder."
    ),
    "models.archive": N_("This is a {format} archive, not GGUF. Unpack it first."),
    "models.web_page": N_(
        "This is a web page, not a model. Download the file itself, not the page about it."
    ),
    "models.json_text": N_("This is a JSON text, not a model. Download the model file itself."),
    "models.starts_with_zeros": N_(
        "The file starts with zeros: its download did not finish. Download it again."
    ),
    "models.not_gguf": N_(
        "This is not a GGUF file: it does not start with the letters GGUF. Choose a GGUF file."
    ),
    "models.llamafile": N_(
        "The model does not start where the engine could map it inside this llamafile. Unpack it: unzip "
        '{file:quoted} "*.gguf"'
    ),
    "models.llamafile_without_model": N_(
        "This llamafile holds no model: it runs one that lies beside it. Choose that model's GGUF file."
    ),
    "models.llamafile_compressed": N_(
        "The model in this llamafile is compressed. Unpack its GGUF file with unzip."
    ),
    "models.llamafile_broken": N_(
        "This is not a whole llamafile: no model is found in it. Download it again."
    ),
    # Files that cannot be opened or read.
    "models.file_unreadable": N_("The file cannot be read: {why}. Check the disk it is on."),
    "models.dead_link": N_("The link leads nowhere. Check the path."),
    "models.no_such_file": N_("There is no such file. Check the path."),
    "models.file_forbidden": N_("You may not read this file. Change its permissions with chmod +r."),
    "models.file_unopenable": N_("The file cannot be opened: {why}. Check the path."),
    "models.impossible_name": N_("No file can have this name. Check the path."),
    "models.folder_not_file": N_("This is a folder, not a file. Name a GGUF file in it."),
    "models.device_not_file": N_("This is a pipe or a device, not a file. Name a GGUF file."),
    "models.name_not_utf8": N_("The name of this file or of its folder is not UTF-8. Rename it."),
    # Headers that cannot be true.
    "models.header_cut_off": N_("The file ends inside its header (byte {byte}). Download it again."),
    "models.file_cut_off": N_("The file ends {missing:bytes} early (byte {byte}). Download it again."),
    "models.file_shrank": N_(
        "The file became shorter while it was read (byte {byte}). Wait until it is complete."
    ),
    "models.header_too_long": N_(
        "The header holds more text than any model's (byte {byte}). Download it again."
    ),
    "models.too_many_keys": N_(
        "The header claims {count} metadata keys, more than it can hold (byte {byte}). Download it again."
    ),
    "models.gguf_version_1": N_(
        "This is GGUF version 1, which no engine reads any more (byte {byte}). Get a newer file of the model."
    ),
    "models.big_endian": N_(
        "This is a big-endian GGUF file, made for another kind of computer (byte {byte}). Get the usual file."
    ),
    "models.no_gguf_version": N_("The header names no GGUF version (byte {byte}). Download it again."),
    "models.unknown_gguf_version": N_(
        "This is GGUF version {version}; versions 2 and 3 are known here (byte {byte}). Look for "
        "a newer llmtui."
    ),
    "models.key_twice": N_("The metadata key {key:quoted} is there twice (byte {byte}). Download it again."),
    "models.key_length": N_("A metadata key is {length} bytes long (byte {byte}). Download it again."),
    "models.alignment": N_(
        "The alignment of tensors is {value}, not a power of two (byte {byte}). Download it again."
    ),
    "models.unknown_value_type": N_(
        "The metadata key {key:quoted} has the unknown type {type} (byte {byte}). Download it again."
    ),
    "models.too_many_strings": N_(
        "The metadata key {key:quoted} claims {count} strings, more than it can hold (byte "
        "{byte}). Download it again."
    ),
    "models.list_of_lists": N_(
        "The metadata key {key:quoted} is a list of lists (byte {byte}). Download it again."
    ),
    "models.unknown_element_type": N_(
        "The metadata key {key:quoted} is a list of the unknown type {type} (byte {byte}). Download it again."
    ),
    "models.too_many_values": N_(
        "The metadata key {key:quoted} claims {count} values, more than it can hold (byte "
        "{byte}). Download it again."
    ),
    "models.list_string_too_long": N_(
        "A string in a list is longer than the file (byte {byte}). Download it again."
    ),
    "models.too_many_tensors": N_(
        "The header claims {count} tensors, more than it can hold (byte {byte}). Download it again."
    ),
    "models.tensor_twice": N_("The tensor {tensor:quoted} is there twice (byte {byte}). Download it again."),
    "models.tensor_misplaced": N_(
        "The tensor {tensor:quoted} starts at byte {start} of the data, not at {expected} (byte "
        "{byte}). Download it again."
    ),
    "models.tensor_name_too_long": N_(
        "A tensor's name is {length} bytes long; {most} is the most (byte {byte}). Download it again."
    ),
    "models.too_many_dimensions": N_(
        "The tensor {tensor:quoted} has {count} dimensions; {most} is the most (byte {byte}). "
        "Download it again."
    ),
    "models.tensor_uncountable": N_(
        "The tensor {tensor:quoted} has more elements than can be counted (byte {byte}). Download it again."
    ),
    "models.broken_blocks": N_(
        "The tensor {tensor:quoted} has rows of {row} elements, not whole blocks of {block} "
        "({type}) (byte {byte}). Download it again."
    ),
    "models.removed_type": N_(
        "The tensor {tensor:quoted} has the type {type}, which engines no longer read (byte "
        "{byte}). Get the model in another quantization, such as Q4_0."
    ),
    "models.unknown_tensor_type": N_(
        "The tensor {tensor:quoted} has the type number {number}, which is not known here (byte "
        "{byte}). Download it again, or look for a newer llmtui."
    ),
    # Sound files that are no model to talk to, and models in several files.
    "models.renamed_shard": N_(
        "This is one of {count} files of a split model under another name. Give it back its "
        "name, which ends in {ending}."
    ),
    "models.shard_missing": N_(
        "The model is split over {count} files and {file} is missing. Download that file into "
        "the same folder."
    ),
    "models.bad_shard": N_("{file}: {why}"),
    "models.no_model": N_("{kind}. Choose the file of the model itself."),
    "models.no_chat": N_("{kind}. Choose a model that chats."),
    "models.kind_text": N_(
        "The file has no chat template; it may be a base model, which continues text and does not chat"
    ),
    "models.kind_no_vocabulary": N_("The file has no vocabulary, so it can be sized but reads no text"),
    "models.kind_no_language": N_("This is no language model: it has no word embeddings"),
    "models.kind_empty": N_("The file holds no weights and no vocabulary"),
    "models.kind_encoder_decoder": N_(
        "This is an encoder-decoder model, such as T5: it turns one text into another, and the chat cannot "
        "run it"
    ),
    "models.kind_reranker": N_("This is a re-ranking model; it rates texts and writes none"),
    "models.kind_classifier": N_("This is a classifier; it labels texts and writes none"),
    "models.kind_image": N_("This is a model that makes pictures or video; it does not write text"),
    "models.kind_control_vector": N_("This is a control vector; it is not a language model by itself"),
    "models.kind_mmproj": N_(
        "This is the vision or audio part of a model; it is not a language model by itself"
    ),
    "models.kind_adapter": N_("This is a LoRA adapter; it is not a language model by itself"),
    "models.kind_imatrix": N_("This is an importance matrix for quantizing; it is not a language model"),
    "models.kind_vocab": N_("This holds a vocabulary only; it is not a language model by itself"),
    "models.kind_embedding": N_("This is an embedding model; it does not write text"),
    "models.kind_draft": N_(
        "This is a draft model that speeds up another one; it is not a language model by itself"
    ),
    "models.kind_speech": N_("This is a speech model; it does not write text"),
    "models.kind_diffusion": N_("This is a diffusion language model, which the chat cannot run"),
    # Models that cannot be sized.
    "models.file_unusable": N_("The file cannot be used"),
    "models.header_unread": N_("The file has not been read yet. It is read in a moment."),
    "models.unsized": N_("The model cannot be sized: {why}"),
    "models.impossible_layers": N_("its layers are impossibly large"),
    "models.key_missing": N_("{key} is missing"),
    "models.key_no_whole_number": N_("{key} is not a whole number"),
    "models.key_is_list": N_("{key} is a list"),
    "models.key_list_length": N_("{key} has {count} values for {layers} layers"),
    "models.key_no_list": N_("{key} does not list the layers"),
    "models.key_out_of_range": N_("{key} is {value}; the engine takes {least} to {most}"),
    "models.experts_used": N_("{key} is {used} of {experts} experts"),
    "models.rope_too_wide": N_("{key} is {rope} of {width}"),
    "models.engine_sizes_only": N_("only the engine can size a {architecture} model"),
    "models.unusual_window_heads": N_("the heads of its sliding-window layers are of an unusual size"),
    "models.unknown_architecture": N_("the tensors of architecture {architecture:quoted} are not known"),
    "models.unusual_model": N_("this {architecture} model is made in a way not known here"),
    "models.unknown_quant": N_("{quant:quoted} is not a quantization known here"),
    # Quality of quantizations.
    "models.full_precision": N_("full precision: nothing is left out"),
    "models.no_figure": N_("no figure was published for this quantization"),
    "models.no_figure_mxfp4": N_("no figure was published; gpt-oss itself was released in this type"),
    # Folders that cannot be searched.
    "models.no_such_folder": N_("There is no folder {folder}"),
    "models.not_a_folder": N_("{folder} is not a folder"),
    "models.folder_forbidden": N_("You may not read the folder {folder}"),
    "models.folder_unreadable": N_("The folder {folder} cannot be read: {why}"),
    "models.no_model_in_folder": N_(
        "There is no model in {folder}: no name in it or below ends in .gguf, and no large file begins with "
        "the letters GGUF"
    ),
    "models.too_many_files": N_("The folder {folder} holds more than {most} models; the rest is left out"),
    "models.store_forbidden": N_(
        "You may not read {folder}, a folder of models ({store}). Have its owner allow it, or leave it out "
        'with skip_stores = ["{code}"] in the settings'
    ),
    "models.store_file_forbidden": N_(
        "You may not read {file}, which says where another program keeps models"
    ),
    # Stores of models, and the origin of a file.
    "models.store_file": N_("command line"),
    "models.store_own": N_("llmtui's models folder"),
    "models.store_package": N_("Python package"),
    "models.store_folder": N_("folder"),
    "models.store_hugging_face": N_("Hugging Face cache"),
    "models.store_llama_cpp": N_("llama.cpp"),
    "models.store_ollama": N_("Ollama"),
    "models.store_lm_studio": N_("LM Studio"),
    "models.store_jan": N_("Jan"),
    "models.store_gpt4all": N_("GPT4All"),
    "models.store_docker": N_("Docker Model Runner"),
    "models.store_ramalama": N_("RamaLama"),
    "models.store_local_ai": N_("LocalAI"),
    "models.store_anything_llm": N_("AnythingLLM"),
    "models.store_msty": N_("Msty"),
    "models.origin": N_("{store}: {name}"),
    # Files of stores that cannot be used.
    "models.download_unfinished": N_(
        "This is a part of a download that did not finish ({program}). Let that program finish it or "
        "delete it."
    ),
    "models.file_unfinished": N_(
        "This is a part of a download that did not finish. Finish the download, or delete the file."
    ),
    "models.blob_missing": N_("The file of {name} is missing in its store. Download {name} again."),
    "models.other_format": N_(
        "This model is stored as {format}, not GGUF. Use it in the program that downloaded it, or look for a "
        "GGUF of the same model."
    ),
    "models.split_without_names": N_(
        "The parts of {name} lie in the store without their names. Run it once in Docker, which names them."
    ),
    # Programs that delete a file which llmtui did not download.
    "models.remove_file": N_("llmtui did not download this file. Delete {path} yourself."),
    "models.remove_own": N_("llmtui did not download this file. Delete {path} yourself."),
    "models.remove_folder": N_("llmtui did not download this file. Delete {path} yourself."),
    "models.remove_package": N_("This file belongs to a Python package: pip uninstall {name} deletes it."),
    "models.remove_hugging_face": N_(
        "This file lies in the Hugging Face cache: hf cache rm model/{name} deletes it."
    ),
    "models.remove_llama_cpp": N_(
        "This file lies in llama.cpp's cache, and llama.cpp has no command for that. Delete {path} yourself."
    ),
    "models.remove_ollama": N_("This model is Ollama's: ollama rm {name} deletes it."),
    "models.remove_lm_studio": N_("This model is LM Studio's: delete it there, in My Models."),
    "models.remove_jan": N_("This model is Jan's: delete it there, in the settings of its model provider."),
    "models.remove_gpt4all": N_("This model is GPT4All's: remove it there, on the page Models."),
    "models.remove_docker": N_("This model is Docker's: docker model rm {name} deletes it."),
    "models.remove_ramalama": N_("This model is RamaLama's: ramalama rm {name} deletes it."),
    "models.remove_local_ai": N_("This model is LocalAI's: delete it there, in its list of models."),
    "models.remove_anything_llm": N_("This model is AnythingLLM's: delete it there, in its LLM settings."),
    "models.remove_msty": N_("This model is Msty's: delete it there, in the list of local models."),
    # Mistakes in a catalogue.
    "models.catalogue_problem": N_("{place}: {mistake}"),
    "models.catalogue_problem_at": N_("{place}: {subject}: {mistake}"),
    "models.catalogue_mistake": N_("{value}; expected {expected}"),
    "models.catalogue_line": N_("{file}, line {line}"),
    "models.unknown_key": N_("an unknown key"),
    "models.no_value": N_("nothing"),
    "models.number_too_large": N_("a number too large"),
    "models.toml_too_deep": N_("arrays or tables nested too deeply"),
    "models.no_entry": N_("no entry in it"),
    "models.found_folder": N_("a folder"),
    "models.found_no_file": N_("not a file"),
    "models.found_large_file": N_("a file over {mib} MiB"),
    "models.found_no_such_file": N_("no such file"),
    "models.found_not_utf8": N_("bytes that are not UTF-8"),
    "models.found_unreadable": N_("can't be read: {why}"),
    "models.found_outside": N_("outside an entry"),
    # Values that a file of figures should have.
    "models.expect_once": N_("it once: line {line} has it already"),
    "models.expect_model_name": N_("the name of a model"),
    "models.expect_id_of": N_("an id out of {file}"),
    "models.expect_score": N_("a number"),
    "models.expect_kind": N_("a source of the kind {kind}, like its benchmark"),
    "models.expect_note": N_("nothing, or {note}"),
    "models.expect_row": N_("values that fit their columns: {why}"),
    "models.expect_columns": N_("the columns {names}, with tabs between them"),
    # Values that a catalogue should have.
    "models.expect_toml": N_("valid TOML"),
    "models.expect_own_name": N_("a name of its own: line {line} has it already"),
    "models.expect_entry": N_("at least one {header} table"),
    "models.expect_header_above": N_("a {header} line above it"),
    "models.expect_toml_file": N_("a TOML file"),
    "models.expect_small_file": N_("a TOML file written by hand"),
    "models.expect_catalogue": N_("a catalogue at {path}"),
    "models.expect_utf8": N_("a text file saved as UTF-8"),
    "models.expect_readable": N_("a readable file"),
    "models.expect_line": N_("a line of text in quotes"),
    "models.expect_date": N_('a month or day like "2025-08"'),
    "models.expect_languages": N_('different codes like ["en", "es"]'),
    "models.expect_repository": N_('"owner/name"'),
    "models.expect_names_of": N_("different names out of {names}"),
    "models.expect_own_languages": N_("some of its languages: {names}"),
    "models.expect_other_name": N_("the name of another model"),
    "models.expect_sampling": N_(
        'a list of tables like {{ source = "its model card", temperature = 0.7 }}, with any of {names}, and '
        "thinking = true or false where they are for one of the two"
    ),
    "models.expect_files": N_('a file name with {{quant}} in it, like "Model-{{quant}}.gguf"'),
    "models.expect_repositories": N_(
        'a list of tables like {{ repository = "owner/name", files = "Model-{{quant}}.gguf", quants = '
        '["Q4_K_M"] }}, with quants out of {names}'
    ),
    "models.expect_one_quant": N_("one of its quants"),
    "models.expect_own_quant": N_("one of its quants: {names}"),
    "models.expect_one_of": N_("one of {names}"),
    "models.expect_perhaps": N_("{key}, perhaps"),
    "models.expect_parameters": N_("a whole number of parameters"),
    "models.expect_counted": N_("about {count:_}, the count from its shape: check every dimension, and tied"),
    "models.expect_range": N_("a whole number from {least} to {most}"),
    "models.expect_from": N_("a whole number from {least}"),
    "models.expect_tokens": N_("a whole number of tokens"),
    "models.expect_elements": N_("a whole number of elements"),
    "models.expect_bool": N_("true or false"),
    "models.expect_layers": N_("different layer numbers, from 0"),
    "models.expect_layers_to": N_("layers from 0 to {last}"),
    "models.expect_layers_without_attention": N_("layers that are not among attention_layers"),
    "models.expect_state_space": N_(
        "a table like {{ kernel = 4, inner = 4096, state = 128, groups = 1, step_rank = 64 }}"
    ),
    "models.expect_latent": N_("a table like {{ kv_rank = 512, rope = 64, nope = 128, value = 128 }}"),
    "models.expect_beside": N_("{expected}, since {key} is given"),
    "models.expect_no_such_key": N_("nothing: it has no place in a {architecture} model"),
    "models.expect_nothing_without": N_("nothing, since {key} is not given"),
    "models.expect_divisor": N_("a divisor of heads ({heads})"),
    "models.expect_at_most": N_("at most {key} ({value})"),
    "models.expect_no_groups": N_("no groups: the first Mamba has none"),
    "models.expect_groups": N_("groups that divide inner ({inner})"),
    "models.expect_inner_product": N_("inner = state × step_rank ({inner})"),
    "models.expect_inner_twice": N_("inner = twice the embedding ({inner})"),
}
