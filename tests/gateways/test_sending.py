"""The rules that turn messages into calls and the ends of calls into verdicts."""

import os
import warnings
from collections.abc import Callable

import pytest

from helpline.gateways.port import Outcome, Outgoing
from helpline.gateways.sending import CallError, Ending, PerProcess, send_in_calls

ACCEPTED = Ending(Outcome.ACCEPTED, external_id="x")


def messages(count: int) -> list[Outgoing]:
    """To fictional numbers, each with a text of its own."""
    return [Outgoing(f"m{n}", f"+8801700000{n:03d}", f"text {n}") for n in range(count)]


class JobTimeoutException(Exception):
    """What RQ raises from an alarm, wherever the job happens to be."""


@pytest.mark.parametrize("error", [JobTimeoutException, RuntimeError, RecursionError, OSError])
def test_an_exception_nobody_foresaw_is_ambiguous_and_ends_the_work(error):
    calls = []

    def call(batch):
        calls.append(batch)
        if len(calls) == 2:
            raise error
        return [ACCEPTED]

    verdicts = send_in_calls(messages(4), call, most=1)
    assert [(verdict.outcome, verdict.trouble) for verdict in verdicts] == [
        (Outcome.ACCEPTED, ""),
        (Outcome.AMBIGUOUS, "unexpected"),
        (Outcome.UNTRIED, "not-tried"),
        (Outcome.UNTRIED, "not-tried"),
    ]
    assert len(calls) == 2


@pytest.mark.parametrize("results", [[], [ACCEPTED, ACCEPTED]])
def test_a_wrong_number_of_endings_is_ambiguous(results):
    verdicts = send_in_calls(messages(2), lambda _: results, most=1)
    assert [verdict.trouble for verdict in verdicts] == ["unexpected", "not-tried"]


@pytest.mark.parametrize(
    ("outcome", "tried"),
    [
        (Outcome.REFUSED, 3),
        (Outcome.OPTED_OUT, 3),
        (Outcome.RETRY, 1),
        (Outcome.AMBIGUOUS, 1),
        (Outcome.MISCONFIGURED, 1),
    ],
)
def test_only_what_is_about_the_text_itself_lets_the_rest_be_tried(outcome, tried):
    calls = []

    def call(batch):
        calls.append(batch)
        raise CallError(Ending(outcome, "trouble"))

    send_in_calls(messages(3), call, most=1)
    assert len(calls) == tried


def test_the_order_of_single_texts_is_kept():
    seen = []
    mixed = [*messages(2), *messages(2)]
    send_in_calls(mixed, lambda batch: [seen.extend(batch) or ACCEPTED], most=1)
    assert seen == mixed


def true_after_a_fork(check: Callable[[], bool]) -> bool:
    with warnings.catch_warnings():
        # Newer Pythons warn of forks with threads about; the child here takes no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(0 if check() else 1)
    return os.waitpid(child, 0)[1] == 0


def test_something_kept_per_process_is_built_anew_after_a_fork():
    kept = PerProcess(object)
    mine = kept.get()
    assert kept.get() is mine
    assert true_after_a_fork(lambda: kept.get() is not mine)
    assert true_after_a_fork(lambda: kept.drop() is None)
    assert kept.drop() is mine
    assert kept.drop() is None
