"""The bulletin as one CSV: each table under its title, readable by Excel."""

import csv
import io

from service.reports.cloud_rate import Bulletin, notes

# A cell that begins with one of these would be run as a formula by a spreadsheet.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: str | int) -> str | int:
    """The value; text that a spreadsheet would run gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


def write(bulletin: Bulletin) -> bytes:
    """UTF-8 with a mark that Excel needs to read Chinese."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([bulletin.title])
    for table in [*bulletin.rankings, bulletin.gaps]:
        writer.writerows([[], [table.title], table.columns])
        writer.writerows([harmless(value) for value in row] for row in table.rows)
    writer.writerows([[], ["口径说明"]])
    writer.writerows([harmless(label), harmless(words)] for label, words in notes(bulletin))
    return target.getvalue().encode("utf-8-sig")
