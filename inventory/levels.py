"""Levels of government, and the words of the survey form for them."""

from enum import StrEnum


class Level(StrEnum):
    """At which level a body stands."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


LEVEL_ZH = {Level.PROVINCE: "省", Level.CITY: "市", Level.COUNTY: "县", Level.TOWNSHIP: "乡"}
