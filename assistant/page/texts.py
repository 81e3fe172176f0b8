"""Every text of the interface, in one place. Documents' words are never here."""

import math

from assistant.answers import Reason, Verdict
from assistant.documents import Kind

TITLE = "Briefing Assistant"
PROMISE = "Every answer is made of word-for-word quotations from the library, each one with its source."

CONVERSATION = "Conversation"
SOURCE = "Source"
YOUR_QUESTION = "Your question"
WRITE_HERE = "Ask the library… Enter sends, Shift+Enter starts a new line"
ASK = "Ask"
STOP = "Stop"
NEW_CONVERSATION = "New conversation"
CONVERSATIONS = "Conversations"

ASKING = "Ask"
LIBRARY = "Library"
FIND = "Find by title, publisher, author, tag or id"
SHOWN_DOCUMENTS = "Show"
SHOW_QUOTABLE = "documents that may be quoted"
SHOW_WITHDRAWN = "withdrawn documents"
LIBRARY_TABLE = "The documents of the library"
SHOWN = "{told}, {first:,} to {last:,} shown"
COLUMNS = {
    "title": "Title",
    "publisher": "Publisher",
    "kind": "Kind",
    "published": "Published",
    "updated": "Updated",
    "tags": "Tags",
    "revisions": "Revisions",
}
KINDS = {Kind.ARTICLE: "Article", Kind.BRIEFING: "Briefing", Kind.TIMELINE: "Timeline"}
PREVIOUS = "Previous"
NEXT = "Next"
PAGES = "Pages of the table"
PAGE_OF = "Page {page:,} of {pages:,}"
BACK_TO_LIST = "Back to the list"
EDIT = "Edit what is known of it"
FIELDS = {
    "title": "Title",
    "kind": "Kind",
    "publisher": "Publisher",
    "author": "Author",
    "published": "Published",
    "updated": "Updated",
    "url": "Address",
    "language": "Language (a code such as en)",
    "tags": "Tags, separated by commas",
}
LONGEST_FIELD = 1000
LONGEST_SOUGHT = 200
SAVE_EDIT = "Save"
UNDO_EDIT = "Give back what its file says"
UNSAVED = "What you wrote about the document that is open is not saved. Leave it all the same?"
EDITED = "Saved. It stays as set when the file is read again."
EDIT_UNDONE = "It has the metadata of its file again."
NOTHING_EDITED = "Nothing was changed."
NOT_EDITABLE = "It can't be changed here: the page is open to other machines, and nobody has signed in."
BUSY = "another process is writing to the library; try again in a moment"
WITHDRAW = "Withdraw"
WITHDRAWN_NOW = "Withdrawn: it is quoted no more. Old quotations of it still open."
UNDO = "Undo"
BRING_BACK = "Bring back"
BRING_BACK_ONE = "Bring back: {}"
BROUGHT_BACK = "It is back, and may be quoted again."
WITHDRAWN_SINCE = "Withdrawn on {}."
KIND = "Kind"
LANGUAGE = "Language"
COPIES = "Copies"
ORIGIN = "From"
IDENTIFIER = "Id"
FROM_STREAM = "pasted, or standard input"
FROM_UPLOAD = "{} (sent to the page)"
TEXT = "Text"
TEXT_GOES_ON = "The first {shown:,} of {length:,} characters are shown; `briefing show` prints all of them."
HISTORY = "Revisions"
REVISION_LISTED = "{digest}, as of {dated}, recorded on {recorded}"
NO_DAY = "no day"
CURRENT = "current"
WHAT_CHANGED = "What changed"
WHAT_CHANGED_IN = "What changed in revision {}"
CHANGED_FROM_TO = "From {old} to {new}: {removed:,} words removed, {added:,} added"
CHANGES_GO_ON = " […] There are more changes; `briefing history` shows all of them."
REMOVED = "removed: "
ADDED = "added: "

