import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeLabels } from './place-labels.js';

const frame = { left: 0, right: 300, top: 0, bottom: 200 };

describe('placeLabels', () => {
  it('puts a lone label to the right, and to the left at the right edge', () => {
    expect(placeLabels([{ x: 100, y: 100, label: 'a' }], frame)).toEqual([{ index: 0, dx: 9, dy: 0, anchor: 'start' }]);
    expect(placeLabels([{ x: 295, y: 100, label: 'a' }], frame)[0]).toMatchObject({ anchor: 'end' });
  });

  it('leaves out a label that finds no room', () => {
    expect(placeLabels([{ x: 100, y: 100, label: 'x'.repeat(100) }], frame)).toEqual([]);
  });

  it('never writes one label over another', () => {
    const point = fc.record({
      x: fc.integer({ min: 0, max: 300 }),
      y: fc.integer({ min: 0, max: 200 }),
      label: fc.constantFrom('1', 'model', 'a long name'),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 25 }), (points) => {
        const boxes = placeLabels(points, frame).map(({ index, dx, dy, anchor }) => {
          const { x, y, label } = points[index]!;
          const width = 6.6 * label.length;
          const left = anchor === 'start' ? x + dx : anchor === 'end' ? x + dx - width : x - width / 2;
          return { left, right: left + width, top: y + dy - 7, bottom: y + dy + 7 };
        });
        boxes.forEach((a, i) =>
          boxes.slice(i + 1).forEach((b) => {
            expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
          }),
        );
      }),
    );
  });
});
