"""Settings to Assistant: the only place where the concrete parts meet."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.runnables import Runnable

from assistant.answers import Answer, Filters, Question, Turn
from assistant.backup import UNFINISHED, Manifest, back_up, restore
from assistant.calibration import Fitted, open_fitted
from assistant.catalogue import SCHEMA, Catalogue, open_catalogue, open_database
from assistant.chain import CHOOSE, STEPS, Desk, build_chain
from assistant.embedding import Embedder, open_embedder
from assistant.errors import IndexMismatchError, LibraryBusyError, LibraryError, VectorsUnreachableError
from assistant.fetching import Fetcher
from assistant.following import COLLECTION, CatalogueLedger, Follower, forget_server
from assistant.indexing import Indexer, State
from assistant.logs import start_lines, tell
from assistant.migrating import Moved, copy_library, count_rows
from assistant.model import Model, open_model
from assistant.passages import CUTTING
from assistant.quoting import QuoteCheck
from assistant.retrieval import COUNT, FusedRetriever
from assistant.searching import FoundPassage, search
from assistant.selection import Selector, fitted
from assistant.settings import Settings
from assistant.standing import Standing
from assistant.terms import ANALYSIS
from assistant.vectors import (
    ServerVectors,
    Vectors,
    open_server_vectors,
    open_vectors,
    remake_vectors,
    server_address,
)

if TYPE_CHECKING:
    from assistant.metrics import Metrics

CATALOGUE = "catalogue.sqlite3"
VECTORS = "chroma"
DATABASE_VECTORS = "chroma-database"
"""The folder of vectors whose catalogue lies in a database: a file beside it, moved or not, keeps its own."""

EVALUATIONS = "evaluations"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Assistant:
    """One open library and everything that works on it."""

    settings: Settings
    catalogue: Catalogue
    vectors: Vectors
    embedder: Embedder
    indexer: Indexer
    retriever: FusedRetriever
    chain: "Runnable[Question | str, Answer]"
    metrics: "Metrics | None" = None
    """What is counted of all that this assistant does; None where the settings want nothing counted."""
    follower: Follower | None = None
    """What lets the vectors catch up with the catalogue; None where they are in the library's folder."""

    def ask(
        self,
        text: str,
        *,
        earlier: tuple[Turn, ...] = (),
        filters: Filters | None = None,
        as_of: date | None = None,
    ) -> Answer:
        """Answer one question of a conversation."""
        return self.chain.invoke(Question(text=text, earlier=earlier, filters=filters or Filters(), as_of=as_of))

    def search(self, text: str, *, filters: Filters | None = None, count: int = COUNT) -> tuple[FoundPassage, ...]:
        """Return the passages nearest to a text, at most `count`, best first; they are no answer to anything."""
        return search(
            text,
            catalogue=self.catalogue,
            retriever=self.retriever,
            check=self.check(),
            filters=filters or Filters(),
            count=count,
        )

    def check(self) -> QuoteCheck:
        """Return the check that makes quotes of this library."""
        return QuoteCheck(self.catalogue)

    def close(self) -> None:
        """Release the library's files."""
        if self.follower is not None:
            self.follower.stop()
        self.vectors.close()
        self.catalogue.close()


def open_assistant(settings: Settings, *, create: bool = False) -> Assistant:
    """Open the library that the settings name, or make it if `create` allows that, and finish what a kill left.

    Raises LibraryError or one of its kinds, EmbeddingError, and SettingsError for a model that can't be opened or a
    calibration that is not made for it.
    """
    model = open_model(settings) if settings.model else None  # first: a slip in its name makes no library
    calibrated = open_fitted(settings)
    catalogue = open_library(settings, create=create)
    embedder = open_embedder(settings.embedding_model, settings.cache)
    if calibrated is not None:
        calibrated.require_embedding(embedder.name)
    catalogue.require(cutting=CUTTING, analysis=ANALYSIS, model=embedder.name)
    vectors = _open_vectors(settings, catalogue, embedder)
    return _finished(_assembled(settings, catalogue, vectors, embedder, model=model, calibrated=calibrated))


def _open_vectors(settings: Settings, catalogue: Catalogue, embedder: Embedder) -> Vectors:
    """Open the vectors where the settings say that they are; a server that can't be reached now may be so later.

    The first time that they are to be on a server, all of them have to follow there. Raises IndexMismatchError where
    they are on a server, and the settings name none.
    """
    server = _server_vectors(settings, catalogue, embedder)
    if server is None:
        if catalogue.meta(COLLECTION):
            message = (
                f"the vectors of library {str(settings.library)!r} are on a Chroma server, and BRIEFING_CHROMA_URL "
                "names none: set it, or make them anew in the folder; run `briefing check --repair`"
            )
            raise IndexMismatchError(message)
        return open_vectors(
            _vectors_folder(settings), model=embedder.name, dimension=embedder.dimension, cutting=CUTTING
        )
    if not catalogue.meta(COLLECTION):
        catalogue.mark_pending(put=catalogue.passage_ids())
    try:
        server.open()
    except VectorsUnreachableError as error:
        tell(_LOG, "vectors_unreachable", error=error)  # whoever needs them is told
    except BaseException:
        server.close()
        raise
    return server


