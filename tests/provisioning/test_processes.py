"""Who belongs to a play, and who does not: a wrong answer here kills a stranger."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provisioning.runs import processes


@contextmanager
def sleeper(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "30", *arguments], env=environment) as started:
        yield started
        started.kill()


STRANGERS = [{"YUNWANG_RUN_ID": "17"}, {"OTHER": "YUNWANG_RUN_ID=1"}, {"XYUNWANG_RUN_ID": "1"}, {}]


@pytest.mark.parametrize("environment", STRANGERS)
def test_only_a_whole_entry_of_the_environment_marks_a_process(environment: dict[str, str]) -> None:
    with sleeper(**environment) as stranger:
        time.sleep(0.1)
        assert stranger.pid not in processes.carriers(processes.run_mark("1"))


def test_what_a_stranger_is_called_does_not_mark_it() -> None:
    mark = processes.run_mark("s")
    assert processes.carriers(mark) == set()  # although every "sleep" and "bash" has the letter, readable or not
    assert not any(processes._is_agent(pid, mark) for pid in processes._pids())


def test_a_command_line_that_only_mentions_a_play_is_no_agent() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()", "/x-ab12/agent"], stdin=subprocess.PIPE) as reader:
        assert not processes._is_agent(reader.pid, processes.play_mark("ab12"))
        reader.kill()


def test_children_of_a_marked_process_belong_to_it_and_its_parent_does_not() -> None:
    shell = ["sh", "-c", "env -i sleep 30 & wait"]
    with subprocess.Popen(shell, env={"YUNWANG_RUN_ID": "family", "PATH": os.environ["PATH"]}) as parent:
        time.sleep(0.2)
        found = processes.carriers(processes.run_mark("family"))

        assert parent.pid in found
        assert len(found) == 2
        assert os.getpid() not in found
        assert processes.end(processes.run_mark("family")) == set()
    assert parent.returncode == -signal.SIGKILL


def test_who_is_spared_lives() -> None:
    with sleeper(YUNWANG_RUN_ID="spared") as spared:
        time.sleep(0.1)
        processes.end(processes.run_mark("spared"), spare=frozenset({spared.pid}), within=0.2)
        assert spared.poll() is None
