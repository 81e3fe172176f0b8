"""What Chroma does alone, and what `assistant.vectors` makes of it.

    python -m evals.bench_vectors processes | kills | settings | churn | cost | servers | server-kills [--rows N] ...

The figures are in docs/decisions/0004-chroma.md, those of `servers` in 0023-servers.md.

Vectors are made up: unit, 384 numbers, `clustered` (200 topics with noise, as texts of a corpus are) or `uniform`
(the worst case for any index, which no text is like). Exact search in numpy is the truth.
"""

import argparse
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError

from assistant.catalogue import Catalogue, NewPassage, open_catalogue
from assistant.documents import Cutting, Document, Passage
from assistant.errors import LibraryError
from assistant.following import CatalogueLedger
from assistant.packing import pack, unpack
from assistant.vectors import (
    FloatArray,
    VectorRow,
    Vectors,
    open_server_vectors,
    open_vectors,
    server_address,
)

DIMENSION = 384
WANTED = 20
QUERIES = 200
PLAIN: CreateHNSWConfiguration = {"space": "cosine"}


def unit(count: int, seed: int, *, clustered: bool = True) -> FloatArray:
    """Return made-up unit vectors of shape (count, DIMENSION); the topics are the same for every seed."""
    generator = np.random.default_rng([seed, count])
    vectors = generator.normal(size=(count, DIMENSION))
    if clustered:
        topics = np.random.default_rng(0).normal(size=(200, DIMENSION))
        vectors = topics[generator.integers(0, 200, count)] + 0.8 * vectors
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1)[:, np.newaxis], dtype=np.float32)


def made_rows(vectors: FloatArray, first: int = 0) -> list[VectorRow]:
    """Return rows numbered from `first`, four of a document."""
    return [VectorRow(n, f"document-{n // 4}", vector) for n, vector in enumerate(vectors, start=first)]


def opened(folder: Path) -> Vectors:
    """Open the program's vectors."""
    return open_vectors(folder, model="made up", dimension=DIMENSION, cutting="none")


@contextmanager
def alone(folder: Path, hnsw: CreateHNSWConfiguration) -> Iterator[Collection]:
    """Open Chroma by itself, as its documentation does."""
    client = Client(settings=Settings(is_persistent=True, persist_directory=str(folder), anonymized_telemetry=False))
    yield client.get_or_create_collection("passages", configuration={"hnsw": hnsw}, embedding_function=None)
    client.close()


def put(collection: Collection, first: int, vectors: FloatArray) -> None:
    """Upsert the vectors under numbers from `first`."""
    collection.upsert(
        ids=[str(n) for n in range(first, first + len(vectors))],
        embeddings=vectors,
        metadatas=[{"document": "d"}] * len(vectors),
    )


def seconds(act: Callable[[], object]) -> float:
    """Return how long the act took."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def recall(find: Callable[[FloatArray], Sequence[int]], there: dict[int, FloatArray], queries: FloatArray) -> str:
    """Measure recall@20 against exact search and the time of a query."""
    numbers = np.array(list(there))
    matrix = np.stack(list(there.values()))
    hits, times = [], []
    for query in queries:
        start = time.perf_counter()
        found = find(query)
        times.append((time.perf_counter() - start) * 1000)
        best = np.argsort(-(matrix @ query), kind="stable")[:WANTED]
        hits.append(len(set(found) & set(numbers[best].tolist())) / WANTED)
    p50, p95 = np.percentile(times, [50, 95])
    return f"recall@20 {np.mean(hits):.4f} (worst {min(hits):.2f}), query p50 {p50:.2f} ms, p95 {p95:.2f} ms"


def found_by(collection: Collection, count: int = WANTED) -> Callable[[FloatArray], list[int]]:
    """Return Chroma's own search."""

    def find(query: FloatArray) -> list[int]:
        found = collection.query(query_embeddings=query[np.newaxis], n_results=count, include=[])
        return [int(name) for name in found["ids"][0]]

    return find


# ---------------------------------------------------------------------- two processes


