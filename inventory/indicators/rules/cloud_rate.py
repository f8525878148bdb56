"""上云率, 政策口径: the share of in-service provincial and city systems that run wholly on a recognised cloud."""

from inventory.indicators.rules.words import RuleWords

WORDS = RuleWords(
    indicator="cloud_rate",
    number=1,
    numerator_zh="N 中，当日有效的生产组件至少一个，且每个生产组件当日都有在用部署、"
    "在用部署全部位于当日已认定的政务云平台并已在当日或之前割接验收的业务系统数；"
    "部分上云计 0，未填报组件或部署计 0。",
    denominator_zh="当日主管部门层级为省或市、当日在运行（上线时间不晚于当日且尚未下线）的业务系统数，扣除下列剔除项。",
    exclusions_zh="涉密系统；试运行（尚未上线）和已下线系统；当日豁免在有效期内的系统；部委集中部署系统"
    "（系统来源为部委延伸，且生产组件当日在用的部署全部为部委集中；没有在用部署时以普查表“部署方式”为准）。",
    text_en="N: systems whose owner stands at the levels asked on that day, in service on that day, not classified, "
    "without an exemption in force, not run by a ministry. n: those of N with a production component, each of "
    "them deployed that day, and each deployment in force on a platform recognised that day and accepted by then. "
    "Partly moved counts 0.",
    source="鲁政办发〔2015〕59号 二(二)2",
)
