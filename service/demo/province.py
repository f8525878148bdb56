"""About 450 invented systems with a history of 2014-2020, drawn from one seed, so that every start shows the same."""

import random
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import divisions, network_domains
from inventory.agencies import Agency
from inventory.changes import attribute
from inventory.cloud_platforms import CloudPlatform
from inventory.divisions import Division
from inventory.levels import Level
from inventory.network_domains import DomainCode
from service.db import Sessions
from service.demo.systems import add_self, add_systems

SEED = 59
NUMERALS = "一二三四五六七八九十"
CLOUD_CITIES = ("370100", "370200", "370400", "370600", "371000", "371300")


def load_demo(sessions: Sessions, own_url: str) -> bool:
    """Fill an empty register with the sample province; a register that has agencies is left alone."""
    with sessions.begin() as session:
        if session.scalar(select(Agency.id).limit(1)) is not None:
            return False
        attribute(session, actor="system", reason="示例数据 / sample data")
        platforms = _add_platforms(session)
        dice = random.Random(SEED)  # noqa: S311 -- sample data, not a secret
        agencies = _add_agencies(session)
        add_systems(session, agencies, platforms, dice)
        add_self(session, agencies[0], platforms["370000"].domain_id, own_url)
        return True


def _add_platforms(session: Session) -> dict[str, CloudPlatform]:
    """Platform by the code of the division that owns it; the administrative cloud under 'administrative'."""
    public = network_domains.by_code(session, DomainCode.PUBLIC_SERVICE)
    inner = network_domains.by_code(session, DomainCode.ADMINISTRATIVE)
    province = divisions.by_code(session, "370000")
    platforms = {
        "370000": CloudPlatform(name="示例省级公共服务云", domain_id=public.id, owner_division_id=province.id,
                                provider="示例云服务商甲", recognised_from=date(2015, 1, 1)),
        "administrative": CloudPlatform(name="示例行政服务云", domain_id=inner.id, owner_division_id=province.id,
                                        provider="示例云服务商乙", recognised_from=date(2017, 6, 1)),
    }  # fmt: skip
    for number, code in enumerate(CLOUD_CITIES):
        city = divisions.by_code(session, code)
        platforms[code] = CloudPlatform(
            name=f"{city.name}示例政务云", domain_id=public.id, owner_division_id=city.id, provider="示例云服务商丙",
            recognised_from=date(2016, 1, 1) + timedelta(days=60 * number),
        )  # fmt: skip
    session.add_all(platforms.values())
    session.flush()
    return platforms


def _add_agencies(session: Session) -> list[Agency]:
    """Ten provincial agencies, four in each city, one county agency in each city."""
    province = divisions.by_code(session, "370000")
    agencies = [_agency(province, f"省示例单位{NUMERALS[n]}", Level.PROVINCE) for n in range(10)]
    query = select(Division).where(Division.level == Level.CITY).order_by(Division.code)
    for city in session.scalars(query):
        agencies += [_agency(city, f"{city.name}示例单位{NUMERALS[n]}", Level.CITY) for n in range(4)]
        county = session.scalars(
            select(Division).where(Division.parent_id == city.id, Division.valid_to.is_(None)).order_by(Division.code)
        ).first()
        if county is not None:
            agencies.append(_agency(county, f"{county.name}示例单位一", Level.COUNTY))
    session.add_all(agencies)
    session.flush()
    return agencies


def _agency(division: Division, name: str, level: Level) -> Agency:
    return Agency(name=name, level=level, division_id=division.id)
