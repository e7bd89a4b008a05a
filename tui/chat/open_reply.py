"""Reply that is being written."""

import msgspec

from tui.chat.asking import PartSettings
from tui.chat.messages import FinishReason, Reply
from tui.chat.receipt import Receipt
from tui.chat.reply_totals import add_metrics, add_models, add_receipts
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason


class OpenReply:
    """Text of a reply that has arrived so far, and the reply as it was before it was continued."""

    def __init__(self, reply: Reply, original: Reply | None = None, prompt: str | None = None) -> None:
        """Open a reply.

        Args:
            reply: the reply with the text to append to.
            original: the reply before it was continued; None for a new one.
            prompt: the prompt of `original`; None for unknown.
        """
        self._reply = reply
        self._original = original
        self.prompt = prompt
        """Prompt of the reply before it was continued; None for unknown."""
        # Pieces are joined on demand: joining at each piece would take quadratic time.
        self._pieces = [reply.text]
        self._thoughts = [reply.thinking]
        self.has_new_text = False
        """True when text has arrived since it was opened."""

    @property
    def id(self) -> int:
        """Id of the reply, without joining its text."""
        return self._reply.id

    @property
    def original(self) -> Reply | None:
        """Reply as it was before it was continued, with a receipt that came since; None for a new one."""
        if self._original is None:
            return None
        return msgspec.structs.replace(self._original, receipt=self._reply.receipt)

    @property
    def continued_text(self) -> str:
        """Text before it was continued; empty for a new reply."""
        return self._original.text if self._original else ""

    @property
    def continued_thinking(self) -> str:
        """Thinking before it was continued; empty for a new reply."""
        return self._original.thinking if self._original else ""

    @property
    def reply(self) -> Reply:
        """Reply with the text that has arrived."""
        return msgspec.structs.replace(
            self._reply, text="".join(self._pieces), thinking="".join(self._thoughts)
        )

    def append(self, text: str, thinking: bool) -> None:
        """Append a piece to the reply, or to its thinking."""
        (self._thoughts if thinking else self._pieces).append(text)
        self.has_new_text = self.has_new_text or bool(text)

    def add_part_settings(self, settings: PartSettings) -> None:
        """Add the settings that the new part is asked with."""
        parts = (*self._reply.part_settings, settings)
        self._reply = msgspec.structs.replace(self._reply, part_settings=parts)

    def add_receipt(self, receipt: Receipt) -> None:
        """Add the receipt of the part before, which was continued at once."""
        self._reply = msgspec.structs.replace(self._reply, receipt=add_receipts(self._reply.receipt, receipt))

    def finish(
        self,
        finish: FinishReason | None,
        metrics: ReplyMetrics | None,
        interrupted: Reason | str | None,
        raw: str | None,
    ) -> Reply:
        """Return the reply as it ended; `raw` is the text generated since it was opened, None for unknown."""
        # Of a reply that the user wrote, nothing was generated.
        if self._original is not None and self._original.parts:
            metrics = add_metrics(self._original.metrics, metrics)
            is_raw_known = raw is not None and self._original.raw is not None
            raw = f"{self._original.raw}{raw}" if is_raw_known else None
        return msgspec.structs.replace(
            self.reply, finish=finish, metrics=metrics, interrupted=interrupted, raw=raw
        )


def reopen_reply(last: Reply, model: str, prompt: str | None) -> OpenReply:
    """Open a closed reply again.

    Args:
        last: the closed reply.
        model: label of the model that goes on; empty for the same.
        prompt: the reply's prompt; None for unknown.
    """
    reply = msgspec.structs.replace(
        last,
        model=add_models(last.model, model),
        finish=None,
        metrics=None,
        interrupted=None,
        raw=None,
        parts=last.parts + 1,
    )
    return OpenReply(reply, last, prompt)
