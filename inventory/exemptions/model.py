"""An approval document that keeps one system out of the denominator for a time."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, labelled, no_overlap, ordered_range


class Exemption(Recorded, Base):
    """In force on [valid_from, valid_to)."""

    __tablename__ = "exemptions"
    __table_args__ = (
        no_overlap(
            "ex_exemptions_period", "system_id", zh="该系统在这段时间已有豁免", en="already exempt in that period"
        ),
        ordered_range(),
    )

    system_id: Mapped[int] = labelled("业务系统", ForeignKey("business_systems.id"), index=True)
    document_number: Mapped[str] = labelled("豁免文号")
    reason: Mapped[str] = labelled("事由")
    valid_from: Mapped[date] = labelled("起始日期")
    valid_to: Mapped[date | None] = labelled("终止日期")
