"""Evidence packs: they prove what was quoted, tell what can't be quoted any more, and hold nothing of this machine."""

import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing, redirect_stdout
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fakes import catalogue_at, citation_of, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import assistant
from assistant.answers import Answer, Citation, Declined, ModelAct, ModelUse, Question, Quoted, Reason
from assistant.catalogue import Catalogue
from assistant.conversations import Conversation, Conversations, Exchange
from assistant.documents import Document, digest_of
from assistant.embedding import WEIGHTS_DIGEST
from assistant.errors import SettingsError, UnknownConversationError
from assistant.evidence import EvidencePack, evidence_pack, made_with, write_pack
from assistant.exporting import verify
from assistant.quoting import QuoteCheck
from assistant.settings import load_settings

SETTINGS = load_settings(quotes=5, readiness=0.25)
RICE = "The depot holds rice \U0001f35a\U00020b9f.\r\n\r\nCafe\u0301 Zu\u0308rich closed. Nobody said why."
FLOUR = "The mill ground flour. Its owner denied it."


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Return a catalogue of two documents."""
    return catalogue_at(
        tmp_path / "library", Document(id="rice", title="Rice", text=RICE), Document(id="flour", title="F", text=FLOUR)
    )


@pytest.fixture
def conversations(catalogue: Catalogue) -> Conversations:
    """Return its conversations, of which there are none yet."""
    return Conversations(catalogue, QuoteCheck(catalogue))


def of(text: str, words: str, document: str, number: int = 1) -> Citation:
    """Return a citation of these words of a text."""
    start = text.index(words)
    return citation_of(text, start, start + len(words), number=number, id=document)


CLOSED = of(RICE, "Cafe\u0301 Zu\u0308rich closed.", "rice")
WHOLE = of(RICE, RICE.partition(" Nobody")[0], "rice", 2)
GROUND = of(FLOUR, "The mill ground flour.", "flour", 2)


def quoted(asked: str, *citations: Citation) -> Quoted:
    """Return an answer of these citations."""
    return Quoted(
        question=Question(text=asked), searched_for=f"{asked} (rice)", citations=citations, confidence=0.75, seconds=0.5
    )


def kept(conversations: Conversations, *answers: Answer) -> Conversation:
    """Return a conversation of these answers, as it is kept."""
    conversation = Conversation()
    for answer in answers:
        conversation = conversations.read(conversations.keep(conversation, answer))
    return conversation


def files_of(pack: EvidencePack) -> dict[str, bytes]:
    """Return the files of a pack."""
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest_of(pack: EvidencePack) -> Any:
    """Return what a pack says of itself."""
    return json.loads(files_of(pack)["manifest.json"])


def verdict_on(pack: EvidencePack, folder: Path) -> tuple[int, list[str]]:
    """Return what the pack's own verifier says of it, started as its reader starts it."""
    (folder / "pack.zip").write_bytes(pack.content)
    (folder / "verify.py").write_bytes(files_of(pack)["verify.py"])
    command = [sys.executable, "-I", "-S", folder / "verify.py", folder / "pack.zip"]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert ran.stderr == b""
    return ran.returncode, [line.split()[0] for line in ran.stdout.decode("utf-8").splitlines()[:-1]]


