// The SPARQL editor alone; results are drawn by the portal. `prefixes` is filled by the page before it makes an editor: { name: namespace }.
import { Yasqe, prefixes_default as prefixes } from "@zazuko/yasqe/build/yasqe.esm.js";
import "@zazuko/yasqe/build/yasqe.min.css";

export { Yasqe, prefixes };
