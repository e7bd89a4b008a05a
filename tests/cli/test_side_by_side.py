"""Several machines side by side in plain output."""

from collections.abc import Callable

from tests.cli.command_results import FIT_KEYS, Result

Run = Callable[..., Result]
BOTH = ("--machine", "m1-8gb", "--machine", "hp-i5-1035g1")


def test_two_machines_are_one_table_with_a_group_of_columns_each(inside: Run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = inside("fit", *BOTH, "--filter", "llama -commercial")
    assert result.code == 0
    groups, titles, *rows = result.out.splitlines()
    assert groups.split() == ["m1-8gb", "hp-i5-1035g1"]
    assert titles.split()[-6:] == ["verdict", "tok/s", "tokens"] * 2
    # Each group stands over its first column.
    assert titles[groups.index("hp") :].startswith("verdict")
    assert max(map(len, result.out.splitlines())) <= 80
    (large,) = [row for row in rows if "Llama-3.3-70B" in row]
    assert large.count("too big") == 2
    assert "On MacBook Pro M1, 8 GB" in result.err
    assert "On HP laptop" in result.err


def test_the_json_has_the_first_machine_where_it_always_was_and_all_of_them_beside_it(inside: Run):
    result = inside("fit", "Llama-3.1-8B-Instruct", *BOTH, "--machine", "M1-8gb", "--json")
    (judged,) = result.json["models"]
    assert set(judged) == FIT_KEYS | {"machines"}
    assert [machine["machine"] for machine in result.json["machines"]] == ["m1-8gb", "hp-i5-1035g1"]
    assert result.json["machine"]["name"] == result.json["machines"][0]["name"]
    first, second = judged["machines"]
    assert (judged["verdict"], judged["max_context"]) == (first["verdict"], first["max_context"])
    assert (first["verdict"], second["verdict"]) == ("too big", "fits")
    alone = inside("fit", "Llama-3.1-8B-Instruct", "--machine", "hp-i5-1035g1", "--json").json
    assert (second["verdict"], second["tokens_per_second"]) == (
        alone["models"][0]["verdict"],
        alone["models"][0]["tokens_per_second"],
    )


def test_only_models_that_fit_all_machines_are_listed_on_request(inside: Run):
    result = inside("fit", "Llama-3.1-8B-Instruct", "gemma-3-1b-it", *BOTH, "--fits")
    assert "gemma-3-1b-it" in result.out
    assert "Llama-3.1-8B" not in result.out
    # AND models that were named say why
    assert "on m1-8gb:" in result.out
    assert "on hp-i5-1035g1:" in result.out


def test_an_unknown_machine_and_quantizations_of_two_are_wrong_usage(inside: Run):
    assert inside("fit", "--machine", "m1-8gb", "--machine", "nowhere").code == 2
    assert inside("fit", "gemma-3-1b-it", "--quants", *BOTH).code == 2
