"""Giving a file to keep, at both doors: by its own name, in no cache, with nothing it could run in."""

from __future__ import annotations

from starlette.responses import Response

from app.kernel.files.names import disposition
from app.kernel.printing import Paper


def download(given: Paper) -> Response:
    """Give a file to keep, never to show: whole, and never from a cache."""
    return Response(
        given.content,
        headers={
            "Content-Type": given.media_type,
            "Content-Disposition": disposition(given.name),
            "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Accept-Ranges": "none",
        },
    )
