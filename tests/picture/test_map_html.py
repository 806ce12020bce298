"""The laws of the page."""

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.picture.map_html import draw_html, save_html
from oberih.picture.map_svg import text
from oberih.picture.scene import MapScene, Rose, SceneZone, Table
from tests.picture.scenes import PLANT, TOWNS, event, far, lobed, nowhere, place, plan

VOID = {"meta", "input", "br", "link", "img"}
ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&`${1}"


class Page(HTMLParser):
    """Every element with its attributes, and whether all are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def everything(word: str) -> MapScene:
    """A scene in which every text is one word."""
    base = plan()
    assert base.rose is not None
    zone = SceneZone(word, word, lobed(*PLANT, 9e3, 0.0), word, 95.0, word, word, word, False)
    rose = Rose(base.rose.azimuths, base.rose.median, base.rose.high, base.rose.lower, base.rose.upper, word)
    assert event().field is not None
    field = dataclasses.replace(event().field, label=word, unit=word, labels=(word,) * 3)  # type: ignore[type-var]
    table = Table(word, (word, word), ((word, word),), (1,), word)
    return plan(
        site_name=word, title=word, subtitle=word, headline=word, weather_label=word, zones=(zone,), rose=rose,
        field=field, tables=(table,), warnings=(word,), sources=(word,), footer=word,
        places=(place(word, 47.6, 34.7, 50_000), *TOWNS),
    )  # fmt: skip


@pytest.mark.parametrize("scene", [plan(), event(), everything("x")], ids=["plan", "event", "words"])
def test_the_page_asks_for_nothing_from_anywhere(scene: MapScene) -> None:
    page = Page(draw_html(scene))
    for tag, attrs in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "image", "use"}
        for name, value in attrs.items():
            assert name not in {"src", "srcset", "style", "action", "data", "xlink:href"}
            assert not name.startswith("on")
            if name == "href":
                assert re.fullmatch(r"#[a-z]+|[A-Za-z0-9_][A-Za-z0-9_.-]*", str(value))
    plain = draw_html(scene).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]|url\(|@import|fetch\(|XMLHttp|WebSocket|eval\(|innerHTML", plain)


def test_only_the_script_and_the_style_it_carries_may_run() -> None:
    page = draw_html(plan())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe" not in policy[1]
    for tag in ("script", "style"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]


def test_an_attack_in_any_text_stays_text() -> None:
    harmless, attacked = Page(draw_html(everything("word"))), Page(draw_html(everything(ATTACK)))
    tags = [tag for tag, _ in attacked.elements if tag in ("script", "img")]
    assert tags == ["script"]
    assert {t for t, _ in attacked.elements} == {t for t, _ in harmless.elements}
    assert attacked.words.count("alert(1)") > 10


@given(st.text(max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_leaves_the_page_whole(word: str) -> None:
    page = draw_html(everything(word))
    assert {t for t, _ in Page(page).elements if t in ("script", "img", "iframe")} == {"script"}
    page.encode("utf-8")


@given(st.text())
def test_escaped_text_holds_no_mark_of_a_page(word: str) -> None:
    safe = text(word)
    assert not set(safe) & set("<>\"'")
    assert not re.search(r"&(?!(amp|lt|gt|quot|#x27);)", safe)


def test_the_same_scene_gives_the_same_page() -> None:
    assert draw_html(plan()) == draw_html(plan())


def test_every_zone_can_be_switched_by_keyboard() -> None:
    page = Page(draw_html(event()))
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    switches = [attrs["data-layer"] for tag, attrs in page.elements if tag == "input"]
    assert {"layer-zone-0", "layer-zone-1", "layer-zone-2", "layer-field", "layer-places"} <= set(switches)
    assert set(switches) <= ids
    (shown,) = [attrs for _, attrs in page.elements if attrs.get("class") == "map"]
    assert shown["tabindex"] == "0"


def test_what_is_not_verified_is_marked() -> None:
    page = Page(draw_html(plan()))
    marks = [attrs for _, attrs in page.elements if attrs.get("class") == "unverified"]
    assert len(marks) == 2


def test_ukrainian_words_are_named_as_such() -> None:
    assert '<small lang="uk">Зона захисту</small>' in draw_html(plan())
    assert '<span lang="uk">Зона захисту</span>' in draw_html(plan(headline="Reach of Зона захисту: 28 km"))


def test_the_weather_the_warnings_and_the_provenance_are_told() -> None:
    words = Page(draw_html(plan())).words
    for told in ("climate-statistics weather", "Weather is not the site's.", "sha256 0f31c7d95be2", "28 km (24–33)",
                 "Natural Earth", "GeoNames", "drained in June 2023"):  # fmt: skip
        assert told in words


def test_every_row_of_every_table_is_there() -> None:
    scene = plan()
    words = Page(draw_html(scene)).words.replace("\u00a0", " ")
    assert all(cell in words for table in scene.tables for row in table.rows for cell in row)


@pytest.mark.parametrize(("latitude", "longitude"), [(-10.0, 179.95), (89.5, 0.0), (-90.0, 0.0)])
def test_a_site_anywhere_can_be_shown(latitude: float, longitude: float) -> None:
    assert "layer-zone-0" in draw_html(plan(latitude, longitude, places=()))


def test_a_scene_with_nothing_in_it_can_be_shown() -> None:
    Page(draw_html(plan(zones=(), rose=None, tables=(), places=(), warnings=(), sources=(), footer="")))


def test_a_page_is_saved_as_drawn(tmp_path: Path) -> None:
    save_html(plan(), tmp_path / "plan.html")
    assert (tmp_path / "plan.html").read_text(encoding="utf-8") == draw_html(plan())
    assert (tmp_path / "plan.html").stat().st_size < 300_000


def words_of(scene: MapScene) -> str:
    return Page(draw_html(scene)).words.replace("\u00a0", " ")


def test_a_file_beside_the_page_is_linked_by_its_bare_name() -> None:
    page = Page(draw_html(plan(downloads=(("zones.geojson", "the zones"),))))
    assert [a["href"] for t, a in page.elements if t == "a"] == ["#answer", "zones.geojson"]


@pytest.mark.parametrize("name", ["", "../secret", "https://a.example", "a/b", "javascript:x", "/etc/x", "a b", ".x"])
def test_a_file_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="downloads"):
        plan(downloads=((name, ""),))


def test_how_sure_the_answer_is_stands_in_the_page() -> None:
    said = words_of(plan(sureness=("Another year would give 24 to 33 km.", "The release matters more.")))
    assert "How sure are we?" in said
    assert "Another year would give 24 to 33 km. The release matters more." in said


def test_weather_that_never_happened_warns_in_the_page() -> None:
    assert "Not a year that happened" in words_of(plan())
    assert "Not a year that happened" not in words_of(plan(weather_label="observed"))


def test_sections_head_their_rows_and_rows_that_say_nothing_are_subdued() -> None:
    rows = (("Evacuate", "20 km"), ("Shelter", "nowhere"))
    page = draw_html(plan(tables=(Table("T", ("A", "R"), rows, sections=((1, "Pool"),), faint=(1,)),)))
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    assert body.index("Evacuate") < body.index('colspan="2"') < body.index("Pool") < body.index("Shelter")
    assert body.count('class="faint"') == 1
    assert body.index('class="faint"') < body.index("Shelter")


def test_a_zone_beyond_the_map_is_told_and_shown_in_the_overview_only() -> None:
    scene = far()
    page = Page(draw_html(scene))
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    switches = {attrs["data-layer"] for tag, attrs in page.elements if tag == "input"}
    number = len(scene.zones) - 1
    assert f"layer-zone-{number}" not in ids | switches
    assert {f"layer-zone-{i}" for i in range(number)} <= ids & switches
    assert "Beyond this map" in page.words
    assert "Zones that leave the map" in page.words
    assert "Zones that leave the map" not in words_of(plan())


def test_a_zone_needed_nowhere_is_subdued_and_has_no_switch() -> None:
    scene = nowhere()
    page = Page(draw_html(scene))
    assert [a["class"] for t, a in page.elements if t == "li" and "class" in a] == ["nowhere"]
    switches = {attrs["data-layer"] for tag, attrs in page.elements if tag == "input"}
    assert "layer-zone-0" in switches
    assert f"layer-zone-{len(scene.zones) - 1}" not in switches


def test_the_rose_says_what_it_is_and_that_half_of_the_starts_reach_nothing() -> None:
    rose = plan().rose
    assert rose is not None
    scene = plan(rose=dataclasses.replace(rose, median=0.0 * rose.median, drawn=1.5 * rose.high))
    said = words_of(scene)
    assert "each direction by itself (a wind blowing elsewhere counts as zero)" in said
    assert "half of all starts: nowhere" in said
    assert "zone as drawn" in said
    assert "half of all starts: nowhere" not in words_of(plan())
