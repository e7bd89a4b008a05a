"""Dialog of a download: what it waits for, then all quantizations, the verdict, and the question."""

# The option list's own type parameters and Textual's `app` property are open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from typing import ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.fit.verdict import Verdict
from tui.i18n import _
from tui.models.catalogue.catalogue import Catalogue, load_catalogues
from tui.models.hub.errors import TransferError
from tui.sentences import Reason, ReasonedError
from tui.services.downloads.offer import (
    DownloadOffer,
    OfferContext,
    QuantizationOffer,
    choose_another,
    make_offer,
)
from tui.services.downloads.queue import DownloadRequest, check_room
from tui.services.downloads.words import download_question, offer_sentences
from tui.text import clean_line, without_secrets
from tui.ui.downloads.offer_lines import offer_table
from tui.ui.kit.dialog import Dialog, RowList, content_of
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.quiet_timer import QuietTimer

_PAUSE_SECONDS = 0.3
"""Rest of the highlight on a row before its header is read: a hub is asked for no row that is passed by."""


class OfferList(RowList, inherit_bindings=False):
    """List of quantizations; a click highlights one, and a double click downloads it."""

    BINDING_GROUP_TITLE = _("Download")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="download.up", tooltip=_("The row above")),
        Binding(
            "down,j", "cursor_down", _("Down"), show=False, id="download.down", tooltip=_("The row below")
        ),
        Binding("pageup", "page_up", _("Page up"), show=False, id="download.page_up", tooltip=_("A page up")),
        Binding(
            "pagedown",
            "page_down",
            _("Page down"),
            show=False,
            id="download.page_down",
            tooltip=_("A page down"),
        ),
        Binding("home,g", "first", _("First"), show=False, id="download.first", tooltip=_("The smallest")),
        Binding("end,G", "last", _("Last"), show=False, id="download.last", tooltip=_("The largest")),
        Binding(
            "enter",
            "select",
            _("Download"),
            id="download.take",
            tooltip=_("Download the highlighted quantization"),
        ),
    ]


