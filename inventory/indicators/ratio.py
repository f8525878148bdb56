"""Integers decide; a percentage is only their printed form, truncated and never rounded up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """n of N; nothing of nothing is no ratio at all, and not 100 %."""

    n: int
    total: int

    @property
    def percent(self) -> str | None:
        """Two decimals, truncated ("97.96"); None when there is nothing to count."""
        if self.total == 0:
            return None
        hundredths = self.n * 10_000 // self.total
        return f"{hundredths // 100}.{hundredths % 100:02d}"

    def reaches(self, numerator: int, denominator: int) -> bool | None:
        """Whether n/N is at least numerator/denominator; None when there is nothing to judge."""
        return None if self.total == 0 else self.n * denominator >= numerator * self.total

    def shortfall(self, numerator: int, denominator: int) -> int:
        """还差: how many more of N have to count until the target is reached."""
        return max(0, -(-numerator * self.total // denominator) - self.n)
