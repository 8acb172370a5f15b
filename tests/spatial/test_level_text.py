"""Levels as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.spatial.level_text import level_of_text
from gridmap.spatial.levels import default_label

CHINESE = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]


@pytest.mark.parametrize(
    ("words", "ordinals"),
    [
        ("1F 1f １Ｆ F1 L1 1楼 一楼 1层 一层 首层 底层 G GF G/F 第一层 地上一层 1FLOOR LEVEL1 一楼(东区)", (0,)),
        ("2F F2 二楼 2层 第二层 二层 2ND_FLOOR 1/F", (1,)),
        ("B1 b1 B1F B1层 -1F -1楼 負一樓 地下一層 负一楼 负1层 地下1层 地下一层 地下室 地下 LG LG1 负一", (-1,)),
        ("B2 负二楼 地下二层 LG2", (-2,)),
        ("十二层 12F 十二楼", (11,)),
        ("2-3层 2~3F 二至三楼 2、3层 2F,3F 二楼和三楼 2F/3F 2—3层", (1, 2)),
        ("B1-2F B1~二楼", (-1, 0, 1)),
    ],
)
def test_words_for_levels(words, ordinals):
    for word in words.split():
        found = level_of_text(word)
        assert found is not None, word
        assert (word, found.ordinals, found.bare) == (word, ordinals, False)


@pytest.mark.parametrize(
    ("word", "ordinals"), [("0", (0,)), ("-1", (-1,)), ("２", (2,)), ("0;1", (0, 1)), ("1-2", (1, 2))]
)
def test_bare_numbers_are_ordinals_and_say_so(word, ordinals):
    found = level_of_text(word)
    assert found is not None
    assert (found.ordinals, found.bare) == (ordinals, True)


@pytest.mark.parametrize("word", ["夹层", "1F夹层", "M", "1M", "二楼夹层"])
def test_a_mezzanine_has_no_ordinal(word):
    found = level_of_text(word)
    assert found is not None
    assert found.mezzanine
    assert found.ordinals == ()


@pytest.mark.parametrize("word", ["", "天台", "A区", "1.5", "3-2层", "RF", "B0", "0楼", "1-999层", "铺位"])
def test_what_names_no_level_is_unknown(word):
    assert level_of_text(word) is None


@given(st.integers(-9, 60))
def test_a_label_of_ours_is_read_back(ordinal):
    found = level_of_text(default_label(ordinal))
    assert found is not None
    assert found.ordinals == (ordinal,)


@given(st.integers(1, 12), st.sampled_from(["{}楼", "{}层", "第{}层", "地上{}层"]), st.booleans())
def test_chinese_numerals_and_digits_mean_the_same(number, form, in_digits):
    found = level_of_text(form.format(number if in_digits else CHINESE[number - 1]))
    assert found is not None
    assert found.ordinals == (number - 1,)


@given(st.text(max_size=12))
def test_any_text_is_read_or_unknown(text):
    found = level_of_text(text)
    assert found is None or found.mezzanine or list(found.ordinals) == sorted(set(found.ordinals))
