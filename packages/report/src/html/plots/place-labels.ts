export interface LabelledPoint {
  /** Pixels. */
  x: number;
  y: number;
  label: string;
}

export interface PlacedLabel {
  /** Of the point. */
  index: number;
  dx: number;
  dy: number;
  anchor: 'start' | 'end' | 'middle';
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const LETTER = 6.6;
const HEIGHT = 14;
const GAP = 9;

const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * Greedy: later points choose first, among right, left, above, below and two corners; a label that would cover a point or
 * another label, or leave the frame, is left out.
 * @param obstacles what else is drawn and not to be covered, such as points along lines
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  frame: Box,
  obstacles: readonly Pick<LabelledPoint, 'x' | 'y'>[] = [],
): PlacedLabel[] {
  const around =
    (size: number) =>
    ({ x, y }: Pick<LabelledPoint, 'x' | 'y'>) => ({
      left: x - size,
      right: x + size,
      top: y - size,
      bottom: y + size,
    });
  // The points' own boxes come first: a label may touch that of its point.
  const taken: Box[] = [...points.map(around(5)), ...obstacles.map(around(1))];
  const placed: PlacedLabel[] = [];
  for (let index = points.length - 1; index >= 0; index--) {
    const { x, y, label } = points[index]!;
    const width = LETTER * [...label].length;
    const choices = [
      { dx: GAP, dy: 0, anchor: 'start' as const, left: x + GAP },
      { dx: -GAP, dy: 0, anchor: 'end' as const, left: x - GAP - width },
      { dx: 0, dy: -GAP - 4, anchor: 'middle' as const, left: x - width / 2 },
      { dx: 0, dy: GAP + 4, anchor: 'middle' as const, left: x - width / 2 },
      { dx: GAP, dy: GAP + 4, anchor: 'start' as const, left: x + GAP },
      { dx: -GAP, dy: -GAP - 4, anchor: 'end' as const, left: x - GAP - width },
    ];
    for (const { left, ...choice } of choices) {
      const box = { left, right: left + width, top: y + choice.dy - HEIGHT / 2, bottom: y + choice.dy + HEIGHT / 2 };
      const inside =
        box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
      if (!inside || taken.some((other, i) => i !== index && overlap(box, other))) continue;
      taken.push(box);
      placed.push({ index, ...choice });
      break;
    }
  }
  return placed;
}
