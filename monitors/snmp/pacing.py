"""How long to wait for one device, learned from its answers (the estimator of RFC 6298)."""


class Pace:
    """The waiting time of one device, in seconds."""

    def __init__(self, first: float = 1.0, floor: float = 0.5, ceiling: float = 5.0) -> None:
        self._floor, self._ceiling = floor, ceiling
        self._smoothed: float | None = None
        self._variation = 0.0
        self.timeout = min(first, ceiling)

    def learn(self, seconds: float) -> None:
        """Take in a round trip that was not repeated: of a repeated one nobody knows which request was answered."""
        if self._smoothed is None:
            self._smoothed, self._variation = seconds, seconds / 2
        else:
            self._variation += (abs(self._smoothed - seconds) - self._variation) / 4
            self._smoothed += (seconds - self._smoothed) / 8
        self.timeout = min(max(self._smoothed + 4 * self._variation, self._floor), self._ceiling)

    def back_off(self) -> None:
        """Wait twice as long from now on: the device may still be computing."""
        self.timeout = min(self.timeout * 2, self._ceiling)
