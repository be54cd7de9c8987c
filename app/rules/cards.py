"""Words by which an information card, a T.E.R. list or a threat evaluation gives itself away (R57, R58).

Of those nothing is kept here: at most that the police member mentioned a card, with meeting and date. What somebody
declares counts first; these words catch what was declared wrongly by mistake. They do not find what hides, and nothing
here says so: a text without any of them may be a card all the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_OF = r"((uit|aus|of|van|de|du|des|der|dem|den|la|het|the) )*"
_DATABASE = r"(lijst|lijsten|liste|listes|listen|list|lists|database|databank|gegevensbank|banque de donnees|datenbank|fichier)"
_CARD: Final = re.compile(
    r"\binformatie ?kaart(en|je|jes)?\b|\binlichtingen ?fiches?\b"
    r"|\bcartes? d informations?\b|\bfiches? de renseignements (ter|t e r)\b"
    r"|\binformations ?karten?\b"
    rf"|\b(ter|t e r) ?{_DATABASE}\b"
    # Where the list comes first, "ter" is an everyday word of Dutch: there the name has its dots or its capitals.
    rf"|\b{_DATABASE} {_OF}t e r\b|\blistes? ter\b"
    rf"|\b(lijst|liste|list|uittreksel|extrait|auszug|extract) {_OF}(ggb|bdc|gdb)\b"
    r"|\b(ggb|bdc|gdb) (ter|t e r)\b"
)
_EVALUATION: Final = re.compile(
    r"\bdreigings ?(evaluatie|analyse)s?\b|\bevaluations? de la menace\b"
    r"|\bbedrohungs ?(analyse|bewertung|evaluierung)(en)?\b|\bthreat (evaluation|assessment)s?\b"
    r"|\b(ocad|ocam|cuta) ?(evaluatie|evaluation|bewertung|analyse)s?\b"
)
_ALIKE: Final = str.maketrans("аеіосрхуκορυıո", "aeiocpxykopuin")
"""Letters of other alphabets that look like ours, and come along with a copied text."""
_SENTENCE_ENDS: Final = re.compile(r"(?<=[a-z]{3})[.!?]+\s+")


def _plain(text: str) -> str:
    """Write a text in small letters without accents or signs: words and numbers with one space between, `|` after a sentence.

    A word that was cut at the end of its line or written with a hyphen is one word.
    """
    named = re.sub(r"\bTER\b", "T.E.R.", unicodedata.normalize("NFKD", text))
    small = named.casefold().translate(_ALIKE)
    bare = "".join(char for char in small if unicodedata.category(char) not in {"Cf", "Mn"})
    whole = re.sub(r"(?<=[a-z])[-\u2010\u2011]\s*(?=[a-z])", "", bare)
    return " ".join(re.findall(r"[a-z]+|[0-9]+|\|", _SENTENCE_ENDS.sub(" | ", whole)))


def names_a_card(*texts: str) -> bool:
    """Tell whether one of these texts names an information card or a list of the T.E.R. database (R57)."""
    return any(_CARD.search(_plain(text)) for text in texts)


def names_an_evaluation(*texts: str) -> bool:
    """Tell whether one of these texts names a threat evaluation (R58)."""
    return any(_EVALUATION.search(_plain(text)) for text in texts)
