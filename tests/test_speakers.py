"""Whose words a quote is: right where it says something, None where the text does not say it plainly."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Speech
from assistant.passages import cut
from assistant.speakers import Said, speaker_wanted, speech_of, theirs

NARRATION, DIRECT, REPORTED = Speech.NARRATION, Speech.DIRECT, Speech.REPORTED

LABELLED = [
    # Direct speech, by somebody who is named.
    ("“We never stopped the aid,” Wang Wenbin said on Monday.", DIRECT, "Wang Wenbin", None),
    ("“We never stopped the aid,” said Wang Wenbin.", DIRECT, "Wang Wenbin", None),
    ('"We never stopped the aid," said Abdul Qahar Balkhi, a spokesman.', DIRECT, "Abdul Qahar Balkhi", "spokesman"),
    ('"This was a success," President Joe Biden said.', DIRECT, "Joe Biden", "President"),
    ("“This was a success,” Biden said.", DIRECT, "Biden", None),
    ("“This was a success,” Biden told reporters.", DIRECT, "Biden", None),
    ("“There will be talks,” Yue Xiaoyong, a special envoy, said last week.", DIRECT, "Yue Xiaoyong", "special envoy"),
    ("Wang Wenbin said “we never stopped the aid” at a briefing.", DIRECT, "Wang Wenbin", None),
    ("Wang Wenbin, a spokesman, said: “We never stopped the aid.”", DIRECT, "Wang Wenbin", "spokesman"),
    ("Sergei Lavrov on Tuesday said “nobody was ever asked” about it.", DIRECT, "Sergei Lavrov", None),
    ("“Nobody was asked,” argued Hibatullah Akhundzada, the leader.", DIRECT, "Hibatullah Akhundzada", "leader"),
    ("“It is what we want,” Mohammed bin Abdulrahman said.", DIRECT, "Mohammed bin Abdulrahman", None),
    ("“It works,” said Arafat Jamal of UNHCR.", DIRECT, "Arafat Jamal", None),
    ("“It is over,” said Secretary of State Antony Blinken.", DIRECT, "Antony Blinken", "Secretary of State"),
    ("Sergei Lavrov was blunt: “Nobody was asked.”", DIRECT, "Sergei Lavrov", None),
    ("“It is,” she said, “what we want.”", DIRECT, None, None),
    ("“No talks,” the Foreign Ministry said.", DIRECT, "Foreign Ministry", None),
    # Direct speech, by somebody in a role or by nobody who could be told.
    ("“We never stopped the aid,” he said.", DIRECT, None, None),
    ('"We never stopped the aid," the spokesperson said.', DIRECT, None, "spokesperson"),
    ('"We expect this to be kept," it said in a statement.', DIRECT, None, None),
    ("“We never stopped the aid,” officials said.", DIRECT, None, "officials"),
    ("“We never stopped the aid,” Officials said.", DIRECT, None, "Officials"),
    ("“We will never stop the aid.”", DIRECT, None, None),
    (
        'A U.S. State Department spokesperson told Newsweek that "some level of discussion" is needed.',
        *(DIRECT, None, "U.S. State Department spokesperson"),
    ),
    ("Joe Biden met Xi Jinping, whose spokesman said “it was a good talk” there.", DIRECT, None, None),
    ("Russia’s Foreign Ministry released a report after an envoy said “nobody was asked” there.", DIRECT, None, None),
    ("“Nobody asked us to go,” she said, and Joe Biden nodded.", DIRECT, None, None),
    # Retold.
    ("Wang Wenbin said that aid had never stopped.", REPORTED, "Wang Wenbin", None),
    ("Wang Wenbin, a spokesman, denied it.", REPORTED, "Wang Wenbin", "spokesman"),
    ("Aid never stopped, according to Wang Wenbin.", REPORTED, "Wang Wenbin", None),
    ("According to Wang Wenbin, aid never stopped.", REPORTED, "Wang Wenbin", None),
    ("Rosemary DiCarlo explained that schools would open.", REPORTED, "Rosemary DiCarlo", None),
    ("Aid, the UN envoy Thomas West said, had never stopped.", REPORTED, "Thomas West", "UN envoy"),
    ("Aid never stopped, said Wang Wenbin.", REPORTED, "Wang Wenbin", None),
    ("On Monday Wang Wenbin said aid had never stopped.", REPORTED, "Wang Wenbin", None),
    ("In May 2023 Kazemi Qomi said that water had come.", REPORTED, "Kazemi Qomi", None),
    ("Norway wrote the draft, and Mona Juul said that it implied nothing.", REPORTED, "Mona Juul", None),
    ("The Ministry of Health urged patience.", REPORTED, "Ministry of Health", None),
    ("He said aid had never stopped.", REPORTED, None, None),
    ("However, the spokesperson added that relations saw a setback.", REPORTED, None, "spokesperson"),
    ("In Kabul Mullah Omar said that schools would open.", REPORTED, None, None),
    ("Last Tuesday officials said nothing.", REPORTED, None, "officials"),
    ("Joe Biden met Xi Jinping, who said that talks went on.", REPORTED, None, None),
    ("Joe Biden’s spokesman said so.", REPORTED, None, "Joe Biden’s spokesman"),
    ("Russia accepted their ambassadors, according to state-run RIA Novosti.", REPORTED, None, None),
    ("Tehran said that Kabul had fired first, while Kabul said that Tehran had.", REPORTED, None, None),
    (
        "Ana Ek put it at “the very low hundreds”, while Secretary of State Antony Blinken said fewer than 200.",
        DIRECT,
        None,
        None,
    ),
    # The article's own words.
    ("Russia accepted their ambassadors in April.", NARRATION, None, None),
    ("The Taliban called off the meeting and added three posts.", NARRATION, None, None),
    ("There were 340 reported cases and 12 confirmed deaths.", NARRATION, None, None),
    ("The leaders of the four states opened the line.", NARRATION, None, None),
    ("He declined to say how many had been moved.", NARRATION, None, None),
    ("The town was told to wait, and was promised a bridge.", NARRATION, None, None),
    ("The so-called “Moscow format” met again.", NARRATION, None, None),
    ('The "Taliban" have been in power for a year in "Kabul" itself.', NARRATION, None, None),
    ("A 5'10\" man left.", NARRATION, None, None),
]


@pytest.mark.parametrize(("sentence", "speech", "speaker", "role"), LABELLED, ids=[one[0][:50] for one in LABELLED])
def test_a_sentence_is_told_apart(sentence: str, speech: Speech, speaker: str | None, role: str | None) -> None:
    """Honest precision first: a wrong speaker is worse than none."""
    assert speech_of(sentence, 0, len(sentence)) == Said(speech, speaker, role)


def test_most_plain_speakers_are_found() -> None:
    """None for all would be precise, too."""
    named = [(sentence, speaker) for sentence, _, speaker, _ in LABELLED if speaker]
    assert len(named) >= 15


def test_the_middle_and_the_end_of_a_quotation_are_direct_speech() -> None:
    """Its marks stand in the sentences before and behind."""
    text = "“The path varies. It will not work from outside. It never did anywhere,” Wang Wenbin said. He left."
    found = [speech_of(text, one.start, one.end) for one in cut(text).sentences]
    assert found == [*[Said(DIRECT, "Wang Wenbin")] * 3, Said(NARRATION)]


def test_a_quotation_of_another_paragraph_is_not_carried_over() -> None:
    """A paragraph whose quotation goes on opens without a closing mark."""
    text = "“It goes on and on.\n\nRussia accepted their ambassadors in April."
    last = cut(text).sentences[-1]
    assert speech_of(text, last.start, last.end) == Said(NARRATION)


@settings(deadline=None)  # other work on the machine is no failure
@given(
    st.lists(
        st.sampled_from(
            [
                "“",
                "”",
                '"',
                " ",
                "Wang",
                "Wenbin",
                "said",
                ",",
                ".",
                "the",
                "According to",
                "\n",
                "’s",
                "a",
                "he",
                "minister",
                "Ana Kovač",
                "that",
                ":",
                "statement",
            ]
        ),
        min_size=1,
        max_size=30,
    ).map("".join)
)
def test_a_speaker_and_a_role_are_always_words_of_the_text(text: str) -> None:
    """Never a string of anybody's making."""
    for sentence in cut(text).sentences:
        said = speech_of(text, sentence.start, sentence.end)
        words = " ".join(text.split())
        assert said.speaker is None or said.speaker in words
        assert said.role is None or said.role in words


