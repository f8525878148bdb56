"""XLSX files in and out: read with suspicion, written so that people like to fill them in."""

from service.workbooks.faults import build_faults
from service.workbooks.layout import Filling, build
from service.workbooks.reading import read_workbook

__all__ = ["Filling", "build", "build_faults", "read_workbook"]
