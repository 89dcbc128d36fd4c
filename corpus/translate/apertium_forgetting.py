"""A tool of Apertium that forgets: a program that runs one, in its place in a pipeline, anew where it would remember.

At a NUL a tool forgets the sentence, but not all of them everything:

- apertium-tagger: what it makes of a word whose ambiguity it was not trained on hangs on which such words it has met,
  in whatever sentence. It tells of them (`-d`): one that has told of any is replaced before the next sentence.
- cg-proc: now and then a rule decides otherwise after another sentence. Nothing tells: it is replaced every time.

Else the English of a sentence would hang on its neighbours. A fresh tool costs some 6 ms.

    forgetting.py news|always COMMAND…       by its path: it needs the standard library only
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys

_CHUNK = 1 << 16
_END = b"\0"


class _Tool:
    """A running tool; `has_news` once it has told of anything."""

    def __init__(self, command: list[str]) -> None:
        self.has_news = False
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._input, self._output, self._news = (stream.fileno() for stream in streams if stream)
        for end in (self._input, self._output, self._news):
            os.set_blocking(end, False)

    def ask(self, sentence: bytes) -> bytes:
        """Return the answer to a sentence, both with their NUL; raises EOFError where the tool ends."""
        unsent, answer = memoryview(sentence), bytearray()
        with selectors.DefaultSelector() as selector:
            for end in (self._output, self._news):
                selector.register(end, selectors.EVENT_READ)
            selector.register(self._input, selectors.EVENT_WRITE)
            while not answer.endswith(_END):
                ready = {key.fd for key, _ in selector.select()}
                if self._input in ready:
                    unsent = unsent[os.write(self._input, unsent[:_CHUNK]) :]
                    if not unsent:
                        selector.unregister(self._input)
                if self._news in ready:
                    self._listen()
                if self._output in ready:
                    chunk = os.read(self._output, _CHUNK)
                    if not chunk:
                        raise EOFError
                    answer += chunk
        self._listen()  # it tells of a word before it answers
        return bytes(answer)

    def _listen(self) -> None:
        try:
            self.has_news |= bool(os.read(self._news, _CHUNK))
        except BlockingIOError:
            return

    def end(self) -> None:
        """End it and let go of its pipes."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
        self._process.wait()


def main(when: str, *command: str) -> None:
    """Answer each sentence of stdin, which ends with NUL, on stdout, until stdin ends."""
    tool, rest = _Tool(list(command)), b""
    while chunk := os.read(0, _CHUNK):
        *sentences, rest = (rest + chunk).split(_END)
        for sentence in sentences:
            _write(tool.ask(sentence + _END))
            if tool.has_news or when == "always":
                tool.end()
                tool = _Tool(list(command))
    tool.end()


def _write(answer: bytes) -> None:
    unsent = memoryview(answer)
    while unsent:
        unsent = unsent[os.write(1, unsent) :]


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (EOFError, BrokenPipeError):
        sys.exit(1)
