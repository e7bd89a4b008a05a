"""Editing, walking, deleting, pinning and going on in the chat, with the test as the engine."""

from textual.pilot import Pilot

from tests.ui.chat.test_pane import END, METRICS, ChatApp, ask, screen, shows, until
from tui.chat.messages import Attachment
from tui.engine.protocol import Finished
from tui.ui.chat.pane import ChatPane


async def answered(pilot: Pilot[None], question: str, answer: str) -> ChatPane:
    pane = await ask(pilot, question)
    return await finished(pilot, pane, answer)


async def finished(pilot: Pilot[None], pane: ChatPane, answer: str) -> ChatPane:
    pane.answer.append_text(answer)
    pane.answer.end_reply(END)
    await until(pilot, lambda: any(f"llm   {answer}" in line for line in screen(pilot.app)))
    return pane


def texts(pane: ChatPane) -> list[str]:
    return [message.text for message in pane.conversation.messages]


async def test_edited_question_keeps_both_versions_reachable() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 40)) as pilot:
        # GIVEN two turns and a draft
        await answered(pilot, "first", "one")
        pane = await answered(pilot, "second", "two")
        await pilot.press(*"draft")
        # WHEN the first question is edited and asked
        pane.transcript.focus()
        await pilot.press("k", "k", "k", "k", "e")
        await until(pilot, lambda: pane.prompt.text == "first")
        assert shows(app, "Editing an earlier question: Enter asks it again")
        assert pane.prompt.has_focus
        await pilot.press(*" again", "enter")
        await until(pilot, lambda: pane.answering)
        await finished(pilot, pane, "other")
        # THEN the branch shows only that, and the draft is there again
        assert texts(pane) == ["first again", "other"]
        assert pane.prompt.text == "draft"
        await until(pilot, lambda: not shows(app, "second"))
        assert shows(app, "‹ 2/2 ›")
        # AND one walks back and forth
        pane.transcript.focus()
        await pilot.press("k", "k", "left")
        await until(pilot, lambda: shows(app, "you   second"))
        assert texts(pane) == ["first", "one", "second", "two"]
        assert shows(app, "‹ 1/2 ›")
        assert pane.transcript.marked == pane.conversation.messages[0].id
        await pilot.press("left")
        assert texts(pane) == ["first", "one", "second", "two"]
        await pilot.press("right")
        await until(pilot, lambda: shows(app, "you   first again"))
        assert texts(pane) == ["first again", "other"]


async def test_leaving_an_edit_brings_the_draft_back() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        await pilot.press(*"a draft")
        pane.prompt.attachments = (Attachment("notes.md", "text"),)
        pane.transcript.focus()
        await pilot.press("e")
        await until(pilot, lambda: pane.prompt.text == "first")
        assert pane.prompt.attachments == ()
        await pilot.press(*" more", "escape")
        assert pane.prompt.text == "a draft"
        assert [attachment.name for attachment in pane.prompt.attachments] == ["notes.md"]
        assert texts(pane) == ["first", "one"]
        assert not shows(app, "Editing")
        # AND Esc is the app's again
        await pilot.press("escape")
        assert app.escapes == 1


async def test_attachments_of_a_question_stay_when_it_is_edited() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.prompt.attachments = (Attachment("notes.md", "text"),)
        pane = await answered(pilot, "first", "one")
        assert shows(app, "▪ notes.md")
        pane.transcript.focus()
        await pilot.press("e")
        await until(pilot, lambda: shows(app, "Its files: notes.md."))
        await pilot.press("enter")
        await until(pilot, lambda: pane.answering)
        (question, _open) = pane.conversation.messages
        assert [attachment.name for attachment in question.attachments] == ["notes.md"]


async def test_an_edit_that_cannot_be_asked_returns_to_the_prompt() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.transcript.focus()
        await pilot.press("e")
        await pilot.press(*" longer", "enter")
        await until(pilot, lambda: pane.answering)
        pane.answer.decline("It is too long.", "Shorten it.")
        await until(pilot, lambda: shows(app, "llm   one"))
        assert texts(pane) == ["first", "one"]
        assert pane.prompt.text == "first longer"
        assert shows(app, "It is too long.")
        await pilot.press("escape")
        assert pane.prompt.text == ""
        assert pane.editing is None