ADD_DOCUMENTS = "Add documents"
CHOOSE_FILES = "Files to send"
FILES_ADVICE = "Text, Markdown, web pages, PDF, Word or e-mail. You can also drop them here."
SEND_FILES = "Add the files"
SENDING = "Sending {place} of {count}: {name}"
PASTE = "Or paste a text, or the HTML of a page"
PASTE_TITLE = "Its title (optional; else its first line)"
ADD_PASTE = "Add the text"
FETCH = "Or the address of a page, a PDF or a feed"
ADD_ADDRESS = "Fetch and add"
NO_FETCHES = (
    "The page fetches nothing from the web unless whoever asks for it has signed in, or the setting "
    "BRIEFING_PAGE_FETCHES allows it. `briefing add URL` does."
)
REPLACE = "Let them replace documents that have the same name (what was there stays in their history)"
STOPPING = "Stopping after the one that is being read."
NOTHING_CHOSEN = "choose at least one file"
NOTHING_PASTED = "write or paste a text"
NO_ADDRESS = "write an address that begins with https:// or http://"
MOST_FILES = 100
MOST_BYTES = 200_000_000
TOO_MANY_FILES = "{count:,} files were chosen; add at most {most:,} at a time"
TOO_MANY_BYTES = "the files have {size:,} bytes together; add at most {most:,} at a time"
FILE_TOO_LARGE = "{name}: is larger than the {most:,} bytes that are read; split it into its articles"
PASTE_TOO_LONG = "the text is longer than {most:,} characters; save it as a file and send that"
NOT_RECEIVED = "{name}: it did not arrive; send it again"
NOT_ALLOWED = "this can't be changed here: the page is open to other machines, and nobody has signed in"
NOW_READING = "Reading {place} of {count}: {name}"
NOW_WAITING = "Waiting for another process that is writing to the library"
REPORT = "What became of it"
STOPPED = "Stopped: {} not read."
LEFT_OUT_LINES = "{} of page furniture left out"
COPY_OF = "a copy of {}"
LATE = "found by meaning only when the server of the vectors answers again"

FILTERS = "Ask of a part of the library"
SINCE = "Published since"
UNTIL = "Published until"
PUBLISHERS = "Publishers"
TAGS = "Tags"
DOCUMENT = "Document"
DOCUMENT_SOUGHT = "Write a part of its title, then choose it"
DOCUMENTS_FOUND = "{} found"
CLEAR_FILTERS = "Clear all"
CHOSEN = "Asked of"
CHIP_SINCE = "since {}"
CHIP_UNTIL = "until {}"
CHIP_PUBLISHER = "publisher: {}"
CHIP_TAG = "tag: {}"
CHIP_DOCUMENT = "document: {}"
CHIP_AUTHOR = "author: {}"
LEAVE_OUT = "Leave this out: {}"

UNDERSTOOD = "What was understood"
ASKED_EARLIER = "Searched for: {}"
ASK_AS_WRITTEN = "Ask it as it is written, without what came before"
ASK_WITHOUT = "Ask again without this: {}"

STATES = {
    "understand": "Understanding the question…",
    "retrieve": "Searching the library…",
    "select": "Reading what was found…",
    "choose": "Asking the language model…",
    "check": "Checking every word of the quotations…",
}
ASKING_STOPPED = "Stopped. The question is back in the box."
ASK_AGAIN = "Ask again"
EDIT_QUESTION = "Edit the question"
CANCEL = "Cancel"
TURN_ACTS = "What can be done with this answer"
TAKEN_OUT_ONE = "This answer took the place of the one before."
TAKEN_OUT = "This answer took the place of {} earlier ones."
PUT_BACK = "Undo"

PAST_SEARCH = "Find a conversation"
PAST_NONE = "No conversations yet."
PAST_NOT_FOUND = "None holds these words."
PAST_FACTS = "{questions}, {day}"
RENAME = "Rename"
RENAME_THIS = "Rename the conversation: {}"
TITLE_OF_IT = "Title"
DELETE = "Delete"
DELETE_THIS = "Delete the conversation: {}"
DELETED = "“{}” was deleted. It can be brought back for a day."
UNDELETE = "Undo"
MOST_LISTED = 100
MORE_LISTED = "Only the last {} are listed; search to find others."

