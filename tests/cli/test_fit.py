import re
import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from tests.cli.command_results import FIT_KEYS, Result, unexplained
from tests.engine.random_models import BYTE_TOKENIZER, VOCABULARY
from tests.gguf_files import llama_tensors, write_gguf, write_llama
from tests.reasons import sentence_of
from tui.fit.sizing import Sizer
from tui.hardware.detect import detect_machine
from tui.hardware.profiles import PROFILES

Run = Callable[..., Result]

PARTS = ("weights_bytes", "kv_bytes", "compute_bytes", "process_bytes")
LARGE = {
    "m3-max-64gb": {"fits"},
    "ryzen-ai-max-128gb": {"fits"},
    "pc-24gb": {"split"},
    "pc-16gb": {"split", "too big"},
}
NO_SPEEDS = 'No speeds yet: "llmtui bench" measures this machine, in some ten seconds.\n'
VERDICTS = {"fits", "tight", "split", "too big"}


def test_without_a_name_every_model_is_judged(llmtui: Run):
    result = llmtui("fit")
    assert (result.code, result.err) == (0, NO_SPEEDS)
    header, *rows = result.out.splitlines()
    assert header.split("  ")[0] == "verdict"
    assert len(rows) > 30
    assert all(row.startswith(tuple(VERDICTS)) for row in rows)
    assert any("SmolLM2-135M-Instruct" in row and row.endswith("yes") for row in rows)


def test_table_fits_80_columns_and_names_its_context(llmtui: Run):
    narrow = llmtui("fit", COLUMNS="80").out.splitlines()
    assert max(map(len, narrow)) <= 80
    assert "needs at 8k" in narrow[0]
    wide = llmtui("fit", "--ctx", "16k", COLUMNS="200").out.splitlines()
    assert "needs at 16k" in wide[0]
    assert wide[0].endswith(" on disk")
    assert "licence" in wide[0]
    # AND a model that was trained for less is sized for that
    assert any("EuroLLM" in line and " 4k " in line for line in wide)
    # AND nothing steers a pipe
    assert "\x1b" not in "".join(narrow)


def test_models_are_sorted_by_a_column_and_filtered_by_fit(inside: Run):
    def names(*options: str) -> list[str]:
        models = inside("fit", "--machine", "m1-8gb", "--json", *options).json["models"]
        assert not options or all(model["verdict"] in ("fits", "tight") for model in models)
        return [model["name"] for model in models]

    by_name = names("--sort", "name", "--fits")
    assert by_name == sorted(by_name, key=str.casefold)
    assert set(by_name) < set(names())
    assert inside("fit", "--sort", "colour").code == 2
    alone = inside("fit", "Llama-3.3-70B-Instruct", "--fits", "--machine", "m1-8gb")
    assert (alone.code, alone.out) == (0, "")
    assert alone.err.endswith("No model fits.\n")


def test_a_filter_that_matches_nothing_says_so(inside: Run):
    result = inside("fit", "--filter", "klingon", "--machine", "m1-8gb")
    assert (result.code, result.out) == (0, "")
    assert 'No model matches "klingon". Leave out a word, ' in result.err
    assert "0 of " not in result.err
    result = inside("fit", "--filter", "tools <0.001gb", "--machine", "m1-8gb")
    assert ": 0 of " in result.err
    assert 'No model matches "tools <0.001gb".' in result.err


def test_the_json_of_every_model_has_the_same_keys_and_a_reason_for_each_null(llmtui: Run):
    result = llmtui("fit", "--json")
    assert (result.code, result.err) == (0, "")
    assert set(result.json) == {"machine", "models"}
    models = result.json["models"]
    assert all(set(model) == FIT_KEYS for model in models)
    assert list(unexplained(result.json)) == []
    for model in models:
        footprint = model["footprint"]
        assert footprint["total_bytes"] == sum(footprint[part] for part in PARTS)


def test_a_model_on_this_disk_is_sized_by_the_engine(llmtui: Run, smollm2: Path):
    (by_name,) = llmtui("fit", "smollm2-135m-instruct", "--json").json["models"]
    (by_path,) = llmtui("fit", smollm2, "--json").json["models"]
    # What is free, which the reason tells, moves between the two.
    for key in ("name", "path", "quant", "context", "verdict", "footprint", "pool"):
        assert by_name[key] == by_path[key]
    assert by_name["path"] == str(smollm2)
    assert by_name["footprint"]["source"] == "engine"
    assert by_name["footprint"]["weights_bytes"] < smollm2.stat().st_size


