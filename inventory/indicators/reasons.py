"""Why a system does not count, in the words of a bulletin."""

from datetime import date
from typing import Any

from inventory.indicators.classification import Status

FLAGS = (
    ("has_gap", "有组件未填报部署"),
    ("has_old_place", "有组件部署在政务云之外"),
    ("has_unrecognised", "所在云平台当日未认定为政务云"),
    ("has_unaccepted", "尚未割接验收"),
)


def _outside_service(row: Any, day: date) -> str:
    if row.online_on is None:
        return "未填报上线时间"
    if row.online_on > day:
        return f"试运行或未上线（{row.online_on} 上线）"
    return f"已于 {row.offline_on} 下线"


def why(row: Any, day: date) -> list[str]:
    """Reasons for a row of the classification, the department's own words first; none for a system that counts."""
    match Status(row.status):
        case Status.ON_CLOUD | Status.CLASSIFIED | Status.OTHER_LEVEL:
            return []
        case Status.NOT_IN_SERVICE:
            return [_outside_service(row, day)]
        case Status.EXEMPT:
            return [f"{row.document_number}：{row.exemption_reason}"]
        case Status.MINISTRY:
            return ["部委统建并集中部署"]
    own = [row.not_on_cloud_reason] if row.not_on_cloud_reason else []
    found = [words for flag, words in FLAGS if getattr(row, flag)]
    return own + (found or ["未填报组件或部署"])
