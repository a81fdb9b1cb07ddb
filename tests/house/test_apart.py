"""What judges the product's words is written apart from the code that words things."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CHECKER_OF_LIVES = (
    *("happened", "lives", "pen", "seen", "reading", "sentences", "page_sentences", "windows"),
    *("known", "message_check", "page_check", "checker", "duties"),
)
"""What reads the words of the lives and says whether they are true."""


@pytest.mark.parametrize("name", CHECKER_OF_LIVES)
def test_the_checker_of_the_lives_knows_nothing_of_the_product(name: str) -> None:
    """It is written apart from the code that words things, or it would make the same mistakes."""
    tree = ast.parse((ROOT / f"tests/soak/lives/{name}.py").read_text())
    imported = {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    imported |= {alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names}
    apart = {f"tests.soak.lives.{each}" for each in CHECKER_OF_LIVES}
    assert {each for each in imported - apart if each.split(".")[0] not in sys.stdlib_module_names} == set()
