"""Which law applies where: what the NIS code of a municipality says of its region and community (Statbel's numbering)."""

from __future__ import annotations

from typing import Final

_BY_FIGURES: Final = {
    "1": "flanders", "21": "brussels", "23": "flanders", "24": "flanders", "25": "wallonia", "3": "flanders", "4": "flanders",
    "5": "wallonia", "6": "wallonia", "7": "flanders", "8": "wallonia", "9": "wallonia",
}  # fmt: skip
"""First figures of the code, by province -> jurisdiction profile."""
_GERMAN_SPEAKING: Final = frozenset(
    {"63001", "63012", "63013", "63023", "63040", "63048", "63061", "63067", "63087"}
)
"""Amel, Büllingen, Bütgenbach, Eupen, Kelmis, Lontzen, Raeren, Sankt Vith, Burg-Reuland."""


def profile_of(nis_code: str) -> str | None:
    """Give the jurisdiction profile of a municipality by its NIS code; None for a code of no province (R113)."""
    if nis_code in _GERMAN_SPEAKING:
        return "germanSpeakingCommunity"
    return _BY_FIGURES.get(nis_code[:1]) or _BY_FIGURES.get(nis_code[:2])
