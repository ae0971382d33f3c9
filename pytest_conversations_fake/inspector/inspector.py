"""The inspector of a fake: it puts the page, the control API and their filter together."""

from __future__ import annotations

from collections.abc import Iterable

from .control import Control, Inspectable
from .feed import Feed
from .foreign_page_filter import ForeignPageFilter
from .site import Site
from .streams import Streams


class Inspector:
    """The page and the control API of a *fake*.

        server = Server(8010, site=Inspector(fake).site)

    Requests that name another host than this machine are refused, unless *allow_hosts* has the
    name. Raises `TypeError` or `ValueError` for *allow_hosts* that are no host names.
    """

    def __init__(self, fake: Inspectable, *, allow_hosts: Iterable[str] = ()) -> None:
        control = Control(fake)
        self.site = Site(control, ForeignPageFilter(allow_hosts), Streams(Feed(control)))
