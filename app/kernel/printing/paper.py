"""What a printing operation gives: the bytes, what they are, and the name they are kept under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from app.kernel.i18n import translate
from app.kernel.printing.blocks import Document
from app.kernel.printing.docx import as_docx
from app.kernel.printing.pdf import as_pdf

DocumentLanguage: TypeAlias = Literal["nl", "fr", "de"]
"""The languages of official documents (R111)."""
DocumentFormat: TypeAlias = Literal["pdf", "docx"]
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document, ready to be sent once the line that says so is committed."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a document in its own language, which is chosen for whom it is meant."""

    language: str

    def phrase(self, msgid: str, /, **values: Any) -> str:
        """Give a text."""
        return translate(self.language, msgid, **values)


def paper(document: Document, name: str, kind: DocumentFormat = "pdf") -> Paper:
    """Write a document. *name*: of the file, without language and ending; it says nothing of anybody."""
    content = as_pdf(document) if kind == "pdf" else as_docx(document)
    return Paper(content, MEDIA[kind], f"{name}-{document.language}.{kind}")
