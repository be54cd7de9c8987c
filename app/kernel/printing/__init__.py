"""Printing: a document is built once out of blocks, and written as PDF or as DOCX (decision 0027)."""

from app.kernel.printing.blocks import (
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Signatures,
)
from app.kernel.printing.docx import as_docx
from app.kernel.printing.paper import MEDIA, DocumentFormat, DocumentLanguage, Paper, Words, paper
from app.kernel.printing.pdf import as_pdf

__all__ = (
    "MEDIA", "Block", "Bullets", "Document", "DocumentFormat", "DocumentLanguage", "Facts", "Grid", "Heading", "Paper",
    "Paragraph", "Signatures", "Words", "as_docx", "as_pdf", "paper",
)  # fmt: skip
