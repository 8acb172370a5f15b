import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import InvalidParameterError
from gridmap.render.theme import load_theme, mix_white

CHANNEL = st.integers(0, 255)


def channels(colour):
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


@given(st.tuples(CHANNEL, CHANNEL, CHANNEL), st.floats(0, 1))
@settings(deadline=None, max_examples=60)
def test_mixing_moves_every_channel_by_the_share_towards_white(rgb, white):
    mixed = channels(mix_white("#{:02x}{:02x}{:02x}".format(*rgb), white))
    for before, after in zip(rgb, mixed, strict=True):
        assert abs(after - (before * (1 - white) + 255 * white)) <= 0.5


@pytest.mark.parametrize("colour", ["1F5C7A", "#1F5C7", "#1F5C7G", "rgb(0,0,0)", "", "#+1F5C7"])
def test_a_colour_that_is_none_is_refused(colour):
    with pytest.raises(InvalidParameterError):
        mix_white(colour, 0.5)


@pytest.mark.parametrize("white", [-0.01, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(white):
    with pytest.raises(InvalidParameterError):
        mix_white("#000000", white)


def luminance(colour):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_ink_can_be_read_on_every_zone():
    theme = load_theme()
    ink = luminance(theme.colours["ink"])
    for i in range(len(theme.zone_fills)):
        for fill in (theme.zone_fill(i), theme.zone_floor(i), theme.vacant(i)):
            assert (luminance(fill) + 0.05) / (ink + 0.05) >= 4.5


def test_a_colour_index_beyond_the_fills_starts_over():
    theme = load_theme()
    assert theme.zone_fill(len(theme.zone_fills)) == theme.zone_fill(0)
