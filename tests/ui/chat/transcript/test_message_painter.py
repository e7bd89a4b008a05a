from tests.ui.chat.chat_host import ChatHost, conversation_of, see, shows


async def test_a_dropped_message_is_dim_and_stays_readable() -> None:
    app = ChatHost(conversation_of(("One", "two")))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "two")
        app.transcript.views[1].set_class(True, "-dropped")
        await pilot.pause()
        line = app.transcript.render_line(2)
        assert any("two" in part.text and part.style and part.style.dim for part in line)
        assert shows(app, "llm   two")
