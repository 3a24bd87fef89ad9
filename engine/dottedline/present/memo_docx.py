"""The memo as a Word document, laid out with Word's own styles, so that it takes on a house style.

With the same date the bytes are the same: nothing in it tells when it was made.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph
from rich.cells import cell_len

from ..chart import Which
from ..language import _
from . import chart_words
from .chart_tree import charts_text
from .html import printable
from .memo_data import Block, Memo, Paragraph, Picture, Points, Table
from .report import Entry, Section

#: The language of the document, as Word names it.
_LANGUAGES = {"en": "en-GB", "id": "id-ID", "zh_Hant": "zh-TW"}

#: Fonts that come with Word: for Latin letters, and for Chinese characters.
_FONT, _EAST_ASIAN_FONT = "Calibri", "Microsoft JhengHei"
_MONOSPACED = "Consolas"

_BLUE, _GREY = RGBColor(0x0B, 0x3C, 0x5D), RGBColor(0x51, 0x60, 0x6F)
_RULE = "D6E0E9"

#: A column takes room for so many letters at least, and at most: longer texts are broken.
_SHORTEST, _LONGEST = 14, 60

#: A property of a document can be no longer.
_LONGEST_PROPERTY = 255

#: Before it, a zip file knows no dates.
_FIRST_YEAR = 1980

_SIZES = {"Title": 24, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11}


def memo_docx(memo: Memo, pictures: Mapping[Which, bytes]) -> bytes:
    """The memo as a Word document.

    Args:
        memo: the memo.
        pictures: its charts as PNG; one that is not there is shown as a tree of text.
    """
    return _Writing(memo, pictures).content()


class _Writing:
    def __init__(self, memo: Memo, pictures: Mapping[Which, bytes]) -> None:
        self.memo = memo
        self.pictures = pictures
        self.document: DocumentType = Document()

    def content(self) -> bytes:
        self._properties()
        self._styles()
        self._page()
        self._opening()
        for number, chapter in enumerate(self.memo.chapters):
            heading = self._text(chapter.title, "Heading 1")
            # What is in brief has the first page to itself.
            heading.paragraph_format.page_break_before = number == 1
            for block in chapter.blocks:
                self._block(block)
        file = io.BytesIO()
        self.document.save(file)
        return _undated(file.getvalue(), self.memo.date)

    # --- the document -------------------------------------------------------------------

    def _properties(self) -> None:
        properties = self.document.core_properties
        made = datetime.datetime.combine(self.memo.date, datetime.time())
        properties.title = printable(self.memo.title)[:_LONGEST_PROPERTY]
        properties.subject = printable(self.memo.kind)
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.language = _LANGUAGES[self.memo.language]
        properties.created = properties.modified = made
        properties.revision = 1

    def _styles(self) -> None:
        styles: Any = self.document.styles
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), _LANGUAGES[self.memo.language])
            language.set(qn("w:eastAsia"), _LANGUAGES["zh_Hant"])
        for name in ("Normal", "List Bullet", *_SIZES):
            style = styles[name]
            style.font.name = _FONT
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
                # What a theme says would win over the font named here.
                del fonts.attrib[theme]
            fonts.set(qn("w:eastAsia"), _EAST_ASIAN_FONT)
            fonts.set(qn("w:hAnsi"), _FONT)
        for name, size in _SIZES.items():
            styles[name].font.size = Pt(size)
            styles[name].font.color.rgb = _BLUE
            styles[name].paragraph_format.keep_with_next = True
        normal = styles["Normal"]
        normal.font.size = Pt(10.5)
        normal.paragraph_format.space_after = Pt(4)

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(20)
        number = section.footer.paragraphs[0]
        number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        number._p.append(field)

    def _opening(self) -> None:
        self._text(self.memo.kind, color=_GREY)
        self._text(self.memo.title, "Title")
        if self.memo.subtitle:
            self._text(self.memo.subtitle, size=13)
        for text in self.memo.origin:
            self._text(text, color=_GREY).paragraph_format.space_after = Pt(0)
        about = self._text(self.memo.about)
        about.paragraph_format.space_before = Pt(10)

    # --- blocks -------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self._text(block.text, color=_GREY if block.quiet else None, size=9 if block.quiet else None)
            return
        if isinstance(block, Picture):
            self._picture(block)
            return
        if block.title:
            self._text(block.title, "Heading 2")
        if isinstance(block, Section):
            for entry in block.entries:
                self._entry(entry)
        elif isinstance(block, Points):
            for label, text in block.rows:
                self._labelled(label, text, self._text("", "List Bullet"), bold=True)
        else:
            self._table(block)

    def _entry(self, entry: Entry) -> None:
        """A heading and what stands below it, all on one page."""
        heading = self._text(entry.heading, "Heading 3")
        for tag in entry.tags:
            self._run(heading, f"  [{tag}]", size=9, color=_GREY).bold = False
        below = [self._text(entry.lead, bold=not entry.is_finding)] if entry.lead else []
        for label, text in entry.details:
            below.append(self._labelled(label, text, self._text("")))
        for paragraph in below:
            paragraph.paragraph_format.keep_together = True
            paragraph.paragraph_format.space_after = Pt(2)
        for paragraph in below[:-1]:
            paragraph.paragraph_format.keep_with_next = True

    def _labelled(
        self, label: str, text: str, paragraph: WordParagraph, *, bold: bool = False
    ) -> WordParagraph:
        if label:
            said = self._run(paragraph, _("{label}: ").format(label=label), color=None if bold else _GREY)
            said.bold = bold
        self._run(paragraph, text)
        return paragraph

    def _table(self, told: Table) -> None:
        table = self.document.add_table(rows=0, cols=len(told.header))
        _set_borders(table)
        widths = _widths([told.header, *told.rows], self._room())
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for number, cells in enumerate([told.header, *told.rows]):
            row = table.add_row()
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number == 0:
                # Word shows it again at the top of every page that the table goes on to.
                properties.append(OxmlElement("w:tblHeader"))
            for column, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = widths[column]
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                color = _BLUE if number == 0 else None
                self._run(paragraph, text, size=9, color=color, bold=number == 0 or column == 0)
        self._thin(self._text(""))

    def _room(self) -> int:
        """How wide the text is."""
        section = self.document.sections[-1]
        assert section.page_width and section.left_margin and section.right_margin
        return section.page_width - section.left_margin - section.right_margin

    def _picture(self, picture: Picture) -> None:
        drawn = self.pictures.get(picture.chart.which)
        if drawn is None:
            for line in charts_text([picture.chart]).splitlines():
                paragraph = self._text("")
                paragraph.paragraph_format.space_after = Pt(0)
                self._run(paragraph, line, size=7).font.name = _MONOSPACED
            return
        self._turn_page()
        section = self.document.sections[-1]
        assert section.page_height and section.top_margin and section.bottom_margin
        # Room for the line that the picture stands in.
        height = section.page_height - section.top_margin - section.bottom_margin - Mm(12)
        shape = self.document.add_picture(io.BytesIO(drawn), width=Emu(self._room()))
        if shape.height > height:
            shape.width, shape.height = Emu(shape.width * height // shape.height), Emu(height)
        shape._inline.docPr.set("descr", printable(chart_words.title(picture.chart)))
        self._turn_page()

    def _turn_page(self) -> None:
        """Begins a page that is turned by a quarter: a chart is wider than high."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        # The break stands in a paragraph of its own, which on a full page would begin another.
        self._thin(self.document.paragraphs[-1])
        section.page_width, section.page_height = section.page_height, section.page_width
        turned = section.orientation == WD_ORIENT.PORTRAIT
        section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT

    def _thin(self, paragraph: WordParagraph) -> None:
        """Makes a paragraph without text take next to no room."""
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(6)

    # --- text ---------------------------------------------------------------------------

    def _text(self, text: str, style: str = "Normal", **looks: Any) -> WordParagraph:
        paragraph = self.document.add_paragraph(style=style)
        if text:
            self._run(paragraph, text, **looks)
        return paragraph

    def _run(
        self,
        paragraph: WordParagraph,
        text: str,
        *,
        size: float | None = None,
        color: RGBColor | None = None,
        bold: bool | None = None,
    ) -> Any:
        run = paragraph.add_run(printable(text))
        run.font.size = Pt(size) if size else None
        run.bold = bold
        if color is not None:
            run.font.color.rgb = color
        return run


def _set_borders(table: Any) -> None:
    """A thin line below each row, and nothing else."""
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _RULE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    table.autofit = False


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[Emu]:
    """Room for each column by its longest text, so that a short one is not given as much as a long one."""
    longest = [min(max(_SHORTEST, *map(cell_len, column)), _LONGEST) for column in zip(*rows, strict=True)]
    return [Emu(room * length // sum(longest)) for length in longest]


def _undated(document: bytes, date: datetime.date) -> bytes:
    """The same document with every file in it dated alike: else each would tell when it was made."""
    made = (max(date.year, _FIRST_YEAR), date.month, date.day, 0, 0, 0)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as parts, zipfile.ZipFile(file, "w") as undated:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, made)
            part.compress_type = zipfile.ZIP_DEFLATED
            undated.writestr(part, parts.read(name))
    return file.getvalue()
