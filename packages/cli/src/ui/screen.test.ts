import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { screenOf, visible } from './screen.js';

function watch() {
  let text = '';
  return { screen: screenOf({ write: (part) => void (text += part) }), read: () => text };
}

const ESCAPES = ['\u001b[31m', '\u001b]0;title\u0007', '\u009b2J', '\u202e', '\r', '\b', '\u007f', '\u2028'];
const any = fc
  .array(fc.oneof(fc.constantFrom(...ESCAPES), fc.string({ unit: 'binary' })))
  .map((parts) => parts.join(''));

describe('the way out', () => {
  it('lets no character pass that a terminal acts on, and no other one be lost', async () => {
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const { screen, read } = watch();
        await screen.print(text);
        expect(read()).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect([...read()].length).toBe([...text].length);
      }),
    );
    expect(visible('a\tb\nc')).toBe('a\tb\nc');
  });

  it('keeps JSON what it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(any, any), async (value) => {
        const { screen, read } = watch();
        await screen.json(JSON.stringify(value, null, 2));
        expect(read()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.stringify(JSON.parse(read()))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('lets colours of ours pass, and nothing else', () => {
    const { screen, read } = watch();
    screen.paint('\r\u001b[32mgood\u001b[0m \u001b]0;title\u0007\u001b[2J');
    expect(read()).toBe('\r\u001b[32mgood\u001b[0m �]0;title��[2J');
  });

  it('waits until there is room', async () => {
    let written: (() => void) | undefined;
    const screen = screenOf({
      write: (_, done) => {
        written = done;
        return false;
      },
    });
    let room = false;
    const waiting = screen.print('text').then(() => (room = true));
    await Promise.resolve();
    expect(room).toBe(false);
    written?.();
    await waiting;
    expect(room).toBe(true);
  });
});
