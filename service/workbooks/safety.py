"""What a file must be before openpyxl sees it: an XLSX archive of a reasonable size, without macros or passwords."""

import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from inventory.errors import Invalid

LARGEST_FILE = 50 * 1024 * 1024
# 100,000 rows of 62 columns take about 200 MB as XML, most of it in the sheets; the service may have 1 GB in all.
LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_PART = 100 * 1024 * 1024  # any part that is no sheet; openpyxl holds the shared texts in memory all at once
MOST_ENTRIES = 2_000
# Excel's own XML packs 10 to 30 times smaller; above this ratio a big entry was made to burst.
SUSPECT_SIZE, SUSPECT_RATIO = 20 * 1024 * 1024, 100
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED_FLAG = 0x1
WORKBOOK, SHEETS = "xl/workbook.xml", "xl/worksheets/"
MACRO_PARTS = ("vbaproject.bin", "macrosheets/", "xl/activex")
ADVICE = "请用Excel另存为“Excel 工作簿(*.xlsx)”后重新上传 / save it as an Excel workbook (*.xlsx) and upload that"


def check(content: bytes) -> None:
    """Refuse what is not a plain XLSX workbook, in words that say what to do."""
    if not content:
        raise Invalid(f"文件是空的 / the file is empty。{ADVICE}")
    if len(content) > LARGEST_FILE:
        raise Invalid(
            "文件超过50MB，请拆分后分别导入 / larger than 50 MB: split it and import the parts", bytes=len(content)
        )
    if content.startswith(OLE):
        raise Invalid(_ole(content))
    if not content.startswith(b"PK"):
        raise Invalid(f"这不是XLSX工作簿，可能只是改了扩展名 / not an XLSX workbook, whatever its name says。{ADVICE}")
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check_archive(archive)
    except (BadZipFile, NotImplementedError, ValueError, KeyError, OSError, EOFError, zlib.error):
        raise Invalid(f"文件已损坏，无法打开 / the file is damaged。{ADVICE}") from None


def _ole(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "工作簿设有打开密码，请取消密码后重新上传 / the workbook is encrypted: remove its password"
    return f"这是旧版 .xls 文件，不能导入 / an old .xls file cannot be read。{ADVICE}"


def _unpacks_too_large(entries: list[ZipInfo]) -> bool:
    parts = [entry for entry in entries if not entry.filename.casefold().startswith(SHEETS)]
    return (
        sum(entry.file_size for entry in entries) > LARGEST_UNPACKED
        or max((entry.file_size for entry in parts), default=0) > LARGEST_PART
    )


def _check_archive(archive: ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename.casefold() for entry in entries}
    if len(entries) > MOST_ENTRIES or _unpacks_too_large(entries):
        raise Invalid("文件解压后过大，已拒绝打开 / refused: it unpacks to far more than a survey holds")
    if any(
        entry.file_size > SUSPECT_SIZE and entry.file_size > SUSPECT_RATIO * max(entry.compress_size, 1)
        for entry in entries
    ):
        raise Invalid(
            "文件的压缩比异常（疑似压缩炸弹），已拒绝打开 / refused: its compression ratio is that of a zip bomb"
        )
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise Invalid("压缩包设有密码 / the archive is encrypted: remove the password")
    if any(part in name for name in names for part in MACRO_PARTS):
        raise Invalid(f"工作簿含有宏，不能导入 / workbooks with macros are not taken。{ADVICE}")
    if "[content_types].xml" not in names or WORKBOOK not in names:
        raise Invalid(f"这不是XLSX工作簿（可能是其他格式） / not an XLSX workbook。{ADVICE}")
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise Invalid(f"工作簿是启用宏的格式，不能导入 / a macro-enabled workbook is not taken。{ADVICE}")
