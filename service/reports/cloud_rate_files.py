"""The bulletin of the cloud rate as a download."""

from typing import Literal
from urllib.parse import quote

from fastapi import Response
from sqlalchemy.orm import Session

from inventory.indicators import Question
from service.reports import cloud_rate_csv, cloud_rate_xlsx
from service.reports.cloud_rate import gather

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


def download(session: Session, question: Question, kind: Literal["xlsx", "csv"], made_by: str) -> Response:
    """The file, named in Chinese with a plain name for old browsers."""
    bulletin = gather(session, question, made_by)
    body = cloud_rate_csv.write(bulletin) if kind == "csv" else cloud_rate_xlsx.write(bulletin)
    name, plain = f"{bulletin.title}_{question.as_of:%Y%m%d}.{kind}", f"cloud-rate-{question.as_of:%Y%m%d}.{kind}"
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"}
    return Response(body, media_type=f"{CSV}; charset=utf-8" if kind == "csv" else XLSX, headers=headers)
