"""Words by which an information card, a T.E.R. list or a threat evaluation gives itself away (R57, R58).

Of those nothing is kept here: at most that the police member mentioned a card, with meeting and date. What somebody
declares counts first; these words catch what was declared wrongly by mistake. They do not find what hides, and nothing
here says so: a text without any of them may be a card all the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_CARD: Final = re.compile(
    r"\binformatiekaart(en|je)?\b|\binlichtingenfiches?\b"
    r"|\bcartes? d information\b|\bfiches? de renseignements (ter|t e r)\b"
    r"|\binformationskarten?\b"
    r"|\b(ter|t e r) ?(lijst|lijsten|liste|listes|listen|list|database|databank)\b"
    r"|\b(lijst|liste|uittreksel|extrait|auszug) (uit )?(de |du |der |van de )?(ggb|bdc|gdb)\b"
    r"|\b(ggb|bdc|gdb) (ter|t e r)\b"
)
_EVALUATION: Final = re.compile(
    r"\bdreigings(evaluatie|analyse)s?\b|\bevaluations? de la menace\b"
    r"|\bbedrohungs(analyse|bewertung|evaluierung)(en)?\b|\bthreat (evaluation|assessment)s?\b"
    r"|\b(ocad|ocam|cuta) ?(evaluatie|evaluation|bewertung|analyse)s?\b"
)


def _plain(text: str) -> str:
    """Write a text in small letters without accents or hyphens, and everything else but letters and digits as one space."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    bare = re.sub(r"(?<=[a-z])[-_\u2010\u2011\u00ad\u200b](?=[a-z])", "", bare)
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def names_a_card(*texts: str) -> bool:
    """Tell whether one of these texts names an information card or a list of the T.E.R. database (R57)."""
    return any(_CARD.search(_plain(text)) for text in texts)


def names_an_evaluation(*texts: str) -> bool:
    """Tell whether one of these texts names a threat evaluation (R58)."""
    return any(_EVALUATION.search(_plain(text)) for text in texts)