def look(collection: Collection) -> str:
    """Say what a collection shows: its count, what searching all of it finds, and whether it gives its vectors."""
    parts = [f"count {collection.count()}"]
    acts: dict[str, Callable[[], int]] = {
        "found": lambda: len(found_by(collection, 100_000)(unit(1, 9)[0])),
        "vectors": lambda: len(collection.get(include=["embeddings"])["ids"]),
    }
    for name, act in acts.items():
        try:
            parts.append(f"{name} {act()}")
        except ChromaError as error:
            parts.append(f"{name}: {' '.join(str(error).split())[-40:]!r}")
    return ", ".join(parts)


def started(*arguments: str) -> "subprocess.Popen[str]":
    """Start one of this module's parts that the command line does not name."""
    command = [sys.executable, "-m", "evals.bench_vectors", *arguments]
    return subprocess.Popen(  # noqa: S603 - this program itself
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def writer(folder: str) -> None:
    """Obey `up FIRST COUNT` and `delete FIRST COUNT` on standard input, by Chroma alone."""
    with alone(Path(folder), PLAIN) as collection:
        for line in sys.stdin:
            act, first, count = line.split()[0], int(line.split()[1]), int(line.split()[2])
            if act == "up":
                put(collection, first, unit(count, first))
            else:
                collection.delete(ids=[str(n) for n in range(first, first + count)])
            print("done", flush=True)


def tell(process: "subprocess.Popen[str]", order: str) -> None:
    """Have the writer obey."""
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None  # noqa: S101 - for mypy
    assert stdout is not None  # noqa: S101 - for mypy
    stdin.write(order + "\n")
    stdin.flush()
    stdout.readline()


def both_write(folder: str) -> None:
    """Chroma alone, two writers in turns; run in a process of its own, since it may end in a segmentation fault."""
    other = started("writer", folder)
    with alone(Path(folder), PLAIN) as collection:
        put(collection, 50_000, unit(1, 1))
        for turn in range(4):
            tell(other, f"up {60_000 + turn * 2000} 1500")
            put(collection, 80_000 + turn * 2000, unit(1500, 80 + turn))
    other.communicate()
    with alone(Path(folder), PLAIN) as collection:
        print(f"reopened: {look(collection)}", flush=True)


def processes() -> None:
    """Two processes on one folder."""
    folder = tempfile.mkdtemp()
    print("Chroma alone: a reader stays open while another process writes")
    with alone(Path(folder), PLAIN) as collection:
        put(collection, 0, unit(1500, 1))
        other = started("writer", folder)
        print(f"  1,500 rows           {look(collection)}")
        for order in ("up 1500 10", "up 1510 2090", "delete 0 100", "up 3600 2400"):
            tell(other, order)
            print(f"  other: {order:14}{look(collection)}", flush=True)
        other.communicate()
    with alone(Path(folder), PLAIN) as collection:
        print(f"  reopened             {look(collection)}")
    print("Chroma alone: two processes write in turns")
    turns = started("both-write", folder)
    print(f"  {turns.communicate()[0].strip() or 'nothing printed'}; exit status {turns.returncode}")
    two_of_ours(Path(tempfile.mkdtemp()))


def ours_in_turns(folder: str, first: str, count: str) -> None:
    """Write small batches by the program's vectors."""
    vectors = opened(Path(folder))
    for n in range(int(first), int(first) + int(count), 10):
        vectors.upsert(made_rows(unit(10, n), n))
        print("done", flush=True)
    vectors.close()


def two_of_ours(folder: Path) -> None:
    """Two writers and a reader at once, by the program's vectors."""
    reader, times = opened(folder), list[float]()
    there = {
        n + k: vector
        for first in (0, 100_000)
        for n in range(first, first + 1500, 10)
        for k, vector in enumerate(unit(10, n))
    }
    writers = [started("ours-in-turns", str(folder), first, "1500") for first in ("0", "100000")]
    while any(process.poll() is None for process in writers):
        times.append(seconds(lambda: reader.nearest(unit(1, 5)[0], count=WANTED)))
    lost = set(there) - reader.passages()
    print("assistant.vectors: two processes write 1,500 rows each in tens, a third reads")
    print(f"  exit {[process.returncode for process in writers]}, lost {len(lost)}, ", end="")
    print(recall(ours(reader), there, unit(50, 6)))
    print(
        f"  {len(times)} searches meanwhile, p50 {np.median(times) * 1000:.1f} ms, longest {max(times) * 1000:.0f} ms"
    )
    reader.close()


# ---------------------------------------------------------------------- kills


def prey(kind: str, folder: str, seed: str) -> None:
    """Upsert, upsert again and delete for ever, saying before and after what."""
    chance = random.Random(int(seed))  # noqa: S311 - an experiment
    start = int(seed) * 100_000
    with prey_acts(kind, Path(folder)) as (up, delete):
        print("ready", flush=True)
        for at in range(start, start + 100_000, 50):
            count = chance.choice([1, 10, 20, 50])
            up(at, unit(count, at, clustered=False))
            print(f"up {at} {count}", flush=True)
            if chance.random() < 0.3:  # noqa: PLR2004 - an experiment
                first = chance.randrange(start, at + 50)
                print(f"deleting {first} 10", flush=True)
                delete(list(range(first, first + 10)))
                print(f"deleted {first} 10", flush=True)


@contextmanager
def prey_acts(
    kind: str, folder: Path
) -> Iterator[tuple[Callable[[int, FloatArray], None], Callable[[list[int]], object]]]:
    """Give upsert and delete, by Chroma alone or by the program's vectors, with an index written every 100 rows."""
    if kind == "alone":
        with alone(folder, {**PLAIN, "sync_threshold": 100}) as collection:
            yield (
                lambda first, vectors: put(collection, first, vectors),
                lambda numbers: collection.delete(ids=[str(n) for n in numbers]),
            )
    else:
        hasten()
        vectors = opened(folder)
        yield lambda first, made: vectors.upsert(made_rows(made, first)), vectors.delete


def hasten() -> None:
    """Have the program's index written every 100 rows instead of every 1,000, so that kills meet it more often."""
    from assistant.vectors.embedded import HNSW  # noqa: PLC0415 - changed, for this experiment only

    HNSW["sync_threshold"] = 100


def examine(kind: str, folder: str) -> None:
    """Print the numbers that are there, and whether the index finds them all; in a process of its own."""
    if kind == "alone":
        with alone(Path(folder), {**PLAIN, "sync_threshold": 100}) as collection:
            names = collection.get(include=[])["ids"]
            print(" ".join(names))
            found = found_by(collection, max(len(names), 1))(unit(1, 9)[0])
            print("whole" if set(found) == set(map(int, names)) else "not whole")
    else:
        hasten()
        vectors = opened(Path(folder))
        numbers = vectors.passages()
        print(" ".join(map(str, numbers)))
        found_numbers = {near.passage for near in vectors.nearest(unit(1, 9)[0], count=max(len(numbers), 1))}
        folders = next(Path(folder).glob("chroma-*")).name
        print("whole" if found_numbers == numbers else "not whole", folders)
        vectors.close()


def kills(kind: str, times: int) -> None:
    """Kill a writer at random moments; count what is lost, left over and broken."""
    folder, chance, there = tempfile.mkdtemp(), random.Random(3), set[int]()  # noqa: S311 - an experiment
    lost = extra = broken = 0
    last = ""
    for turn in range(times):
        process = started("prey", kind, folder, str(turn))
        stdout = process.stdout
        assert stdout is not None  # noqa: S101 - for mypy
        stdout.readline()
        time.sleep(chance.uniform(0.02, 1.0))
        process.send_signal(signal.SIGKILL)
        unsure = follow(stdout, there)
        check = started("examine", kind, folder)
        numbers, _, last = check.communicate()[0].partition("\n")
        if check.returncode or not last.startswith("whole"):
            broken += 1
            print(f"  after kill {turn + 1}: exit status {check.returncode}, {last.strip() or 'nothing'}", flush=True)
        if check.returncode:
            folder, there = tempfile.mkdtemp(), set()
            continue
        found = set(map(int, numbers.split()))
        lost += len(there - found - unsure)
        extra += len(found - there)
        there = found
    print(
        f"{kind}: {times} kills, broken after {broken}, rows lost {lost}, rows there but not yet acknowledged {extra}"
    )
    print(f"  last look: {last.strip()}")


def follow(stdout: IO[str], there: set[int]) -> set[int]:
    """Bring `there` up to what the writer said it had done; return what it was about to delete."""
    unsure = set[int]()
    for line in stdout:
        act, first, count = line.split()
        numbers = set(range(int(first), int(first) + int(count)))
        if act == "up":
            there |= numbers
        elif act == "deleting":
            unsure |= numbers
        else:
            there -= numbers
            unsure -= numbers
    return unsure


# ---------------------------------------------------------------------- settings, churn, cost


def settings(rows: int) -> None:
    """Recall and time by index settings, in one go, with Chroma alone; over 20,000 rows only the chosen ones."""
    choices: list[CreateHNSWConfiguration] = [
        {"ef_construction": 100, "ef_search": 100, "max_neighbors": 16},
        {"ef_construction": 200, "ef_search": 200, "max_neighbors": 16},
        {"ef_construction": 200, "ef_search": 200, "max_neighbors": 32},
        {"ef_construction": 200, "ef_search": 400, "max_neighbors": 32},
        {"ef_construction": 200, "ef_search": 800, "max_neighbors": 32},
    ]
    choices = choices if rows <= 20_000 else choices[-1:]  # noqa: PLR2004 - to end within minutes
    for clustered in (True, False):
        there, queries = unit(rows, 1, clustered=clustered), unit(QUERIES, 2, clustered=clustered)
        for choice in choices:
            with alone(Path(tempfile.mkdtemp()), {**PLAIN, **choice}) as collection:
                start = time.perf_counter()
                for n in range(0, rows, 5000):
                    put(collection, n, there[n : n + 5000])
                took = time.perf_counter() - start
                result = recall(found_by(collection), dict(enumerate(there)), queries)
            shape = "clustered" if clustered else "uniform"
            numbers = "/".join(map(str, choice.values()))
            print(f"{rows} {shape:9} construction/search/neighbours {numbers:11} made in {took:5.1f} s, {result}")


def churn(rows: int, rounds: int) -> None:
    """Recall after many small upserts, and after half is deleted and added again under new numbers, by Vectors."""
    for clustered in (True, False):
        vectors, made = opened(Path(tempfile.mkdtemp())), unit(rows, 1, clustered=clustered)
        chance = random.Random(1)  # noqa: S311 - an experiment
        there, queries, at = dict(enumerate(made)), unit(QUERIES, 2, clustered=clustered), 0
        start = time.perf_counter()
        while at < rows:
            step = chance.randint(1, 20)
            vectors.upsert(made_rows(made[at : at + step], at))
            at += step
        print(f"{rows} {'clustered' if clustered else 'uniform'}, in ones to twenties: ", end="")
        print(f"{time.perf_counter() - start:.1f} s, {recall(ours(vectors), there, queries)}", flush=True)
        for turn in range(rounds):
            gone = chance.sample(sorted(there), rows // 2)
            took = seconds(lambda: vectors.delete(gone))  # noqa: B023
            there = {n: v for n, v in there.items() if n not in set(gone)}
            new = unit(rows // 2, 10 + turn, clustered=clustered)
            first = rows * (turn + 2)
            took_up = seconds(lambda: vectors.upsert(made_rows(new, first)))  # noqa: B023
            there |= dict(enumerate(new, start=first))
            print(f"  half deleted ({took:.1f} s) and as much added ({took_up:.1f} s): ", end="")
            print(recall(ours(vectors), there, queries), flush=True)
        vectors.close()


def ours(vectors: Vectors, documents: list[str] | None = None) -> Callable[[FloatArray], list[int]]:
    """Return the program's search."""
    return lambda query: [near.passage for near in vectors.nearest(query, count=WANTED, documents=documents)]


def importing() -> None:
    """Print how long importing Chroma takes; this module imports it at its top, so that a child must not."""
    code = "import time; t = time.perf_counter(); import chromadb; print(f'{time.perf_counter() - t:.2f}')"
    command = [sys.executable, "-c", code]
    took = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - this program itself
    print(f"import chromadb {took.strip()} s")


def cold(folder: str) -> None:
    """Open and ask once, in a fresh process; print the parts of it and the memory that each took."""
    sizes, times = [memory()], [time.perf_counter()]
    vectors = opened(Path(folder))
    times.append(time.perf_counter())
    vectors.nearest(unit(1, 5)[0], count=WANTED)
    times.append(time.perf_counter())
    sizes.append(memory())
    print(f"open {times[1] - times[0]:.3f} s, first query {(times[2] - times[1]) * 1000:.1f} ms, ", end="")
    print(f"memory {sizes[0]:.0f} -> {sizes[1]:.0f} MiB")
    vectors.close()


def memory() -> float:
    """Return the memory that this process has in use, in MiB (Linux only)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def cost(rows: int) -> None:
    """Time, disk and memory of the program's vectors."""
    importing()
    folder, there, queries = Path(tempfile.mkdtemp()), unit(rows, 1), unit(QUERIES, 2)
    vectors = opened(folder)
    took = seconds(lambda: vectors.upsert(made_rows(there)))
    print(f"{rows} rows put in in {took:.1f} s")
    print(f"all: {recall(ours(vectors), dict(enumerate(there)), queries)}")
    for documents in (5, 100, rows // 40, rows // 8, rows // 4):
        names = [f"document-{n}" for n in range(documents)]
        allowed = dict(enumerate(there[: documents * 4]))
        print(f"of {documents} documents: {recall(ours(vectors, names), allowed, queries[:50])}", flush=True)
    print(f"refresh, nothing new: {seconds(vectors.refresh) * 1e6:.0f} us")
    other = opened(folder)
    other.upsert(made_rows(unit(1, 7), rows + 1))
    print(f"refresh, something new: {seconds(vectors.refresh) * 1000:.0f} ms")
    print(f"passages(): {seconds(vectors.passages) * 1000:.1f} ms, count(): {seconds(vectors.count) * 1000:.2f} ms")
    other.close()
    vectors.close()
    for path in (folder / "rows.sqlite3", *folder.glob("chroma-*")):
        size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
        print(f"{path.name}: {size / rows:.0f} bytes a row")
    print(started("cold", str(folder)).communicate()[0].strip())
    next(folder.glob("chroma-*/chroma.sqlite3")).unlink()
    took = seconds(lambda: opened(folder).close())
    print(f"made anew from the rows in {took:.1f} s")


# ---------------------------------------------------------------------- in a folder against on a server


def servers(rows: int) -> None:
    """The same rows in a folder and on a server of this machine, asked in turns: time, and how often they agree."""
    folder, there = Path(tempfile.mkdtemp()), unit(rows, 1)
    with closing(filled(folder / "library", there)) as catalogue, serving(folder / "server") as (url, process):
        made = [
            VectorRow(number, f"document-{(number - 1) // 4}", unpack(packed, DIMENSION)[0])
            for number, packed in catalogue.first_vectors(range(1, rows + 1), DIMENSION)
        ]
        address, ledger = server_address(url), CatalogueLedger(catalogue, DIMENSION)
        remote = open_server_vectors(address, ledger, model="made up", dimension=DIMENSION, cutting="none")
        stores: dict[str, Vectors] = {"folder": opened(folder / "vectors"), "server": remote}
        for name, store in stores.items():
            took = seconds(lambda store=store: store.upsert(made))  # type: ignore[misc]
            print(f"{name}: {rows} rows put in in {took:.1f} s, {rows / took:.0f} a second", flush=True)
        for within in (None, 5, 100, rows // 40, rows // 8):
            compare_stores(stores, within, None if within is None else [f"document-{n}" for n in range(within)])
        print(f"the server's memory: {resident(process.pid):.0f} MiB; passages(): ", end="")
        print(", ".join(f"{name} {seconds(store.passages) * 1000:.0f} ms" for name, store in stores.items()))
        for store in stores.values():
            store.close()


def compare_stores(stores: dict[str, Vectors], within: int | None, documents: list[str] | None) -> None:
    """Ask each store the same, one after the other, and print the times and how often they answered alike."""
    times: dict[str, list[float]] = {name: [] for name in stores}
    alike = 0
    for query in unit(QUERIES, 2):
        answers = []
        for name, store in stores.items():
            start = time.perf_counter()
            answers.append(store.nearest(query, count=WANTED, documents=documents))
            times[name].append((time.perf_counter() - start) * 1000)
        alike += answers[0] == answers[1]
    told = [f"{name} p50 {np.median(took):.2f} p95 {np.percentile(took, 95):.2f} ms" for name, took in times.items()]
    ratio = np.median(times["server"]) / np.median(times["folder"])
    what = "all" if within is None else f"{within} documents"
    print(f"nearest of {what}: {', '.join(told)}, {ratio:.2f} times; alike {alike} of {QUERIES}", flush=True)


def filled(folder: Path, vectors: FloatArray) -> Catalogue:
    """Return a catalogue whose passages have these vectors, four of a document, and no words."""
    folder.mkdir(parents=True)
    catalogue = open_catalogue(folder / "catalogue.sqlite3", create=True)
    for number, start in enumerate(range(0, len(vectors), 4)):
        passages = [NewPassage(Passage(0, 1, 0, 0), pack(one[np.newaxis])) for one in vectors[start : start + 4]]
        catalogue.put(Document(id=f"document-{number}", title="T", text=f"{number}."), passages, Cutting((), ()))
    return catalogue


@contextmanager
def serving(folder: Path) -> "Iterator[tuple[str, subprocess.Popen[bytes]]]":
    """Run a Chroma server over a folder; gives its address and its process."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    chroma = str(Path(sys.executable).with_name("chroma"))
    command = [chroma, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - Chroma's own
        try:
            while True:
                with socket.socket() as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


def server_kills(times: int) -> None:
    """Kill a server again and again while rows come in; count lost acknowledged rows and broken indexes."""
    folder, vectors = Path(tempfile.mkdtemp()), unit(10_000, 3)
    acknowledged = lost = broken = 0
    hasten()
    with closing(filled(folder / "library", vectors)) as catalogue:
        ledger = CatalogueLedger(catalogue, DIMENSION)
        for turn in range(times + 1):
            with serving(folder / "server") as (url, process):
                address = server_address(url)
                store = open_server_vectors(address, ledger, model="made up", dimension=DIMENSION, cutting="none")
                if turn:
                    missing, trouble = searched(store, vectors[0], acknowledged)
                    lost += missing
                    if trouble:
                        broken += 1
                        print(f"  after kill {turn}: {trouble}", flush=True)
                        acknowledged = 0
                        store.reset()
                threading.Timer(random.Random(turn).uniform(0.1, 0.8), process.kill).start()  # noqa: S311 - no secret
                acknowledged = put_until_killed(store, catalogue, acknowledged)
                store.close()
    print(f"server: {times} kills, broken after {broken}, rows lost {lost}")


def searched(store: Vectors, query: FloatArray, acknowledged: int) -> tuple[int, str | None]:
    """Search for all that a server holds; return how many acknowledged rows it lacks, and what is wrong with it."""
    try:
        there = store.passages()
        found = {near.passage for near in store.nearest(query, count=max(1, len(there)))}
    except LibraryError as error:
        return 0, str(error)
    missing = len(set(range(1, acknowledged + 1)) - there)
    return missing, None if found == there else f"found {len(found)} of {len(there)}"


def put_until_killed(store: Vectors, catalogue: Catalogue, acknowledged: int) -> int:
    """Put rows in, fifty at once and from the first again behind the last, until the server is gone."""
    with suppress(LibraryError):
        while True:
            first = acknowledged + 1 if acknowledged + 50 <= catalogue.passage_count() else 1
            numbers = range(first, first + 50)
            packed = catalogue.first_vectors(numbers, DIMENSION)
            store.upsert([VectorRow(number, "d", unpack(one, DIMENSION)[0]) for number, one in packed])
            acknowledged = max(acknowledged, numbers[-1])
    return acknowledged


def resident(process: int) -> float:
    """Return the MiB of memory that a process takes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    """Run what the command line names."""
    hidden: dict[str, Callable[..., None]] = {
        "writer": writer,
        "both-write": both_write,
        "ours-in-turns": ours_in_turns,
        "prey": prey,
        "examine": examine,
        "cold": cold,
    }
    if len(sys.argv) > 1 and sys.argv[1] in hidden:
        hidden[sys.argv[1]](*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["processes", "kills", "settings", "churn", "cost", "servers", "server-kills"])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=25, help="how many kills, of each kind")
    parser.add_argument("--rounds", type=int, default=3, help="how often half is deleted and added again")
    chosen = parser.parse_args()
    if chosen.what == "processes":
        processes()
    elif chosen.what == "kills":
        kills("alone", chosen.times)
        kills("ours", chosen.times)
    elif chosen.what == "settings":
        settings(chosen.rows)
    elif chosen.what == "churn":
        churn(chosen.rows, chosen.rounds)
    elif chosen.what == "servers":
        servers(chosen.rows)
    elif chosen.what == "server-kills":
        server_kills(chosen.times)
    else:
        cost(chosen.rows)


if __name__ == "__main__":
    main()
