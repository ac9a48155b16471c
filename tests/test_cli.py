"""The command line: what it says, and that it never shows a traceback."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from helpline.cli import main
from helpline.store.database import connect
from helpline.store.facts import all_checks
from helpline.store.migrate import upgrade
from helpline.store.sealing import KeyRing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `helpline` in an environment that names a data folder and nothing else."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HELPLINE_DATA_DIR", str(tmp_path / "data"))

    def one(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment)

    return one


@pytest.fixture
def migrated(run: Run) -> Run:
    assert run("migrate").exit_code == 0
    return run


def test_help_lists_every_command_and_loads_none(run: Run) -> None:
    said = run("--help").stdout
    for name in [
        "run",
        "web",
        "worker",
        "dispatch",
        "migrate",
        "check",
        "menus",
        "dial",
        "demo",
        "centres",
        "facts",
        "keys",
    ]:
        assert f"  {name} " in said


def test_a_migrated_installation_has_nothing_wrong(migrated: Run) -> None:
    result = migrated("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "mode: development" in result.stdout


def test_a_check_names_a_broken_set_of_questions_in_one_line(
    migrated: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpline.check.names_in", lambda *_: ["wellbeing-short-1", "broken-1"])
    result = migrated("check")
    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert line.startswith("helpline: instruments/broken-1.toml: ")


def test_a_check_shows_no_secret(migrated: Run) -> None:
    result = migrated(
        "check",
        HELPLINE_DEMO="1",
        HELPLINE_DATABASE_URL="postgresql://user:hidden@127.0.0.1:1/name",
        HELPLINE_REDIS_URL="redis://:hidden@127.0.0.1:1/0",
    )
    assert result.exit_code == 1
    assert "hidden" not in result.output
    assert "postgresql://***@127.0.0.1:1/name" in result.stdout
    assert result.stderr.splitlines() == [
        "helpline: HELPLINE_DATABASE_URL: the database does not answer",
        "helpline: HELPLINE_REDIS_URL: Redis does not answer",
    ]


@pytest.mark.parametrize("command", [("check",), ("facts", "list"), ("keys", "rotate")])
def test_without_tables_it_says_what_to_do(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert result.stderr == "helpline: the database is not migrated: run `helpline migrate`\n"


@pytest.mark.parametrize(
    "command", [("run",), ("web",), ("worker", "send"), ("dispatch",), ("migrate",), ("check",)]
)
def test_bad_settings_are_one_line_each_and_no_traceback(
    run: Run, command: tuple[str, ...]
) -> None:
    result = run(*command, PORT="0", LOG_LEVEL="LOUD")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["helpline"] * 2


def test_a_database_that_does_not_answer_is_one_line(run: Run) -> None:
    result = run(
        "migrate",
        HELPLINE_DEMO="1",
        HELPLINE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/name",
    )
    assert result.exit_code == 1
    assert result.stderr == "helpline: the database does not answer\n"


def test_the_menus_are_printed_in_every_rendering(run: Run) -> None:
    for language in ("bn", "bn_Latn", "en"):
        result = run("menus", "--language", language)
        assert result.exit_code == 0
        assert "revision" in result.stdout
    assert run("menus", "--graph").stdout.startswith("flowchart")


def test_the_register_of_personal_data_is_printed_without_a_database(run: Run) -> None:
    printed = run("data", "register")
    assert printed.exit_code == 0
    assert "| `person` |" in printed.stdout
    assert "then emptied" in printed.stdout


def test_what_was_kept_long_enough_can_be_wiped_by_hand(migrated: Run) -> None:
    assert migrated("data", "forget").stdout == "0 rows\n"


def test_new_keys_can_be_used(run: Run) -> None:
    said = dict(
        line.split("=", 1) for line in run("keys", "new").stdout.splitlines() if "=" in line[:20]
    )
    KeyRing.parse(said["HELPLINE_DATA_KEYS"])
    assert len(said["HELPLINE_SECRET_KEY"]) >= 32


def test_a_rotation_begins_with_a_key_in_front(run: Run) -> None:
    said = run("keys", "add", "two").stdout.strip()
    names = [each.partition(":")[0] for each in said.partition("=")[2].split(",")]
    assert (names[0], names[-1]) == ("two", "index")
    assert run("keys", "add", "made-here").exit_code == 1


def test_nothing_to_rotate_is_said(migrated: Run) -> None:
    result = migrated("keys", "rotate")
    assert result.exit_code == 0
    assert "0 left" in result.stdout


def test_a_test_call_is_written_down(migrated: Run, tmp_path: Path) -> None:
    assert migrated("facts", "verify", "999", "--by", "Desk", "--days", "10").exit_code == 0
    with (
        closing(connect(f"sqlite:///{tmp_path}/data/helpline.db")) as database,
        database.reading() as connection,
    ):
        [check] = all_checks(connection)
    assert (check.fact, check.outcome, check.verified_by) == ("hotline.999", "works", "Desk")
    assert check.expires_at - check.verified_at == timedelta(days=10)


def test_a_line_that_failed_is_listed_as_not_shown(migrated: Run) -> None:
    migrated("facts", "verify", "emergency", "--by", "Desk", "--failed")
    [line] = [each for each in migrated("facts", "list").stdout.splitlines() if " 999 " in each]
    assert "NOT SHOWN" in line
    assert "Desk" in line


def test_an_unknown_line_is_refused(migrated: Run) -> None:
    result = migrated("facts", "verify", "16430", "--by", "Desk")
    assert result.exit_code == 2
    assert "16430 is none of emergency" in result.stderr


HEADER = "key,kind,name_bn"


def test_a_table_that_cannot_be_read_is_refused(migrated: Run, tmp_path: Path) -> None:
    result = migrated("centres", "import", str(tmp_path / "nothing.csv"))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_every_fault_of_a_table_is_a_line(migrated: Run, tmp_path: Path) -> None:
    (tmp_path / "centres.csv").write_text(f"{HEADER}\none,unheard-of,\n")
    result = migrated("centres", "import", str(tmp_path / "centres.csv"))
    assert result.exit_code == 1
    assert "line" in result.stderr
    assert "Traceback" not in result.output


def test_migrating_twice_does_no_harm(migrated: Run, tmp_path: Path) -> None:
    assert migrated("migrate").exit_code == 0
    upgrade(f"sqlite:///{tmp_path}/data/helpline.db")
