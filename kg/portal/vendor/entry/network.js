// Drawing networks with WebGL, and the graph library below it. Layout and communities run in the page, not in a worker: a worker from a blob address
// is refused by the content security policy, and what is shown has at most some hundred nodes.
import Graph, { DirectedGraph, MultiGraph, UndirectedGraph } from "graphology";
import louvain from "graphology-communities-louvain";
import forceAtlas2 from "graphology-layout-forceatlas2";
import Sigma from "sigma";

export { DirectedGraph, Graph, MultiGraph, Sigma, UndirectedGraph, forceAtlas2, louvain };
