"""Lines of the detail pane."""

from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len

from tests.ui.model_samples import entry, fit, model, model_file, shape
from tui.fit.verdict import Speed, Verdict
from tui.models.model import Model, OtherPlace
from tui.sentences import reason
from tui.services.sentences import sentence
from tui.ui.models.detail_lines import choose_lines, detail_lines, difference_text, source_text
from tui.units import GIB

HERE = model("Llama-3.2-3B-Instruct", is_local=True)


AWAY = model("Qwen2.5-7B-Instruct")


def texts(
    shown_model, verdict_fit=None, measured_bytes=None, loaded=False, width=78, height=99, advises=True
):
    lines = choose_lines(
        detail_lines(shown_model, verdict_fit, measured_bytes, loaded, width, advises_download=advises),
        height,
    )
    return ["".join(piece.text for piece in line.pieces) for line in lines]


FAST = Speed(21.3, "estimated", 18, 25)
SLOW = Speed(1.7, "measured", 1.7, 1.7)


@pytest.mark.parametrize(
    ("its_fit", "answer"),
    [
        (fit(), "● Fits · room for 24,000 tokens"),
        (msgspec.structs.replace(fit(), speed=FAST), "● Fits · about 21 tok/s · room for 24,000 tokens"),
        (
            msgspec.structs.replace(fit(max_context=800), speed=SLOW),
            "● Fits · 1.7 tok/s, slower than reading · room for 800 tokens",
        ),
        (fit(Verdict.TOO_BIG), "○ Too big  needs 3.00 GiB; 5.00 GiB of unified memory is free now"),
    ],
)
def test_the_first_line_names_the_model_and_the_second_answers_whether_it_runs(its_fit, answer):
    lines = texts(HERE, its_fit)
    assert lines[0] == "Llama-3.2-3B-Instruct Q4_K_M  on disk"
    assert lines[1] == answer


def test_a_warning_has_its_reason_below_it_and_what_it_is_good_for_follows():
    why = reason("fit.fits", need=5 * GIB, free=6 * GIB, pool="RAM")
    lines = texts(HERE, fit(Verdict.TIGHT, why=why))
    assert lines[1] == "◐ Tight · room for 24,000 tokens"
    assert lines[2] == "needs 5.00 GiB; 6.00 GiB of RAM is free now"
    assert lines[3] == "Chat on a small machine."
    # AND of one that fits it is among the small print
    assert texts(HERE, fit(why=why))[2] == "Chat on a small machine."
    assert lines[2] in texts(HERE, fit(why=why))[3:]


def test_the_measured_size_stands_beside_the_predicted_one():
    lines = texts(HERE, fit(total=2.93), int(2.95 * GIB), loaded=True)
    assert "predicted 2.93 GiB  measured 2.95 GiB  (+0.7 %)  sized by the engine" in lines
    assert lines[0].startswith("▶ Llama")
    assert not any("measured" in line for line in texts(HERE, fit()))


def test_a_measured_size_below_the_peak_is_explained():
    lines = texts(HERE, fit(total=3), int(2.8 * GIB), loaded=True, width=50)
    assert "predicted 3.00 GiB  measured 2.80 GiB  (-6.7 %)" in lines
    assert "sized by the engine; not all of it is in use yet" in lines


@pytest.mark.parametrize(
    ("predicted", "measured", "word"), [(100, 100, "+0.0 %"), (1000, 993, "-0.7 %"), (1000, 1100, "+10.0 %")]
)
def test_the_difference_has_a_sign(predicted, measured, word):
    assert difference_text(predicted, measured) == word


def test_the_source_of_the_size_is_named():
    formula = fit(source="formula")
    assert source_text(HERE, fit()) == "sized by the engine"
    assert source_text(AWAY, formula) == "estimated by formula: the file is not here"
    assert source_text(HERE, formula) == "estimated by formula: the engine has not sized it"
    assert source_text(HERE, msgspec.structs.replace(formula, footprint=None)) == "n/a"