COPY = "Copy"
COPY_AS = {"markdown": "as Markdown", "html": "with formatting", "footnotes": "with plain footnotes"}
COPIED = "Copied."
NOT_COPIED = "The browser did not let the page copy; the text is selected below."
DOWNLOAD = "Download the conversation"
DOWNLOAD_AS = {
    "markdown": "Markdown",
    "docx": "Word",
    "html": "Web page",
    "json": "JSON",
    "evidence": "Evidence pack (.zip)",
}
TRY_ONE = "Questions that this library answers"
HELD = "In the library"
HELD_PUBLISHERS = "Publishers"
HELD_DATES = "Dates"
HELD_KINDS = "Kinds"
HELD_GAPS = "Gaps"
KINDS_COUNTED = {
    Kind.BRIEFING: ("briefing", "briefings"),
    Kind.ARTICLE: ("article", "articles"),
    Kind.TIMELINE: ("timeline", "timelines"),
}
HELD_MORE = "{} others"
NEWEST = "the newest is of {day}, {age}"
UNDATED = "{} without a date"
GAP = "nothing of {first} to {last} ({length})"
EMPTY = "The library holds no documents yet."
EMPTY_ADVICE = "Add some in the Library tab, or with the command below."
ADD_COMMAND = "briefing add PATH"
NOTHING_OPEN = "Nothing is open yet. Choose a number such as [1] in an answer to read the quotation in its place."

LEFT_OUT = "[…]"
LEFT_OUT_MEANS = "something of the same paragraph is left out here"
OPEN_CITATION = "[{number}] Read it in its place: {title}, paragraph {paragraph}"
PAGE = "page {}"
PARAGRAPH = "paragraph {}"
SPEAKER = "speaker: {}"
ALSO_IN = "also in: {}"
STATED_IN = "stated in {count} documents, also in: {also}"
UPDATED_ON = "updated {}"
CONTEXT = "Context"
CONTEXT_OF = "Context of [{}]"
LIVE = "At the publisher’s"
LIVE_OF = "Quotation [{number}] at the publisher’s: {title} (opens a new tab)"
SURE = "{words}. {told}"
NO_DATE = "no date"
WHAT_TO_CHANGE = "What could be changed"
WITHOUT_FILTER = "Ask again without “{}”"
AS_WRITTEN = "Ask it as it is written"
OF_ALL_SOURCES = "Ask the same of all sources"
OTHER_WORDS = "Ask for one thing in the words that the documents might use, or name who said it."
LOOK_IN_LIBRARY = "Look in the Library tab whether a document about it is there; what is not there can be added."
CONFIDENCE_TOLD = "Confidence {:.0%}: the estimated probability that this passage answers the question."

PUBLISHER = "Publisher"
AUTHOR = "Author"
PUBLISHED = "Published"
UPDATED = "Updated"
ADDRESS = "Address"
REVISION = "Revision"
QUOTED_FROM = "Quotation [{number}] is highlighted in paragraph {paragraph}."
BACK = "Back to the answer"
CLOSE = "Close the source"
EARLIER_QUOTE = "Quotation before"
LATER_QUOTE = "Next quotation"
READER_ACTS = "Quotations"
AS_QUOTED = "As quoted"
AS_IT_STANDS = "As it stands now"
VERSIONS = "Which revision is shown"
STANDS_STILL = "The quotation still stands in the document, in paragraph {}."
STANDS_NO_MORE = "The quotation does not stand in the document any more."
ASK_WITHIN = "Ask within this document"
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
GONE = "this is no place of a quotation; choose its number in an answer"
NOTHING_TO_TAKE = "there is nothing to copy or save yet; ask a question first"
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
    Reason.EMPTY_LIBRARY: f"{EMPTY} Add some in the Library tab or with the command `{ADD_COMMAND}`, then ask again.",
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
WHAT_SAID = "What did {speaker} say{about}?"
SAID_ABOUT = " about {}"

