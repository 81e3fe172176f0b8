"""Open the chat page over the corpus beside this file: `python app.py`."""

import sys
from pathlib import Path

from assistant.errors import AssistantError
from assistant.page import launch
from assistant.settings import load_settings

if __name__ == "__main__":
    try:
        launch(load_settings(), corpus=Path(__file__).resolve().parent / "corpus")
    except AssistantError as error:
        sys.exit(str(error))  # to standard error, with exit code 1