@pytest.mark.parametrize(
    ("its_fit", "context_note"),
    [
        (fit(), "context 8192 · up to 24576 fits now · trained for 128k"),
        (fit(Verdict.TOO_BIG, max_context=None), "context 8192 · no context fits now · trained for 128k"),
        (fit(max_context=None), "context 8192 · largest that fits n/a · trained for 128k"),
        (None, "trained for 128k"),
    ],
)
def test_the_context_that_fits_stands_beside_the_one_it_was_trained_for(its_fit, context_note):
    assert context_note in texts(HERE, its_fit)


def test_a_model_that_is_here_shows_its_path_and_one_that_is_not_its_repository():
    assert "/models/Llama-3.2-3B-Instruct-Q4_K_M.gguf" in texts(HERE, fit())
    lines = texts(AWAY, fit(), width=300)
    assert "not on disk: someone/Qwen2.5-7B-Instruct-GGUF" in lines
    assert "d downloads it, after a question." in lines
    assert not any("download" in line for line in texts(AWAY, fit(), width=300, advises=False))


def test_a_file_that_cannot_be_used_shows_its_error_and_remedy_first():
    error = reason("models.file_cut_off", missing=7 << 27, byte=1 << 30)
    lines = texts(model("broken", error=error), None, width=40, height=4)
    assert lines[1].startswith("? Unknown")
    assert " ".join(" ".join(lines[1:]).split()) == f"? Unknown {sentence(error)}"


def test_an_unsupported_architecture_shows_its_reason():
    file = msgspec.structs.replace(
        model_file("odd", "Q8_0"), shape_reason=reason("models.unknown_architecture", architecture="odd")
    )
    unknown = fit(Verdict.UNKNOWN, why=file.shape_reason)
    lines = texts(
        Model("odd", "Q8_0", GIB, None, file, None), msgspec.structs.replace(unknown, footprint=None)
    )
    assert lines[1] == '? Unknown  the tensors of architecture "odd" are not known'


def test_a_model_that_is_being_sized_is_marked():
    assert texts(HERE)[1] == "… sizing"


def test_unknown_facts_are_left_out():
    sparse = msgspec.structs.replace(AWAY, shape=shape(parameters=None), entry=None)
    assert any("28 layers" in line for line in texts(sparse, fit()))
    assert not any("parameters" in line for line in texts(sparse, fit()))
    assert any("3.2B parameters · llama3.2 · released 2024-09" in line for line in texts(AWAY, fit()))
    many_languages = msgspec.structs.replace(entry("x"), languages=tuple("abcdefgh"))
    assert any(
        "a, b, c, d, e, f and 2 more" in line
        for line in texts(Model("x", "", GIB, shape(), None, many_languages))
    )
    translator = msgspec.structs.replace(entry("x"), languages=(), uses=("translate",))
    assert any(
        "languages not listed by its publisher" in line
        for line in texts(Model("x", "", GIB, shape(), None, translator))
    )


def test_a_file_without_a_chat_template_has_a_note():
    plain = msgspec.structs.replace(model_file("x", "Q8_0", known_shape=shape()), chat_template=False)
    assert "The file has no chat template; it may be a base model, which continues text" in texts(
        Model("x", "Q8_0", GIB, shape(), plain, None)
    )
    assert not any("template" in line for line in texts(HERE))


@pytest.mark.parametrize("width", [20, 38, 48, 78, 198])
def test_no_line_is_wider_than_the_pane(width):
    long_name = model("模型-a-very-long-name-" * 5, is_local=True)
    for shown_model in (HERE, AWAY, long_name):
        for line in texts(
            shown_model,
            fit(why=reason("fit.pool_vram", gpu="a card with a long name " * 9)),
            3 * GIB,
            True,
            width,
        ):
            assert cell_len(line) <= width


