"""上云率, 主机口径: the share of cloud hosts among the hosts that carry the systems of N."""

from inventory.indicators.rules.words import RuleWords

WORDS = RuleWords(
    indicator="cloud_rate_hosts",
    number=1,
    numerator_zh="N 中类别为云主机、其租户所在平台当日已认定的主机数（不看割接验收）。",
    denominator_zh="承载政策口径 N 中各系统生产组件当日在用部署的主机数；"
    "一台主机承载多个系统只计一次，未填报主机的部署不计。",
    exclusions_zh="不承载上述部署的主机；涉密、豁免、部委集中部署、不在运行的系统所用主机。",
    text_en="N: distinct hosts that carry a deployment in force of a production component of a system in the policy's "
    "N. n: those that are cloud hosts of a tenant on a platform recognised that day; acceptance is not asked.",
    source="监测指标，本系统定义",
)
