"""Lets the server end without a visitor noticing: what it has begun is answered, and no connection is cut on which a request comes in.

Sanic closes its port first, then at once every connection on which nothing is being answered: also one whose request is on its way.
The others it keeps open for further requests until their time is over. Here both kinds get a moment, and the answers given
from then on say that they were the connection's last.
"""

from __future__ import annotations

import asyncio

from sanic import Sanic
from sanic.request import Request
from sanic.response import BaseHTTPResponse
from sanic.server import HttpProtocol

# Seconds for which a connection without a request stays open, for one that is on its way on this machine.
MOMENT = 0.3
# Seconds after which what is not answered is given up: less than the supervisor's ten, a message takes hundredths of one.
LONGEST = 8
# Seconds in which connections that the system has taken for the port, and the server not yet, are taken in.
BACKLOG = 0.05


_close_if_idle = HttpProtocol.close_if_idle


def drain_at_the_end(app: Sanic) -> None:
    """Makes a server that is about to start end in this way; `begin_to_end` must be called before it stops."""
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = LONGEST
    app.ctx.ends = False
    app.register_middleware(_say_that_it_was_the_last, "response")
    HttpProtocol.close_if_idle = _close_later  # type: ignore[method-assign, assignment]


async def begin_to_end(app: Sanic) -> None:
    """From here on, every answer is its connection's last."""
    app.ctx.ends = True
    await asyncio.sleep(BACKLOG)


def _say_that_it_was_the_last(request: Request, _: BaseHTTPResponse) -> None:
    if request.app.ctx.ends and request.stream is not None:
        request.stream.keep_alive = False


def _close_later(connection: HttpProtocol) -> bool:
    connection.loop.call_later(MOMENT, _close_unless_asked, connection)
    return False


def _close_unless_asked(connection: HttpProtocol) -> None:
    if not connection.recv_buffer:  # else its request is about to be read
        _close_if_idle(connection)