class DownloadDialog(ModalScreen[DownloadRequest | None]):
    """Dialog that returns the download that the user chose; None for none."""

    BINDING_GROUP_TITLE = _("Download")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", _("Leave"), id="download.leave", tooltip=_("Download nothing")),
        Binding("r", "try_again", _("Try again"), id="download.again", tooltip=_("Ask the server again")),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    DownloadDialog {
        align: center middle;

        & > Dialog { max-width: 96; }
        & Static { height: auto; }
        & #download-wait { min-height: 3; }
        & #download-header { height: 1; text-wrap: nowrap; }
        & #download-verdicts { min-height: 3; margin-top: 1; }
        & #download-problem { color: $text-error; margin-top: 1; }
        & #download-question { text-style: bold; margin-top: 1; }
        & .-hidden { display: none; }
        & OfferList { max-height: 16; }
        &.-short #download { max-height: 100%; }
        &.-short OfferList { max-height: 8; }
        &.-short #download-question, &.-short #download-problem { margin-top: 0; }
    }
    """

    def __init__(self, name: str, title: str, context: OfferContext, *, remark: str = "") -> None:
        """Offer a download.

        Args:
            name: the source: `owner/repository[:QUANT]`, a name of the catalogue, or a web address.
            title: the model's name, for the frame.
            context: judges the quantizations, and limits the download.
            remark: sentence about the verdicts that stands above them; empty for none.
        """
        super().__init__()
        self._source_name = name
        self._model_name = title
        self._offer_context = msgspec.structs.replace(context, on_step=self._show_step)
        self._remark = remark
        self._note = ""
        """Sentence about the offer: that the quantization which was asked for is not published."""
        self._offer: DownloadOffer | None = None
        self._alternative: QuantizationOffer | None = None
        """The quantization that was offered in place of one that does not fit."""
        self._chosen_label = ""
        """Name of the quantization that was asked for, or the usual one."""
        self._is_making = False
        self._width = 0
        self._timer = QuietTimer(self, _PAUSE_SECONDS, "choose")

    def compose(self) -> ComposeResult:
        """Lay out what is waited for, the table, the verdicts, what failed, and the question."""
        with Dialog(id="download") as frame:
            frame.border_title = _("Download {model}").format(
                model=clean_line(without_secrets(self._model_name))
            )
            yield Static(id="download-wait", markup=False)
            yield Static(id="download-header", classes="-hidden", markup=False)
            yield OfferList(classes="-hidden", markup=False)
            yield Static(id="download-verdicts", classes="-hidden", markup=False)
            yield Static(id="download-problem", classes="-hidden", markup=False)
            yield Static(id="download-question", classes="-hidden", markup=False)

    def on_mount(self) -> None:
        """Ask for the offer."""
        self._show_hints()
        self.make()

    def on_resize(self, event: Resize) -> None:
        """Draw the columns that fit the new width."""
        self.call_after_refresh(self._draw_table)

    @property
    def offer(self) -> DownloadOffer | None:
        """The offer; None until it is made."""
        return self._offer

    @property
    def _list(self) -> OfferList:
        return self.query_one(OfferList)

    @property
    def _highlighted(self) -> QuantizationOffer | None:
        index = self._list.highlighted
        return self._offer.quantizations[index] if self._offer is not None and index is not None else None

    # The offer

    @work(group="offer", exclusive=True)
    async def make(self) -> None:
        """Make the offer, or show why there is none."""
        self._is_making = True
        self._show("#download-problem", "")
        self._show_hints()
        try:
            catalogue = await asyncio.to_thread(load_catalogues)
            offer = await self._make_offer(catalogue)
        except ReasonedError as error:
            self._is_making = False
            self._show_failure(error)
        else:
            self._is_making = False
            self._show_offer(offer)

    async def _make_offer(self, catalogue: Catalogue) -> DownloadOffer:
        """Return the offer; where the quantization of the row is not published, that of the repository."""
        try:
            return await make_offer(self._source_name, catalogue, self._offer_context)
        except TransferError as error:
            name, colon, _quant = self._source_name.partition(":")
            if (
                error.reason.code != "hub.no_quantization"
                or not colon
                or self._source_name.startswith("http")
            ):
                raise
            self._note = sentence_with_keys(error.reason)
            return await make_offer(name, catalogue, self._offer_context)

    def action_try_again(self) -> None:
        """Ask again after a failure."""
        self.make()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer another try only after a failure."""
        if action == "try_again":
            return self._offer is None and not self._is_making
        return True

    def _show_step(self, step: Reason) -> None:
        if self._offer is None and self.is_attached:
            self._show("#download-wait", f"{sentence_with_keys(step)}…")

    def _show_failure(self, error: ReasonedError) -> None:
        self._show("#download-wait", "")
        self._show("#download-problem", _problem_text(error))
        self._show_hints()

    def _show_offer(self, offer: DownloadOffer) -> None:
        self._offer = offer
        self._chosen_label = offer.chosen.label
        self._alternative = None if offer.is_named and not self._note else offer.alternative
        self._show("#download-wait", "")
        for selector in ("#download-header", "OfferList"):
            self.query_one(selector).remove_class("-hidden")
        self._list.set_options(Option(clean_line(item.label)) for item in offer.quantizations)
        offered = self._alternative or offer.chosen
        self._list.highlighted = offer.quantizations.index(offered)
        self._list.focus()
        self._show_hints()
        self.call_after_refresh(self._draw_table)

    # The highlighted quantization

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the verdict and the question for the row, and read its header after a pause."""
        event.stop()
        self._show("#download-problem", "")
        self._show_verdicts()
        item = self._highlighted
        if item is None or item.exact:
            self._timer.stop()
        else:
            self._timer.restart(self._judge_highlighted)

    async def _judge_highlighted(self) -> None:
        """Judge the highlighted quantization by its own header."""
        offer, item = self._offer, self._highlighted
        if offer is None or item is None:
            return
        try:
            judged = await choose_another(offer, item.label, self._offer_context)
        except TransferError as error:
            self._show("#download-problem", _problem_text(error))
            return
        self._offer = msgspec.structs.replace(
            offer, quantizations=judged.quantizations, bytes_per_second=judged.bytes_per_second
        )
        self._width = 0
        self._draw_table()
        self._show_verdicts()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the download of the row, unless the disk or the user's limit has no room for it."""
        event.stop()
        offer, item = self._offer, self._highlighted
        if offer is None or item is None:
            return
        try:
            self._offer_context.allowance.check(item.missing_bytes)
            check_room(offer.folder, item.missing_bytes)
        except TransferError as error:
            self._show("#download-problem", _problem_text(error))
        else:
            self.dismiss(offer.request(item))

    # What is on the screen

    def _show_verdicts(self) -> None:
        """Show the verdict on the highlighted quantization, and the question."""
        offer, item = self._offer, self._highlighted
        if offer is None or item is None:
            return
        sentences = [*filter(None, (self._remark, self._note)), *offer_sentences(self._told(offer, item))]
        self._show("#download-verdicts", "\n".join(sentences))
        self._show("#download-question", download_question(offer, item))

    def _told(self, offer: DownloadOffer, item: QuantizationOffer) -> DownloadOffer:
        """Return the offer as the sentences tell it: the highlighted row, and what fits better."""
        alternative, chosen = self._alternative, offer.find(self._chosen_label)
        if alternative is not None and chosen is not None and item.label == alternative.label:
            return msgspec.structs.replace(offer, chosen=chosen, alternative=item)
        is_better = (
            alternative is not None
            and item.fit.verdict is not Verdict.FITS
            and alternative.size_bytes < item.size_bytes
        )
        return msgspec.structs.replace(offer, chosen=item, alternative=alternative if is_better else None)

    def _draw_table(self) -> None:
        width = self._list.scrollable_content_region.width
        if self._offer is None or width < 1 or width == self._width:
            return
        self._width = width
        offered = (self._alternative or self._offer.chosen).label
        header, lines = offer_table(self._offer.quantizations, offered, width)
        self.query_one("#download-header", Static).update(content_of(header))
        for index, line in enumerate(lines):
            self._list.replace_option_prompt_at_index(index, content_of(line))

    def _show_hints(self) -> None:
        frame = self.query_one(Dialog)
        if self._offer is not None:
            frame.show_hints(_("{download.take} downloads it"), _("{download.leave} leaves"))
        elif self._is_making:
            frame.show_hints(_("{download.leave} leaves"))
        else:
            frame.show_hints(_("{download.again} tries again"), _("{download.leave} leaves"))
        self.refresh_bindings()

    def _show(self, selector: str, text: str) -> None:
        """Show a text; an empty one takes no room."""
        static = self.query_one(selector, Static)
        static.update(Content(text))
        static.set_class(not text, "-hidden")


def _problem_text(error: ReasonedError) -> str:
    """Return why something failed and what to do, a line each."""
    return "\n".join(filter(None, (sentence_with_keys(error.reason), sentence_with_keys(error.hint))))
