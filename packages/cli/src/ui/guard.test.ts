import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guarded, shownJson } from './guard.js';

const EVIL = 'a\u001b]0;title\u0007\u009b2Jb\u202Ec\u2028';

describe('what reaches a terminal', () => {
  const through = (text: string, isTTY: boolean): string => {
    let said = '';
    guarded({ write: (part) => void (said += part), isTTY }).write(text);
    return said;
  };

  it('acts on it by line ends, tabs and our colours alone', () => {
    expect(through(`${EVIL}\n\t→ ok`, false)).toBe('a�]0;title��2Jb�c�\n\t→ ok');
    expect(through('\r[==  ] 2/4', true)).toBe('\r[==  ] 2/4');
    expect(through('a\rb\u001b[2Jc\u001b[1md\u001b[0m', true)).toBe('a�b�[2Jc\u001b[1md\u001b[0m');
    expect(through('\u001b[31mred', false)).toBe('�[31mred');
  });

  it('is any text that people write, as it is', () => {
    const text = '👩‍👧 می‌خواهم zwölf 中文 ✓';
    expect(through(text, true)).toBe(text);
  });

  it('is JSON that means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = shownJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(through(text, false)).toBe(text);
      }),
      { seed: 1, numRuns: 100 },
    );
    expect(JSON.parse(shownJson({ [EVIL]: EVIL }))).toEqual({ [EVIL]: EVIL });
  });
});
