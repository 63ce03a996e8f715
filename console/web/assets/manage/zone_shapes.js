// The geometry of zones: polygons whose corners are [x, y] in shares of the picture, 0 to 1.

export const MAX_ZONES = 32;
export const MAX_CORNERS = 64;

const NAME = /^[A-Za-z0-9][A-Za-z0-9 _-]{0,62}$/;
const SMALLEST = 1e-6; // twice the area below which a polygon encloses nothing; as the server has it

// A share as it is stored: within the picture, four digits.
export function share(value) {
  const within = Math.min(1, Math.max(0, value));
  return Math.round(within * 10000) / 10000;
}

export function point(x, y) {
  return [share(x), share(y)];
}

// All corners moved by the same step, which is shortened so that none leaves the picture.
export function moved(points, dx, dy) {
  const stepX = limited(points.map(([x]) => x), dx);
  const stepY = limited(points.map(([, y]) => y), dy);
  return points.map(([x, y]) => point(x + stepX, y + stepY));
}

function limited(values, step) {
  return Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), step));
}

export function withCorner(points, index, corner) {
  return points.map((each, place) => (place === index ? corner : each));
}

export function withoutCorner(points, index) {
  return points.filter((_, place) => place !== index);
}

// A corner more, in the middle of the edge that follows a corner.
export function withMiddle(points, index) {
  return [...points.slice(0, index + 1), middle(points, index), ...points.slice(index + 1)];
}

export function middle(points, index) {
  const [ax, ay] = points[index];
  const [bx, by] = points[(index + 1) % points.length];
  return point((ax + bx) / 2, (ay + by) / 2);
}

// A rectangle amid the picture; the more zones there are, the farther down, so that none hides another.
export function rectangle(count) {
  const shift = (count % 5) * 0.05;
  const [low, high] = [0.25 + shift, 0.65 + shift];
  return [point(low, low), point(high, low), point(high, high), point(low, high)];
}

// Where a label of the zone stands: amid its corners.
export function centre(points) {
  const sum = points.reduce(([x, y], corner) => [x + corner[0], y + corner[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

// What is wrong with a zone, in words; empty when nothing is.
export function problem(zone) {
  if (zone.name && !NAME.test(zone.name)) {
    return "its name may have letters, digits, blanks, - and _, at most 63, and begins with a letter or digit";
  }
  if (zone.points.length < 3) return "it needs at least 3 corners";
  if (zone.points.length > MAX_CORNERS) return `it may have at most ${MAX_CORNERS} corners`;
  if (Math.abs(doubledArea(zone.points)) < SMALLEST) return "its corners lie on one line: they enclose nothing";
  return crosses(zone.points) ? "its edges cross each other" : "";
}

function doubledArea(points) {
  return points.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length];
    return sum + x * nextY - nextX * y;
  }, 0);
}

function crosses(points) {
  const count = points.length;
  for (let first = 0; first < count; first += 1) {
    for (let second = first + 2; second < count; second += 1) {
      const areNeighbours = first === 0 && second === count - 1;
      if (!areNeighbours && edgesMeet(points, first, second)) return true;
    }
  }
  return false;
}

function edgesMeet(points, first, second) {
  const [a, b] = [points[first], points[(first + 1) % points.length]];
  const [c, d] = [points[second], points[(second + 1) % points.length]];
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

// On which side of the line from a to b a corner lies: the sign says.
function side([ax, ay], [bx, by], [x, y]) {
  return Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
}
