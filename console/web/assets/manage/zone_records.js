// Zones between what the server sends and takes and what is edited here.

import { share } from "./zone_shapes.js";

// {name, kind, points} of each; those of `camera show` have their corners under the kind.
export function readZones(zones) {
  return (zones ?? []).map((zone) => {
    const kind = zone.kind ?? (zone.exclude ? "exclude" : "include");
    const corners = zone.points ?? zone.corners ?? zone[kind] ?? [];
    return { name: zone.name ?? "", kind, points: corners.map(([x, y]) => [share(x), share(y)]) };
  });
}

export function writtenZones(zones) {
  return zones.map(({ name, kind, points }) => ({ name: name || null, kind, points }));
}