# ── what is in it ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_conversation_is_packed_with_questions_places_texts_and_what_made_it(
    catalogue: Catalogue, conversations: Conversations, tmp_path: Path
) -> None:
    """Quotes beyond the BMP, across line ends and with combining marks are verified by the pack itself."""
    refused = Declined(
        question=Question(text="Who baked?"), searched_for="Who baked?", reason=Reason.NOT_STATED, nearest=(GROUND,)
    )
    conversation = kept(conversations, quoted("What closed?", CLOSED, WHOLE), refused)
    pack = evidence_pack(conversation, SETTINGS, catalogue)
    assert (pack.turns, pack.quotes, pack.lost) == (2, 3, 0)
    assert verdict_on(pack, tmp_path) == (0, ["verified"] * 3)
    files, manifest = files_of(pack), manifest_of(pack)
    for text in (RICE, FLOUR):
        assert files[f"texts/{digest_of(text)}.txt"] == text.encode()
    first, second = manifest["turns"]
    assert (manifest["conversation"], manifest["title"]) == (conversation.id, "What closed?")
    assert (first["question"], first["searched_for"], first["status"]) == (
        "What closed?",
        "What closed? (rice)",
        "quoted",
    )
    assert first["understood"]["wants"] == "fact"
    assert first["answered"] == conversation.exchanges[0].answered
    assert [(one["text"], one["standing"]) for one in first["quotes"]] == [
        (CLOSED.quote.text, "current"),
        (WHOLE.quote.text, "current"),
    ]
    assert [one["shown_as"] for one in second["quotes"]] == ["nearest passage, no answer"]
    assert [one["documents"] for one in manifest["texts"]] == [
        one for _, one in sorted([(digest_of(RICE), ["rice"]), (digest_of(FLOUR), ["flour"])])
    ]
    page = files["quotations.html"].decode()
    assert "What closed?" in page
    assert CLOSED.quote.text in page


def test_one_turn_is_packed_with_its_own_texts_only(catalogue: Catalogue, conversations: Conversations) -> None:
    """And a turn that is not there says which are."""
    conversation = kept(conversations, quoted("What closed?", CLOSED), quoted("Who ground?", GROUND))
    pack = evidence_pack(conversation, SETTINGS, catalogue, turn=2)
    assert [turn["number"] for turn in manifest_of(pack)["turns"]] == [2]
    assert [name for name in files_of(pack) if name.startswith("texts/")] == [f"texts/{digest_of(FLOUR)}.txt"]
    with pytest.raises(UnknownConversationError, match="no turn 3; its turns are 1, 2"):
        evidence_pack(conversation, SETTINGS, catalogue, turn=3)
    with pytest.raises(UnknownConversationError, match="its turns are none"):
        evidence_pack(Conversation(), SETTINGS, catalogue)


def test_the_same_conversation_gives_the_same_bytes(catalogue: Catalogue, conversations: Conversations) -> None:
    """No date, order or compression of the moment is in them; another conversation has others."""
    conversation = kept(conversations, quoted("What closed?", CLOSED, GROUND))
    pack = evidence_pack(conversation, SETTINGS, catalogue)
    again = evidence_pack(conversations.read(conversation.id), SETTINGS, catalogue)
    assert pack.content == again.content
    assert pack.digest == sha256(pack.content).hexdigest()
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    other = evidence_pack(kept(conversations, quoted("What closed?", GROUND)), SETTINGS, catalogue)
    assert other.content != pack.content


TEXTS = st.text(min_size=1, max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TEXTS, words=TEXTS, after=TEXTS, named=TEXTS, asked=TEXTS)
def test_whatever_is_in_texts_names_and_questions_the_pack_is_verified(
    catalogue: Catalogue, tmp_path: Path, before: str, words: str, after: str, named: str, asked: str
) -> None:
    """Its files have names of their own, which none of them can choose."""
    citation = citation_of(before + words + after, len(before), len(before + words), id=named, title=named)
    exchange = Exchange(number=1, answer=quoted(asked, citation))
    pack = evidence_pack(Conversation(exchanges=(exchange,)), SETTINGS, catalogue)
    path = tmp_path / "any.zip"
    path.write_bytes(pack.content)
    with redirect_stdout(io.StringIO()):
        assert verify.main([str(path)]) == 0
    (quote,) = manifest_of(pack)["turns"][0]["quotes"]
    assert (quote["text"], quote["document"]) == (words, named)
    expected = {"README.txt", "SHA256SUMS", "manifest.json", "quotations.html", "verify.py"}
    assert set(files_of(pack)) == expected | {f"texts/{digest_of(before + words + after)}.txt"}


def test_more_text_than_a_verifier_reads_is_refused(catalogue: Catalogue) -> None:
    """Rather than packed and never verified."""
    text = "a" * verify.MOST
    exchange = Exchange(number=1, answer=quoted("What?", citation_of(text, 0, 5)))
    with pytest.raises(SettingsError, match="a pack holds 67,108,864 at most; export single turns"):
        evidence_pack(Conversation(exchanges=(exchange,)), SETTINGS, catalogue)


