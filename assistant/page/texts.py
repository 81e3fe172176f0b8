"""Every text of the interface, in one place. Documents' words are never here."""

import math

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
TOO_LARGE = "that is more than a name and a password; sign in first"
NO_FILES = "whoever has not signed in adds no files"
WAIT_TO_ASK = "you asked many questions in a short time; ask the next one in {}"
WAIT_TO_ADD = "you added many documents in a short time; add the next one in {}"
OPEN_TO_OTHERS = (
    "Whoever reaches this address can ask and read here, and change nothing. To let people sign in and change things, "
    "make a users file with `briefing users add NAME --users FILE` and set BRIEFING_USERS to it."
)
OPEN_IN_CLEAR = (
    "Whoever stands in users file {users!r} can sign in. Passwords and documents go over the network unencrypted, "
    "unless a proxy with HTTPS stands before this address."
)
NO_USERS = "users file {users!r} names nobody, so that nobody could sign in; add a name with {command}"
WAITING = "Another process is writing to this library; waiting for it."
CLOSED = "Closed."

_MINUTE = 60  # seconds
_LIKELY = ((0.9, "very likely"), (0.7, "likely"), (0.5, "possibly"), (0.0, "doubtful"))


def likelihood(confidence: float) -> str:
    """Return a confidence in words."""
    return next(words for least, words in _LIKELY if confidence >= least or least == 0.0)


def waited(seconds: float) -> str:
    """Return how long to wait, in words, rounded up."""
    whole = math.ceil(seconds)
    return counted(whole, "second", "seconds") if whole <= _MINUTE else counted(-(-whole // 60), "minute", "minutes")


def counted(count: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many}"
