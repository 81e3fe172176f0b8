"""Whose words a quote is: the article's own, a quotation, or something retold; who speaks, and as what.

The article is read from its beginning, so that "he said", "Wang said" and "the spokesperson added" lead back to whoever
was named. Where the text does not say plainly who speaks, nobody is named (docs/decisions/0014-speakers.md).
"""

from assistant.answers import Speech
from assistant.speakers.hearing import Said, heard
from assistant.speakers.wanted import speaker_wanted, theirs

__all__ = ["Said", "speaker_wanted", "speech_of", "theirs"]


def speech_of(text: str, start: int, end: int) -> Said:
    """Return how the words of `text` from `start` to `end` (whole sentences) were said.

    Of several sentences the speaker is told only where all that were said were said by the same one.
    """
    said = [one.said for one in heard(text, start) if one.start < end and one.end > start]
    spoken = [one for one in said if one.speech is not Speech.NARRATION]
    if not spoken:
        return Said(Speech.NARRATION)
    direct = any(one.speech is Speech.DIRECT for one in spoken)
    speech = Speech.DIRECT if direct else Speech.REPORTED
    same = len({(one.speaker, one.role) for one in spoken}) == 1
    return Said(speech, spoken[0].speaker, spoken[0].role) if same else Said(speech)
