"""Where things lie: the checkout, and the folder for everything that is made rather than written."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(os.environ.get("CANBAO_STATE_DIR") or BASE_DIR / ".canbao").absolute()
