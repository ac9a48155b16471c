"""The shape of the house: who may know whom, and that whatever is named by a string is there."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest
from hatchling.builders.wheel import WheelBuilder
from importlinter.cli import lint_imports

from helpline.cli import ELSEWHERE, main
from helpline.commands import load
from helpline.jobs import JOBS, QUEUES
from workers.supervisor import COPIES, PRELOADED
from workers.timers import TIMERS

ROOT = Path(__file__).parents[1]
HEAVY = "alembic asyncio flask granian psycopg redis requests rq socket sqlalchemy sqlite3 twilio"


def test_every_import_keeps_the_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize("module", ["menus", "helpline.flow.engine", "helpline.flow.layout"])
def test_the_core_runs_without_anything_that_reads_or_writes(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules.keys() & set({HEAVY.split()!r}))"
    done = subprocess.run(
        (sys.executable, "-c", program), capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []


def test_every_queue_has_a_job_and_every_job_a_queue() -> None:
    assert set(JOBS) == set(QUEUES)
    assert set(COPIES) <= set(QUEUES)


@pytest.mark.parametrize("name", JOBS.values())
def test_every_job_is_a_function_of_a_list_of_ids(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    function = getattr(importlib.import_module(module), attribute)
    [parameter] = inspect.signature(function).parameters.values()
    assert parameter.annotation == "list[str]"


def test_every_task_of_the_clock_has_a_queue_and_a_name_of_its_own() -> None:
    names = [name for tasks in TIMERS.values() for name in tasks]
    assert set(TIMERS) <= set(QUEUES)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", PRELOADED)
def test_what_is_loaded_before_the_fork_is_there(name: str) -> None:
    importlib.import_module(name)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_every_command_that_is_found_by_name_is_there(name: str) -> None:
    assert isinstance(load(ELSEWHERE[name][0]), click.Command)


def test_every_command_explains_itself() -> None:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str()


def test_the_catalogues_do_not_hide_the_standard_library() -> None:
    assert not list((ROOT / "locale").rglob("__init__.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel of this tree."""
    builder = WheelBuilder(str(ROOT))
    [path] = builder.build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_our_packages_and_nothing_else(wheel: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel if ".dist-info/" not in name}
    assert tops == {"helpline", "menus", "handlers", "workers"}
    assert not [name for name in wheel if "test" in name or "__pycache__" in name]


@pytest.mark.parametrize("folder", ["helpline", "menus", "handlers", "workers"])
def test_the_wheel_holds_every_file_of_our_packages(wheel: set[str], folder: str) -> None:
    ours = {
        os.path.relpath(path, ROOT)
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= wheel


def test_the_wheel_holds_every_catalogue(wheel: set[str]) -> None:
    catalogues = {f"helpline/{path.relative_to(ROOT)}" for path in (ROOT / "locale").rglob("*.po")}
    assert catalogues
    assert catalogues <= wheel