def _server_vectors(settings: Settings, catalogue: Catalogue, embedder: Embedder) -> ServerVectors | None:
    """Return the vectors on the server that the settings name, unopened; None where they name none."""
    if not settings.chroma_url:
        return None
    token = settings.chroma_token
    address = server_address(settings.chroma_url, token=token.get_secret_value() if token else None)
    ledger = CatalogueLedger(catalogue, embedder.dimension)
    return open_server_vectors(address, ledger, model=embedder.name, dimension=embedder.dimension, cutting=CUTTING)


def _remade_vectors(settings: Settings, catalogue: Catalogue, embedder: Embedder) -> Vectors:
    """Make the vectors anew, with none in them, where the settings say that they are to be."""
    server = _server_vectors(settings, catalogue, embedder)
    if server is not None:
        server.reset()
        return server
    made = remake_vectors(_vectors_folder(settings), model=embedder.name, dimension=embedder.dimension, cutting=CUTTING)
    if catalogue.meta(COLLECTION):
        catalogue.record(**{COLLECTION: ""})
    return made


def open_for_repair(
    settings: Settings, progress: Callable[[int, int], None] | None = None, *, copied: bool = False
) -> Assistant:
    """Open the library with new vectors, whatever was wrong with the old ones or whatever they were made with.

    With `copied` its catalogue is a copy of another library's, whose vectors on a server are left alone. Where the
    library was cut, analysed or embedded otherwise, every document is indexed anew. Takes the write lock.
    """
    catalogue = open_library(settings, create=False)
    embedder = open_embedder(settings.embedding_model, settings.cache)
    if copied:
        forget_server(catalogue)
    catalogue.mark_pending(put=catalogue.passage_ids())  # first: a kill from here on leaves it to the next start
    vectors = _remade_vectors(settings, catalogue, embedder)
    assistant = _assembled(settings, catalogue, vectors, embedder)
    made = {"cutting": CUTTING, "analysis": ANALYSIS, "model": embedder.name}
    with assistant.indexer.writing():
        if any(catalogue.meta(name) != value for name, value in made.items()):
            catalogue.rebuild_words()  # the words are dropped by working them out, so they must be this analysis'
            assistant.indexer.reindex(progress)
            catalogue.record(**made)
        else:
            catalogue.mark_pending(put=catalogue.passage_ids())
            assistant.indexer.follow()
    return assistant


def open_fetcher(settings: Settings) -> Fetcher:
    """Return what fetches addresses, as the settings allow it; nothing is asked of the network yet."""
    return Fetcher(allow_private=settings.private_addresses, respect_robots=settings.respect_robots)


def open_library(settings: Settings, *, create: bool) -> Catalogue:
    """Open the catalogue alone: enough for listing and showing, and quick. A log that the settings want begins here."""
    if settings.log:
        start_lines(words=settings.log_questions)
    library = settings.library
    path = library / CATALOGUE
    if create:
        _make_folder(library, path)
    if settings.database_url is None:
        return open_catalogue(path, create=create)
    catalogue = open_database(settings.database_url.get_secret_value(), create=create)
    _make_folder(library, path)  # of a library on a server a new machine has nothing yet
    return catalogue


def _make_folder(library: Path, catalogue: Path) -> None:
    """Make the library's folder; refuse one that holds other things."""
    try:
        library.mkdir(parents=True, exist_ok=True)
        strange = sorted(entry.name for entry in library.iterdir() if entry.name not in _OWN)
    except OSError as error:
        message = f"library {str(library)!r} can't be made ({error.strerror}); name another folder with --library"
        raise LibraryError(message) from error
    if strange and not catalogue.exists():
        message = (
            f"{str(library)!r} is no library and holds other things ({strange[0]!r}); "
            "name an empty or a new folder with --library"
        )
        raise LibraryError(message)


_OWN = frozenset(
    {
        *(CATALOGUE, f"{CATALOGUE}-wal", f"{CATALOGUE}-shm", VECTORS, DATABASE_VECTORS, EVALUATIONS),
        *("models", "write.lock", ".gitignore"),
    }
)


def _vectors_folder(settings: Settings) -> Path:
    return settings.library / (VECTORS if settings.database_url is None else DATABASE_VECTORS)


