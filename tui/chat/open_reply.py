"""A reply that is being written."""

import msgspec

from tui.chat.asking import PartSettings
from tui.chat.messages import FinishReason, Reply
from tui.chat.receipt import Receipt
from tui.chat.reply_totals import add_metrics, add_models, add_receipts
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason


class OpenReply:
    """What has arrived of a reply, and what it was before it was continued."""

    def __init__(self, reply: Reply, before: Reply | None = None, prompt: str | None = None) -> None:
        """`before` is the reply as it was when it was opened again, None for a new one; `prompt` is its."""
        self._reply = reply
        self._before = before
        self.prompt = prompt
        """What was read for the reply before it was continued; None where that is not known."""
        # Pieces are joined when somebody looks: joining at each one costs time that grows with the square.
        self._pieces = [reply.text]
        self._thoughts = [reply.thinking]
        self.has_new_text = False
        """Something has arrived since it was opened."""

    @property
    def id(self) -> int:
        """Of the reply, without joining its text."""
        return self._reply.id

    @property
    def before(self) -> Reply | None:
        """The reply as it was before it was continued, with the receipt that may have come since."""
        if self._before is None:
            return None
        return msgspec.structs.replace(self._before, receipt=self._reply.receipt)

    @property
    def continued_text(self) -> str:
        """What it said before it was continued; empty for a new one."""
        return self._before.text if self._before else ""

    @property
    def continued_thinking(self) -> str:
        """What was thought for it before it was continued; empty for a new one."""
        return self._before.thinking if self._before else ""

    @property
    def reply(self) -> Reply:
        """The reply as far as it has come."""
        return msgspec.structs.replace(
            self._reply, text="".join(self._pieces), thinking="".join(self._thoughts)
        )

    def append(self, text: str, thinking: bool) -> None:
        """Take a piece of the reply, or of its thinking."""
        (self._thoughts if thinking else self._pieces).append(text)
        self.has_new_text = self.has_new_text or bool(text)

    def add_part_settings(self, way: PartSettings) -> None:
        """It is asked for in this way."""
        self._reply = msgspec.structs.replace(self._reply, part_settings=(*self._reply.part_settings, way))

    def add_receipt(self, receipt: Receipt) -> None:
        """There is the receipt of the part before, which was continued at once."""
        self._reply = msgspec.structs.replace(self._reply, receipt=add_receipts(self._reply.receipt, receipt))

    def finish(
        self,
        finish: FinishReason | None,
        metrics: ReplyMetrics | None,
        why: Reason | str | None,
        raw: str | None,
    ) -> Reply:
        """The reply as it ended; `raw` is what was generated since it was opened, None where nobody told."""
        # Of what the user wrote nothing was generated.
        if self._before is not None and self._before.parts:
            metrics = add_metrics(self._before.metrics, metrics)
            known = raw is not None and self._before.raw is not None
            raw = f"{self._before.raw}{raw}" if known else None
        return msgspec.structs.replace(self.reply, finish=finish, metrics=metrics, interrupted=why, raw=raw)


def reopen_reply(last: Reply, model: str, prompt: str | None) -> OpenReply:
    """A closed reply opened again; `model` is who goes on, empty for the same; `prompt` is what was read."""
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
