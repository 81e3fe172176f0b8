"""Every text of the interface, in one place. Documents' words are never here."""

from assistant.answers import Reason, Verdict

TITLE = "Briefing Assistant"
PROMISE = "Every answer is made of word-for-word quotations from the library, each one with its source."

CONVERSATION = "Conversation"
SOURCE = "Source"
YOUR_QUESTION = "Your question"
WRITE_HERE = "Enter sends, Shift+Enter starts a new line"
ASK = "Ask"
NEW_CONVERSATION = "New conversation"

ASKING = "Ask"
LIBRARY = "Library"
FIND = "Find by title, publisher, author or tag"
CHOOSE = "Choose a document from the list to read it."
EDIT = "Edit what is known of it"
FIELDS = {
    "title": "Title",
    "publisher": "Publisher",
    "author": "Author",
    "published": "Published (like 2022-08-16)",
    "updated": "Updated (like 2022-08-20)",
    "url": "Address",
    "language": "Language (a code such as en)",
    "tags": "Tags, separated by commas",
}
SAVE_EDIT = "Save"
UNDO_EDIT = "Give back what its file says"
EDITED = "Saved. It stays as set when the file is read again."
EDIT_UNDONE = "It has the metadata of its file again."
NOTHING_EDITED = "Nothing was changed."
NOT_EDITABLE = "It can't be edited here: the page is open to other machines. Use `briefing edit` on this one."
BUSY = "another process is writing to the library; try again in a moment"
COPIES = "Copies"
ORIGIN = "From"
HISTORY = "Revisions"
REVISION_LISTED = "{digest}, as of {dated}"
NO_DAY = "no day"
CURRENT = "current"

FILTERS = "Filters"
SINCE = "Published since (like 2022-08-16)"
UNTIL = "Published until (like 2022-08-20)"
PUBLISHERS = "Publishers"
TAGS = "Tags"
DOCUMENTS = "Documents"

SEARCHING = "Searching…"
TRY_ONE = "Questions that this library answers"
EMPTY = "The library holds no documents yet."
EMPTY_ADVICE = "Add some with the command below, then reload this page."
ADD_COMMAND = "briefing add PATH"
NOTHING_OPEN = "Nothing is open yet. Choose a number such as [1] in an answer to read the quotation in its place."

LONGEST_QUESTION = 2000
ASKED_EARLIER = "Searched for: {}"
FILTERED_BY = "Only from documents that match: {}"
LEFT_OUT = "[…]"
LEFT_OUT_MEANS = "something of the same paragraph is left out here"
OPEN_CITATION = "[{number}] Read it in its place: {title}, paragraph {paragraph}"
PAGE = "page {}"
PARAGRAPH = "paragraph {}"
SPEAKER = "speaker: {}"
ALSO_IN = "also in: {}"
UPDATED_ON = "updated {}"
CONFIDENCE_TOLD = "Confidence {:.0%}: the estimated probability that this passage answers the question."

PUBLISHER = "Publisher"
AUTHOR = "Author"
PUBLISHED = "Published"
UPDATED = "Updated"
ADDRESS = "Address"
REVISION = "Revision"
QUOTED_FROM = "Quotation [{number}] is highlighted in paragraph {paragraph}."
BACK = "Back to the answer"
CHANGED_SINCE = "The document has been changed since: this is the revision that was quoted."
WITHDRAWN = "The document has been withdrawn from the library: this is the revision that was quoted."

JUDGE = "What do you think of this answer?"
VERDICTS = {
    Verdict.GOOD: "Good answer",
    Verdict.WRONG_QUOTE: "Wrong quote",
    Verdict.SHOULD_HAVE_DECLINED: "Should have declined",
    Verdict.MISSED: "Missed something",
}
THANKS = "Noted."
CORRECTION = "Which words of a document should it have quoted? (optional)"
CORRECTED = "Noted, with what it should have quoted: {}"
SAVE = "Save"
LONGEST_CORRECTION = 500
CORRECTION_TOO_LONG = "the correction has {length:,} characters; give the words that matter, {limit:,} at most"

TOO_LONG = "the question has {length:,} characters; shorten it to {limit:,} or fewer"
NOT_KEPT = "This turn could not be written down: {}"
GONE = "this quotation is not part of the conversation any more; ask the question again"
FAILED = "Something went wrong inside the program, and its log says what; the page can still be used."

