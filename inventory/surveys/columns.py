"""The form's columns, each declared once: heading, attribute, kind of content, whether it must be filled, how long."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from inventory.surveys import words
from inventory.surveys.words import Words


class Kind(StrEnum):
    """What a cell of the column may hold."""

    CODE = "code"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    YES_NO = "yes/no"
    CHOICE = "choice"
    CHOICES = "choices"
    DIVISION = "division"
    AGENCY = "agency"
    DOMAIN = "domain"
    PLATFORM = "cloud platform"
    USCC = "credit code"
    PHONE = "phone"
    URL = "url"
    IPV4 = "ipv4"
    IPV6 = "ipv6"


KIND_ZH = {
    Kind.CODE: "编码", Kind.TEXT: "文字", Kind.INTEGER: "整数", Kind.DECIMAL: "数字(两位小数)", Kind.DATE: "日期",
    Kind.YES_NO: "是/否", Kind.CHOICE: "单选", Kind.CHOICES: "多选", Kind.DIVISION: "行政区划", Kind.AGENCY: "单位全称",
    Kind.DOMAIN: "网络域", Kind.PLATFORM: "云平台", Kind.USCC: "统一社会信用代码", Kind.PHONE: "电话", Kind.URL: "网址",
    Kind.IPV4: "IPv4地址", Kind.IPV6: "IPv6地址",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    heading: str
    attribute: str
    kind: Kind = Kind.TEXT
    must: bool = False
    longest: int = 200
    most: int = 0
    words: Words = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    suffix: str = ""
    example: str = ""
    note: str = ""
    section: str = ""

    @property
    def title(self) -> str:
        """The heading as the template prints it."""
        return f"{'★' if self.must else ''}{self.heading}{f'({self.suffix})' if self.suffix else ''}"

    @cached_property
    def meanings(self) -> dict[str, str]:
        """Stored value by each way of writing it, narrowed and without spaces."""
        return {
            re.sub(r"\s+", "", unicodedata.normalize("NFKC", spelling)).casefold(): meaning
            for meaning, group in self.words.items()
            for spelling in (meaning, *group)
        }

    @property
    def allowed(self) -> list[str]:
        """The words to choose from."""
        if self.kind is Kind.YES_NO:
            return ["是", "否"]
        return [group[0] for group in self.words.values()]


@dataclass(frozen=True)
class SheetForm:
    """One sheet of the workbook: its name, how it is recognised, and its columns; `key` names its system."""

    key: str
    title: str
    marks: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def by_attribute(self) -> dict[str, Column]:
        """The columns by attribute."""
        return {column.attribute: column for column in self.columns}

    def column(self, attribute: str) -> Column:
        """The column behind an attribute."""
        return self.by_attribute[attribute]


C, K = Column, Kind
THOUSANDS, MILLIONS = 100_000, 1_500_000_000
IDENTITY = "一、身份"
USE = "二、用途"
NETWORK = "三、网络与部署"
STACK = "四、资源与技术栈"
SECURITY = "五、安全"
MONEY = "六、建设与费用"
MOVE = "七、迁移与处置"

# fmt: off
SYSTEM_COLUMNS = (
    C("系统编码", "code", K.CODE, must=True, longest=64, example="示例行", section=IDENTITY,
      note="全表唯一，更新时以此识别；模板中的“示例行”不导入"),
    C("系统名称", "name", must=True, example="示例：网上办事系统", section=IDENTITY, note="全称；涉密系统填代称"),
    C("简称", "short_name", longest=100, example="网办", section=IDENTITY),
    C("主管部门", "agency", K.AGENCY, must=True, example="示例省办公厅", section=IDENTITY, note="单位全称，须已登记"),
    C("部门统一社会信用代码", "uscc", K.USCC, longest=18, section=IDENTITY, note="18位，末位为校验位",
      aliases=("统一社会信用代码", "社会信用代码")),
    C("建设单位", "builder", example="示例建设单位", section=IDENTITY),
    C("使用单位", "users_agency", must=True, example="示例省办公厅", section=IDENTITY),
    C("运维单位", "operator", example="示例运维单位", section=IDENTITY),
    C("责任人", "responsible", must=True, longest=100, example="张三", section=IDENTITY, aliases=("系统责任人",
        "负责人")),
    C("联系电话", "phone", K.PHONE, longest=100, example="0531-00000000", section=IDENTITY, aliases=("电话",)),
    C("行政区划", "division", K.DIVISION, must=True, example="山东省", section=IDENTITY,
        note="名称或六位代码，同名的填代码",
      aliases=("所属行政区划", "区划", "行政区划代码")),
    C("层级", "level", K.CHOICE, must=True, words=words.LEVELS, suffix="省/市/县", example="省", section=IDENTITY),
    C("系统来源", "origin", K.CHOICE, must=True, words=words.ORIGINS, suffix="已有/新建/部委延伸", example="已有",
        section=IDENTITY),
    C("系统类型", "kind", K.CHOICE, words=words.KINDS, suffix="业务/办公/门户/平台/基础库", example="业务",
        section=IDENTITY),
    C("主要业务", "main_business", must=True, longest=2000, suffix="对应职能", example="网上受理与办理", section=USE),
    C("服务对象", "audience", K.CHOICES, must=True, words=words.AUDIENCES, suffix="公众/企业/机关",
        example="公众、企业",
      section=USE, note="可多选，用顿号分开"),
    C("用户数", "user_count", K.INTEGER, most=MILLIONS, example="1200", section=USE),
    C("日均访问", "daily_visits", K.INTEGER, most=MILLIONS, example="350", section=USE, aliases=("日均访问量",)),
    C("使用频度", "usage_frequency", longest=100, example="每日", section=USE),
    C("是否协同应用", "collaborative", K.YES_NO, example="否", section=USE),
    C("关联系统", "related_systems", longest=2000, section=USE),
    C("承载网络域", "domain", K.DOMAIN, must=True, example="公共服务域", section=NETWORK, aliases=("网络域",
        "承载网络")),
    C("是否部门专网", "on_private_network", K.YES_NO, example="否", section=NETWORK),
    C("部署方式", "deployment_mode", K.CHOICE, must=True, words=words.SYSTEM_MODES, example="云部署", section=NETWORK),
    C("部署位置", "deployment_place", must=True, suffix="机房/云平台/租户", example="示例云平台/示例租户",
        section=NETWORK),
    C("域名/URL", "url", K.URL, longest=500, example="http://example.gov.cn/", section=NETWORK, aliases=("域名", "URL",
        "网址")),
    C("IPv4", "ipv4", K.IPV4, longest=500, example="198.18.0.10", section=NETWORK, aliases=("IPv4地址", "IP地址")),
    C("IPv6", "ipv6", K.IPV6, longest=1000, section=NETWORK, aliases=("IPv6地址",)),
    C("IPv6支持", "ipv6_support", K.YES_NO, example="否", section=NETWORK, aliases=("是否支持IPv6",)),
    C("互联网暴露", "internet_exposed", K.YES_NO, example="是", section=NETWORK, aliases=("是否互联网暴露",)),
    C("服务器/虚机数", "host_count", K.INTEGER, most=THOUSANDS, example="4", section=STACK, aliases=("服务器数",
        "虚机数")),
    C("CPU核", "cpu_cores", K.INTEGER, most=1_000_000, example="32", section=STACK, aliases=("CPU核数", "CPU")),
    C("内存GB", "memory_gib", K.INTEGER, most=10_000_000, example="128", section=STACK, aliases=("内存",)),
    C("存储TB", "storage_tib", K.DECIMAL, most=1_000_000, example="2.5", section=STACK, aliases=("存储",)),
    C("操作系统", "operating_system", must=True, example="Debian 12", section=STACK),
    C("数据库", "database", must=True, example="PostgreSQL 15", section=STACK, note="没有的填“无”"),
    C("中间件", "middleware", example="nginx", section=STACK),
    C("CPU架构", "cpu_architecture", longest=100, example="x86_64", section=STACK),
    C("国产化情况", "domestic", must=True, example="部分国产", section=STACK),
    C("开发语言", "language", example="Java", section=STACK),
    C("是否涉密", "classified", K.YES_NO, must=True, example="否", section=SECURITY,
      suffix="涉密只填“是”，不填其余", note="涉密系统只填编码、代称、主管部门、区划、层级和“是”"),
    C("等保级别", "grading_level", K.CHOICE, must=True, words=words.GRADINGS, example="二级", section=SECURITY,
        aliases=("等级保护级别",)),
    C("备案证明编号", "filing_number", longest=100, section=SECURITY),
    C("最近测评日期/结论", "assessment", section=SECURITY, example="2018-05-01/符合"),
    C("密评情况", "crypto_assessment", section=SECURITY),
    C("灾备级别", "dr_level", longest=100, section=SECURITY),
    C("日志留存天数", "log_retention_days", K.INTEGER, most=36_500, example="183", section=SECURITY),
    C("立项文号", "approval_number", section=MONEY),
    C("立项时间", "approved_on", K.DATE, example="2015-06-01", section=MONEY),
    C("上线时间", "online_on", K.DATE, example="2016-01-01", section=MONEY,
        note="不填视为自填报日期起运行（试运行的除外）"),
    C("建设投资", "investment", K.DECIMAL, most=10_000_000, suffix="万元", example="120.50", section=MONEY),
    C("年运维费", "annual_cost", K.DECIMAL, most=10_000_000, suffix="万元", example="12.00", section=MONEY),
    C("资金来源", "funding", example="财政", section=MONEY),
    C("上云状态", "cloud_status", K.CHOICE, must=True, words=words.CLOUD_STATUSES, example="未上云", section=MOVE),
    C("计划上云时间", "planned_cloud_on", K.DATE, example="2019-06-30", section=MOVE),
    C("实际上云时间", "actual_cloud_on", K.DATE, section=MOVE),
    C("不上云原因", "not_on_cloud_reason", longest=2000, section=MOVE),
    C("豁免文号", "exemption_number", section=MOVE),
    C("处置", "disposition", K.CHOICE, words=words.DISPOSITIONS, suffix="保留/迁移/整合/关停", example="迁移",
        section=MOVE),
    C("数据共享接口数", "share_interface_count", K.INTEGER, most=THOUSANDS, example="3", section=MOVE),
    C("备注", "remarks", longest=4000, section=MOVE),
    C("下线时间", "offline_on", K.DATE, section=MOVE, note="已关停的填写；在用的不填"),
)
DEPLOYMENT_COLUMNS = (
    C("系统编码", "code", K.CODE, must=True, longest=64, example="示例行", aliases=("所属系统编码",)),
    C("组件名称", "component", must=True, example="应用服务器", aliases=("组件", "系统组件")),
    C("主机", "host", example="app-01", aliases=("主机名", "主机名称", "所在主机")),
    C("部署方式", "mode", K.CHOICE, must=True, words=words.COMPONENT_MODES, example="云部署"),
    C("云平台", "platform", K.PLATFORM, example="示例云平台", aliases=("云平台名称", "政务云平台"),
        note="云部署必填，须已登记"),
    C("租户", "tenant", example="示例租户", aliases=("云租户", "租户名称")),
    C("起始日期", "valid_from", K.DATE, example="2018-05-01", aliases=("开始日期", "部署日期", "起始时间"),
        note="不填视为自填报日期起"),
    C("终止日期", "valid_to", K.DATE, aliases=("结束日期", "终止时间"), note="该日起不再在此；仍在用的不填"),
    C("割接验收日期", "accepted_on", K.DATE, example="2018-06-01", aliases=("验收日期", "割接验收时间")),
    C("部署位", "slot", K.INTEGER, most=999, aliases=("部署位序号",), note="同一组件多处部署时编号；不填为1"),
    C("是否生产", "production", K.YES_NO, aliases=("生产组件", "是否生产组件"),
        note="不填为是；只有生产组件计入上云率"),
)
EXEMPTION_COLUMNS = (
    C("系统编码", "code", K.CODE, must=True, longest=64, example="示例行", aliases=("所属系统编码",)),
    C("豁免文号", "document_number", must=True, example="示例发〔2018〕1号", aliases=("文号",)),
    C("起始日期", "valid_from", K.DATE, example="2018-01-01", aliases=("开始日期",), note="不填视为自填报日期起"),
    C("终止日期", "valid_to", K.DATE, example="2019-01-01", aliases=("结束日期", "有效期至"),
        note="该日起不再有效；长期有效的不填"),
    C("事由", "reason", must=True, longest=2000, example="等待上级统一建设", aliases=("豁免事由", "豁免原因", "原因")),
)
# fmt: on
SYSTEMS = SheetForm("systems", "政务信息系统普查表", ("普查", "系统清单", "信息系统"), SYSTEM_COLUMNS)
DEPLOYMENTS = SheetForm("deployments", "组件与部署", ("组件", "部署"), DEPLOYMENT_COLUMNS)
EXEMPTIONS = SheetForm("exemptions", "豁免", ("豁免",), EXEMPTION_COLUMNS)
FORMS = (SYSTEMS, DEPLOYMENTS, EXEMPTIONS)
# What a classified system's row may hold (ruling 3): what names it, whose it is, and that it is classified.
STUB_ATTRIBUTES = frozenset({"code", "name", "agency", "uscc", "division", "level", "classified"})
