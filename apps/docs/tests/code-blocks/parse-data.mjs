import { parseAllDocuments } from 'yaml';

const PARSERS = {
  json: (code) => void JSON.parse(code),
  jsonl: (code) => {
    const lines = code.split('\n');
    lines.forEach((line, i) => {
      if (line.trim() === '') return;
      try {
        JSON.parse(line);
      } catch (error) {
        throw Object.assign(new Error(error.message), { line: i });
      }
    });
  },
  yaml: (code) => {
    for (const document of parseAllDocuments(code))
      if (document.errors.length > 0) throw new Error(document.errors[0].message.split('\n')[0]);
  },
};

/** What is wrong with the JSON, JSON Lines and YAML of a page. */
export function dataProblems(blocks) {
  return blocks.flatMap((block) => {
    try {
      PARSERS[block.language]?.(block.code);
      return [];
    } catch (error) {
      return [{ line: block.line + 1 + (error.line ?? 0), message: `${block.language}: ${error.message}` }];
    }
  });
}