def _assembled(
    settings: Settings,
    catalogue: Catalogue,
    vectors: Vectors,
    embedder: Embedder,
    *,
    model: Model | None = None,
    calibrated: Fitted | None = None,
) -> Assistant:
    retriever = FusedRetriever(catalogue=catalogue, vectors=vectors, embedder=embedder)
    desk = Desk(
        catalogue=catalogue,
        retriever=retriever,
        selector=_selector(catalogue, embedder, calibrated),
        check=QuoteCheck(catalogue),
        standing=Standing(catalogue, embedder),
        quotes=settings.quotes,
        readiness=settings.readiness,
        model=model,
        restates=settings.model_rewrites,
    )
    metrics, chain, told = _metrics(settings), build_chain(desk), None
    if settings.log or metrics is not None:
        from assistant.observing import watched, watched_outcomes  # noqa: PLC0415 - who is not watched does not pay

        chain, told = watched(chain, metrics), watched_outcomes(metrics)
    indexer, follower = Indexer(catalogue, vectors, embedder, told=told), None
    if isinstance(vectors, ServerVectors):
        follower = Follower(catalogue, indexer)
        follower.start()
    return Assistant(
        settings=settings,
        catalogue=catalogue,
        vectors=vectors,
        embedder=embedder,
        indexer=indexer,
        retriever=retriever,
        chain=chain,
        metrics=metrics,
        follower=follower,
    )


def _selector(catalogue: Catalogue, embedder: Embedder, calibrated: Fitted | None) -> Selector:
    """Return what chooses: by the calibration that the settings name, or by the models that come with the program."""
    if calibrated is None:
        sentence, answer = fitted()
        return Selector(catalogue, embedder.word_vectors, sentence=sentence, answer=answer)
    return Selector(
        catalogue,
        embedder.word_vectors,
        sentence=calibrated.sentence,
        answer=calibrated.answer,
        second=calibrated.second,
    )


def _metrics(settings: Settings) -> "Metrics | None":
    if not settings.metrics:
        return None
    from assistant.metrics import Metrics  # noqa: PLC0415 - Prometheus' client is loaded for whoever wants it

    steps = (*STEPS[:-1], CHOOSE, STEPS[-1]) if settings.model else STEPS
    return Metrics(steps=steps, states=[state.value for state in State])


def _finished(assistant: Assistant) -> Assistant:
    """Let the vectors follow what a killed run left behind, unless another process is writing right now."""
    put, drop = assistant.catalogue.pending(1)
    if put or drop:
        try:
            with assistant.indexer.writing(_leave):
                assistant.indexer.follow()
        except (LibraryBusyError, VectorsUnreachableError) as error:
            tell(_LOG, "vectors_left_behind", error=error)
    return assistant


def _leave() -> None:
    """Do not wait: whoever is writing works off what is pending itself."""
    raise LibraryBusyError


def back_up_library(settings: Settings, target: Path, *, program: str, replace: bool) -> Manifest:
    """Write the library into one file, whole even while it is in use; raises what `back_up` raises.

    Of a library on a server, too: what is written is a SQLite file in either case, and can be restored to both.
    """
    with closing(open_library(settings, create=False)) as catalogue:  # what is wrong with it is told as always
        if settings.database_url is None:
            return back_up(settings.library, target, program=program, replace=replace)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED) as folder:
            with closing(open_catalogue(Path(folder) / CATALOGUE, create=True)) as copy:
                copy_library(catalogue, copy)
            return back_up(Path(folder), target, program=program, replace=replace)


def restore_library(settings: Settings, source: Path) -> Manifest:
    """Make a library of a backup where the settings say, which must be empty; raises what `restore` raises.

    Its vectors are pending.
    """
    if settings.database_url is None:
        return restore(source, settings.library, schema=SCHEMA)
    with (
        tempfile.TemporaryDirectory(prefix=UNFINISHED) as folder,
        closing(open_library(settings, create=True)) as catalogue,
    ):
        made = restore(source, Path(folder) / "library", schema=SCHEMA)
        with closing(open_catalogue(Path(folder) / "library" / CATALOGUE, create=False)) as copy:
            copy_library(copy, catalogue)
    return made


def migrate_library(source: Settings, target: Settings, progress: Callable[[int, int], None]) -> Moved:
    """Copy a library to where other settings say, verify it, and let its vectors follow there.

    `progress` is told how many rows of how many are copied. A kill leaves the target empty, or whole with vectors that
    its next start makes. Raises what `copy_library` raises.
    """
    with closing(open_library(source, create=False)) as catalogue:
        total, done = count_rows(catalogue), 0

        def step(rows: int) -> None:
            nonlocal done
            done += rows
            progress(done, total)

        with closing(open_library(target, create=True)) as copy:
            moved = copy_library(catalogue, copy, step)
    with opened(target):
        pass  # which makes the vectors
    return moved


@contextmanager
def opened(settings: Settings, *, create: bool = False) -> Iterator[Assistant]:
    """Open an assistant for a block of code, and close it behind."""
    assistant = open_assistant(settings, create=create)
    try:
        yield assistant
    finally:
        assistant.close()
