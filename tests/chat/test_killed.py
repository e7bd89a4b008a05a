"""The dashboard and its engine, killed."""

from tests.chat.kill_dashboard import run


def test_kill_of_dashboard_or_engine_loses_no_message_and_leaves_no_process() -> None:
    # WHEN the dashboard, the engine, or both are killed in the middle of replies, one after another
    # THEN the file opens, nothing is lost or doubled, nothing runs on; the last moment's text may be missing
    assert run(3, seed=7) <= 0.6
