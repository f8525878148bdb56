"""One row of the survey form, without its components."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled
from inventory.business_systems.words import CloudStatus, Disposition, Origin, SystemKind
from inventory.levels import Level

# A classified system is a stub (ARCHITECTURE 2.9): what names it and whose it is, and nothing else.
STUB_COLUMNS = (
    "num_nonnulls(url, ipv4, ipv6, ipv6_support, internet_exposed, domain_id, on_private_network, deployment_mode, "
    "deployment_place, host_count, cpu_cores, memory_gib, storage_tib, operating_system, database, middleware, "
    "cpu_architecture, language, main_business, related_systems, grading_level, filing_number, assessment, "
    "crypto_assessment) = 0"
)


class BusinessSystem(Recorded, Base):
    """A government information system; in service on [online_on, offline_on)."""

    __tablename__ = "business_systems"
    __table_args__ = (
        UniqueConstraint("code", info={"zh": "系统编码已存在", "en": "this system code exists", "field": "code"}),
        CheckConstraint(
            f"NOT classified OR {STUB_COLUMNS}",
            name="classified_stub",
            info={"zh": "涉密系统只登记代称和单位", "en": "a classified system is a stub", "field": "classified"},
        ),
        CheckConstraint(
            "offline_on >= online_on",
            name="offline_after_online",
            info={"zh": "下线时间不得早于上线时间", "en": "offline before online", "field": "offline_on"},
        ),
    )

    code: Mapped[str] = labelled("系统编码")
    name: Mapped[str] = labelled("系统名称")
    short_name: Mapped[str | None] = labelled("简称")
    agency_id: Mapped[int] = labelled("主管部门", ForeignKey("agencies.id"), index=True)
    builder: Mapped[str | None] = labelled("建设单位")
    users_agency: Mapped[str | None] = labelled("使用单位")
    operator: Mapped[str | None] = labelled("运维单位")
    responsible: Mapped[str | None] = labelled("责任人")
    phone: Mapped[str | None] = labelled("联系电话")
    division_id: Mapped[int] = labelled("行政区划", ForeignKey("divisions.id"), index=True)
    level: Mapped[Level] = labelled("层级", choice(Level))
    origin: Mapped[Origin | None] = labelled("系统来源", choice(Origin))
    kind: Mapped[SystemKind | None] = labelled("系统类型", choice(SystemKind))
    main_business: Mapped[str | None] = labelled("主要业务")
    audience: Mapped[str | None] = labelled("服务对象")
    user_count: Mapped[int | None] = labelled("用户数", Integer)
    daily_visits: Mapped[int | None] = labelled("日均访问", Integer)
    usage_frequency: Mapped[str | None] = labelled("使用频度")
    collaborative: Mapped[bool | None] = labelled("是否协同应用", Boolean)
    related_systems: Mapped[str | None] = labelled("关联系统")
    domain_id: Mapped[int | None] = labelled("承载网络域", ForeignKey("network_domains.id"), index=True)
    on_private_network: Mapped[bool | None] = labelled("是否部门专网", Boolean)
    deployment_mode: Mapped[str | None] = labelled("部署方式")
    deployment_place: Mapped[str | None] = labelled("部署位置")
    url: Mapped[str | None] = labelled("域名/URL")
    ipv4: Mapped[str | None] = labelled("IPv4")
    ipv6: Mapped[str | None] = labelled("IPv6")
    ipv6_support: Mapped[bool | None] = labelled("IPv6支持", Boolean)
    internet_exposed: Mapped[bool | None] = labelled("互联网暴露", Boolean)
    host_count: Mapped[int | None] = labelled("服务器/虚机数", Integer)
    cpu_cores: Mapped[int | None] = labelled("CPU核", Integer)
    memory_gib: Mapped[int | None] = labelled("内存GB", Integer)
    storage_tib: Mapped[Decimal | None] = labelled("存储TB")
    operating_system: Mapped[str | None] = labelled("操作系统")
    database: Mapped[str | None] = labelled("数据库")
    middleware: Mapped[str | None] = labelled("中间件")
    cpu_architecture: Mapped[str | None] = labelled("CPU架构")
    domestic: Mapped[str | None] = labelled("国产化情况")
    language: Mapped[str | None] = labelled("开发语言")
    classified: Mapped[bool] = labelled("是否涉密", Boolean, server_default=text("false"))
    grading_level: Mapped[str | None] = labelled("等保级别")
    filing_number: Mapped[str | None] = labelled("备案证明编号")
    assessment: Mapped[str | None] = labelled("最近测评日期/结论")
    crypto_assessment: Mapped[str | None] = labelled("密评情况")
    dr_level: Mapped[str | None] = labelled("灾备级别")
    log_retention_days: Mapped[int | None] = labelled("日志留存天数", Integer)
    approval_number: Mapped[str | None] = labelled("立项文号")
    approved_on: Mapped[date | None] = labelled("立项时间")
    online_on: Mapped[date | None] = labelled("上线时间", index=True)
    offline_on: Mapped[date | None] = labelled("下线时间")
    investment: Mapped[Decimal | None] = labelled("建设投资(万元)")
    annual_cost: Mapped[Decimal | None] = labelled("年运维费(万元)")
    funding: Mapped[str | None] = labelled("资金来源")
    cloud_status: Mapped[CloudStatus | None] = labelled("上云状态", choice(CloudStatus))
    planned_cloud_on: Mapped[date | None] = labelled("计划上云时间")
    actual_cloud_on: Mapped[date | None] = labelled("实际上云时间")
    not_on_cloud_reason: Mapped[str | None] = labelled("不上云原因")
    exemption_number: Mapped[str | None] = labelled("豁免文号")
    disposition: Mapped[Disposition | None] = labelled("处置", choice(Disposition))
    successor_id: Mapped[int | None] = labelled("承接系统", ForeignKey("business_systems.id"))
    share_interface_count: Mapped[int | None] = labelled("数据共享接口数", Integer)
    remarks: Mapped[str | None] = labelled("备注")
