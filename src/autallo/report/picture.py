"""A finished figure as every document shows it; knows nothing of the program that drew it."""

import re
from dataclasses import dataclass, replace

__all__ = ["Picture"]

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One figure in two forms.

    Attributes
    ----------
    name : str
        File name without ending, unique in a report.
    title : str
        Caption without the number.
    alt : str
        What the figure shows, for those who cannot see it.
    notice : str or None
        The notice of the study, also written inside the figure.
    width_mm, height_mm : float
        Printed size [mm].
    svg : str
        The figure as a complete SVG document.
    png, png_small : bytes
        The figure as a bitmap of 600 dpi for the journal, and of 300 dpi for documents.
    subject : tuple of str or None
        Factor and outcome that it shows; both None for the flow of patients.
    number : int
        Number in the caption; 0 until it stands in a document.
    """

    name: str
    title: str
    alt: str
    notice: str | None
    width_mm: float
    height_mm: float
    svg: str
    png: bytes
    png_small: bytes
    subject: tuple[str | None, str | None] = (None, None)
    number: int = 0

    def renamed(self, name: str) -> "Picture":
        """Return the same figure under another name."""
        return replace(self, name=name)

    def numbered(self, number: int) -> "Picture":
        """Return the same figure with its number."""
        return replace(self, number=number)

    @staticmethod
    def file_name(*parts: str | None) -> str:
        """Return a name that is safe as a file on every system."""
        joined = "-".join(part for part in parts if part)
        return _UNSAFE.sub("_", joined)[:LONGEST_NAME]
