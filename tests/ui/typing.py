"""Typing as a quick typist does."""

from textual import events
from textual.pilot import Pilot


async def type_text(pilot: Pilot[None], text: str, *last_keys: str) -> None:
    """Send a key for each character without a pause between them, then press the keys of `then` one by one.

    `Pilot.press` lets the program come to rest twice after every key, which takes a sentence seconds.
    """
    for char in text:
        key = events.Key("space" if char == " " else char, char)
        pilot.app.post_message(key.set_sender(pilot.app))
    await pilot.pause()
    if last_keys:
        await pilot.press(*last_keys)