def test_the_least_important_lines_are_left_out_first():
    everything = texts(HERE, fit(), 3 * GIB)
    for height in range(len(everything)):
        lines = texts(HERE, fit(), 3 * GIB, height=height)
        more = texts(HERE, fit(), 3 * GIB, height=height + 1)
        assert len(lines) == height
        # A pane one row higher shows the same lines in the same order and one between them.
        assert any(more[:row] + more[row + 1 :] == lines for row in range(height + 1))
    four = texts(HERE, fit(), 3 * GIB, height=4)
    assert four[0].startswith("Llama")
    assert four[1].startswith("● Fits")
    assert four[2] == "Chat on a small machine."
    assert four[3] == ""


@pytest.mark.parametrize("height", range(3, 16))
def test_a_sentence_is_shown_whole_or_not_at_all(height):
    why = reason("fit.fits", need=5 * GIB, free=6 * GIB, pool="a memory with a long name")
    lines = texts(HERE, fit(why=why), width=54, height=height)
    assert any("needs 5.00" in line for line in lines) == any(line.endswith("now") for line in lines)
    assert len(lines) <= height


def test_text_from_outside_has_no_control_characters():
    lines = texts(model("evil\x1b[2J\x07name"), fit(why=reason("fit.pool_vram", gpu="so\x1b]0;x\x07 it\nis")))
    assert lines[0].startswith("evilname")
    assert "VRAM of so it is" in lines


HINT = ("to fit: KV q8_0 frees 480 MiB", "c for more")


@pytest.mark.parametrize(("width", "height"), [(78, 6), (50, 10), (98, 14)])
def test_the_hint_is_one_of_the_most_important_lines(width, height):
    why = reason("fit.too_big", need=6 * GIB, capacity=int(5.33 * GIB), pool="unified memory")
    its_fit = fit(Verdict.TOO_BIG, why=why)
    lines = choose_lines(detail_lines(AWAY, its_fit, None, False, width, hint=HINT), height)
    assert "to fit: KV q8_0 frees 480 MiB · c for more" in [
        "".join(piece.text for piece in line.pieces) for line in lines
    ]


def test_the_speed_follows_the_memory():
    its_fit = msgspec.structs.replace(fit(), speed=Speed(13.0, "estimated", 11.05, 14.95))
    assert "about 13 tok/s (11–15), faster than reading" in texts(HERE, its_fit)
    unknown = msgspec.structs.replace(
        fit(), speed=Speed(None, None, reason=reason("fit.machine_not_measured"))
    )
    assert "speed n/a: this machine is not measured yet" in texts(HERE, unknown)
    assert not any("tok/s" in line for line in texts(HERE, fit()))


@pytest.mark.parametrize("width", [54, 80])
def test_no_sentence_is_cut_where_there_is_height(width):
    its_fit = msgspec.structs.replace(fit(), speed=FAST, prompt_speed=Speed(210.0, "estimated", 160, 260))
    assert not any("…" in line for line in texts(HERE, its_fit, width=width))


def test_the_speed_of_reading_follows_the_speed_of_writing():
    generating = Speed(13.0, "estimated", 11.05, 14.95)
    its_fit = msgspec.structs.replace(
        fit(), speed=generating, prompt_speed=Speed(210.0, "estimated", 160, 260)
    )
    lines = texts(HERE, its_fit)
    assert "reads 1,000 words in 6.2 s" in texts(HERE, its_fit, width=54)
    row = lines.index("about 13 tok/s (11–15), faster than reading")
    assert lines[row + 1] == "reads 1,000 words in 6.2 s, at about 210 tok/s (160–260)"
    # AND it leaves before the speed of writing
    for height in range(len(lines)):
        visible = texts(HERE, its_fit, height=height)
        reading, writing = (any(phrase in line for line in visible) for phrase in ("reads 1,000", "about 13"))
        assert writing or not reading