async def test_an_edit_that_cannot_be_asked_keeps_the_draft_too() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        await pilot.press(*"a draft")
        pane.transcript.focus()
        await pilot.press("e")
        await until(pilot, lambda: pane.prompt.text == "first")
        await pilot.press(*" longer", "enter")
        await until(pilot, lambda: pane.answering and pane.prompt.text == "a draft")
        pane.answer.decline("It is too long.", "Shorten it.")
        await until(pilot, lambda: pane.prompt.text == "first longer")
        await pilot.press("escape")
        assert pane.prompt.text == "a draft"


async def test_asking_again_without_a_file_keeps_the_earlier_question() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.pane.prompt.attachments = (Attachment("long.md", "text"), Attachment("short.md", "t"))
        pane = await answered(pilot, "first", "one")
        await answered(pilot, "second", "two")
        await pilot.press(*"third")
        old_messages = pane.conversation.messages
        # WHEN one of its files is to go
        pane.branch_actions.edit_without_attachment(old_messages[0].id, 0)
        await until(pilot, lambda: pane.prompt.text == "first")
        assert [attachment.name for attachment in pane.prompt.attachments] == ["short.md"]
        await until(pilot, lambda: shows(app, "Its files: short.md."))
        await pilot.press("enter")
        await until(pilot, lambda: pane.answering)
        await finished(pilot, pane, "other")
        # THEN nothing that was said before is there with other files than it was asked with
        (question, _reply) = pane.conversation.messages
        assert [attachment.name for attachment in question.attachments] == ["short.md"]
        assert pane.prompt.text == "third"
        assert pane.conversation.show_alternative(question.id, -1)
        assert pane.conversation.messages == old_messages


async def test_another_answer_stands_beside_the_first() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        await pilot.press("ctrl+r")
        await finished(pilot, pane, "two")
        await until(pilot, lambda: shows(app, "‹ 2/2 › · 5.0 tok/s"))
        pane.transcript.focus()
        # THEN it is walked to from the question too, which has but one version
        await pilot.press("k", "k", "left")
        await until(pilot, lambda: shows(app, "llm   one"))
        assert shows(app, "‹ 1/2 › · 5.0 tok/s")
        assert not shows(app, "two")


async def test_click_on_the_arrows_changes_the_version() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        await pilot.press("ctrl+r")
        await finished(pilot, pane, "two")
        await until(pilot, lambda: shows(app, "‹ 2/2 ›"))
        await pilot.click(offset=arrow(app, "‹"))
        await until(pilot, lambda: shows(app, "‹ 1/2 ›"))
        assert texts(pane) == ["first", "one"]
        await pilot.click(offset=arrow(app, "›"))
        await until(pilot, lambda: shows(app, "‹ 2/2 ›"))
        assert texts(pane) == ["first", "two"]


def arrow(app: ChatApp, sign: str) -> tuple[int, int]:
    """Where it stands on the screen."""
    lines = screen(app)
    y = next(index for index, line in enumerate(lines) if sign in line)
    return lines[y].index(sign), y


async def test_another_answer_that_fails_keeps_the_first() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: not shows(app, "llm   one"))
        pane.answer.decline("No model is loaded.", "Choose one.")
        await until(pilot, lambda: shows(app, "llm   one"))
        assert texts(pane) == ["first", "one"]
        assert not pane.answering
        assert pane.prompt.text == ""


async def test_without_other_versions_a_notice_says_how_to_get_one() -> None:
    app = ChatApp()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.transcript.focus()
        await pilot.press("left")
        await until(pilot, lambda: shows(app, "There is no other version"))


async def test_a_turn_is_deleted_after_the_second_key() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 40)) as pilot:
        await answered(pilot, "first", "one")
        pane = await answered(pilot, "second", "two")
        pane.transcript.focus()
        await pilot.press("k", "k", "k", "d")
        await until(pilot, lambda: shows(app, "Delete this question and its answer? Press d again"))
        # WHEN something else comes between THEN it asks anew
        for between in (["p"], ["j", "k"]):
            await pilot.press(*between, "d")
            assert texts(pane) == ["first", "one", "second", "two"]
        await pilot.press("d")
        await until(pilot, lambda: not shows(app, "you   first"))
        assert texts(pane) == ["second", "two"]
        await pilot.press("d", "d")
        await until(pilot, lambda: shows(app, "asks the model what you typed"))
        assert texts(pane) == []


