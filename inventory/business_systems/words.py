"""The closed lists of the survey form (普查表)."""

from enum import StrEnum


class Origin(StrEnum):
    """系统来源: 已有, 新建, 部委延伸."""

    EXISTING = "existing"
    NEW = "new"
    MINISTRY = "ministry"


class SystemKind(StrEnum):
    """系统类型: 业务, 办公, 门户, 平台, 基础库."""

    BUSINESS = "business"
    OFFICE = "office"
    PORTAL = "portal"
    PLATFORM = "platform"
    BASE_DATABASE = "base_database"


class SystemMode(StrEnum):
    """部署方式 of a whole system, as the department reports it: 云, 托管, 自建机房, 部委集中, 公有云, 混合."""

    CLOUD = "cloud"
    HOSTING = "hosting"
    OWN_ROOM = "own_room"
    MINISTRY = "ministry"
    PUBLIC_CLOUD = "public_cloud"
    MIXED = "mixed"


class CloudStatus(StrEnum):
    """上云状态 as the department reports it; the rate never reads it, findings compare it with the deployments."""

    ON_CLOUD = "on_cloud"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    MIGRATING = "migrating"
    TRIAL = "trial"
    NOT_NEEDED = "not_needed"


class Disposition(StrEnum):
    """处置: 保留, 迁移, 整合, 关停."""

    RETAIN = "retain"
    MIGRATE = "migrate"
    MERGE = "merge"
    RETIRE = "retire"
