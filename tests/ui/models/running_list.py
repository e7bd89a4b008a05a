"""A running list of models, and the messages it posted."""

from tests.ui.host import Host
from tests.ui.model_samples import many
from tui.ui.models.list import ModelList
from tui.ui.models.rows import ModelRows


class Listing:
    """A running list and the messages it posted."""

    def __init__(self, pilot, messages):
        self.pilot, self.messages = pilot, messages
        self.list = pilot.app.query_one(ModelList)
        self.rows = pilot.app.query_one(ModelRows)

    def posted(self, kind):
        """Each message once; the hook sees it at every node it bubbles through."""
        message_by_id = {id(message): message for message in self.messages if isinstance(message, kind)}
        return list(message_by_id.values())

    def text(self):
        return [self.rows.render_line(y).text.rstrip() for y in range(self.rows.size.height)]

    @property
    def name(self):
        return self.list.highlighted_model.name if self.list.highlighted_model else None

    @property
    def names(self):
        return [listed_model.name for listed_model in self.list.shown_models]

    async def fill(self, models, fits):
        self.list.set_models(models)
        self.list.set_fits(fits)
        self.rows.focus()
        await self.pilot.pause()


class run_list:
    """Runs a list with `count` models, and gives a `Listing`."""

    def __init__(self, count=20, size=(100, 20), theme=None, sort="name"):
        """The order by name has no groups; the one by verdict has."""
        self.count, self.size = count, size
        self.app = Host(lambda: ModelList(sort=sort), **({"theme": theme} if theme else {}))

    async def __aenter__(self):
        messages = []
        self.context = self.app.run_test(size=self.size, message_hook=messages.append)
        listing = Listing(await self.context.__aenter__(), messages)
        await listing.fill(*many(self.count))
        return listing

    async def __aexit__(self, *error):
        return await self.context.__aexit__(*error)
