"""The public card as one small page without any script: it opens on an old phone, and nothing is kept of who looks."""

import re
from typing import Final
from urllib.parse import quote, urlencode

import shapely
from markupsafe import Markup, escape
from shapely.geometry.base import BaseGeometry

from gridmap.errors import Language
from gridmap.model.answers import Reason
from gridmap.model.kinds import ROLE_WORDS, Role
from gridmap.render import words as lists
from gridmap.render.card_view import Card, Chooser, FloorDrawn, ZoneOnDuty
from gridmap.render.card_words import REASONS, ROLES_EN, WORDS
from gridmap.render.sources import source, template
from gridmap.render.theme import load_theme

SIDE: Final = 520.0
"""Width and height of a drawing, in its own units, at most."""
_PHONE = re.compile(r"\+?[\d\s()-]{5,20}")
_COLOURS = ("ink", "body", "muted", "line", "lineSoft", "ground", "primary", "bar", "tint", "ok", "okTint", "danger",
            "dangerTint")  # fmt: skip


def card_page(card: Card, language: Language) -> str:
    """Draw a card: of one zone, or of all zones of a level with links to theirs."""
    words = WORDS[language]
    if card.only is not None:
        body = _zone(card, card.zones[0], language)
        title = f"{words['zone']} {card.only} · {card.market_name}"
    else:
        body = template("level.html", "card").render(
            card=card,
            words=words,
            drawing=_drawing(card.floor, None),
            rows=[_row(card, z, language) for z in card.zones],
        )
        title = f"{card.floor.title if card.floor else ''} · {card.market_name}"
    since = words["since"].format(day=lists.day(card.since) if language == "zh" else card.since) if card.since else ""
    as_of = words["as_of"].format(when=f"{card.as_of:%Y-%m-%d %H:%M}")
    return _page(title, body, [" · ".join(filter(None, (as_of, since))), words["kept"]], language)


def chooser_page(chooser: Chooser, language: Language) -> str:
    """Draw the question which market's zone is meant."""
    words = WORDS[language]
    rows = [{"name": name, "href": _address(chooser.zone, code)} for code, name in chooser.markets]
    body = template("choose.html", "card").render(zone=chooser.zone, words=words, rows=rows)
    return _page(words["choose"], body, [words["kept"]], language)


def missing_page(language: Language) -> str:
    """Draw what is said where a code leads nowhere, or nowhere any longer."""
    words = WORDS[language]
    return _page(words["missing"], template("missing.html", "card").render(words=words), [words["kept"]], language)


def _page(title: str, body: str, foot: list[str], language: Language) -> str:
    theme = load_theme()
    colours = "".join(f"--{name}:{theme.colours[name]};" for name in _COLOURS)
    css = f":root{{{colours}--font:{theme.font_family}}}\n{source('card.css', 'card')}"
    return template("card.html", "card").render(
        lang="zh-CN" if language == "zh" else "en", title=title, css=Markup(css), words=WORDS[language],
        body=Markup(body), foot=foot,  # our own templates, which escape what is put into them
    )  # fmt: skip


def _zone(card: Card, zone: ZoneOnDuty, language: Language) -> str:
    words = WORDS[language]
    contact = zone.member.office_contact if zone.member else ""
    return template("zone.html", "card").render(
        card=card,
        zone=zone,
        words=words,
        place=" · ".join([*zone.levels, words["of"].format(n=zone.stalls)]),
        role=_role(zone.role, language),
        reason=REASONS[language][zone.reason],
        phone=re.sub(r"[\s()-]", "", contact) if _PHONE.fullmatch(contact) else "",
        drawing=_drawing(card.floor, zone.code),
    )


def _row(card: Card, zone: ZoneOnDuty, language: Language) -> dict[str, str]:
    reason = REASONS[language][zone.reason]
    who = zone.member.name if zone.member else reason
    contact = zone.member.office_contact if zone.member else ""
    why = reason if zone.member and zone.reason is not Reason.OWN_ZONE else ""
    return {
        "code": zone.code,
        "who": who,
        "why": " · ".join(filter(None, (why, contact))),
        "href": _address(zone.code, card.market),
    }


def _role(role: Role | None, language: Language) -> str:
    if role is None:
        return ""
    return ROLE_WORDS[role] if language == "zh" else ROLES_EN[role]


def _address(zone: str, market: str) -> str:
    return f"/card/{quote(zone, safe='')}?{urlencode({'market': market})}"


def _drawing(floor: FloorDrawn | None, only: str | None) -> Markup:
    """Draw a level's zones, north up; the one that a card is about stands out, otherwise all bear their numbers."""
    if floor is None:
        return Markup()
    theme = load_theme()
    left, bottom, right, top = floor.outline_m.bounds
    scale = SIDE / max(right - left, top - bottom, 1.0)

    def turned(place: BaseGeometry) -> list[tuple[float, float]]:
        return [((x - left) * scale, (top - y) * scale) for x, y in shapely.get_coordinates(place).tolist()]

    def traced(place: BaseGeometry) -> str:
        rings = [ring for part in shapely.get_parts(place) for ring in (part.exterior, *part.interiors)]
        return "".join("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in turned(ring)) + "Z" for ring in rings)

    colours = theme.colours
    drawn = [f'<path fill="{colours["floor"]}" d="{traced(floor.outline_m)}"/>']
    # the one that stands out is drawn last, over the lines of its neighbours
    for zone, colour, share in sorted(floor.shares_m, key=lambda each: each[0] == only):
        plain, about = only is None, zone == only
        fill = theme.zone_fill(colour) if plain or about else colours["lineSoft"]
        line, width = (colours["ink"], 3.0) if about else (colours["floor"], 1.5)
        drawn.append(f'<path fill="{fill}" stroke="{line}" stroke-width="{width}" d="{traced(share)}"/>')
        if plain or about:
            x, y = turned(shapely.maximum_inscribed_circle(share, tolerance=1.0))[0]
            drawn.append(
                f'<text x="{x:.0f}" y="{y:.0f}" font-size="{16 if plain else 22}" font-weight="600"'
                f' text-anchor="middle" dominant-baseline="central" fill="{colours["ink"]}">{escape(zone)}</text>'
            )
    drawn.append(f'<path fill="none" stroke="{colours["muted"]}" stroke-width="1.5" d="{traced(floor.outline_m)}"/>')
    width, height = (right - left) * scale, (top - bottom) * scale
    return Markup(  # numbers, colours of the theme and escaped codes
        f'<svg class="floor" role="img" aria-label="{escape(floor.title)}"'
        f' viewBox="-4 -4 {width + 8:.0f} {height + 8:.0f}">{"".join(drawn)}</svg>'
    )
