"""The closed lists of the form: the word to print first, then what people write instead."""

from enum import StrEnum

from inventory.business_systems.words import CloudStatus, Disposition, Origin, SystemKind, SystemMode
from inventory.deployments.model import DeploymentMode
from inventory.levels import Level

Words = dict[str, tuple[str, ...]]

LEVELS: Words = {
    Level.PROVINCE: ("省", "省级", "省直", "省本级"),
    Level.CITY: ("市", "市级", "地市", "地市级", "设区的市", "市本级"),
    Level.COUNTY: ("县", "县级", "区县", "县区", "区", "区级", "县(市、区)", "县市区"),
    Level.TOWNSHIP: ("乡", "乡级", "镇", "乡镇", "乡镇级", "街道", "乡镇(街道)"),
}
ORIGINS: Words = {
    Origin.EXISTING: ("已有", "既有", "存量", "原有"),
    Origin.NEW: ("新建", "新增"),
    Origin.MINISTRY: ("部委延伸", "部委统建", "部委", "国家部委延伸", "部委下发"),
}
KINDS: Words = {
    SystemKind.BUSINESS: ("业务", "业务系统", "业务类"),
    SystemKind.OFFICE: ("办公", "办公系统", "办公类"),
    SystemKind.PORTAL: ("门户", "门户网站", "网站"),
    SystemKind.PLATFORM: ("平台", "平台类"),
    SystemKind.BASE_DATABASE: ("基础库", "基础数据库"),
}
MODES: Words = {
    DeploymentMode.CLOUD: ("云部署", "云", "政务云", "政务云部署", "上云", "云平台"),
    DeploymentMode.HOSTING: ("托管", "主机托管", "机房托管", "服务器托管"),
    DeploymentMode.OWN_ROOM: ("自建机房", "自建", "本地", "本地部署", "自有机房", "本单位机房", "机房"),
    DeploymentMode.MINISTRY: ("部委集中", "部委集中部署", "部委统建并集中部署", "部委", "部委统建", "部委部署"),
    DeploymentMode.PUBLIC_CLOUD: ("公有云", "公有云部署", "公共云"),
}
SYSTEM_MODES: Words = {**MODES, SystemMode.MIXED: ("混合", "混合部署", "部分云部署")}
NOT_DEPLOYED = "not_deployed"
COMPONENT_MODES: Words = {**MODES, NOT_DEPLOYED: ("未部署",)}
CLOUD_STATUSES: Words = {
    CloudStatus.ON_CLOUD: ("已上云", "上云", "已迁云", "已迁移"),
    CloudStatus.PARTLY: ("部分上云", "部分迁云"),
    CloudStatus.NOT_YET: ("未上云", "未迁云", "尚未上云", "计划上云", "待上云"),
    CloudStatus.MIGRATING: ("迁移中", "正在迁移", "上云中", "迁云中", "正在上云"),
    CloudStatus.TRIAL: ("试运行", "试运行中", "云上试运行"),
    CloudStatus.NOT_NEEDED: ("不上云", "无需上云", "不需上云", "豁免", "暂缓上云"),
}
DISPOSITIONS: Words = {
    Disposition.RETAIN: ("保留", "继续使用"),
    Disposition.MIGRATE: ("迁移", "迁云"),
    Disposition.MERGE: ("整合", "合并", "替代"),
    Disposition.RETIRE: ("关停", "停用", "撤销", "下线", "注销"),
}
AUDIENCES: Words = {
    "公众": ("公众", "社会公众", "群众", "个人", "公民", "市民"),
    "企业": ("企业", "法人", "企事业单位", "市场主体"),
    "机关": ("机关", "政府", "政府机关", "部门", "政府部门", "内部", "机关工作人员", "公务员", "政务部门"),
}
GRADINGS: Words = {
    "一级": ("一级", "第一级", "1", "1级", "一", "等保一级"),
    "二级": ("二级", "第二级", "2", "2级", "二", "等保二级"),
    "三级": ("三级", "第三级", "3", "3级", "三", "等保三级"),
    "四级": ("四级", "第四级", "4", "4级", "四", "等保四级"),
    "五级": ("五级", "第五级", "5", "5级", "五", "等保五级"),
    "未定级": ("未定级", "尚未定级", "未备案", "无"),
}
YES = ("是", "√", "有", "yes", "y", "true", "1", "支持", "已支持", "对", "☑", "✓", "✔")
NO = ("否", "×", "无", "no", "n", "false", "0", "不支持", "没有", "不是", "x", "✗", "☐", "未支持")
# 是否涉密 written as a degree of secrecy says yes as well.
SECRET = (*YES, "涉密", "秘密", "机密", "绝密", "内部涉密")


def word(value: str | StrEnum, words: Words) -> str:
    """The Chinese word printed for a stored value; a value outside the list is printed as it is."""
    return words[value][0] if value in words else str(value)
