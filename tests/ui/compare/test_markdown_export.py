import errno
from pathlib import Path

from textual.app import App

from tui.ui.compare.markdown_export import write_markdown


async def test_says_where_the_file_is_or_why_there_is_none(tmp_path: Path) -> None:
    app = App[None]()
    async with app.run_test(notifications=True) as pilot:
        write_markdown(app, lambda: tmp_path / "a[b].md")

        def fail() -> Path:
            raise OSError(errno.ENOSPC, "No space left on device")

        write_markdown(app, fail)
        await pilot.pause()
        texts = [notice.message for notice in app._notifications]
        assert texts[0] == f"Written to {tmp_path}/a[b].md"
        # THEN the reason is in words of the program's own, which are translated
        assert texts[1] == "It could not be written: the disk is full."
