// What the editor of zones says.

export const RULES =
  "Faces count only in zones that count, and never in zones that are left out. A face is where its centre is. " +
  "Without zones the whole picture counts.";

export const HELP =
  "Click or tap to set corners; a double click, Enter or the first corner closes. Drag corners or whole zones, " +
  "pull a small dot for another corner. Delete removes, Escape cancels, Ctrl+Z undoes.";

export const DRAWING =
  "Drawing: click the corners, Enter closes, Escape cancels. Without a mouse, add a rectangle.";

export const NO_STILL =
  "The camera gives no picture just now. Zones can be drawn all the same: the lines are a tenth of the picture apart.";