def test_a_model_of_the_catalogue_is_sized_without_a_file(inside: Run):
    (model,) = inside("fit", "llama-3.2-1b-instruct", "--json").json["models"]
    assert model["path"] is None
    assert model["footprint"]["source"] == "engine"


def test_a_named_model_is_explained(inside: Run):
    result = inside("fit", "Llama-3.2-1B-Instruct")
    assert result.code == 0
    assert result.out.splitlines()[-1].startswith("Llama-3.2-1B-Instruct Q4_K_M: needs ")


def test_an_estimate_is_marked(inside: Run, monkeypatch: pytest.MonkeyPatch):
    assert "~" not in inside("fit", "gemma-3-270m-it").out
    # WHEN there is no engine to ask
    monkeypatch.setattr("tui.services.sizing.installed_build", lambda: None)
    assert "  ~" in inside("fit", "gemma-3-270m-it").out.splitlines()[1]


def test_an_unknown_name_suggests_the_nearest_one(inside: Run):
    assert inside("fit", "Lama-3.2-1B-Instruct").failure == (
        "There is no model called Lama-3.2-1B-Instruct. Did you mean Llama-3.2-1B-Instruct?"
    )


def test_a_quantization_changes_the_weights(inside: Run):
    small, large = (
        inside("fit", "llama-3.2-1b-instruct", "--quant", quant, "--json").json["models"][0]
        for quant in ("q4_k_m", "Q8_0")
    )
    assert (small["quant"].upper(), large["quant"]) == ("Q4_K_M", "Q8_0")
    assert small["footprint"]["weights_bytes"] < large["footprint"]["weights_bytes"]
    assert small["footprint"]["kv_bytes"] == large["footprint"]["kv_bytes"]


def test_the_kv_cache_grows_with_the_context_and_shrinks_with_its_type(inside: Run):
    def kv_bytes(*options: object) -> int:
        (model,) = inside("fit", "llama-3.2-1b-instruct", "--json", *options).json["models"]
        return model["footprint"]["kv_bytes"]

    assert kv_bytes("--ctx", 8192) == 2 * kv_bytes("--ctx", 4096)
    # Blocks of 32 elements: 64 bytes in f16, 34 in q8_0, 18 in q4_0.
    assert kv_bytes("--kv", "q8_0") * 64 == kv_bytes("--kv", "f16") * 34
    assert kv_bytes("--kv", "q4_0") * 64 == kv_bytes("--kv", "f16") * 18


def test_context_beyond_the_training_is_shortened_with_a_note(inside: Run):
    result = inside("fit", "smollm2-1.7b-instruct", "--ctx", 100_000)
    assert "at a context of 8192, the longest it was trained for" in result.out


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_small_and_large_models_are_judged_for_another_machine(inside: Run, name: str):
    result = inside("fit", "gemma-3-270m-it", "llama-3.3-70b-instruct", "--machine", name, "--json")
    assert result.code == 0
    assert list(unexplained(result.json)) == []
    assert result.json["machine"]["name"] == sentence_of(PROFILES[name].name)
    small, large = result.json["models"]
    assert small["verdict"] == "fits"
    # 42 GiB: more than the small machines have, less than RAM and VRAM of the largest PC together.
    assert large["verdict"] in LARGE.get(name, {"too big"})


def test_a_split_says_how_many_layers_go_to_the_gpu(inside: Run):
    (model,) = inside("fit", "qwen3-32b", "--machine", "pc-12gb", "--json").json["models"]
    assert model["verdict"] == "split"
    assert 0 < model["gpu_layers"] < 64
    assert str(model["gpu_layers"]) in model["reason"]


def test_split_mixture_of_experts_reports_the_layers_with_experts_in_ram(inside: Run):
    (model,) = inside("fit", "qwen3-30b-a3b-instruct-2507", "--machine", "pc-12gb", "--json").json["models"]
    assert (model["verdict"], model["gpu_layers"]) == ("split", 48)
    assert f"the experts of {model['cpu_experts']} of 48 in RAM" in model["reason"]
    assert model["device_bytes"] <= 12 << 30 < model["device_bytes"] + model["host_bytes"]


