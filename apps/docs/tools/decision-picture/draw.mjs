/** Colours, as on the page of the gateway. */
const THEMES = {
  light: {
    page: '#ffffff',
    raised: '#f5f7f9',
    text: '#1b1f24',
    muted: '#57606a',
    line: '#d8dee4',
    bar: '#8c959f',
    up: '#3f7fdc',
    upText: '#0b57b7',
    warn: '#fff3c4',
    warnText: '#5c4400',
  },
  dark: {
    page: '#0f1318',
    raised: '#181e25',
    text: '#e6eaef',
    muted: '#a3adb8',
    line: '#303943',
    bar: '#6e7781',
    up: '#4b8bea',
    upText: '#86b6ff',
    warn: '#3d3212',
    warnText: '#f5dc8c',
  },
};
export const THEME_NAMES = Object.keys(THEMES);

const WIDTH = 720;
const LEFT = 24;
const ROW = 25;
const NAMES = 150;
const BARS = { x: LEFT + NAMES, width: 210 };
const COSTS = BARS.x + BARS.width + 110;
const QUERY_CHARACTERS = 72;

const escape = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Lines of at most as many characters, cut between words. */
function wrapped(text, width) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

const dollars = (amount) => `$${amount.toPrecision(2)}`;
const seconds = (milliseconds) => `${(milliseconds / 1_000).toFixed(1)} s`;

/** What is said beside a candidate: what came of asking it, or why it was not asked. */
function outcomeOf(record, model) {
  const attempt = record.attempts.find(({ candidate }) => candidate === model);
  if (attempt === undefined) return undefined;
  if (attempt.fault !== undefined) return { text: `${attempt.fault}, ask the next`, failed: true };
  return { text: 'answers', failed: false };
}

/**
 * A decision record of the gateway as a picture: the query, what the router expects of each model, who was asked, and what it took.
 * @param {'light' | 'dark'} theme
 */
export function drawDecision(record, theme) {
  const c = THEMES[theme];
  const parts = [];
  const text = (x, y, words, { fill = c.text, size = 14, weight = 400, anchor = 'start' } = {}) =>
    parts.push(
      `<text x="${x}" y="${y}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${escape(words)}</text>`,
    );
  let y = 34;
  text(LEFT, y, 'A query comes', { fill: c.muted, size: 12 });
  for (const line of wrapped(record.text, QUERY_CHARACTERS)) text(LEFT, (y += 21), line, { size: 15, weight: 600 });

  y += 36;
  text(LEFT, y, 'The router ranks', { fill: c.muted, size: 12 });
  text(BARS.x, y, 'score, price weighed in', { fill: c.muted, size: 12 });
  text(COSTS, y, 'expected cost', { fill: c.muted, size: 12, anchor: 'end' });
  const highest = Math.max(...record.ranked.map(({ score }) => score));
  for (const { model, score, expectedCost } of record.ranked) {
    y += ROW;
    const outcome = outcomeOf(record, model);
    const served = model === record.served;
    text(LEFT, y, model, { weight: served ? 700 : 400, fill: served ? c.upText : c.text });
    const width = Math.max(2, (BARS.width * score) / highest).toFixed(1);
    parts.push(
      `<rect x="${BARS.x}" y="${y - 11}" width="${width}" height="13" rx="3" fill="${served ? c.up : c.bar}" opacity="${served ? 1 : 0.55}"/>`,
    );
    text(BARS.x + Number(width) + 6, y, score.toFixed(2), { fill: c.muted, size: 12 });
    text(COSTS, y, dollars(expectedCost), { fill: c.muted, size: 12, anchor: 'end' });
    if (outcome === undefined) continue;
    const boxed = 22 + 6.1 * outcome.text.length;
    parts.push(
      `<rect x="${COSTS + 16}" y="${y - 14}" width="${boxed.toFixed(0)}" height="19" rx="9.5" fill="${outcome.failed ? c.warn : 'none'}" stroke="${outcome.failed ? c.warnText : c.upText}"/>`,
    );
    text(COSTS + 16 + boxed / 2, y, outcome.text, {
      fill: outcome.failed ? c.warnText : c.upText,
      size: 12,
      anchor: 'middle',
    });
  }

  const took = record.attempts.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const tries = record.attempts.length === 1 ? 'attempt' : 'attempts';
  const figures = [
    `${record.served} answers`,
    dollars(record.cost),
    seconds(took),
    `${record.attempts.length} ${tries}`,
  ];
  y += 22;
  parts.push(`<line x1="${LEFT}" x2="${WIDTH - LEFT}" y1="${y}" y2="${y}" stroke="${c.line}"/>`);
  text(LEFT, (y += 26), figures.join(' · '), { size: 15, weight: 600 });
  text(WIDTH - LEFT, y, 'serve --demo: simulated models', { fill: c.muted, size: 12, anchor: 'end' });
  if (record.bestSingle)
    text(LEFT, (y += 20), `Always ${record.bestSingle.model}: ${dollars(record.bestSingle.cost)}`, {
      fill: c.muted,
      size: 13,
    });
  const height = y + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif">`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10" fill="${c.page}" stroke="${c.line}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
