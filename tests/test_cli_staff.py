"""The commands for staff and for the log, as an administrator types them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from helpline.cli import main
from helpline.store.database import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Result]

NASRIN = ("--username", "nasrin", "--name", "Nasrin", "--role", "administrator")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `helpline` on a migrated installation of its own."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HELPLINE_DATA_DIR", str(tmp_path / "data"))

    def one(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    assert one("migrate").exit_code == 0
    return one


def test_an_account_is_added_with_a_link_that_is_printed_once(run: Run) -> None:
    added = run("staff", "add", *NASRIN)
    assert added.exit_code == 0
    assert added.stdout.startswith("http://127.0.0.1:8000/desk/invitation/")
    assert len(added.stdout.splitlines()) == 1
    listed = run("staff", "list").stdout
    assert listed.split() == ["nasrin", "invited", "administrator", "Nasrin,", "all", "districts"]
    assert added.stdout.rpartition("/")[2].strip() not in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (NASRIN, "username is taken"),
        (("--username", "no spaces", *NASRIN[2:]), "username is wrong"),
        (("--username", "b.karim", *NASRIN[2:], "--districts", "BD-99"), "districts is wrong"),
        (("--username", "b.karim", *NASRIN[2:], "--number", "12"), "number is wrong"),
        (("--username", "b.karim", *NASRIN[2:4], "--role", "partner"), "organisation is wrong"),
        (("--username", "b.karim", "--name", " ", *NASRIN[4:]), "name is wrong"),
        (("--username", "b.karim", *NASRIN[2:4], "--role", "king"), "'king' is not one of"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    run("staff", "add", *NASRIN)
    refused = run("staff", "add", *arguments)
    assert refused.exit_code != 0
    assert said in refused.stderr
    assert len(run("staff", "list").stdout.splitlines()) == 1


def test_an_account_is_suspended_and_let_in_again(run: Run) -> None:
    run("staff", "add", *NASRIN)
    assert run("staff", "suspend", "nasrin").exit_code == 0
    assert "suspended" in run("staff", "list").stdout
    again = run("staff", "suspend", "nasrin")
    assert (again.exit_code, again.stderr) == (
        1,
        "Error: suspended does not lead to suspended\n",
    )
    refused = run("staff", "invite", "nasrin")
    assert "state is suspended" in refused.stderr
    assert run("staff", "reactivate", "NASRIN").exit_code == 0
    assert run("staff", "invite", "nasrin").stdout.startswith("http://")


def test_nobody_of_that_name(run: Run) -> None:
    refused = run("staff", "suspend", "rahim")
    assert refused.exit_code != 0
    assert "nobody has the username rahim" in refused.stderr


def test_an_untouched_log_is_intact(run: Run) -> None:
    assert run("audit", "verify").stdout == "intact: 0 rows\n"
    run("staff", "add", *NASRIN)
    run("staff", "suspend", "nasrin")
    said = run("audit", "verify")
    assert (said.exit_code, said.stdout[:17]) == (0, "intact: 2 rows, 2")


def test_a_changed_row_is_named(run: Run, tmp_path: Path) -> None:
    for command in (("add", *NASRIN), ("suspend", "nasrin"), ("reactivate", "nasrin")):
        assert run("staff", *command).exit_code == 0
    with (
        closing(connect(f"sqlite:///{tmp_path}/data/helpline.db")) as database,
        database.transaction() as connection,
    ):
        connection.execute(text("DROP TRIGGER audit_keeps_update"))
        connection.execute(text("UPDATE audit SET action = 'read' WHERE number = 2"))
    said = run("audit", "verify")
    assert (said.exit_code, said.stdout) == (1, "2: changed\n")
    assert said.stderr == "helpline: the log is not as it was written\n"


def test_a_log_that_was_cut_at_its_end_does_not_hold_what_was_kept(
    run: Run, tmp_path: Path
) -> None:
    run("staff", "add", *NASRIN)
    run("staff", "suspend", "nasrin")
    kept = run("audit", "verify").stdout.split()[-1]
    run("staff", "reactivate", "nasrin")
    assert run("audit", "verify", "--kept", kept).exit_code == 0
    with (
        closing(connect(f"sqlite:///{tmp_path}/data/helpline.db")) as database,
        database.transaction() as connection,
    ):
        connection.execute(text("DROP TRIGGER audit_keeps_delete"))
        connection.execute(text("DELETE FROM audit WHERE number > 1"))
    assert run("audit", "verify").exit_code == 0
    cut = run("audit", "verify", "--kept", kept)
    assert cut.exit_code == 1
    assert "the log was cut" in cut.stderr
    assert run("audit", "verify", "--kept", "nonsense").exit_code == 1
