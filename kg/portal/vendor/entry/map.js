// Leaflet with clusters of markers. Outlines come as GeoJSON, so topojson-client serves the build only.
import leaflet from "leaflet";
import "leaflet.markercluster";
import "leaflet/dist/leaflet.css";
import "leaflet.markercluster/dist/MarkerCluster.css";

export { leaflet as L };
