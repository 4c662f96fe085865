// What the server is asked. Addresses are relative to the page's own, which holds the token.

export class ServerError extends Error {}

async function answered(path, values, signal) {
  let response;
  try {
    response = await fetch(address(path, values), { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("The viewer has ended: start run_bench view again.");
  }
  if (response.ok) return response;
  const text = await response.text();
  let said = text;
  try { said = JSON.parse(text).error; } catch { /* not ours */ }
  throw new ServerError(said || `The viewer answered ${response.status}.`);
}

/** Return the address of an endpoint; a value that is a list is given several times. */
export function address(path, values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) for (const one of [value].flat()) query.append(name, one);
  return `api/${path}?${query}`;
}

export const ask = async (path, values = {}, signal) => (await answered(path, values, signal)).json();
export const download = async (path, values) => (await answered(path, values)).blob();

export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
export const floats = (text) => new Float32Array(bytes(text).buffer);

/** Return a sequence with its arrays unpacked, and of each tracker a value a frame where the charts need one. */
export function unpackSequence(data) {
  const truth = floats(data.truth);
  const tracks = data.tracks.map((one) => {
    const spread = (text) => {
      const values = floats(text);
      if (!values.length) return null;
      const all = new Array(data.frames).fill(null);
      values.forEach((value, row) => {
        if (one.start + row < data.frames && Number.isFinite(value)) all[one.start + row] = value;
      });
      return all;
    };
    return { ...one, boxes: floats(one.boxes), overlap: spread(one.overlap), scores: spread(one.scores) };
  });
  return { ...data, truth, tracks };
}

/** Return the box of a frame as [x, y, w, h]; null where there is none. */
export function boxAt(boxes, row) {
  if (row < 0 || 4 * row >= boxes.length) return null;
  const box = boxes.subarray(4 * row, 4 * row + 4);
  return box.every(Number.isFinite) && box[2] > 0 && box[3] > 0 ? box : null;
}

/** Return what a tracker does at a frame: a kind, "failed" behind its last row, "" before its first. */
export function kindAt(track, frame) {
  const row = frame - track.start;
  if (row < 0) return "";
  if (row >= track.rows) return track.error ? "failed" : "";
  return track.segments.find(([, first, end]) => first <= row && row < end)?.[0] ?? "";
}
