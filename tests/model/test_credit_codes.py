"""GB 32100-2015."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.model.credit_codes import CodeState, check_symbol, credit_code

SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
bodies = st.text(alphabet=SYMBOLS, min_size=17, max_size=17)


def test_the_published_vector_holds_and_its_neighbour_does_not():
    assert credit_code("91350100M000100Y43").state is CodeState.SOUND
    assert check_symbol("91350100M000100Y4") == "3"
    assert credit_code("91350100M000100Y4Z").state is not CodeState.SOUND
    assert credit_code("91350100M000100Y4X").likely == "91350100M000100Y43"


def test_a_remainder_of_zero_gives_0():
    assert check_symbol("0" * 17) == "0"


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("９１３５０１００Ｍ000100y43", CodeState.SOUND),
        (" 9135 0100-M000100Y43", CodeState.SOUND),
        ("310101600123456", CodeState.OLD),
        ("91350100M000100Y4", CodeState.LENGTH),
        ("31010160012345", CodeState.LENGTH),
        ("91350100MO00100Y43", CodeState.SYMBOLS),
    ],
)
def test_what_a_written_code_is(written, state):
    assert credit_code(written).state is state


def test_look_alike_letters_are_offered_as_digits():
    assert credit_code("91350100MO00100Y43").likely == "91350100M000100Y43"


@given(bodies)
def test_exactly_one_last_symbol_is_sound(body):
    sound = [s for s in SYMBOLS if credit_code(body + s).state is CodeState.SOUND]
    assert sound == [check_symbol(body)]


@given(bodies, st.integers(0, 16), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_noticed(body, at, symbol):
    code = body + check_symbol(body)
    wrong = code[:at] + symbol + code[at + 1 :]
    assert (credit_code(wrong).state is CodeState.SOUND) == (wrong == code)


@given(bodies, st.integers(0, 15))
def test_two_swapped_neighbours_are_noticed(body, at):
    code = body + check_symbol(body)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (credit_code(swapped).state is CodeState.SOUND) == (swapped == code)
