import MarkdownIt from 'markdown-it';

// What a code block says of itself in its info string, which is the word after the three backticks and what follows it:
//
//   ts, js                   type-checked against the built packages
//   ts run, js run           executed too, in the page's folder
//   sh run                   executed, in order, in the page's folder
//   json, jsonl, yaml        parsed
//   LANG file=NAME           checked, and written to that file before later blocks run
//   LANG skip: REASON        not run here, and why; ts, js and data are always checked, so they cannot be skipped
//   text                     output; nothing to check

/** Languages whose blocks are checked as they stand. */
const CHECKED = new Set(['ts', 'js', 'json', 'jsonl', 'yaml']);
const RUNNABLE = new Set(['ts', 'js', 'sh']);

const FORMS = 'the forms are listed in apps/docs/tests/code-blocks/extract.mjs';

/**
 * @typedef {object} Block
 * @property {number} line the line of the opening fence, from 1
 * @property {string} language
 * @property {'check' | 'run' | 'skip' | 'output'} mode
 * @property {string} [file] the file it is written to
 * @property {string} [reason] why it is not run
 * @property {string} code
 */

const parser = new MarkdownIt({ html: true });

/** YAML front matter, blanked out so that lines keep their numbers: Markdown itself knows no front matter. */
const withoutFrontMatter = (markdown) =>
  markdown.replace(/^---\r?\n[\s\S]*?\r?\n---[ \t]*(?=\r?\n|$)/, (matter) => matter.replace(/[^\n]/g, ''));

/**
 * The code blocks of a page, and what is wrong with their info strings.
 * @returns {{ blocks: Block[], problems: { line: number, message: string }[] }}
 */
export function extractBlocks(markdown) {
  const blocks = [];
  const problems = [];
  for (const token of parser.parse(withoutFrontMatter(markdown), {})) {
    if (token.type !== 'fence' && token.type !== 'code_block') continue;
    const line = token.map[0] + 1;
    const form = token.type === 'fence' ? parseInfo(token.info) : { problem: 'an indented code block' };
    if (form.problem) problems.push({ line, message: `${form.problem}; ${FORMS}` });
    else blocks.push({ line, ...form, code: token.content });
  }
  return { blocks, problems };
}

/** The form of a block by its info string, or what is wrong with it. VitePress's `{1,3}` and `[title]` may follow. */
export function parseInfo(info) {
  const plain = info.replace(/\s*(\{[\d,-]*\}|\[[^\]]*\])/g, '').trim();
  const [, language, rest] = /^(\S*)\s*(.*)$/.exec(plain);
  if (language === '') return { problem: 'a code block without a language' };
  const [, reason] = /^skip:\s*(.*)$/.exec(rest) ?? [];
  if (reason !== undefined) {
    if (CHECKED.has(language) || language === 'text')
      return { problem: `\`${language}\` blocks are always checked, \`skip\` is for what cannot be run` };
    return reason ? { language, mode: 'skip', reason } : { problem: '`skip:` without a reason' };
  }
  const [, file] = /^file=(\S+)$/.exec(rest) ?? [];
  if (file !== undefined) {
    if (!CHECKED.has(language) && language !== 'text') return { problem: `\`${language}\` blocks cannot be files` };
    if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(file))
      return { problem: `file ${file} is outside the page's folder` };
    return { language, mode: language === 'text' ? 'output' : 'check', file };
  }
  if (rest === 'run' && RUNNABLE.has(language)) return { language, mode: 'run' };
  if (rest === '' && CHECKED.has(language)) return { language, mode: 'check' };
  if (rest === '' && language === 'text') return { language, mode: 'output' };
  if (rest === '')
    return { problem: `a \`${language}\` block says ${RUNNABLE.has(language) ? '`run` or ' : ''}\`skip: REASON\`` };
  return { problem: `\`${plain}\` is not a form of code block` };
}
