"""The vectors on a real Chroma server: the same answers as in a folder, and one line for whatever is wrong there."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chroma_server import ChromaServer, free_port
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.catalogue import Catalogue, NewPassage, open_catalogue
from assistant.documents import Cutting, Document, Passage
from assistant.errors import (
    IndexMismatchError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
    SettingsError,
    VectorsUnreachableError,
)
from assistant.following import CatalogueLedger
from assistant.packing import pack, unpack
from assistant.settings import load_settings
from assistant.vectors import (
    FloatArray,
    ServerVectors,
    VectorRow,
    Vectors,
    connection,
    nearness,
    open_server_vectors,
    open_vectors,
    server,
    server_address,
)

DIMENSION = 24
ROWS = 400
SECRET = "hunter2-is-the-secret"  # noqa: S105 - no real one


def unit(count: int, seed: int = 0) -> FloatArray:
    """Return unit vectors of shape (count, DIMENSION)."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1)[:, np.newaxis], dtype=np.float32)


def catalogue_with(folder: Path, vectors: FloatArray) -> Catalogue:
    """Return a catalogue whose passages have these vectors, four of a document."""
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = open_catalogue(folder / "catalogue.sqlite3", create=True)
    for number, start in enumerate(range(0, len(vectors), 4)):
        there = vectors[start : start + 4]
        passages = [NewPassage(Passage(0, 1, 0, 0), pack(vector[np.newaxis])) for vector in there]
        catalogue.put(Document(id=f"d{number}", title="T", text=f"{number}."), passages, Cutting((), ()))
    return catalogue


def rows_of(catalogue: Catalogue) -> list[VectorRow]:
    """Return the rows that the indexer would bring into the vectors."""
    stored = catalogue.passages(catalogue.passage_ids())
    return [VectorRow(one.id, one.document, unpack(one.vectors, DIMENSION)[0]) for one in stored.values()]


