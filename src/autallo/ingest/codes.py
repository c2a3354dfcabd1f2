"""Every kind of problem that reading can find: its code, its weight, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass

from autallo.errors import Finding, Severity

__all__ = ["CODES", "Place"]

ROWS_KEPT = 10_000
LONGEST = 300
STOP, WARN, NOTE = Severity.STOP, Severity.WARN, Severity.NOTE

#: Code to (severity, meaning); each has a heading in ``docs/reference/errors.md``.
CODES: Mapping[str, tuple[Severity, str]] = {
    # the study file
    "study-missing": (STOP, "There is no study file of this name."),
    "study-unreadable": (STOP, "The study file is a folder, a device, or may not be opened."),
    "study-empty": (STOP, "The study file holds nothing."),
    "study-size": (STOP, "The study file is larger than 1 MiB."),
    "study-encoding": (STOP, "The study file is not saved as UTF-8."),
    "yaml-syntax": (STOP, "The study file breaks the rules of YAML."),
    "yaml-tab": (STOP, "A line of the study file is indented with a tab."),
    "yaml-documents": (STOP, "The study file holds a directive or a second document."),
    "yaml-anchor": (STOP, "The study file uses an anchor or an alias."),
    "yaml-tag": (STOP, "The study file uses a tag."),
    "yaml-depth": (STOP, "The study file is nested too deeply."),
    "yaml-key": (STOP, "A key is a list, a mapping, a date or empty."),
    "yaml-duplicate-key": (STOP, "A key stands twice in the same place."),
    "key-unknown": (STOP, "A key is not known here."),
    "key-missing": (STOP, "A key that is needed is not given."),
    "value-type": (STOP, "A value is of another type than is needed."),
    "value-choice": (STOP, "A value is not among the ones permitted."),
    "value-range": (STOP, "A number lies outside its limits."),
    "value-length": (STOP, "A text or a list is too short or too long."),
    "name-form": (STOP, "A name holds other characters than letters, digits and underscore."),
    "condition": (STOP, "The condition of the population cannot be read."),
    "contradiction": (STOP, "Keys exclude each other, or only make sense together."),
    "level-unknown": (STOP, "A group is named that is not among the levels."),
    "level-repeated": (STOP, "A group is listed twice among the levels."),
    "level-itself": (STOP, "A group is compared with itself."),
    "outcome-unknown": (STOP, "A factor names an outcome that does not exist."),
    # files and tables
    "table-unknown": (STOP, "A source is not a kind of table that is known."),
    "table-patients": (STOP, "There is no source `patients`."),
    "file-path": (STOP, "A file is named by an address outside the study's folder."),
    "file-missing": (STOP, "There is no file of this name."),
    "file-unreadable": (STOP, "A file is a folder, a device, or may not be opened."),
    "file-empty": (STOP, "A file holds nothing."),
    "file-size": (STOP, "A file is larger than can be read safely."),
    "file-kind": (STOP, "A file is of a kind that is not read."),
    "file-disguised": (STOP, "The content of a file is not what its name says."),
    "file-same": (STOP, "Two files have the same content."),
    # CSV text
    "csv-encoding": (STOP, "The text is not in the encoding that is declared."),
    "csv-utf16": (NOTE, "The text was read as UTF-16."),
    "csv-byte-order": (STOP, "A byte order mark stands twice."),
    "csv-nul": (STOP, "The text holds NUL characters."),
    "csv-delimiter": (STOP, "It is not clear which character separates the cells."),
    "csv-quote": (STOP, "A quote is not closed, or text follows a closing quote."),
    "csv-cell-long": (STOP, "A cell holds more than 131,072 characters."),
    "csv-row-length": (STOP, "A row has more or fewer cells than the header."),
    "csv-trailing": (NOTE, "Every row ends with an empty extra cell."),
    # workbooks
    "book-password": (STOP, "A workbook is protected by a password, or is an old .xls file."),
    "book-damaged": (STOP, "A workbook is cut off or damaged."),
    "book-size": (STOP, "A workbook unpacks to more than can be read safely."),
    "book-unsafe": (STOP, "A workbook holds something that no workbook needs."),
    "book-grid": (STOP, "A sheet spans more cells than can be read safely."),
    "book-active": (WARN, "A workbook holds macros or links; they are ignored."),
    "sheet-unnamed": (STOP, "A workbook has several sheets and the study file names none."),
    "sheet-unknown": (STOP, "There is no sheet of this name."),
    "sheet-misplaced": (STOP, "A sheet is named of a file that has none."),
    "sheet-hidden": (WARN, "The sheet, or rows of it, are hidden; they are read all the same."),
    "cell-merged": (STOP, "Cells below the header are merged."),
    "cell-formula": (STOP, "Formulas were never calculated and have no value."),
    "cell-error": (STOP, "Cells hold an error of the spreadsheet program."),
    # headers and rows
    "header-missing": (STOP, "The header row is empty or beyond the end."),
    "header-duplicate": (STOP, "Two columns have the same header, but for capitals and spaces."),
    "header-empty": (STOP, "A column holds data and has no header."),
    "header-near": (NOTE, "A header was found with other capitals or spaces."),
    "column-missing": (STOP, "A column that is needed is not there."),
    "row-footer": (STOP, "A row at the end is a total or a note, not a record."),
    "rows-truncated": (WARN, "The number of rows is the limit of a spreadsheet program."),
    "text-garbled": (WARN, "Letters were garbled by an earlier export."),
    # columns
    "type-needed": (STOP, "A column of the study's own needs a type."),
    "type-conflict": (STOP, "The type given differs from that of the data dictionary."),
    "values-target": (STOP, "A code is mapped to something that the column cannot hold."),
    "option-misplaced": (STOP, "A setting does not go with the type of the column."),
    "unit-unknown": (STOP, "A unit cannot be converted into that of the data dictionary."),
    "format-unknown": (STOP, "A date format does not name day, month and year."),
    # cells
    "missing-word": (STOP, "Cells hold a word for missing that is not declared."),
    "missing-mark": (WARN, "Cells of a category hold a mark that may mean missing."),
    "category-unknown": (STOP, "A category is neither permitted nor mapped."),
    "category-variants": (STOP, "Categories differ only in capitals, spaces or look-alikes."),
    "category-many": (WARN, "A category has so many values that it looks like an identifier."),
    "boolean-form": (STOP, "A cell is neither yes nor no."),
    "boolean-mixed": (STOP, "A column mixes yes/no, true/false and 1/0."),
    "boolean-codes": (STOP, "A yes/no column is coded 1 and 2."),
    "number-form": (STOP, "A cell is not a number."),
    "number-comma": (STOP, "A comma may be a decimal mark or separate thousands."),
    "number-limit": (STOP, "A value beyond the measuring range is not declared."),
    "number-unit": (STOP, "A cell holds a number with its unit or a remark."),
    "number-range": (STOP, "A number lies outside what is possible."),
    "integer-form": (STOP, "A number that must be whole is not."),
    "date-form": (STOP, "A cell is not a date."),
    "date-ambiguous": (STOP, "Day and month cannot be told apart."),
    "date-contradiction": (STOP, "Some dates put the day first, others the month."),
    "date-impossible": (STOP, "There is no such day."),
    "date-partial": (STOP, "A date lacks the day or the month."),
    "date-short-year": (STOP, "A year has two digits."),
    "date-sentinel": (STOP, "A date stands for missing."),
    "date-bounds": (STOP, "A date lies before March 1900 or after 2100."),
    "date-serial": (STOP, "A number stands where a date is due."),
    "date-mixed": (STOP, "Real dates and dates typed as text are mixed."),
    "date-zone": (STOP, "A date has a time zone."),
    "id-digits": (STOP, "Codes of more than 15 digits lost their last digits."),
    "cell-converted": (WARN, "A spreadsheet program turned codes into dates."),
    # identity
    "no-rows": (STOP, "There are no patients yet."),
    "id-missing": (STOP, "A row has no patient code."),
    "id-repeated": (STOP, "A patient stands twice, with the same values."),
    "id-conflict": (STOP, "A patient stands twice, with different values."),
    "id-variants": (STOP, "Patient codes differ only in capitals, spaces or leading zeros."),
    "id-unknown": (STOP, "Records belong to nobody in the table of patients."),
    "id-test": (WARN, "A patient code looks like a trial entry."),
    "row-repeated": (WARN, "A record stands twice."),
    "cell-required": (STOP, "A cell that every record needs is empty."),
    "infusion-none": (NOTE, "Patients have no infusion."),
    # dates against each other
    "two-day-0": (STOP, "A patient has two first infusions."),
    "infusion-order": (STOP, "Infusion numbers and dates run in opposite order."),
    "infusion-before-birth": (STOP, "An infusion is dated before the birth."),
    "collection-after-infusion": (STOP, "Cells were collected after they were infused."),
    "transplant-after-infusion": (NOTE, "Transplants after day 0 do not count as prior."),
    "event-before-day-0": (STOP, "An event is dated before day 0."),
    "after-death": (STOP, "A record is dated after the death."),
    "two-deaths": (STOP, "A patient has two deaths."),
    "two-last-contacts": (STOP, "A patient has two last contacts."),
    "death-and-contact": (STOP, "A last contact is dated after the death."),
    "event-after-contact": (WARN, "An event is dated after the last contact."),
    "response-before-day-0": (WARN, "An assessment is dated before day 0."),
    "response-on-relapse": (STOP, "A remission and a relapse are dated the same day."),
    "relapse-before-remission": (STOP, "A relapse is dated on or before the first remission."),
    "response-conflict": (STOP, "Two different responses are dated the same day."),
    "records-after-cutoff": (NOTE, "Records after the data cutoff are ignored."),
    # a new study
    "folder-not-empty": (STOP, "The folder of a new study already holds something."),
    # times, arms and numbers
    "time-negative": (STOP, "A time is negative."),
    "time-missing": (STOP, "The event is known and the time is not."),
    "event-missing": (STOP, "The time is known and the event is not."),
    "follow-up-missing": (NOTE, "Neither time nor event is known."),
    "event-codes": (STOP, "An event column holds other codes than event and no event."),
    "cause-codes": (STOP, "A cause column holds codes that are not declared."),
    "level-empty": (STOP, "A declared group has no patients."),
    "level-misspelt": (STOP, "A group is spelt nearly like a declared one."),
    "level-undeclared": (WARN, "Patients belong to a group that is not declared."),
    "level-missing": (WARN, "Patients have no group."),
    "code-outlier": (WARN, "Values such as 999 or -99 may stand for missing."),
    "percent-scale": (WARN, "Percentages may be given as fractions."),
    "too-many": (STOP, "There are more problems than are listed."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a problem is: file, sheet and column; makes findings that stand there."""

    file: str | None = None
    sheet: str | None = None
    column: str | None = None

    def finding(
        self,
        code: str,
        sentence: str,
        *,
        rows: tuple[int, ...] = (),
        mark: tuple[int, int] | None = None,
        found: str | None = None,
        fix: str | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """Return a finding at this place, with the severity of its code unless another is given."""
        line, position = mark or (None, None)
        return Finding(
            code=code,
            severity=severity or CODES[code][0],
            sentence=sentence,
            file=_printable(self.file),
            sheet=_printable(self.sheet),
            column=_printable(self.column),
            rows=rows[:ROWS_KEPT],
            line=line,
            position=position,
            found=_printable(found),
            fix=fix,
        )


def _printable(text: str | None) -> str | None:
    """Return a text on one line, without marks that a terminal would obey, not too long."""
    if text is None:
        return None
    plain = "".join(mark if mark.isprintable() else "?" for mark in " ".join(text.split()))
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 3] + "..."
