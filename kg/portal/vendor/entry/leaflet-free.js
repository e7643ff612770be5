// leaflet.markercluster was written for a page with a global L; esbuild puts this import in the place of that name.
import leaflet from "leaflet";

export { leaflet as L };
