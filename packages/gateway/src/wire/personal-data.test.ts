import { describe, expect, it } from 'vitest';
import { personalDataIn } from './personal-data.js';

const filler = 'why do rivers run to the sea, '.repeat(300);
const MAIL = 'jane.doe@example.org';

describe('personal data', () => {
  it.each([
    ['a text', `write to ${MAIL}`],
    ['parts of a turn', [{ role: 'user', content: [{ type: 'text', text: MAIL }] }]],
    ['what a tool gave', [{ role: 'user', content: [{ type: 'tool_result', content: `{"to":"${MAIL}"}` }] }]],
    ['arguments of a call', [{ tool_calls: [{ function: { arguments: `{"to":"${MAIL}"}` } }] }]],
  ])('is found in %s', async (_, value) => {
    expect(await personalDataIn(value)).toEqual(['email']);
  });

  it('is found wherever it stands in a long text, across the pieces that it is read in', async () => {
    for (let at = 8_000; at < 8_400; at += 7)
      expect([at, await personalDataIn(`${filler.slice(0, at)} ${MAIL} ${filler}`)]).toEqual([at, ['email']]);
    for (const said of ['DE89 3704 0044 0532 0130 00', '4111 1111 1111 1111'])
      for (let at = 8_160; at < 8_220; at += 5)
        expect((await personalDataIn(`${filler.slice(0, at)} ${said} ${filler}`)).length).toBeGreaterThan(0);
    expect(await personalDataIn(`${'x'.repeat(20_000)} ${MAIL}`)).toEqual(['email']);
  });

  it('is not made of what is no personal data by cutting it', async () => {
    // Its last 16 digits alone are those of a card.
    const number = '99999999999999994111111111111111';
    for (let at = 8_140; at < 8_240; at += 3)
      expect([at, await personalDataIn(`${filler.slice(0, at)} ${number} ${filler}`)]).toEqual([at, []]);
    expect(await personalDataIn(filler.repeat(10))).toEqual([]);
    expect(await personalDataIn([{ type: 'image', source: { type: 'base64', data: MAIL } }])).toEqual([]);
  });

  it('is looked for in turns of a bounded length', async () => {
    let pauses = 0;
    const pause = async () => void pauses++;
    await personalDataIn('x y '.repeat(15_000), pause);
    expect(pauses).toBeGreaterThanOrEqual(7);
    pauses = 0;
    await personalDataIn(
      Array.from({ length: 600 }, () => 'x y '.repeat(25)),
      pause,
    );
    expect(pauses).toBeGreaterThanOrEqual(7);
    pauses = 0;
    await personalDataIn('short', pause);
    expect(pauses).toBe(0);
  });
});
