"""What the jobs of this process work with, put together once, in the process that uses it."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from helpline import wiring
from helpline.settings import Settings

if TYPE_CHECKING:
    from helpline.service.parts import Parts


@cache
def parts() -> Parts:
    """The parts of the installation that the environment describes.

    Raises:
        BadSettings and whatever `helpline.wiring.build` raises.
    """
    return wiring.build(Settings.load(os.environ))