def test_a_card_that_the_build_cannot_use_is_named(inside: Run, monkeypatch: pytest.MonkeyPatch):
    # GIVEN a machine with a card, and an engine that was built for the CPU alone
    local_machine = msgspec.structs.replace(detect_machine(), gpus=PROFILES["pc-12gb"].gpus)
    monkeypatch.setattr("tui.cli.fit.detect_machine", lambda: local_machine)
    monkeypatch.setattr(Sizer, "gpu_offload", False)

    text = inside("fit", "gemma-3-270m-it")
    (model,) = inside("fit", "gemma-3-270m-it", "--json").json["models"]

    # THEN it is judged by RAM, and told why
    assert text.err == (
        "This build of the engine cannot use the RTX 4070; README says how to install one that can.\n"
        + NO_SPEEDS
    )
    assert model["pool"] == "RAM"
    assert model["reason"].endswith("; this build of the engine cannot use the RTX 4070")
    # AND another machine has a build of its own
    assert "RTX 4070 at most" in inside("fit", "gemma-3-270m-it", "--machine", "pc-12gb").out


def test_another_machine_is_named_beside_the_result(inside: Run):
    result = inside("fit", "gemma-3-270m-it", "--machine", "m1-8gb")
    assert result.err == (
        "On MacBook Pro M1, 8 GB, not this machine, with nothing else running. Its system takes 2.00 GiB.\n"
    )


@pytest.mark.parametrize(
    ("machine", "quant", "reason"),
    [
        ("M1-8GB", "Q4_K_M", r"needs 2\.9\d GiB of 5\.33 GiB of unified memory at most, with nothing else"),
        ("pc-12gb", "F16", r"of 12\.0 GiB of VRAM of NVIDIA GeForce RTX 4070 at most, with nothing else"),
        ("16 GB", "Q4_K_M", r"needs 2\.9\d GiB of 1[234]\.\d GiB of "),
    ],
)
def test_another_machine_has_all_of_its_memory_free(inside: Run, machine: str, quant: str, reason: str):
    options = ("--quant", quant, "--ctx", 8192, "--machine", machine, "--json")
    result = inside("fit", "Llama-3.2-3B-Instruct", *options)
    (model,) = result.json["models"]
    assert model["verdict"] == "fits"
    assert re.search(reason, model["reason"])
    assert list(unexplained(result.json)) == []


@pytest.mark.parametrize(
    ("model", "quant"), [("llama-3.2-3b-instruct", "F16"), ("qwen2.5-7b-instruct", "Q8_0")]
)
def test_model_is_too_big_for_a_macbook_with_8_gb(inside: Run, model: str, quant: str):
    (judged,) = inside("fit", model, "--quant", quant, "--machine", "m1-8gb", "--json").json["models"]
    assert judged["verdict"] == "too big"
    assert "5.33 GiB of unified memory" in judged["reason"]


def test_json_tells_another_machine_from_this_one(inside: Run):
    for options, what_if in (((), False), (("--machine", "m1-8gb"), True), (("--machine", "16gb"), True)):
        machine = inside("fit", "gemma-3-270m-it", "--json", *options).json["machine"]
        assert machine["what_if"] is what_if
        # What it is doing now is known of this machine only.
        assert ("memory" in machine) is not what_if


def test_machine_of_the_settings_is_found_by_its_name(inside: Run, home: Path):
    settings = home / "config" / "llmtui" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '[machines.box]\nram_gb = 16\ngpu = "RTX 3060"\nvram_gb = 12\n[machines.bad]\ncores = 2\n'
    )
    result = inside("fit", "gemma-3-270m-it", "--machine", "BOX")
    mistake, note = result.err.splitlines()
    assert mistake.startswith(f"{settings}, line 5: machines.bad has no ram_gb")
    assert note == (
        "On box, 16 GB, RTX 3060 12 GB, not this machine, with nothing else running. "
        "Its system takes 2.50 GiB."
    )
    assert "of VRAM of RTX 3060 at most, with nothing else running" in result.out
    # AND the names are told when one is wrong
    assert "pc-24gb, box, and a size" in inside("fit", "--machine", "boks").err


def test_named_broken_file_fails_in_one_line(inside: Run, tmp_path: Path):
    path = tmp_path / "notes.gguf"
    path.write_text("not a model")
    result = inside("fit", path)
    assert result.out == ""
    assert result.failure.startswith("notes: This is not a GGUF file")