@pytest.mark.parametrize(
    "odd",
    [
        "A",
        "Aa ",
        '" A',
        "” Aa Aa",
        '"',
        "“",
        ", ",
        "” A, a",
        "Aa Aa, ",
        "said ",
        "that ",
        "according to A",
        "A’s.-",
        "\n“",
    ],
)
def test_a_megabyte_of_odd_text_takes_seconds_and_no_minutes(odd: str) -> None:
    """No pattern goes back over what it has read again and again."""
    text = odd * (1_000_000 // len(odd))
    for quote in (text, f"“{text}", f"{text} said"):
        began = time.thread_time()
        speech_of(quote, 0, len(quote))
        assert time.thread_time() - began < 10, odd


ARTICLE = """Prime Minister Elif Demir met her Ruvian counterpart, Jan Kos, on Friday. “It was a frank talk,” she \
said. “We agreed on trade.”

Kos told reporters the border would reopen. “It will take weeks,” he said.

The trade ministry issued a statement. "Nothing is settled," the statement said.

Qatar's emir received him. “We are brothers,” he said.

“Order,” a spokeswoman said.

“It goes on and on.

“It ends here,” said Mona Ek, a clerk."""

ATTRIBUTED = [
    ("It was a frank", "Elif Demir", "Prime Minister"),
    ("We agreed on trade", "Elif Demir", "Prime Minister"),
    ("Kos told reporters", "Jan Kos", None),
    ("It will take weeks", "Jan Kos", None),
    ("Nothing is settled", "trade ministry", None),
    ("We are brothers", None, None),
    ("Order", None, "spokeswoman"),
    ("It goes on", None, None),
    ("It ends here", "Mona Ek", "clerk"),
]


@pytest.mark.parametrize(("words", "speaker", "role"), ATTRIBUTED, ids=[one[0] for one in ATTRIBUTED])
def test_pronouns_surnames_and_papers_lead_back_to_who_was_named(
    words: str, speaker: str | None, role: str | None
) -> None:
    """Through the article, and to nobody where two could be meant."""
    place = ARTICLE.index(words)
    said = speech_of(ARTICLE, place, place + len(words))
    assert (said.speaker, said.role) == (speaker, role)


def test_of_several_sentences_the_speaker_is_told_only_where_it_is_one() -> None:
    """A quote of two voices is nobody's."""
    text = "“Yes,” said Mona Ek. “It is,” she said. “No,” said Jan Kos."
    one, two, three = cut(text).sentences
    assert speech_of(text, one.start, two.end) == Said(DIRECT, "Mona Ek")
    assert speech_of(text, one.start, three.end) == Said(DIRECT)


def test_a_far_place_of_a_long_text_is_read_like_a_near_one() -> None:
    """A book is read in windows, and what stands at their edges is not lost."""
    text = "Nothing happened on that day.\n\n" * 3_000 + "“It rained,” said Mona Ek.\n\n“All day,” she added.\n"
    for sentence in cut(text).sentences[-2:]:
        assert speech_of(text, sentence.start, sentence.end).speaker == "Mona Ek"


WANTED = [
    ("What has been said about the canal?", None),
    ("What does science say about vaccines?", None),
    ("What does the Bible say about usury?", None),
    ("What did Wang Wenbin say about democracy?", "Wang Wenbin"),
    ("What does the Foreign Ministry say about the river?", "Foreign Ministry"),
    ("What has President Quintero said about the roads?", "President Quintero"),
    ("what did the mayor say about the sirens?", "mayor"),
    ("What did the Taliban tell UNAMA?", "Taliban"),
    ("What Lavrov said about the attack", "Lavrov"),
    ("What did he say about it?", None),
    ("What did anyone say about it?", None),
    ("What did the statement say about it?", None),
    ("What did residents say about it?", None),
    ("What had the Taliban promised him?", None),
    ("What does the Islamic State lack from the world?", None),
    ("What did the ministry state about the river?", "ministry"),
    ("Who said that aid had stopped?", None),
    ("How much money is frozen?", None),
    ("", None),
]


@pytest.mark.parametrize(("question", "speaker"), WANTED)
def test_a_question_tells_whose_words_it_wants(question: str, speaker: str | None) -> None:
    """And nobody's where that is not one person or body."""
    assert speaker_wanted(question) == speaker


SENTENCES = [
    ("“No,” he said.", Said(DIRECT, "Wang Wenbin", "Foreign Ministry spokesman")),
    ("“Yes,” she said.", Said(DIRECT, "Ana Kovač", "Transport Minister")),
    ("Wang met Kovač.", Said(NARRATION)),
    ("It was said that Wang would go, while Kovač said that she would.", Said(REPORTED)),
    ("“Perhaps,” his lawyer said.", Said(DIRECT, None, "Wang's lawyer")),
]


@pytest.mark.parametrize(
    ("wanted", "own"),
    [
        ("Wang Wenbin", [True, False, False, False, False]),
        ("Wang", [True, False, False, True, False]),
        ("Foreign Ministry", [True, False, False, False, False]),
        ("Foreign Ministry spokesperson", [True, False, False, False, False]),
        ("Minister Kovač", [False, True, False, True, False]),
        ("Wenbing", [True, False, False, False, False]),
        ("Transport Minister", [False, True, False, False, False]),
        ("Lavrov", [False, False, False, False, False]),
        ("mayor", [True, True, True, True, True]),
    ],
)
def test_a_speakers_own_sentences_are_told_from_those_of_others(wanted: str, own: list[bool]) -> None:
    """By name, by role, or misspelt; a role that nobody has is no reason to decline."""
    assert theirs(wanted, SENTENCES) == own


@pytest.mark.parametrize("odd", ["what did ", "what did a", "what ", "did say ", "what did " + "a " * 30])
def test_a_hostile_question_is_read_in_linear_time(odd: str) -> None:
    """A page pasted as a question holds nobody up."""
    began = time.thread_time()
    speaker_wanted(odd * (100_000 // len(odd)))
    assert time.thread_time() - began < 10
