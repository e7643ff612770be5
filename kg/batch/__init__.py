"""The batch: sources or a build become tables of a network, stage by stage, on any engine (docs/decisions/0011-scale.md).

Steps are plain Ibis, tables in and an expression out, one module per kind: `statements`, `results`, `network`, `components`, `pagerank`, `propagation`,
`paths`, `counting`, `ntriples`, `difference`; `onenode` is what one machine measures. `given` says what a batch starts from, `stages` keeps what is done,
`run` and `groups` put the steps in order, `report` says what came out, `start` is what `kg batch` calls.
"""
