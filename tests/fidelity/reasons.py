"""Why some answers stay different from netlify-cli's. The first that fits counts."""

from fidelity.differences import Reason

REASONS: list[Reason] = []
