"""A Ukrainian name is one that its own romanisation confirms, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from oberih.earth.place_names import romanised, ukrainian_name, ukrainian_names
from oberih.earth.places import places_near


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Алушта", "alushta"), ("Згорани", "zghorany"), ("Єнакієве", "yenakiieve"), ("Їжакевич", "yizhakevych"),
        ("Йосипівка", "yosypivka"), ("Стрий", "stryi"), ("Біла Церква", "bila tserkva"), ("Щербухи", "shcherbukhy"),
        ("Юрій", "yurii"), ("Костянтин", "kostiantyn"), ("Розгон", "rozghon"), ("Короп'є", "koropie"),
    ],
)  # fmt: skip
def test_names_are_romanised_as_the_resolution_of_2010_has_it(name: str, letters: str) -> None:
    assert romanised(name) == letters


def test_a_russian_or_former_name_is_not_taken() -> None:
    assert ukrainian_name("Nikopol", ["Никополь", "Микитин Ріг", "Slov'yansk"]) is None
    assert ukrainian_name("Nikopol", ["Никополь", "Нікополь"]) == "Нікополь"


def test_an_older_romanisation_is_understood() -> None:
    assert ukrainian_name("Kamyanske", ["Каменское", "Кам'янське"]) == "Кам'янське"
    assert ukrainian_name("Zaporizhzhya", ["Запорожье", "Запоріжжя"]) == "Запоріжжя"


def test_most_places_around_the_site_have_their_name(tmp_path: Path) -> None:
    names = ukrainian_names(tmp_path)
    near = places_near(47.51, 34.59, within=80e3)
    named = [names[p.id] for p in near if p.id in names]
    assert "Енергодар" in named
    assert len(named) > 0.95 * len(near)
    assert list(tmp_path.glob("names-uk-*.json"))