EVALUATION = "Evaluation"
EVALUATION_IS = (
    "A question set says what should be quoted, and when nothing should. Its questions are asked of the documents that "
    "the set itself names, and not of this library."
)
READING_SETS = "Reading the question sets…"
NO_SETS = (
    "No question sets are named. Set BRIEFING_QUESTION_SETS to a folder of them (such as evals/questions) and start "
    "the page again."
)
EMPTY_SETS = "The folder of question sets holds no .yaml file."
NOT_RUNNABLE = "Evaluations are run by whoever may change the library. Earlier reports can be read here."
QUESTION_SETS = "Question sets"
SET_HOLDS = "{cases} about {corpus}"
NO_CORPUS = "no documents"
AT_MOST = "At most so many questions of each set (optional)"
RUN = "Run"
STOP = "Stop"
NONE_CHOSEN = "Choose at least one question set."
SETS_CHANGED = "The question sets have changed; choose again."
LIMIT_WRONG = "Write a whole number from 1 to {most:,}, or leave it empty; {given!r} is none."
STARTING = "Starting…"
RUNNING = "An evaluation is running."
STAGE = "{stage} {set}: {done} of {total}"
STAGES = {"indexing": "Indexing for"}
ASKING_OF = "Asking of"
ASKED_SO_FAR = "{asked} of {trials} asked"
LEFT = "{} left"
PROGRESS = "Questions asked"
RUN_FINISHED = "The evaluation has finished; its report stands first in the list."
RUN_STOPPED = "The evaluation was stopped; nothing of it is kept."
RUN_FAILED = "The evaluation failed: {}"
REPORTS = "Reports"
NO_REPORTS = "There are no reports yet."
REPORTS_KEPT = "The last {} are kept in the library's folder."
OPEN_REPORT = "Open"
SAVE_REPORT = "Save the report"
SAVE_RUN = "Save its data (JSON)"
REMOVE_REPORT = "Remove"
REMOVE_FOR_GOOD = "Remove for good"
REPORT_REMOVED = "The report was removed."
REPORT_OF = "Report of {}"
REPORT_TOLD = "{questions}, {right} right"
LIMITED = "at most {} of each set"
COMPARED = "The report compares with the run of {}."
NOT_COMPARED = "There was no earlier report of the same sets to compare with."
FIGURES_OF = "Figures, with 95% intervals"
ALL_OF_IT = "The whole report"
SET = "Set"
QUESTIONS = "Questions"
FIGURES = {
    "right": "Right as a whole",
    "hit_1": "Expected quote first",
    "hit_3": "… in the first three",
    "refusing_f1": "Refusing: F1",
    "p50": "Time, median",
}
INTERVAL = "{} to {}"
NO_FIGURE = "–"

READERS_SAID = "What readers said"
READERS_SAID_HIDDEN = "What readers thought of answers is shown to those who may change the library."
NOTHING_SAID = "Nobody has judged an answer yet."
JUDGED = "Date", "Question", "Verdict", "Correction"
JUDGED_SHOWN = 200
JUDGED_LEFT_OUT = "The newest {shown} of {count} are shown."
AFTER_QUESTIONS = "after {}"
EXPORT_CASES = "Save as a question set"
EXPORT_IS = (
    "Saves the answers that were not found good as cases, to be read before they are used. Files are named as seen "
    "from the folder in which the page was started."
)

EXPLANATIONS = {
    Reason.EMPTY_LIBRARY: f"{EMPTY} Add some with the command `{ADD_COMMAND}`, then ask again.",
}
"""What differs on the page from `assistant.render.EXPLANATIONS`."""

EXAMPLES = (
    "When was Ayman al-Zawahiri killed?",
    "How much Afghan central bank money was at the New York Fed when Kabul fell?",
    "Who signed the Amu Darya oil contract?",
    "When were women banned from universities in Afghanistan?",
    "When did the last American aircraft leave Kabul?",
    "What was the magnitude of the Herat earthquake of October 2023?",
    "When did Qatar allow the Taliban to open a political office in Doha?",
    "How much Afghan money did Washington keep frozen?",
)
"""Candidates for the first screen; only those that the library at hand answers are shown."""

EXAMPLES_SHOWN = 4

READING = "Reading"
FILLED = "{added} of {files} files in {folder!r} were added."
OPEN_AT = "Briefing Assistant is open at {address} with {holdings} (library {library!r}). Ctrl+C closes it."
WAITING = "Another process is writing to this library; waiting for it."
CLOSED = "Closed."

_LIKELY = ((0.9, "very likely"), (0.7, "likely"), (0.5, "possibly"), (0.0, "doubtful"))


def likelihood(confidence: float) -> str:
    """Return a confidence in words."""
    return next(words for least, words in _LIKELY if confidence >= least or least == 0.0)


def counted(count: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def duration(seconds: float) -> str:
    """Return a length of time in the words that are exact enough for it."""
    minutes = round(seconds / 60)
    return f"about {counted(minutes, 'minute', 'minutes')}" if minutes else "less than a minute"
