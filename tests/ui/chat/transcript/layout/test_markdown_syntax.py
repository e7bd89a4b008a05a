"""Markdown as models write it: what is markup, and what stays as it was written."""

import pytest

from tests.ui.chat.transcript.layout.test_markdown_rows import lines
from tui.ui.chat.transcript.layout.markdown_rows import inline_content


def styled(text: str) -> list[str]:
    """Return the parts of a text that are bold or italic."""
    content = inline_content(text)
    return [
        content.plain[span.start : span.end] for span in content.spans if span.style in ("bold", "italic")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 = 24 and a*b*c and 2**3**2 and x**2 + y**2",
        "a*(b+c)*d, (a+b)*(c+d)*e, x[i]*y[j]*z",
        "src/**/*.py, tests/**/*.py, **/node_modules/**, *.txt, a*.md, *.*",
        "f(*args, **kwargs), g(*args, **kwargs), int *p, *q; char **argv",
        "/* a comment */ COUNT(*), SUM(*)",
        "snake_case_name, /_next/static/_app, __init__.py, __FILE__, _my_name_",
        'if __name__ == "__main__":',
        r"C:\Users\me\*.txt, C:\_hidden\_x, dir\*.txt, ..\_build\x, \\server\share\*.log",
        r"C:\Program Files (x86)\_internal, D:\My Docs\_old",
        r"\d+\.\d+, ^\w+\*$, \bfoo\_bar\b, s/\//x/g, \$",
        r"\alpha \, \beta \; \{1, 2\} a \\ b 50\% R\&D",
        "curl -X POST \\\n-d x",
        r"Inline \(a_1 + b_2\), $x_{i}^{*} + y_{j}^{*}$, $\forall\, \varepsilon\; > 0$",
        r"$$a*b*c$$, \[ x*y*z \]",
        r"$5 and $10, US$5–$10, $HOME/$USER, 5$ and 10$",
        "[1]: https://example.org/a 'T'",
        "Term[^1] and ==mark==",
        "[^1]: a note",
        "&nbsp; &#x202e; &zwj;",
        "- [ ] todo"[2:],
        "<details><summary>More</summary>hidden</details> x<sub>2</sub> <!-- a note -->",
        "notes.md, main.rs and example.com",
        "a~~b~~c and ~~~ and ~5",
    ],
)
def test_text_without_markup_is_shown_unchanged(text: str) -> None:
    assert inline_content(text).plain == text
    assert "\n".join(lines(text, 500)) == text
    assert styled(text) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("*a* and **b** and _c_ and __Note__", ["a", "b", "c", "Note"]),
        ("*half bold **mix***", ["mix", "half bold mix"]),
        ("**API**s, **H**yper, well-*known*, \"*quoted*\", (**x**), **C++**, **50%**", [
            "API", "H", "known", "quoted", "x", "C++", "50%",
        ]),
        ("**.NET**, **/etc/hosts**, **$5** and **$y**", [".NET", "/etc/hosts", "$5", "$y"]),
        ("**「引用」**text", ["「引用」"]),
        ("他说**“你好”。**然后 **注意：**请看", ["“你好”。", "注意："]),
        ("這是**重點**內容，*（注）*後", ["重點", "（注）"]),
        ("값은**가격(원)**입니다", ["가격(원)"]),
        ("**「日本語」**です。text**「x」**", ["「日本語」", "「x」"]),
        ("**$x$** is *bold*", ["$x$", "bold"]),
    ],
)  # fmt: skip
def test_emphasis_begins_and_ends_where_people_write_it(text: str, parts: list[str]) -> None:
    assert styled(text) == parts


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (r"\_hidden\_ and snake\_case and 5 \* 3 and a\*b", "_hidden_ and snake_case and 5 * 3 and a*b"),
        (r"\# no heading", "# no heading"),
        (r"1\. no list", "1. no list"),
        (r"\- no list", "- no list"),
        (r"costs \$5", "costs $5"),
        (r"\<b\> and \`x\`", "<b> and `x`"),
        (r"\[no link](https://example.org)", "[no link](https://example.org)"),
        (r"\*\*not bold\*\*", "**not bold**"),
        ("&lt;b&gt; &copy; &amp;", "<b> © &"),
    ],
)
def test_intended_escape_is_applied(text: str, drawn: str) -> None:
    assert lines(text, 100) == [drawn]


def test_a_formula_on_its_own_lines_is_no_list_and_loses_no_line() -> None:
    formula = "\\[\na\n- b\n+ c \\\\\n= d\n\\]"
    assert lines(f"The sum:\n{formula}\nand more") == ["The sum:", "", *formula.split("\n"), "", "and more"]
    for source in ("$$\n- x_1 * y * z\n$$", "\\begin{align}\nx &= 1 \\\\\n- y &= 2\n\\end{align}"):
        assert lines(source) == source.split("\n")
    assert lines("- item:\n  $$\n  + x\n  $$") == ["• item:", "", "  $$", "  + x", "  $$"]


@pytest.mark.parametrize("text", ["$$\nx", "\\[\nx\n\ny\n\\]", "$$ x $$ and *y*", "\\begin{x}\ny"])
def test_text_that_only_begins_like_a_formula_stays_text(text: str) -> None:
    assert "".join("".join(lines(text)).split()) == "".join(text.replace("*y*", "y").split())


@pytest.mark.parametrize(
    "text", ["$" * 3000, "\\[" * 3000, "\\" * 3000, "\\(\n" * 2000, "*a " * 2000, "$$\n" * 2001]
)
def test_hostile_marks_are_all_drawn(text: str) -> None:
    assert "".join("".join(lines(text)).split()) == "".join(text.split())


def test_text_that_markdown_would_drop_is_drawn() -> None:
    table = "| a | b |\n|---|---|\n| `x|y` | 1 | more |\n| 2 |"
    assert lines(table)[2:] == ["`x  │ y` | 1 | more", "2   │"]
    assert lines('[text](https://example.org "A title") [empty]()', 80) == [
        'text (https://example.org "A title") empty ()'
    ]
    assert lines("1) one\n2) two\n\n+ 5 apples") == ["1) one", "2) two", "", "+ 5 apples"]
    assert lines('```python title="x.py"\ny\n```')[0] == '┌ python title="x.py" · copy'
    assert lines("#") == ["#"]
    assert "deep" in "".join(lines("> " * 100 + "deep"))
