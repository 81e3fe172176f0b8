"""What is known of newspapers: keys are keys, and short forms lead both ways."""

from assistant.outlets import ALIASES, CALLED_BY_IT, MEDIA_WORDS, OUTLETS
from assistant.source_names import key_of


def test_well_known_names_are_written_as_keys() -> None:
    """Or they would never be found."""
    assert all(key_of(name) == name for name in OUTLETS)
    assert all(word == word.casefold() for word in MEDIA_WORDS)
    assert CALLED_BY_IT < MEDIA_WORDS


def test_short_forms_lead_both_ways() -> None:
    """From the short to the long, and back."""
    assert ALIASES["ap"] == ("Associated Press",)
    assert ALIASES["associatedpress"] == ("AP",)
    assert all(
        key in {key_of(form) for other in forms for form in ALIASES[key_of(other)]} for key, forms in ALIASES.items()
    )
