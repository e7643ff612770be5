# Reads what `kg publish` wrote; needs the packages igraph and tidygraph.
library(igraph)
library(tidygraph)

folder <- "build/publish"
nodes <- read.csv(file.path(folder, "nodes.csv"), encoding = "UTF-8")
edges <- read.csv(file.path(folder, "edges.csv"), encoding = "UTF-8")

network <- graph_from_data_frame(edges, directed = FALSE, vertices = nodes)
network                                    # institutions; E(network)$weight is Newman's 1/(k-1)

strength(network)[order(-strength(network))][1:5]
components(network)$csize

as_tbl_graph(network) |>
  activate(nodes) |>
  mutate(partners = centrality_degree()) |>
  as_tibble() |>
  head(3)

# the same from GraphML, which graph tools read
same <- read_graph(file.path(folder, "network.graphml"), format = "graphml")
stopifnot(vcount(same) == vcount(network), ecount(same) == ecount(network))