async def test_a_pinned_question_is_marked() -> None:
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.transcript.focus()
        await pilot.press("p")
        await until(pilot, lambda: shows(app, "Pinned: this question stays in the context"))
        assert any(line.strip(" │") == "pinned" for line in screen(app))
        assert pane.conversation.messages[0].pinned
        await pilot.press("p")
        await until(pilot, lambda: shows(app, "Not pinned any more."))
        assert not any(line.strip(" │") == "pinned" for line in screen(app))


async def test_stopped_answer_can_be_continued() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await ask(pilot, "first")
        pane.answer.append_text("Once upon ")
        pane.answer.end_reply(Finished(1, "stopped", METRICS))
        await until(pilot, lambda: shows(app, "· stopped"))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.names() == ["Ask", "Continue"])
        await until(pilot, lambda: shows(app, "llm   Once upon ▌"))
        pane.answer.append_text("a **time**")
        await until(pilot, lambda: shows(app, "llm   Once upon a **time**▌"))
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "llm   Once upon a time"))
        assert shows(app, "22 tokens")
        assert texts(pane) == ["first", "Once upon a **time**"]


async def test_a_cut_answer_names_the_key_that_continues_it() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await ask(pilot, "first")
        pane.answer.append_text("Once upon ")
        pane.answer.end_reply(Finished(1, "max_tokens", METRICS))
        await until(pilot, lambda: shows(app, "Ctrl+L continues it."))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: pane.answering and not shows(app, "Ctrl+L continues it."))


async def test_an_answer_that_cannot_be_continued_stays_as_it_was() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        old_messages = pane.conversation.messages
        await pilot.press("ctrl+l")
        await until(pilot, lambda: pane.answering)
        pane.answer.decline("It is too long.", "Load with a longer context.")
        await until(pilot, lambda: shows(app, "It is too long."))
        await until(pilot, lambda: shows(app, "5.0 tok/s · 11 tokens"))
        assert pane.conversation.messages == old_messages
        assert not pane.answering


async def test_without_an_answer_or_a_model_nothing_can_be_continued() -> None:
    app = ChatApp(label=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, lambda: shows(app, "There is no answer to continue."))
        pane = await answered(pilot, "first", "one")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: shows(app, "No model is loaded"))
        assert app.names() == ["Ask"]
        assert not pane.answering


async def test_each_answer_shows_its_model_where_several_answered() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 40)) as pilot:
        pane = await answered(pilot, "first", "one")
        assert not shows(app, "Model Q4 ·")
        pane.model_label = "Other [b]Q8"
        await answered(pilot, "second", "two")
        await until(pilot, lambda: shows(app, "Model Q4 · 5.0 tok/s"))
        assert shows(app, "Other [b]Q8 · 5.0 tok/s")


async def test_while_an_answer_streams_no_branch_is_changed() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.prompt.text = "second"
        await pilot.press("enter")
        await until(pilot, lambda: pane.answering)
        pane.transcript.focus()
        old_texts = texts(pane)
        for key in ("e", "left", "p", "d"):
            await pilot.press(key)
            await until(pilot, lambda: shows(app, "Still answering; press Esc to stop first."))
            pane.notice.clear()
        await pilot.press("ctrl+l", "ctrl+r")
        assert texts(pane) == old_texts
        assert pane.prompt.text == ""


async def test_showing_a_message_of_another_branch_shows_that_branch() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        first = pane.conversation.messages[1].id
        await pilot.press("ctrl+r")
        await finished(pilot, pane, "two")
        pane.show_message(first)
        await until(pilot, lambda: shows(app, "llm   one"))
        assert pane.transcript.marked == first


async def test_a_new_chat_leaves_an_edit() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.transcript.focus()
        await pilot.press("e")
        await pilot.press("ctrl+n")
        assert pane.editing is None
        await pilot.press("enter")
        await until(pilot, lambda: pane.answering)
        assert texts(pane) == ["first", ""]


