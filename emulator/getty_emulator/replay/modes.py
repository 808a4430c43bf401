"""VCR's record modes, for a folder of cassettes."""

from enum import Enum


class RecordMode(Enum):
    """
    What is asked of Getty, and what is recorded. The words are VCR's, and mean what they mean in vcrpy.

    ALL asks Getty everything: what is recorded replaces what an earlier run has recorded for the same request, the
    rest stays. NEW_EPISODES plays what is recorded and asks for the rest. ONCE does so in an empty folder; where there
    are cassettes it is as NONE, which only plays, and for which anything new is an error.
    """

    NONE = "none"
    ONCE = "once"
    NEW_EPISODES = "new_episodes"
    ALL = "all"
