"""Requests that wait, so that a test says what happens before they arrive."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from playwright.sync_api import Error, Page, Route


@contextlib.contextmanager
def held(page: Page, path: str) -> Iterator[None]:
    """Requests of a page whose path ends so do not reach the front desk before the end of the block."""
    waiting: list[Route] = []
    released = False
    pattern = re.compile(rf"{re.escape(path)}(\?|$)")

    def hold(route: Route) -> None:
        if released:
            route.continue_()
        else:
            waiting.append(route)

    page.route(pattern, hold)
    yield
    released = True
    for route in waiting:
        with contextlib.suppress(Error):  # the page has given it up
            route.continue_()
