"""The dashboard and its engine, killed."""

from tests.chat.killing_both import run


def test_no_message_is_lost_and_no_process_left_whatever_is_killed() -> None:
    # WHEN the dashboard, the engine, or both are killed in the middle of replies, one after another
    # THEN the file opens, nothing is lost or doubled, nothing runs on; the last moment's text may be missing
    assert run(3, seed=7) <= 0.6
