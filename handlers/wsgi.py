"""The application of one web process, made from the environment when this module is imported.

`granian --interface wsgi handlers.wsgi:app` and `gunicorn handlers.wsgi:app` serve it too.
"""

from __future__ import annotations

import gc
import os

from handlers.app import create_app
from helpline import logs, wiring
from helpline.processes import end_with_parent
from helpline.settings import Settings

end_with_parent()
_settings = Settings.load(os.environ)
logs.configure(_settings.log_level, role="web")
parts = wiring.build(_settings, wiring.AT_THE_DOOR)
app = create_app(parts, _settings)

# What was built stays: the collector need not look at it again during requests.
gc.collect()
gc.freeze()
