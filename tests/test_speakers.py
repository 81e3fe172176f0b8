"""Whose words a quote is: right where it says something, None where the text does not say it plainly."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Speech
from assistant.passages import cut
from assistant.speakers import Said, speech_of

NARRATION, DIRECT, REPORTED = Speech.NARRATION, Speech.DIRECT, Speech.REPORTED

LABELLED = [
    # Direct speech, with the name right beside the verb.
    ("“We never stopped the aid,” Wang Wenbin said on Monday.", DIRECT, "Wang Wenbin"),
    ("“We never stopped the aid,” said Wang Wenbin.", DIRECT, "Wang Wenbin"),
    ('"We never stopped the aid," said Abdul Qahar Balkhi, a spokesman.', DIRECT, "Abdul Qahar Balkhi"),
    ('"This was a success," President Joe Biden said.', DIRECT, "President Joe Biden"),
    ("“This was a success,” Biden said.", DIRECT, "Biden"),
    ("“This was a success,” Biden told reporters.", DIRECT, "Biden"),
    ("“There will be talks,” Yue Xiaoyong, a special envoy, said last week.", DIRECT, "Yue Xiaoyong"),
    ("Wang Wenbin said “we never stopped the aid” at a briefing.", DIRECT, "Wang Wenbin"),
    ("Wang Wenbin, a spokesman, said: “We never stopped the aid.”", DIRECT, "Wang Wenbin"),
    ("Sergei Lavrov on Tuesday said “nobody was ever asked” about it.", DIRECT, "Sergei Lavrov"),
    ("“Nobody was ever asked,” argued Hibatullah Akhundzada, the leader.", DIRECT, "Hibatullah Akhundzada"),
    ("“It is what we want,” Mohammed bin Abdulrahman said.", DIRECT, "Mohammed bin Abdulrahman"),
    # Direct speech, by nobody that the sentence names.
    ("“We never stopped the aid,” he said.", DIRECT, None),
    ('"We never stopped the aid," the spokesperson said.', DIRECT, None),
    ('"We expect this to be kept," it said in a statement.', DIRECT, None),
    ("“We never stopped the aid,” officials said.", DIRECT, None),
    ("“We never stopped the aid,” Officials said.", DIRECT, None),
    ("“We will never stop the aid.”", DIRECT, None),
    ('A U.S. State Department spokesperson told Newsweek that "some level of discussion" is needed.', DIRECT, None),
    ("Joe Biden met Xi Jinping, whose spokesman said “it was a good talk” there.", DIRECT, None),
    ("Russia’s Foreign Ministry released a report after an envoy said “nobody was asked” there.", DIRECT, None),
    ("“Nobody asked us to go,” she said, and Joe Biden nodded.", DIRECT, None),
    # Retold.
    ("Wang Wenbin said that aid had never stopped.", REPORTED, "Wang Wenbin"),
    ("Wang Wenbin, a spokesman, denied it.", REPORTED, "Wang Wenbin"),
    ("Aid never stopped, according to Wang Wenbin.", REPORTED, "Wang Wenbin"),
    ("According to Wang Wenbin, aid never stopped.", REPORTED, "Wang Wenbin"),
    ("Rosemary DiCarlo explained that schools would open.", REPORTED, "Rosemary DiCarlo"),
    ("He said aid had never stopped.", REPORTED, None),
    ("However, the spokesperson added that relations saw a setback.", REPORTED, None),
    ("In Kabul Mullah Omar said that schools would open.", REPORTED, None),
    ("On Monday Wang Wenbin said aid had never stopped.", REPORTED, None),
    ("Last Tuesday officials said nothing.", REPORTED, None),
    ("Joe Biden met Xi Jinping, who said that talks went on.", REPORTED, None),
    ("The White House spokesman said so.", REPORTED, None),
    ("Joe Biden’s spokesman said so.", REPORTED, None),
    ("Russia accepted their ambassadors, according to state-run RIA Novosti.", REPORTED, None),
    # The article's own words.
    ("Russia accepted their ambassadors in April.", NARRATION, None),
    ("The Taliban called off the meeting and added three posts.", NARRATION, None),
    ("There were 340 reported cases and 12 confirmed deaths.", NARRATION, None),
    ("The so-called “Moscow format” met again.", NARRATION, None),
    ('The "Taliban" have been in power for a year in "Kabul" itself.', NARRATION, None),
    ("A 5'10\" man left.", NARRATION, None),
]


@pytest.mark.parametrize(("sentence", "speech", "speaker"), LABELLED, ids=[one[0][:50] for one in LABELLED])
def test_a_sentence_is_told_apart(sentence: str, speech: Speech, speaker: str | None) -> None:
    """Honest precision first: a wrong speaker is worse than none."""
    assert speech_of(sentence, 0, len(sentence)) == Said(speech, speaker)


def test_most_plain_speakers_are_found() -> None:
    """None for all would be precise, too."""
    named = [(sentence, speaker) for sentence, _, speaker in LABELLED if speaker]
    assert len(named) >= 15


def test_the_middle_and_the_end_of_a_quotation_are_direct_speech() -> None:
    """Its marks stand in the sentences before and behind."""
    text = "“The path varies. It will not work from outside. It never did anywhere,” Wang Wenbin said. He left."
    found = [speech_of(text, one.start, one.end) for one in cut(text).sentences]
    assert found == [Said(DIRECT), Said(DIRECT), Said(DIRECT, "Wang Wenbin"), Said(NARRATION)]


def test_a_quotation_of_another_paragraph_is_not_carried_over() -> None:
    """A paragraph whose quotation goes on opens without a closing mark."""
    text = "“It goes on and on.\n\nRussia accepted their ambassadors in April."
    last = cut(text).sentences[-1]
    assert speech_of(text, last.start, last.end) == Said(NARRATION)


@settings(deadline=None)  # other work on the machine is no failure
@given(
    st.lists(
        st.sampled_from(
            ["“", "”", '"', " ", "Wang", "Wenbin", "said", ",", ".", "the", "According to", "\n", "’s", "a"]
        ),
        min_size=1,
        max_size=30,
    ).map("".join)
)
def test_a_speaker_is_always_a_name_out_of_the_quote(text: str) -> None:
    """Never a string of anybody's making."""
    for sentence in cut(text).sentences:
        said = speech_of(text, sentence.start, sentence.end)
        assert said.speaker is None or said.speaker in text[sentence.start : sentence.end]
        assert said.speaker is None or said.speaker[0].isupper()


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
def test_a_megabyte_of_odd_text_takes_about_a_second(odd: str) -> None:
    """No pattern goes back over what it has read again and again."""
    text = odd * (1_000_000 // len(odd))
    for quote in (text, f"“{text}", f"{text} said"):
        began = time.perf_counter()
        speech_of(quote, 0, len(quote))
        assert time.perf_counter() - began < 2, odd