def test_broken_file_does_not_hide_a_good_one(inside: Run, tmp_path: Path):
    (tmp_path / "bad.gguf").write_text("not a model")
    write_llama(tmp_path / "good.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
    result = inside("fit", tmp_path / "bad.gguf", tmp_path / "good.gguf")
    assert "good" in result.out
    assert "bad" not in result.out
    assert result.failure.startswith("bad: ")


def test_the_json_of_a_broken_file_says_why(inside: Run, tmp_path: Path):
    path = tmp_path / "notes.gguf"
    path.write_text("not a model")
    result = inside("fit", path, "--json")
    assert result.code == 1
    (model,) = result.json["models"]
    assert (set(model), model["verdict"]) == (
        FIT_KEYS | {"changes", "changes_reason", "changes_reason_code"},
        "unknown",
    )
    assert list(unexplained(result.json)) == []
    assert model["max_context_reason"] == model["reason"]


def test_missing_file_is_a_failure(inside: Run, tmp_path: Path):
    assert "There is no such file" in inside("fit", tmp_path / "nowhere.gguf").failure


def test_unknown_architecture_is_a_failure(inside: Run, tmp_path: Path):
    metadata = {"general.architecture": "hyena9", "hyena9.block_count": 2}
    path = write_gguf(tmp_path / "new.gguf", metadata, llama_tensors())
    assert "hyena9" in inside("fit", path).failure


def test_file_name_has_no_control_sequences(inside: Run, tmp_path: Path):
    name = "\x1b[31mred\x9b2J\nnext\u202etxt"
    write_llama(tmp_path / f"{name}.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
    text = inside("fit", tmp_path)
    assert not set("\x1b\x9b\u202e") & set(text.out + text.err)
    assert len(text.out.splitlines()) == 5
    json = inside("fit", tmp_path, "--json")
    assert json.out.isascii()
    assert not any(ord(character) < 32 and character != "\n" for character in json.out)
    assert json.json["models"][0]["path"] == str(tmp_path / f"{name}.gguf")


def test_file_name_with_invalid_unicode_affects_only_its_own_model(llmtui: Run, tmp_path: Path):
    try:
        write_llama(tmp_path / "plain.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY).rename(
            tmp_path / "odd\udcff.gguf"
        )
    except (OSError, UnicodeError):
        pytest.skip("this file system takes valid Unicode only")
    write_llama(tmp_path / "good.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
    text = llmtui("fit", tmp_path)
    assert text.failure.startswith("odd")
    assert "good" in text.out
    result = llmtui("fit", tmp_path, "--json")
    assert "Traceback" not in result.err
    rows = {row["path"]: row for row in result.json["models"]}
    assert rows[str(tmp_path / "good.gguf")]["verdict"] == "fits"
    odd_row = rows[str(tmp_path / "odd\udcff.gguf")]
    assert (odd_row["verdict"], "Rename it" in odd_row["reason"]) == ("unknown", True)


def test_folders_of_the_settings_are_scanned(inside: Run, home: Path, tmp_path: Path):
    write_llama(tmp_path / "mine.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
    settings = home / "config" / "llmtui" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'folders = ["{tmp_path}"]\ncontext = 512\nkv_type = "q5"\n')
    result = inside("fit", "mine", "--json")
    assert result.code == 0
    (model,) = result.json["models"]
    assert (model["path"], model["context"], model["kv_type"]) == (str(tmp_path / "mine.gguf"), 512, "f16")
    assert result.err == (f'{settings}, line 3: kv_type is "q5"; expected "f16", "q8_0" or "q4_0"\n')


def test_a_file_on_a_server_is_sized_by_its_first_megabytes(inside: Run, tmp_path: Path):
    # GIVEN a server that has the file
    served = tmp_path / "served"
    served.mkdir()
    file = write_llama(served / "far-Q8_0.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
    handler = partial(SimpleHTTPRequestHandler, directory=str(served))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/far-Q8_0.gguf"
        (remote,) = inside("fit", url, "--json").json["models"]
        missing = inside("fit", url.replace("far", "none")).failure
    finally:
        server.shutdown()
        server.server_close()
    # THEN it has the size of the same file here, and is not taken for one
    (local,) = inside("fit", file, "--json").json["models"]
    assert remote["path"] is None
    assert remote["footprint"]["weights_bytes"] == local["footprint"]["weights_bytes"]
    assert remote["footprint"]["total_bytes"] == pytest.approx(local["footprint"]["total_bytes"], rel=0.01)
    assert remote["footprint"]["source"] == "engine"
    assert "404" in missing
