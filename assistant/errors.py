"""Every error that a user can cause or mend.

AssistantError
├── SettingsError            a setting that can't be used
├── RequestError             what another program asks for, that can't be done as it is asked
├── UsersError               the users file, or a name or password for it, that can't be used
├── ReadingError             a file, page or stream that can't be read as a document
├── LibraryError             the library folder: missing, unwritable, not a library
│   ├── LibraryVersionError  written by a newer version of this program
│   ├── LibraryBusyError     another process is writing and did not finish in time
│   ├── LibraryDamagedError  the catalogue or the vectors can't be read
│   ├── IndexMismatchError   vectors made with another model or another way of cutting
│   └── VectorsUnreachableError the server of the vectors can't be reached
├── UnknownDocumentError     no such document, or no such revision of it
├── UnknownConversationError no such conversation, or another owner's
├── DuplicateDocumentError   one id for two different documents
├── EmbeddingError           the embedding model is missing or is not the published one
└── QuoteRefusedError        a span that is no quote: changed text, or cut inside a sentence

Only these are printed as one line, without a traceback; anything else is a bug and shows one. A message is lower case
and says the thing, what was found and what to do about it.
"""


class AssistantError(Exception):
    """The root of the tree; never raised itself."""


class SettingsError(AssistantError):
    """A setting that can't be used."""


class RequestError(AssistantError):
    """Another program asks for something with arguments that can't be used."""


class UsersError(AssistantError):
    """The users file, or a name or a password for it, can't be used."""


class ReadingError(AssistantError):
    """A file, page or stream that can't be read as a document."""


class LibraryError(AssistantError):
    """The library folder can't be used."""


class LibraryVersionError(LibraryError):
    """The library was written by a newer version of this program."""


class LibraryBusyError(LibraryError):
    """Another process is writing to the library and did not finish in time."""


class LibraryDamagedError(LibraryError):
    """The catalogue or the vectors can't be read."""


class IndexMismatchError(LibraryError):
    """The vectors were made with another model, dimension or way of cutting."""


class VectorsUnreachableError(LibraryError):
    """The server that keeps the vectors can't be reached, or does not answer in time."""


class UnknownDocumentError(AssistantError):
    """No such document, or no such revision of it."""


class UnknownConversationError(AssistantError):
    """No such conversation, or another owner's, which is as unknown."""


class DuplicateDocumentError(AssistantError):
    """One id is claimed by two different documents."""


class EmbeddingError(AssistantError):
    """The embedding model is missing or is not the one that was published."""


class QuoteRefusedError(AssistantError):
    """A span that is no quote: its text changed, or it starts or ends inside a sentence."""
