"""Every text of the interface, in one place. Documents' words are never here."""

from assistant.answers import Reason, Verdict
from assistant.documents import Kind

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
STOP = "Stop"
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
