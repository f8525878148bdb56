"""上云率, 全量口径: as the policy counts, but exempt systems stay in N."""

from inventory.indicators.rules.words import RuleWords

WORDS = RuleWords(
    indicator="cloud_rate_full",
    number=1,
    numerator_zh="按政策口径判定为已上云的系统数（含豁免期内已上云的系统）。",
    denominator_zh="政策口径的 N，另加当日豁免在有效期内的系统。",
    exclusions_zh="涉密系统；试运行和已下线系统；部委集中部署系统。",
    text_en="As the policy counts, but a system with an exemption in force stays in N, and in n if it is on the cloud.",
    source="监测指标，本系统定义",
)