@pytest.mark.parametrize("code", ["fit.machine_not_measured", "fit.token_bytes_unknown"])
def test_an_unknown_speed_of_reading_takes_no_line(code: str):
    unknown = Speed(None, None, reason=reason("fit.machine_not_measured"))
    slow = Speed(None, None, reason=reason(code))
    lines = texts(HERE, msgspec.structs.replace(fit(), speed=unknown, prompt_speed=slow))
    assert sum("not measured yet" in line for line in lines) == 1
    assert not any("prompt" in line for line in lines)


@pytest.mark.parametrize(("width", "is_shown"), [(63, False), (64, True), (110, True)])
def test_a_wide_pane_shows_private_and_mapped_memory(width, is_shown):
    parts = (GIB, int(1.9 * GIB))
    lines = detail_lines(HERE, fit(total=2.93), int(2.95 * GIB), True, width, measured_parts=parts)
    texts_of_lines = ["".join(piece.text for piece in line.pieces) for line in lines]
    assert ("now 1.00 GiB private, 1.90 GiB mapped from the file" in texts_of_lines) is is_shown


def test_the_last_measured_size_is_shown_until_the_model_is_loaded():
    its_fit = msgspec.structs.replace(fit(), measured_bytes=int(2.95 * GIB))
    assert any("predicted 2.93 GiB  last time 2.95 GiB  (+0.7 %)" in line for line in texts(HERE, its_fit))


def described(**facts: object) -> Model:
    """A model whose entry of the catalogue has these facts."""
    listed = entry("Qwen2.5-7B-Instruct")
    return msgspec.structs.replace(AWAY, entry=msgspec.structs.replace(listed, **facts))


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"superseded_by": "Qwen3.5-9B"}, "† superseded by Qwen3.5-9B"),
        (
            {"thinking": "both", "tools": True},
            "en, de · thinks or not, as you choose · calls tools",
        ),
        ({"thinking": "yes"}, "en, de · thinks before it answers"),
        ({"thinking": "no", "tools": False}, "en, de · answers without thinking · calls no tools"),
    ],
)
def test_what_the_catalogue_knows_of_a_model_is_told(facts: dict[str, object], text: str) -> None:
    assert text in texts(described(**facts), fit())


@pytest.mark.parametrize(
    ("commercial", "text"),
    [
        ("yes", "llama3.2: commercial use allowed"),
        ("no", "llama3.2: no commercial use"),
        ("conditions", "llama3.2: commercial use under conditions"),
        (None, "· llama3.2 ·"),
    ],
)
def test_the_licence_says_whether_commercial_use_is_allowed(commercial: str | None, text: str) -> None:
    assert any(text in line for line in texts(described(commercial=commercial), fit(), width=200))


def test_the_origin_the_size_on_the_disk_and_the_last_use_stand_in_a_line():
    file = msgspec.structs.replace(
        HERE.file,
        found_in="ollama",
        stored_as="llama3.2:3b",
        elsewhere=(
            OtherPlace(Path("/a"), "lm_studio", "org/Llama"),
            OtherPlace(Path("/b"), "lm_studio", "org/Llama"),
            OtherPlace(Path("/c"), "own", ""),
        ),
    )
    stored = msgspec.structs.replace(HERE, file=file)

    lines = [
        "".join(piece.text for piece in line.pieces)
        for line in detail_lines(stored, fit(), None, False, 99, last_used=1_780_000_000.0)
    ]

    assert "Ollama: llama3.2:3b · 1.00 GiB on disk · last loaded on 2026-05-28" in lines
    assert "also in LM Studio: org/Llama, llmtui's models folder" in lines
    assert "llmtui's models folder · 1.00 GiB on disk" in texts(HERE, fit())
    assert not any("on disk ·" in line for line in texts(AWAY, fit()))


def test_a_model_in_a_llamafile_says_why_it_cannot_be_loaded():
    inside = msgspec.structs.replace(HERE, file=msgspec.structs.replace(HERE.file, span=(4097, 100)))

    assert any("inside this llamafile" in line for line in texts(inside, fit(), width=200))