async def test_answer_stopped_in_its_thinking_continues_thinking() -> None:
    app = ChatApp()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await ask(pilot, "first")
        pane.answer.append_text("One thought", 3, 0.5, thinking=True)
        pane.answer.end_reply(Finished(1, "stopped", METRICS))
        await until(pilot, lambda: shows(app, "· stopped"))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: pane.answering)
        assert pane.conversation.continued_thinking == "One thought"
        pane.answer.append_text(", another", 5, 0.7, thinking=True)
        pane.answer.append_text("The answer", 8, 0.9)
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "The answer") and not shows(app, "▌"))
        reply = pane.conversation.last_reply
        assert reply is not None
        assert (reply.thinking, reply.text) == ("One thought, another", "The answer")


async def test_edited_answer_can_be_continued() -> None:
    app = ChatApp()
    async with app.run_test(size=(90, 40)) as pilot:
        # GIVEN two turns and a draft
        await answered(pilot, "first", "one")
        pane = await answered(pilot, "second", "two")
        await pilot.press(*"draft")
        # WHEN the first answer is edited
        pane.transcript.focus()
        await pilot.press("k", "k", "k", "e")
        await until(pilot, lambda: pane.prompt.text == "one")
        assert shows(app, "Editing this answer: Enter saves yours as another version")
        await pilot.press(*" more", "space", "enter")
        # THEN it stands beside the first one, as the user's, and nothing is asked
        await until(pilot, lambda: shows(app, "‹ 2/2 › · edited by you"))
        assert texts(pane) == ["first", "one more "]
        assert app.names() == ["Ask", "Ask"]
        assert (pane.prompt.text, pane.editing) == ("draft", None)
        assert shows(app, "Saved beside the old answer: the model reads yours, and Ctrl+L")
        # AND the model can go on from it
        await pilot.press("ctrl+l")
        await until(pilot, lambda: pane.answering)
        assert pane.conversation.continued_text == "one more "
        pane.answer.append_text("and more")
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "llm   one more and more"))
        await until(
            pilot, lambda: shows(app, "‹ 2/2 › · 5.0 tok/s · 11 tokens · first token 0.6 s · edited by you")
        )
        # AND the first version is there with all that followed
        pane.transcript.focus()
        await pilot.press("left")
        await until(pilot, lambda: texts(pane) == ["first", "one", "second", "two"])


async def test_unchanged_edit_makes_no_version_and_escape_cancels() -> None:
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.transcript.focus()
        await pilot.press("k", "e")
        await until(pilot, lambda: pane.prompt.text == "one")
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, "Nothing was changed"))
        assert texts(pane) == ["first", "one"]
        pane.transcript.focus()
        await pilot.press("e")
        await until(pilot, lambda: pane.prompt.text == "one")
        await pilot.press(*"xyz", "escape")
        assert (pane.prompt.text, pane.editing) == ("", None)
        assert pane.conversation.place_among_alternatives(pane.conversation.messages[1].id) == (0, 1)


async def test_an_edited_answer_takes_no_files_and_they_are_not_lost() -> None:
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.transcript.focus()
        await pilot.press("k", "e")
        await until(pilot, lambda: pane.prompt.text == "one")
        pane.prompt.attach(Attachment("notes.md", "text"))
        await pilot.press("x", "enter")
        await until(pilot, lambda: shows(app, "An answer cannot have files: remove notes.md"))
        assert texts(pane) == ["first", "one"]
        assert [attachment.name for attachment in pane.prompt.attachments] == ["notes.md"]
        await pilot.press("shift+tab", "enter")
        await until(pilot, lambda: pane.prompt.text == "onextext")
        await pilot.press("enter")
        await until(pilot, lambda: texts(pane) == ["first", "onextext"])


async def test_deleting_the_turn_leaves_the_edit_of_its_answer() -> None:
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await answered(pilot, "first", "one")
        pane.transcript.focus()
        await pilot.press("k", "e")
        await until(pilot, lambda: pane.editing is not None)
        pane.transcript.focus()
        await pilot.press("d", "d")
        await until(pilot, lambda: texts(pane) == [])
        assert (pane.editing, pane.prompt.text) == (None, "")


async def test_an_edited_answer_holds_no_terminal_sequences() -> None:
    app = ChatApp()
    async with app.run_test(size=(90, 24)) as pilot:
        pane = await ask(pilot, "first")
        pane.answer.append_text("a\x1b[31mb\u202e[b]c[/b]")
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "[b]c[/b]"))
        pane.transcript.focus()
        await pilot.press("k", "e")
        await until(pilot, lambda: pane.prompt.text == "ab[b]c[/b]")
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, "Nothing was changed"))
