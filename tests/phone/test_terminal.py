"""`helpline dial`: a whole conversation without a screen, a keyboard or a browser."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from handlers.phone.terminal import dial
from helpline.folder import DataFolder
from tests.phone.stub import BYE, CONSENT, HOME, Stub

if TYPE_CHECKING:
    from pathlib import Path

    from helpline.gateways.rehearsal import Rehearsal

IN_A_PROCESS = (sys.executable, "-c", "from handlers.phone.terminal import dial; dial()")


def play(stub: Stub, script: str, *more: str) -> Result:
    return CliRunner().invoke(dial, ["--url", stub.url, "--script", script, *more])


def test_a_script_shows_every_screen_with_what_it_takes_and_what_there_is(stub: Stub) -> None:
    result = play(stub, "1 2")

    assert result.exit_code == 0
    at = [
        result.output.index(f"│ {screen}\n".replace("\n", "\n│ ", screen.count("\n")))
        for screen in (HOME, CONSENT, BYE)
    ]
    assert at == sorted(at)
    assert f"┌─ *0000# · {len(CONSENT)}/80 ─" in result.output
    assert "> 1\n" in result.output


def test_the_made_up_number_is_called_fictional(stub: Stub) -> None:
    assert "Fictional number +8801300000001 dials *0000#" in play(stub, "").output
    assert "কাল্পনিক নম্বর +8801300000001" in play(stub, "", "--language", "bn").output


def test_a_script_that_ends_in_the_middle_hangs_up(stub: Stub) -> None:
    play(stub, "1")

    assert stub.heard[-1][0] == "africastalking/demo/session-end"


def test_the_last_screen_closes_the_session_and_a_further_key_is_an_error(stub: Stub) -> None:
    result = play(stub, "2 1")

    assert result.exit_code == 1
    assert result.output.endswith("Error: The session is over. Write redial to dial again.\n")


def test_redial_begins_again(stub: Stub) -> None:
    result = play(stub, "2 redial 1")

    assert result.exit_code == 0
    assert result.output.count(HOME.partition("\n")[0]) == 2


def test_hang_up_needs_no_answer(stub: Stub) -> None:
    result = play(stub, "'hang up' redial")

    assert result.exit_code == 0
    assert "Hung up." in result.output


def test_dup_delivers_the_last_key_again_and_compares(stub: Stub) -> None:
    result = play(stub, "5 dup")

    assert "both answers are the same" in result.output
    assert stub.heard[1] == stub.heard[2]


def test_dup_with_a_key_delivers_it_twice_at_once(stub: Stub) -> None:
    result = play(stub, "'dup 5' 1")

    assert "both answers are the same" in result.output
    assert [form["text"] for form in stub.forms("africastalking/demo/ussd")] == [
        "",
        "5",
        "5",
        "5*1",
    ]


def test_dup_says_so_when_a_repeat_is_answered_otherwise(stub: Stub) -> None:
    stub.forgets = True

    assert "THE ANSWERS DIFFER" in play(stub, "5 dup").output


def test_drop_loses_the_screen_but_not_the_key(stub: Stub) -> None:
    result = play(stub, "'drop 1' redial")

    assert result.exit_code == 0
    assert CONSENT.partition("\n")[0] not in result.output
    assert "the screen never came" in result.output
    assert stub.heard[1][1]["text"] == "1"


def test_an_sms_is_sent_and_what_came_is_read(stub: Stub, rehearsal: Rehearsal) -> None:
    rehearsal.take("africastalking", "+8801300000001", "আপনার বার্তা এসেছে।")
    rehearsal.take("africastalking", "+8801300000002", "somebody else's")

    result = play(stub, "'sms পরামর্শ চাই' inbox")

    assert stub.forms("africastalking/demo/sms")[0]["text"] == "পরামর্শ চাই"
    assert "│ আপনার বার্তা এসেছে।" in result.output
    assert "somebody else's" not in result.output


def test_an_empty_inbox_says_so(stub: Stub) -> None:
    assert "No SMS." in play(stub, "inbox").output


@pytest.mark.parametrize("word", ["sms", "drop"])
def test_a_command_without_its_text_explains_itself(stub: Stub, word: str) -> None:
    result = play(stub, word)

    assert result.exit_code == 1
    assert f"such as: {word} 1" in result.output


def test_the_console_gateway_is_dialled_with_the_secret_of_the_data_folder(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = DataFolder(tmp_path).keys()
    monkeypatch.setenv("HELPLINE_DATA_DIR", str(tmp_path))

    assert play(stub, "1", "--gateway", "console").exit_code == 0
    assert stub.heard[0][0] == f"console/{keys.path}/ussd"


def test_an_open_quotation_mark_is_told(stub: Stub) -> None:
    result = play(stub, "'sms hello")

    assert result.exit_code == 2
    assert "a quotation mark is left open" in result.output


def test_a_server_that_is_not_there_is_one_clear_line(closed_port: str) -> None:
    result = CliRunner().invoke(dial, ["--url", closed_port])

    assert result.exit_code == 1
    (*_, line) = result.output.splitlines()
    assert line == f"Error: nothing answers at {closed_port}: is `helpline run` running?"


def test_lines_of_a_pipe_are_keys_and_a_mistake_does_not_end_it(stub: Stub) -> None:
    done = subprocess.run(
        [*IN_A_PROCESS, "--url", stub.url],
        input="help\n1\n500\n1\nredial\n2\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert "the server answered 500" in done.stdout
    assert "Write redial to dial again." in done.stdout
    assert f"│ {BYE}" in done.stdout
    assert done.stderr == ""


def test_ctrl_c_hangs_up_and_leaves_quietly(stub: Stub) -> None:
    with subprocess.Popen(
        [*IN_A_PROCESS, "--url", stub.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONUNBUFFERED": "1", "PATH": ""},
    ) as phone:
        assert phone.stdout
        assert phone.stderr
        assert any(line.startswith("└") for line in phone.stdout)
        phone.send_signal(signal.SIGINT)
        assert phone.wait(10) == 0
        assert phone.stderr.read() == ""
    assert stub.heard[-1][0] == "africastalking/demo/session-end"
