"""Open the chat page over the corpus beside this file: `python app.py`."""

import sys
from pathlib import Path

from assistant.errors import AssistantError
from assistant.page import launch
from assistant.settings import load_settings

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    try:
        launch(load_settings(), corpus=here / "corpus", question_sets=here / "evals" / "questions")
    except AssistantError as error:
        sys.exit(str(error))  # to standard error, with exit code 1