# ── what made it ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_folder_of_this_machine_is_told(catalogue: Catalogue, conversations: Conversations, tmp_path: Path) -> None:
    """Neither the library's nor a model's, nor where the users or the question sets are."""
    model = tmp_path / "folder-of-models" / "my-model"
    model.mkdir(parents=True)
    (model / "model.safetensors").write_bytes(b"weights")
    given = SETTINGS.model_copy(
        update={
            "library": catalogue.path.parent,
            "users": tmp_path / "people",
            "question_sets": tmp_path / "sets",
            "embedding_model": str(model),
        }
    )
    pack = evidence_pack(kept(conversations, quoted("What closed?", CLOSED)), given, catalogue)
    everything = b"".join(files_of(pack).values())
    for told in (str(tmp_path), "folder-of-models", "people", str(Path(__file__).parent.parent)):
        assert told.encode() not in everything
    assert manifest_of(pack)["made_with"]["model"] == {
        "name": "my-model",
        "sha256": sha256(b"weights").hexdigest(),
    }


def test_what_an_answer_hangs_on_is_told(catalogue: Catalogue) -> None:
    """The settings, the model by its digest, and the versions of what is installed."""
    told: Any = made_with(SETTINGS, catalogue)
    assert told["settings"] == {"quotes": 5, "readiness": 0.25}
    assert told["model"] == {"name": "all-MiniLM-L6-v2", "sha256": WEIGHTS_DIGEST}
    assert told["libraries"]["chromadb"] == "1.5.9"
    named: Any = made_with(SETTINGS.model_copy(update={"embedding_model": "a/model"}), catalogue)
    assert named["model"] == {"name": "a/model", "sha256": None}
    lost: Any = made_with(SETTINGS.model_copy(update={"embedding_model": "/nowhere/secret/model"}), catalogue)
    assert lost["model"] == {"name": "model", "sha256": None}


def test_a_calibration_and_its_models_are_told_without_their_folders(catalogue: Catalogue, tmp_path: Path) -> None:
    """By the digests that the calibration holds them to; one that is gone is told in a line."""
    shipped = Path(assistant.__file__).with_name("selection.json")
    fitted = json.loads(shipped.read_text(encoding="utf-8"))
    models: dict[str, Any] = {"embedding": {"name": "e|384|alone", "sha256": None}, "reranker": None, "reader": None}
    content: dict[str, Any] = {"about": "made here", "models": models, "first": fitted["sentence"]} | {
        part: fitted[part] for part in ("sentence", "answer")
    }
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    given = SETTINGS.model_copy(update={"selection": path})
    told: Any = made_with(given, catalogue)
    assert told["selection"] == {"sha256": sha256(path.read_bytes()).hexdigest()}
    assert "reranker" not in told
    further = ("reranked", "below_best_reranked", "not_reranked")
    models["reranker"] = {"name": "own", "sha256": "f" * 64}
    content["scales"] = {"reranked": {"mean": 0.0, "deviation": 1.0}}
    for part in ("sentence", "answer"):
        content[part] = content[part] | {"coefficients": content[part]["coefficients"] | dict.fromkeys(further, 0.0)}
    path.write_text(json.dumps(content), encoding="utf-8")
    told = made_with(given, catalogue)
    assert told["reranker"] == {"name": "own", "sha256": "f" * 64}
    assert str(tmp_path) not in json.dumps(told)
    path.unlink()
    with pytest.raises(SettingsError, match=r"setting 'selection' is .*, which can't be read"):
        made_with(given, catalogue)


