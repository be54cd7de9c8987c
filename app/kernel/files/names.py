"""The name of a file: made harmless on the way in, said in a header on the way out (RFC 6266, RFC 8187)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_LONGEST: Final = 120
_LONGEST_BYTES: Final = 200
_SLASHES: Final = "\u2044\u2215\u29f5\u29f8\uff0f\uff3c\ufe68"
"""What looks like a slash and is none."""
_FORBIDDEN: Final = re.compile(f'[<>:"|?*{_SLASHES}]')
_RESERVED: Final = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)", re.IGNORECASE
)
"""Names of devices, with whatever extension, where a reader works with Windows."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, marks that turn the direction of reading, lone surrogates, what has no meaning: none belongs in a name."""
_NO_STEM: Final = "document"
_ATTRIBUTE: Final = "!#$&+-.^_`|~"
"""What RFC 8187 lets stand unescaped, besides letters and digits."""


def extension_of(raw: str) -> str:
    """Give the extension of a name as it was sent, small, without its dot; empty when it has none."""
    stem, dot, extension = _bare(raw).rpartition(".")
    return extension.strip().lower() if dot and stem else ""


def clean_name(raw: str, extension: str) -> str:
    """Give a name that is a name on every system and looks like what it is, ending in *extension*.

    In: the name as it was sent, which may be a whole path of the sender's machine. Out: 1 to 120 characters.
    """
    stem, dot, rest = _bare(raw).rpartition(".")
    stem = stem if dot else rest
    stem = _FORBIDDEN.sub("_", stem)
    stem = " ".join(stem.split()).strip(" .")
    room = _LONGEST - len(extension) - 2
    stem = stem[:room].encode()[: _LONGEST_BYTES - len(extension) - 2].decode(errors="ignore").rstrip(" .")
    stem = stem or _NO_STEM
    if _RESERVED.match(f"{stem}."):
        stem = f"_{stem}"
    return f"{stem}.{extension}"


def _bare(raw: str) -> str:
    """Give the last part of a path, composed, without anything that cannot be seen."""
    last = re.split(r"[/\\]", raw)[-1]
    seen = "".join(" " if c in "\t\n\r" else c for c in unicodedata.normalize("NFC", last))
    return "".join(c for c in seen if unicodedata.category(c) not in _UNSEEN).strip().rstrip(" .")


def disposition(name: str) -> str:
    """Give the Content-Disposition with which a file is kept, never shown: for old readers and, whole, for new ones."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = " ".join(re.sub(r"[^A-Za-z0-9 ._()-]", "_", plain).split())
    plain = _NO_STEM + plain if plain.startswith(".") else plain or _NO_STEM
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTRIBUTE)}"
