"""What is gathered for a script stands alone, or is refused."""

import sys
from types import ModuleType

import pytest

from automl.export.gathering import gathered


@pytest.fixture
def module(monkeypatch, tmp_path):
    """Return a function that makes a module of this package out of a text."""

    def make(name: str, text: str) -> str:
        import importlib.util

        path = tmp_path / f"{name}.py"
        path.write_text(text)
        specification = importlib.util.spec_from_file_location(f"automl.{name}", path)
        made: ModuleType = importlib.util.module_from_spec(specification)
        monkeypatch.setitem(sys.modules, f"automl.{name}", made)
        specification.loader.exec_module(made)
        return f"automl.{name}"

    return make


def test_only_what_is_referred_to_is_taken_each_before_what_needs_it(module):
    module("low_one", "import numpy as np\n\nBASE = 2\nBASE += 1\n\ndef unused():\n    return np.ones(BASE)\n")
    name = module("high_one", "import math\nfrom automl.low_one import BASE\n\nTWICE = math.floor(2 * BASE)\n")
    text = gathered(name)
    assert "numpy" not in text
    scope: dict[str, object] = {}
    exec(text, scope)
    assert scope["TWICE"] == 6


def test_a_library_is_refused(module):
    name = module("with_library", "import numpy as np\n\nONES = np.ones(3)\n")
    with pytest.raises(ValueError, match="needs a library"):
        gathered(name)


def test_two_things_of_one_name_are_refused(module):
    module("low_two", "_SIZE = 1\n\ndef small():\n    return _SIZE\n")
    name = module("high_two", "from automl.low_two import small\n\n_SIZE = 2\nBOTH = _SIZE + small()\n")
    with pytest.raises(ValueError, match="both define _SIZE"):
        gathered(name)
