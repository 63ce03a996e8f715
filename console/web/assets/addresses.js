// The part of the address behind "#": which view, and what it shows.

const VIEWS = ["wall", "violations", "compliance", "cameras", "workers", "models", "review"];

export function address() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { name: VIEWS.includes(path) ? path : VIEWS[0], parameters: new URLSearchParams(query) };
}

// "#/wall?camera=gate"; values that are null, undefined or empty are left out.
export function hashOf(name, values = {}) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "" && value != null));
  return query.size ? `#/${name}?${query}` : `#/${name}`;
}
