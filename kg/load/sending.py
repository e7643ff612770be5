"""One graph to a server, chunk by chunk, going on where an earlier run has stopped, if that is safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import StoreError, Text
from kg.load.chunks import BYTES, MAX_TOGETHER, SMALLEST, STATEMENTS, chunk_at, short_first
from kg.load.graphstore import GraphStore, TooLargeError
from kg.load.record import Entry, Record
from kg.load.spool import Spool


@dataclass
class Sent:
    """What one run has sent of a graph.

    Attributes:
        state: `sent` from its beginning, `continued` where an earlier run stopped, or `there` already.
        chunks, statements, bytes: Sent in this run.
        again: The graph had to be begun again, because the server had lost statements.
    """

    state: str = "sent"
    chunks: int = 0
    statements: int = 0
    bytes: int = 0
    again: bool = False


@dataclass(frozen=True)
class Sender:
    """Sends graphs and keeps the record.

    Attributes:
        graphs: Where to.
        record: What is done; saved after every chunk.
        statements: Statements of a chunk at most.
        count: Counts a graph on the server; `None` where nothing is compared.
        step: Called with the name of the graph and the share that is done, 0 to 1.
    """

    graphs: GraphStore
    record: Record
    statements: int = STATEMENTS
    count: Callable[[str], int] | None = None
    step: Callable[[str, float], None] = lambda _, __: None

    def send(self, graph: str, spool: Spool) -> Sent:
        """Send a graph, or what is left of it.

        What the server has confirmed is not sent again, provided that the statements are the same and the server still counts what it should: all of
        them after a whole load, at least those confirmed and at most all after a part. A chunk whose answer was never seen is sent again, which
        changes nothing (:mod:`kg.load.graphstore`). In any other case the graph is begun again, and its first chunk replaces what is there.

        Raises:
            StoreError: The server does not take it; the record says how far it came.
        """
        entry = self.record.graphs.get(graph)
        sent = Sent()
        if entry and entry.sha256 == spool.sha256 and entry.done_chunks:
            there = self.count(graph) if self.count else None
            if entry.whole and there is not None and there == entry.counted:
                return Sent("there")
            if not entry.whole and (there is None or entry.done_statements <= there <= spool.statements):
                sent.state = "continued"
                self._rest(graph, spool, entry, sent)
                return sent
            sent.again = there is not None and there != entry.counted
        self.anew(graph, spool, sent)
        return sent

    def anew(self, graph: str, spool: Spool, sent: Sent) -> None:
        """Send a graph from its beginning, whatever is there."""
        if spool.together > MAX_TOGETHER:
            size = f"{MAX_TOGETHER // 2**20} MiB"
            what = Text(
                f"The {spool.blank:,} statements with blank nodes of this graph must go in one request, and are more than {size}.",
                f"Die {spool.blank} Aussagen mit leeren Knoten in diesem Graphen müssen in einer Anfrage gehen und sind mehr als {size}.",
            )
            fix = Text("Give its blank nodes IRIs, or use --script.", "Geben Sie den leeren Knoten IRIs, oder nehmen Sie --script.")
            raise StoreError(what, where=graph, fix=fix)
        sent.state = "sent"
        entry = self.record.graphs[graph] = Entry(spool.sha256, spool.statements, spool.size)
        self.record.save()
        self._rest(graph, spool, entry, sent)

    def _rest(self, graph: str, spool: Spool, entry: Entry, sent: Sent) -> None:
        size, statements = BYTES, self.statements
        while not entry.whole:
            chunk = chunk_at(spool.path, entry.done_bytes, statements=statements, size=size, together=spool.together)
            send = self.graphs.post if entry.done_chunks else self.graphs.put
            try:
                send(graph, short_first(chunk.body))
            except TooLargeError as error:
                size = min(size, len(chunk.body)) // 2
                if size < SMALLEST or chunk.statements == 1 or chunk.end == spool.together:
                    raise _too_large(error, chunk.statements, len(chunk.body)) from error
                continue
            entry.done_bytes, entry.done_statements = chunk.end, entry.done_statements + chunk.statements
            entry.done_chunks += 1
            self.record.save()
            sent.chunks, sent.statements, sent.bytes = sent.chunks + 1, sent.statements + chunk.statements, sent.bytes + len(chunk.body)
            self.step(graph, entry.done_bytes / max(spool.size, 1))


def _too_large(error: TooLargeError, statements: int, size: int) -> StoreError:
    what = Text(
        f"The server takes no request of {size:,} bytes ({statements:,} statements), and it cannot be smaller.",
        f"Der Server nimmt keine Anfrage von {size} Bytes ({statements} Aussagen) an, und kleiner geht es nicht.",
    )
    fix = Text("Raise the server's bound on the size of a request.", "Erhöhen Sie die Grenze des Servers für die Größe einer Anfrage.")
    return StoreError(what, where=error.where, fix=fix)
