"""The method, each time with one part left out or set otherwise: what is each of them worth?"""

from __future__ import annotations

from dataclasses import replace

from tracker.core.promises.method import USUAL, Kinship, Method

PARTS: dict[str, Method] = {
    "as it is": USUAL,
    "kin: always the office's": replace(USUAL, kinship=Kinship.FAMILY),
    "kin: always the same kind": replace(USUAL, kinship=Kinship.KIND),
    "clearing-out left in": replace(USUAL, guard=False),
    "clearing-out: 10 cases, 5 times": replace(USUAL, bulk_fewest=10, bulk_times=5.0, bulk_share=0.2),
    "the level left alone": replace(USUAL, level_step=0.0),
    "no recent weeks": replace(USUAL, recent_weeks=0),
    "no tail: one hazard of all ages": replace(USUAL, tail=False),
    "weights of 20 everywhere": replace(USUAL, stage_weight=20.0, kin_weight=20.0, service_weight=20.0),
}
