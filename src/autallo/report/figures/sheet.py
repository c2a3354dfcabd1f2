"""The sheet that every figure is drawn on: size, type, colours, and how it becomes a picture."""

import io
import re
import textwrap
import warnings
from types import TracebackType
from typing import Any, Self

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from autallo.report.numbers import format_text
from autallo.report.picture import Picture

__all__ = [
    "COLOURS",
    "GREY",
    "INK",
    "LINES",
    "MARKERS",
    "PAGE_MM",
    "Sheet",
    "figure_text",
    "figure_lines",
]

#: Width of a journal page, two columns [mm].
PAGE_MM = 174.0
MM_PER_INCH = 25.4
DPI = 600
#: Level 4 writes twice as fast as 6 and a tenth larger.
COMPRESSION = 4
#: Names before rows: letters in a line, height of a line and distance from the axis [points].
NAME_LETTERS = 24
LINE_POINTS = 9.0
GAP_POINTS = 9.0
INK = "#1a1a1a"
GREY = "#595959"
RULE = "#bfbfbf"
#: Okabe and Ito's colours that stay readable on white; told apart by line style too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
LINES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.2, 1.4)), (0, (6, 2, 1.2, 2)), (0, (9, 3)))
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
_SETTINGS: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.0,
    "axes.labelsize": 8.0,
    "axes.titlesize": 8.5,
    "axes.linewidth": 0.7,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "lines.linewidth": 1.6,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "text.hinting": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "autallo",
    "svg.image_inline": True,
    "path.simplify": False,
    "savefig.facecolor": "white",
    "figure.facecolor": "white",
}
_SVG_FONT = "Arial, Helvetica, &apos;Liberation Sans&apos;, &apos;DejaVu Sans&apos;, sans-serif"
_COMBINING = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]{2})[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]+"
)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)


class Sheet:
    """A blank figure of one size; inside ``with`` its settings hold, and hold nowhere else."""

    def __init__(self, height_mm: float, *, notice: str | None, width_mm: float = PAGE_MM) -> None:
        self.width_mm = width_mm
        self.height_mm = height_mm
        self.notice = notice
        self._settings = mpl.rc_context(_SETTINGS)

    def __enter__(self) -> Self:
        """Start a figure."""
        self._settings.__enter__()
        size = (self.width_mm / MM_PER_INCH, self.height_mm / MM_PER_INCH)
        self.figure = Figure(figsize=size, layout="constrained")
        if self.notice:
            line = figure_text(self.notice, 150)
            self.figure.supxlabel(line, x=0.99, ha="right", fontsize=6.5, color=GREY)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the settings of the program back."""
        self._settings.__exit__(kind, error, trace)

    def plain_axes(self, place: Any, **more: Any) -> Axes:
        """Add axes without frame, ticks or grid."""
        axes: Axes = self.figure.add_subplot(place, **more)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0)
        return axes

    def name_rows(self, axes: Axes, names: list[str], *, lines: int = 3) -> None:
        """Write a name before each row; on one line in the colour of its group, else black.

        Each line is a text of its own, so that it stays in place whatever font shows it.
        """
        axes.set_yticks([])
        for row, name in enumerate(names):
            parts = figure_lines(name, NAME_LETTERS, lines=lines).split("\n")
            colour = COLOURS[row % len(COLOURS)] if lines == 1 else INK
            for number, part in enumerate([name] if lines == 1 else parts):
                down = LINE_POINTS * ((len(parts) - 1) / 2 - number)
                axes.annotate(
                    part, (0, row), xycoords=("axes fraction", "data"), xytext=(-GAP_POINTS, down),
                    textcoords="offset points", ha="right", va="center_baseline", fontsize=7.5,
                    color=colour,
                )  # fmt: skip

    def picture(
        self, kind: str, title: str, alt: str, *, subject: tuple[str | None, str | None]
    ) -> Picture:
        """Return the figure in its forms; the same bytes each time."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a glyph or a layout; no number
            self._freeze()
            svg = self._vector()
            png, small = self._bitmaps()
        return Picture(
            name=Picture.file_name(kind, *subject),
            subject=subject,
            title=format_text(title),
            alt=format_text(alt),
            notice=self.notice,
            width_mm=self.width_mm,
            height_mm=self.height_mm,
            svg=svg,
            png=png,
            png_small=small,
        )

    def _freeze(self) -> None:
        """Lay the parts out once and keep their places, so that every form is the same."""
        engine = self.figure.get_layout_engine()
        if engine is not None:
            engine.execute(self.figure)
        self.figure.set_layout_engine("none")

    def _vector(self) -> str:
        memory = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.figure.savefig(memory, format="svg", metadata=nothing)
        return _tidy(memory.getvalue().decode("utf-8"))

    def _bitmaps(self) -> tuple[bytes, bytes]:
        """Draw once with 600 dpi, and halve the result for documents."""
        self.figure.set_dpi(DPI)
        canvas: Any = FigureCanvasAgg(self.figure)
        canvas.draw()
        size = canvas.get_width_height()
        image = Image.frombuffer("RGBA", size, canvas.buffer_rgba()).convert("RGB")
        return _png(image, DPI), _png(image.reduce(2), DPI // 2)


def figure_text(text: str, longest: int) -> str:
    """Return a text on one line, cut with an ellipsis where it is too long for a figure."""
    plain = _COMBINING.sub(r"\1", format_text(text))
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def figure_lines(text: str, width: int, *, lines: int = 3) -> str:
    """Return a text over at most so many lines of so many characters."""
    plain = figure_text(text, width * lines * 2)
    return "\n".join(textwrap.wrap(plain, width, max_lines=lines, placeholder="…")) or " "


def _png(image: Image.Image, dpi: int) -> bytes:
    memory = io.BytesIO()
    image.save(memory, "PNG", dpi=(dpi, dpi), compress_level=COMPRESSION)
    return memory.getvalue()


def _tidy(svg: str) -> str:
    """Take out metadata and give the words of the figure the fonts of the page."""
    without = _METADATA.sub("", svg)
    return without.replace("'DejaVu Sans'", _SVG_FONT)