def test_what_a_language_model_did_is_told_and_where_it_is_or_with_which_key_is_not(
    catalogue: Catalogue, conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the turn that it chose in, on the page and in the manifest; without one there is nothing of it."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
    given = SETTINGS.model_copy(
        update={"model": "openai:/srv/secret/m.gguf", "model_url": "http://anna:word@models.example/v1"}
    )
    use = ModelUse(name="openai:m.gguf", act=ModelAct.CHOSE, offered=30, calls=1, input_tokens=900, seconds=2.5)
    chosen = replace(quoted("What closed?", CLOSED), model=use)
    pack = evidence_pack(kept(conversations, chosen, quoted("What was ground?", GROUND)), given, catalogue)
    manifest, page = manifest_of(pack), files_of(pack)["quotations.html"].decode()
    first, second = manifest["turns"]
    told = first["language_model"]
    assert (told["name"], told["act"], told["offered"], told["input_tokens"]) == ("openai:m.gguf", "chose", 30, 900)
    assert "seconds" not in told
    assert second["language_model"] is None
    assert page.count("Model openai:m.gguf: chose among 30 sentences.") == 1
    made = manifest["made_with"]["language_model"]
    assert (made["name"], made["rewrites"]) == ("openai:m.gguf", False)
    everything = b"".join(files_of(pack).values())
    assert not any(word in everything for word in (b"secret", b"anna", b"models.example"))
    assert made_with(SETTINGS, catalogue)["language_model"] is None


# ── what became of the documents ────────────────────────────────────────────────────────────────────────────────────


def test_a_document_that_was_withdrawn_or_changed_since_is_told(
    catalogue: Catalogue, conversations: Conversations, tmp_path: Path
) -> None:
    """In the manifest and on the page; what was quoted is verified all the same."""
    conversation = kept(conversations, quoted("What closed?", CLOSED, GROUND))
    put(catalogue, Document(id="rice", title="Rice", text="Nothing of it is left."))
    catalogue.withdraw("flour")
    pack = evidence_pack(conversations.read(conversation.id), SETTINGS, catalogue)
    assert [one["standing"] for one in manifest_of(pack)["turns"][0]["quotes"]] == ["changed since", "withdrawn"]
    page = files_of(pack)["quotations.html"].decode()
    assert "[1] The document has changed since; what is quoted is an earlier text of it." in page
    assert "[2] The document has been withdrawn from the library since." in page
    assert verdict_on(pack, tmp_path) == (0, ["verified"] * 2)


def test_a_quote_of_a_damaged_text_is_told_and_the_others_are_verified(
    catalogue: Catalogue, conversations: Conversations, tmp_path: Path
) -> None:
    """The words that the answer was kept with are not believed, and stand nowhere in the pack."""
    conversation = kept(conversations, quoted("What closed?", CLOSED, GROUND))
    with closing(sqlite3.connect(catalogue.path)) as connection, connection:
        connection.execute("UPDATE revision SET text = 'Invented.' WHERE document = 'rice'")
    read = conversations.read(conversation.id)
    assert read.exchanges[0].citations == ()
    pack = evidence_pack(read, SETTINGS, catalogue)
    assert (pack.quotes, pack.lost) == (1, 1)
    (turn,) = manifest_of(pack)["turns"]
    whole, lost = turn["quotes"]
    assert (whole["document"], whole["text"]) == ("flour", GROUND.quote.text)
    assert (lost["document"], lost["text"], lost["revision"]) == ("rice", None, digest_of(RICE))
    assert (lost["start"], lost["end"]) == (CLOSED.quote.start, CLOSED.quote.end)
    assert "not the one that its SHA-256 names" in lost["problem"]
    assert turn["problem"] == "a quotation can't be made again"
    files = files_of(pack)
    assert "A quotation is missing here, of rice@" in files["quotations.html"].decode()
    everything = b"".join(files.values())
    assert b"Invented" not in everything
    assert CLOSED.quote.text.encode() not in everything
    assert str(tmp_path).encode() not in everything
    assert verdict_on(pack, tmp_path) == (1, ["verified", "missing"])


@pytest.mark.parametrize(
    ("written", "quotes"),
    [
        ("", [None]),
        ("[]", [None]),
        ('{"status": "quoted", "citations": 5}', [None]),
        ('{"citations": [1, {}, {"document": ["x"], "start": true}]}', [None] * 3),
        ('{"citations": [{"document": "<script>", "revision": "../..", "start": 0, "end": 5}]}', ["<script>"]),
    ],
)
def test_an_answer_that_can_not_be_read_is_told_and_not_taken_for_a_refusal(
    catalogue: Catalogue, conversations: Conversations, tmp_path: Path, written: str, quotes: list[str | None]
) -> None:
    """However its JSON is broken: nothing of it is verified, and the page says that something is missing."""
    conversation = kept(conversations, quoted("What closed?", CLOSED))
    if written.startswith('{"citations"'):
        whole = json.loads(catalogue.turns(conversation.id)[0].answer)
        written = json.dumps(whole | json.loads(written))
    name = "broken"
    catalogue.keep_turn(name, "And <b>flour</b>?", written, [])
    pack = evidence_pack(conversations.read(name), SETTINGS, catalogue)
    (turn,) = manifest_of(pack)["turns"]
    assert [one["document"] for one in turn["quotes"]] == quotes
    assert turn["problem"]
    page = files_of(pack)["quotations.html"].decode()
    assert "Not all of this answer can be shown" in page
    assert "The corpus does not say" not in page
    assert "<b>" not in page
    assert "<script>" not in page
    assert verdict_on(pack, tmp_path) == (1, ["missing"] * len(quotes))


# ── writing it ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pack(catalogue: Catalogue, conversations: Conversations) -> EvidencePack:
    """Return a pack of one answer."""
    return evidence_pack(kept(conversations, quoted("What closed?", CLOSED)), SETTINGS, catalogue)


def test_a_file_that_is_there_is_replaced_only_if_that_is_said(pack: EvidencePack, tmp_path: Path) -> None:
    """A link that leads nowhere is there, too, and is not followed."""
    target = tmp_path / "out" / "pack.zip"
    target.parent.mkdir()
    target.write_bytes(b"precious")
    link = target.with_name("link.zip")
    link.symlink_to(tmp_path / "elsewhere")
    for path in (target, link):
        with pytest.raises(SettingsError, match="is there already; name another file"):
            write_pack(pack, path)
        write_pack(pack, path, replace=True)
        assert path.read_bytes() == pack.content
    assert not (tmp_path / "elsewhere").exists()
    assert {path.name for path in target.parent.iterdir()} == {"pack.zip", "link.zip"}


def test_what_can_not_be_written_is_one_line_and_leaves_nothing(pack: EvidencePack, tmp_path: Path) -> None:
    """In a folder that is not there, or where a folder stands."""
    with pytest.raises(SettingsError, match="can't be written"):
        write_pack(pack, tmp_path / "nowhere" / "pack.zip")
    folder = tmp_path / "folder"
    (folder / "in-it").mkdir(parents=True)
    with pytest.raises(SettingsError, match="can't be written"):
        write_pack(pack, folder, replace=True)
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "library"}


def test_a_pack_that_is_cut_off_while_it_is_written_is_not_there(
    pack: EvidencePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: neither half a pack nor what was there before is lost."""
    target = tmp_path / "pack.zip"
    target.write_bytes(b"precious")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsError, match="No space left on device"):
        write_pack(pack, target, replace=True)
    assert target.read_bytes() == b"precious"
    assert {path.name for path in tmp_path.iterdir()} == {"pack.zip", "library"}


def test_an_answer_just_given_is_packed_without_being_kept(catalogue: Catalogue, tmp_path: Path) -> None:
    """As `briefing ask --evidence` does, with the moment at which it was given."""
    answer = replace(quoted("What closed?", CLOSED), seconds=3.0)
    exchange = Exchange(number=1, answer=answer, answered="2026-01-15T10:00:00+00:00")
    pack = evidence_pack(Conversation(exchanges=(exchange,)), SETTINGS, catalogue)
    manifest = manifest_of(pack)
    assert (manifest["conversation"], manifest["turns"][0]["answered"]) == (None, "2026-01-15T10:00:00+00:00")
    assert catalogue.conversations("") == []
    assert verdict_on(pack, tmp_path) == (0, ["verified"])