READING = "Reading"
FILLED = "{added} of {files} files in {folder!r} were added."
OPEN_AT = "Briefing Assistant is open at {address} with {holdings} ({library}). Ctrl+C closes it."

SIGN_IN = "Sign in"
SIGN_IN_ADVICE = "Sign in with the name and the password that you were given."
SIGN_IN_NEEDS_SCRIPT = "This page needs JavaScript; switch it on and load the page again."
SIGN_IN_WRONG = (
    "That is not the right name and password. After five wrong ones in a row, wait a minute before you try again."
)
SIGN_IN_MISSING = "Write your name and your password."
SIGN_IN_UNREACHED = "The program did not answer. Wait a moment and try again."
NAME = "Name"
PASSWORD = "Password"  # noqa: S105 - the label of its field
SIGN_OUT = "Sign out"
SIGNED_IN_AS = "Signed in as {}"
NOT_SIGNED_IN = "nobody is signed in here; open the page and sign in"
NOT_FROM_HERE = "this was asked for by the page of another site; open this page itself"
NOT_THERE = "there is nothing at this address"
NO_ADDRESS_AS_FILE = "a file is given by sending it, not by its address on the web"
TOO_LARGE = "that is more than a name and a password; sign in first"
NO_FILES = "whoever has not signed in adds no files"
WAIT_TO_ASK = "you asked many questions in a short time; ask the next one in {}"
WAIT_TO_ADD = "you added many documents in a short time; add the next one in {}"
MCP_AT = "Programs that speak MCP reach the library at {}."
OPEN_TO_OTHERS = (
    "Whoever reaches this address can ask and read here, and change nothing. To let people sign in and change things, "
    "make a users file with `briefing users add NAME --users FILE` and set BRIEFING_USERS to it."
)
OPEN_IN_CLEAR = (
    "Whoever stands in users file {users!r} can sign in. Passwords and documents go over the network unencrypted, "
    "unless a proxy with HTTPS stands before this address."
)
NO_USERS = "users file {users!r} names nobody, so that nobody could sign in; add a name with {command}"
METRICS_OPEN = (
    "setting 'metrics' opens /metrics to whoever reaches the page; set BRIEFING_METRICS_TOKEN to what Prometheus sends"
)
METRICS_KEY_UNUSABLE = (
    "setting 'metrics_token' has {length} characters; make it {shortest} or more letters, digits and signs, "
    "without spaces"
)
METRICS_REFUSED = "the metrics are for whoever sends the token; set it where this was asked from"
ONLY_READ = "this address is only read; ask with GET"
WAITING = "Another process is writing to this library; waiting for it."
CLOSED = "Closed."

_MINUTE = 60  # seconds
_LIKELY = ((0.9, "very likely"), (0.7, "likely"), (0.5, "possibly"), (0.0, "doubtful"))


def likelihood(confidence: float) -> str:
    """Return a confidence in words."""
    return next(words for least, words in _LIKELY if confidence >= least or least == 0.0)


def age(days: int) -> str:
    """Return how long before today a day is; a negative number is after it."""
    if not days:
        return "today"
    count, unit = next((abs(days) // length, name) for name, length in _UNITS if abs(days) >= length)
    return f"{counted(count, unit, unit + 's')} {'before' if days > 0 else 'after'} today"


def length(days: int) -> str:
    """Return a number of days in the largest unit that it fills twice, or in days."""
    count, unit = next((days // size, name) for name, size in _UNITS if days >= 2 * size or size == 1)
    return counted(count, unit, unit + "s")


_UNITS = (("year", 365), ("month", 30), ("day", 1))


def waited(seconds: float) -> str:
    """Return how long to wait, in words, rounded up."""
    whole = math.ceil(seconds)
    return counted(whole, "second", "seconds") if whole <= _MINUTE else counted(-(-whole // 60), "minute", "minutes")


def counted(count: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def duration(seconds: float) -> str:
    """Return a length of time in the words that are exact enough for it."""
    minutes = round(seconds / 60)
    return f"about {counted(minutes, 'minute', 'minutes')}" if minutes else "less than a minute"
