// How many more cameras fit, in words.

export function roomWords(headroom) {
  if (headroom.unknown) return `Room for more cameras: ${headroom.unknown}.`;
  const { more_cameras: more, cameras_in_all: all, workers_needed: workers } = headroom;
  if (headroom.limited_by === "workers") {
    return "Room for no more cameras: not all frames are judged, and cores are idle; try one worker more.";
  }
  if (headroom.limited_by === "overload") {
    const needed = `${count(all, "camera")} need ${count(workers[all], "worker")}`;
    const cores = `${headroom.cores_needed[all]} cores; here are ${headroom.cores}`;
    return `Room for no more cameras: not all frames are judged. ${needed} and ${cores}.`;
  }
  const use = `${headroom.cores_used.toFixed(1)} of ${headroom.cores} cores are in use`;
  if (!more) return `Room for no more cameras: ${use}.`;
  const needed = `${all} in all need ${count(workers[all], "worker")}`;
  return `Room for about ${count(more, "more camera")} like these: ${use}; ${needed}.`;
}

const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