def opened(url: str, catalogue: Catalogue, **made: Any) -> ServerVectors:
    """Return the vectors of a catalogue's passages on a server."""
    what = {"model": "m", "dimension": DIMENSION, "cutting": "c"} | made
    return open_server_vectors(server_address(url), CatalogueLedger(catalogue, DIMENSION), **what)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, chroma_server: ChromaServer) -> Iterator[tuple[Vectors, Vectors]]:
    """Return the same rows in a folder and on a server; every fifth vector is there three times."""
    folder = tmp_path_factory.mktemp("both")
    made = unit(ROWS)
    made[1::15] = made[0::15]
    made[2::15] = made[0::15]
    with closing(catalogue_with(folder / "library", made)) as catalogue:
        here = open_vectors(folder / "chroma", model="m", dimension=DIMENSION, cutting="c")
        there = opened(chroma_server.url, catalogue)
        rows = rows_of(catalogue)
        here.upsert(rows)
        there.upsert(rows)
        yield here, there
        here.close()
        there.close()


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Return a catalogue of forty passages."""
    with closing(catalogue_with(tmp_path / "library", unit(40))) as found:
        yield found


documents = st.none() | st.lists(st.integers(0, ROWS // 4 + 5), max_size=ROWS // 4).map(
    lambda numbers: [f"d{number}" for number in numbers]
)


@pytest.mark.parametrize("exact", [20, 2000])
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), of=st.integers(0, ROWS - 1), count=st.integers(1, 60), within=documents)
def test_both_stores_give_the_same_nearest_in_the_same_order(
    both: tuple[Vectors, Vectors],
    monkeypatch: pytest.MonkeyPatch,
    exact: int,
    seed: int,
    of: int,
    count: int,
    within: list[str] | None,
) -> None:
    """Promise 7: a library moved to a server does not answer otherwise. Equals, filters and all."""
    monkeypatch.setattr(nearness, "EXACT", exact)
    here, there = both
    query = unit(1, seed)[0] if seed % 2 else next(iter(here.vectors_of([of + 1]).values()))
    expected = here.nearest(query, count=count, documents=within)
    assert there.nearest(query, count=count, documents=within) == expected
    assert len(expected) == count or within is not None


def test_both_stores_hold_the_same(both: tuple[Vectors, Vectors]) -> None:
    """Numbers, and vectors but for their last bit, as Chroma makes unit vectors of them; others are left out."""
    here, there = both
    assert there.passages() == here.passages() == set(range(1, ROWS + 1))
    assert there.count() == there.glance() == ROWS
    found = there.vectors_of(range(ROWS - 20, ROWS + 20))
    assert found.keys() == set(range(ROWS - 20, ROWS + 1))
    assert all(
        np.allclose(found[number], vector, rtol=0, atol=1e-6) for number, vector in here.vectors_of(found).items()
    )


def test_an_empty_index_a_count_of_none_and_no_documents_give_nothing(
    tmp_path: Path, chroma_server: ChromaServer
) -> None:
    """There is nothing to find, and that is no error; nor does the server get a collection for it."""
    with closing(catalogue_with(tmp_path, unit(0))) as catalogue:
        vectors = opened(chroma_server.url, catalogue)
        vectors.open()
        assert vectors.nearest(unit(1)[0], count=3) == []
        assert vectors.nearest(unit(1)[0], count=0) == []
        assert vectors.nearest(unit(1)[0], count=3, documents=[]) == []
        assert vectors.nearest(unit(1)[0], count=3, documents=["unknown"]) == []
        vectors.upsert([])
        vectors.delete([99])
        assert (vectors.count(), vectors.passages(), vectors.vectors_of([1])) == (0, set(), {})
        assert catalogue.meta("vectors") is None
        vectors.close()


numbers = st.lists(st.integers(1, 40), max_size=12)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(["upsert", "delete", "reset", "reopen"]), numbers), max_size=8))
def test_whoever_writes_the_other_page_sees_it(
    tmp_path_factory: pytest.TempPathFactory, chroma_server: ChromaServer, acts: list[tuple[str, list[int]]]
) -> None:
    """Model: a dictionary. Two pages of one catalogue take turns; batches are of three, so that there are many."""
    with (
        closing(catalogue_with(tmp_path_factory.mktemp("turns"), unit(40))) as catalogue,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(server, "MOST", 3)
        patch.setattr(server, "NUMBERS", 4)
        rows = {row.passage: row for row in rows_of(catalogue)}
        pages, model = [opened(chroma_server.url, catalogue) for _ in range(2)], set[int]()
        for turn, (act, passages) in enumerate(acts):
            mine, other = pages[turn % 2], pages[1 - turn % 2]
            if act == "upsert":
                mine.upsert([rows[number] for number in passages] * 2)
                model |= set(passages)
            elif act == "delete":
                mine.delete(passages)
                model -= set(passages)
            elif act == "reset":
                mine.reset()
                model = set()
            else:
                mine.close()
            assert other.passages() == model
            assert other.count() == len(model)
            if catalogue.meta("vectors"):
                found = [near.passage for near in other.nearest(unit(40)[7], count=5)]
                assert found == [near.passage for near in mine.nearest(unit(40)[7], count=5)]
                assert set(found) <= model
        for page in pages:
            page.close()


def test_a_passage_that_the_catalogue_has_no_more_is_not_found(
    catalogue: Catalogue, chroma_server: ChromaServer
) -> None:
    """The server may be a little behind; the catalogue is the truth."""
    vectors = opened(chroma_server.url, catalogue)
    vectors.upsert(rows_of(catalogue))
    catalogue.withdraw("d1")
    found = [near.passage for near in vectors.nearest(unit(40)[4], count=40)]
    assert len(found) == 36
    assert not set(found) & {5, 6, 7, 8}
    vectors.close()


def test_the_collection_says_what_it_holds_and_two_libraries_have_two(
    tmp_path: Path, catalogue: Catalogue, chroma_server: ChromaServer
) -> None:
    """Cosine space, model, dimension and cutting; no embedding function, which would download a model."""
    with closing(catalogue_with(tmp_path / "other", unit(8))) as other:
        mine, theirs = opened(chroma_server.url, catalogue), opened(chroma_server.url, other)
        mine.upsert(rows_of(catalogue))
        theirs.upsert(rows_of(other))
        assert (mine.count(), theirs.count()) == (40, 8)
        names = [found.meta("vectors") for found in (catalogue, other)]
        assert all(re.fullmatch(r"briefing-[0-9a-f]{16}-1", str(name)) for name in names)
        assert len(set(names)) == 2
        collection = mine._collection  # noqa: SLF001 - what Chroma holds is the point
        assert collection is not None
        assert collection.metadata == {"model": "m", "dimension": DIMENSION, "cutting": "c"}
        told = collection.configuration
        assert (told["hnsw"] or {})["space"] == "cosine"
        assert told["embedding_function"] is None
        mine.close()
        theirs.close()


@pytest.mark.parametrize(
    ("change", "named"), [({"model": "x"}, "'x'"), ({"dimension": 8}, "8"), ({"cutting": "y"}, "'y'")]
)
def test_another_model_dimension_or_cutting_is_an_error_that_says_what_to_run(
    catalogue: Catalogue, chroma_server: ChromaServer, change: dict[str, Any], named: str
) -> None:
    """What was found, what is wanted, and the command; a reset makes the collection anew."""
    before = opened(chroma_server.url, catalogue)
    before.upsert(rows_of(catalogue))
    after = opened(chroma_server.url, catalogue, **change)
    with pytest.raises(IndexMismatchError, match=r"dimension 24.*wanted.*briefing check --repair") as caught:
        after.open()
    assert named in str(caught.value)
    after.reset()
    after.open()
    with pytest.raises(IndexMismatchError):
        before.count()
    before.close()
    after.close()


def test_vectors_that_were_never_brought_there_are_not_taken_for_none(
    catalogue: Catalogue, chroma_server: ChromaServer
) -> None:
    """Words alone would be a silent substitute."""
    vectors = opened(chroma_server.url, catalogue)
    with pytest.raises(LibraryBusyError, match=rf"still being brought to the Chroma server at {chroma_server.place}"):
        vectors.nearest(unit(1)[0], count=3)
    vectors.close()


def test_a_reset_that_was_cut_off_leaves_nothing_behind(
    catalogue: Catalogue, chroma_server: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the catalogue knew of the new collection: the old one goes on, and the next reset is whole."""
    vectors = opened(chroma_server.url, catalogue)
    vectors.upsert(rows_of(catalogue))
    with monkeypatch.context() as patched:
        patched.setattr(CatalogueLedger, "keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            vectors.reset()
    assert vectors.count() == 40
    vectors.reset()
    assert vectors.count() == 0
    assert str(catalogue.meta("vectors")).endswith("-2")
    vectors.close()


def test_a_server_that_was_restarted_goes_on_and_one_that_lost_its_data_says_what_to_run(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Nothing is restarted here but the server; each state is one line that names it."""
    chroma, query = ChromaServer(tmp_path / "data"), unit(40)[7]
    chroma.start()
    vectors = opened(chroma.url, catalogue)
    vectors.upsert(rows_of(catalogue))
    before = vectors.nearest(query, count=5)
    try:
        chroma.stop()
        for _ in range(2):
            with pytest.raises(
                VectorsUnreachableError, match=rf"^the Chroma server at {chroma.place} can't be reached"
            ):
                vectors.nearest(query, count=5)
        assert vectors.nearest(query, count=1, documents=["d1"])[0].passage == 8  # needs no server
        chroma.start()
        assert vectors.nearest(query, count=5) == before
        chroma.lose()
        chroma.start()
        with pytest.raises(LibraryDamagedError, match=r"has no vectors of this library; run `briefing check --repair`"):
            vectors.nearest(query, count=5)
        vectors.reset()
        vectors.upsert(rows_of(catalogue))
        assert vectors.nearest(query, count=5) == before
    finally:
        vectors.close()
        chroma.stop()


# ── what else may answer at that address ────────────────────────────────────────────────────────────────────────────

JSON = {"Content-Type": "application/json"}
SERVED = {
    "nanosecond heartbeat": 1,
    "id": "5c6e0e0d-8a0c-4b0e-9d57-0d4a1f6b7a11",
    "name": "briefing-0-1",
    "tenant": "default_tenant",
    "database": "default_database",
    "dimension": DIMENSION,
    "version": 0,
    "log_position": 0,
    "configuration_json": {"hnsw": {"space": "cosine"}},
    "metadata": {"model": "m", "dimension": DIMENSION, "cutting": "c"},
}
"""What answers every question about a server, a database and a collection at once."""

ALIVE = (200, JSON, json.dumps({"nanosecond heartbeat": 1}))
BROKEN = (500, JSON, json.dumps({"error": "InternalError", "message": "disk\n\x1b[31m full"}))


@contextmanager
def answering(
    script: Callable[[str], tuple[int, dict[str, str], str] | None],
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve what the script says of each path, None for nothing until the end; gives the address and what was sent."""
    sent: list[dict[str, str]] = []
    ending = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(dict(self.headers))
            found = script(self.path)
            if found is None:
                ending.wait()
                return
            status, headers, body = found
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815 - http.server's own name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://anna:{SECRET}@127.0.0.1:{running.server_port}", sent
        ending.set()
        running.shutdown()
        thread.join()


def scripted(
    **answers: tuple[int, dict[str, str], str] | None,
) -> Callable[[str], tuple[int, dict[str, str], str] | None]:
    """Answer by the last step of a path; `other` where it is none of these."""
    return lambda path: answers.get(path.rpartition("/")[2], answers.get("other", ALIVE))


@pytest.mark.parametrize(
    ("script", "kind", "line"),
    [
        (scripted(other=(401, {}, "who are you?")), LibraryError, r"refuses the credentials \(401\); set BRIEFING_CHR"),
        (scripted(other=(403, JSON, "{}")), LibraryError, r"refuses the credentials \(403\)"),
        (scripted(other=(200, {"Content-Type": "text/html"}, "<p>Hi</p>")), LibraryError, "is no Chroma server"),
        (scripted(other=(404, {}, "nothing here")), LibraryError, r"is no Chroma server \(404\)"),
        (
            scripted(other=(302, {"Location": "http://other.example/"}, "")),
            LibraryError,
            r"is no Chroma server \(302\)",
        ),
        (scripted(other=(200, JSON, "{}")), LibraryError, "is no Chroma server"),
        (scripted(other=(200, JSON, "no JSON")), LibraryError, "is no Chroma server"),
        (scripted(other=(200, JSON, "[1]")), LibraryError, "is no Chroma server"),
        (scripted(version=(200, JSON, '"0.5.23"')), LibraryVersionError, r"is of version '0\.5\.23', and 1 is spoken"),
        (scripted(other=(503, {}, "")), VectorsUnreachableError, r"can't answer now \(503\)"),
        (scripted(other=(429, JSON, "{}")), VectorsUnreachableError, r"can't answer now \(429\)"),
        (scripted(other=BROKEN), LibraryDamagedError, r"failed \(disk .*full\); .* run `briefing check --repair`"),
        (scripted(other=(400, JSON, BROKEN[2])), LibraryError, r"refuses what is asked of it \(400: disk"),
        (scripted(other=None), VectorsUnreachableError, "did not answer in time"),
    ],
)
def test_whatever_answers_there_instead_gets_one_line(
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
    script: Callable[[str], tuple[int, dict[str, str], str] | None],
    kind: type[LibraryError],
    line: str,
) -> None:
    """What answers, what is wrong, what to do: printable, without the password, and of the kind that health tells."""
    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    with answering(script) as (url, sent):
        vectors = opened(url, catalogue)
        with pytest.raises(kind, match=line) as caught:
            vectors.open()
        vectors.close()
    assert type(caught.value) is kind
    assert str(caught.value).isprintable()
    assert SECRET not in str(caught.value)
    assert {one["Authorization"] for one in sent} == {"Basic YW5uYTpodW50ZXIyLWlzLXRoZS1zZWNyZXQ="}


def test_a_write_may_take_longer_than_a_question(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a large index on a busy machine would never be filled; a server that hangs is found out before."""
    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    monkeypatch.setattr(connection, "WRITING", 2.0)

    def slow(path: str) -> tuple[int, dict[str, str], str] | None:
        if path.endswith("/delete"):
            time.sleep(0.6)
        return {
            "version": (200, JSON, '"1.0.0"'),
            "pre-flight-checks": (200, JSON, '{"max_batch_size": 9, "supports_base64_encoding": true}'),
            "get": None,
            "delete": (200, JSON, "{}"),
        }.get(path.rpartition("/")[2], (200, JSON, json.dumps(SERVED)))

    catalogue.record(vectors="briefing-0-1")
    with answering(slow) as (url, sent), closing(opened(url, catalogue)) as vectors:
        vectors.delete([1])
        with pytest.raises(VectorsUnreachableError, match="did not answer in time"):
            vectors.passages()
    assert sent


def test_an_address_that_nobody_listens_on_and_a_database_that_is_not_there_are_one_line(
    catalogue: Catalogue, chroma_server: ChromaServer
) -> None:
    """Both name what was looked for."""
    nobody = opened(f"http://anna:{SECRET}@127.0.0.1:{free_port()}", catalogue)
    with pytest.raises(VectorsUnreachableError, match=r"can't be reached \(.*refused\); .*start it") as caught:
        nobody.open()
    assert SECRET not in str(caught.value)
    other = opened(f"{chroma_server.url}/default_tenant/not_there", catalogue)
    with pytest.raises(LibraryError, match="has no database 'not_there' of a tenant 'default_tenant'"):
        other.open()
    nobody.close()
    other.close()


# ── the settings ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://chroma.example", ("chroma.example", 8000, False, "default_tenant", "default_database")),
        (" https://chroma.example/ ", ("chroma.example", 443, True, "default_tenant", "default_database")),
        ("https://10.1.2.3:9000/desk/news", ("10.1.2.3", 9000, True, "desk", "news")),
        ("http://[::1]:8001", ("[::1]", 8001, False, "default_tenant", "default_database")),
    ],
)
def test_an_address_may_name_a_tenant_and_a_database(url: str, expected: tuple[object, ...]) -> None:
    """Without a port it is the one that `chroma run` takes, or that of https."""
    found = server_address(url)
    assert (found.host, found.port, found.secure, found.tenant, found.database) == expected
    assert dict(found.headers) == {}


def test_credentials_are_sent_and_never_shown() -> None:
    """Name and password as proxies take them, a token as Chroma does; neither is in anything that is printed."""
    found = server_address(f"http://anna:{SECRET}@chroma.example", token=f"{SECRET}-2")
    assert found.headers["X-Chroma-Token"] == f"{SECRET}-2"
    assert found.headers["Authorization"].startswith("Basic ")
    assert server_address("http://a.example", token=SECRET).headers["Authorization"] == f"Bearer {SECRET}"
    assert str(found) == "chroma.example:8000"
    shown = load_settings(chroma_url=f"http://:{SECRET}@a.example", chroma_token=SECRET)
    assert SECRET not in repr(found) + repr(shown) + str(shown)


@pytest.mark.parametrize(
    "url",
    [
        f"chroma.example:{SECRET}",
        f"{SECRET}://chroma.example",
        f"http:///{SECRET}",
        f"http://chroma.example:{SECRET}",
        f"http://chroma.example:99999/{SECRET}",
        f"http://[{SECRET}",
        f"http://chroma.example/{SECRET}",
        f"http://chroma.example/a/b/{SECRET}",
        f"http://chroma.example/a/%20{SECRET}",
        f"http://chroma.example?{SECRET}",
        f"http://chroma.example#{SECRET}",
        f"ftp://{SECRET}@chroma.example",
        "",
    ],
)
def test_what_is_no_address_of_a_server_is_refused_without_being_shown(url: str) -> None:
    """It may hold a password at the wrong place."""
    with pytest.raises(SettingsError, match=r"^setting 'chroma_url' .*; write it like http://host:8000") as caught:
        server_address(url)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_token_that_no_header_can_hold_is_refused() -> None:
    """A line end in it would be a header of its own."""
    with pytest.raises(SettingsError, match="'chroma_token' holds something that can't be sent"):
        server_address("http://chroma.example", token=f"{SECRET}\r\nX: y")
