import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseJson, sizeOfRegularFile } from '@routeprofile/data';
import { defineGrader, messageOf, RouteProfileError, throwIfAborted, z, type Grade } from '@routeprofile/schema';

const schemaShape = z.record(z.string(), z.unknown());

/** Whether an answer is JSON that fits a schema. */
export const jsonSchemaGrader = /* @__PURE__ */ defineGrader({
  name: 'json-schema',
  summary: 'whether the answer is JSON, by itself or in a code block, that fits a JSON schema',
  options: z.strictObject({
    /** File with the schema (draft 2020-12). */
    file: z.string().min(1).optional(),
    /** The schema itself. */
    schema: schemaShape.optional(),
  }),
  async create({ file, schema: given }, { folder }) {
    if ((file === undefined) === (given === undefined))
      throw new RouteProfileError('BAD_OPTION', 'json-schema: give either file or schema');
    const schema = given ?? (await readSchema(resolve(folder, file ?? '')));
    // Formats are words about a value that validators agree little on; what a schema says beyond the standard is let pass.
    // The validator is large, and few graders need it.
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
    let fits: ReturnType<typeof ajv.compile>;
    try {
      fits = ajv.compile(schema);
    } catch (error) {
      throw new RouteProfileError('BAD_OPTION', `json-schema: this is not a JSON schema: ${messageOf(error)}`);
    }
    return {
      specVersion: 1,
      name: `json-schema:${JSON.stringify(schema)}`,
      async grade(_item, { text }, ctx): Promise<Grade> {
        throwIfAborted(ctx);
        const found = jsonOf(text);
        if (found === undefined) return { score: 0, reason: 'the answer is not JSON' };
        if (fits(found.value)) return { score: 1 };
        return { score: 0, reason: ajv.errorsText(fits.errors, { dataVar: 'answer' }) };
      },
    };
  },
});

async function readSchema(path: string): Promise<Record<string, unknown>> {
  await sizeOfRegularFile(path);
  const parsed = schemaShape.safeParse(parseJson(await readFile(path, 'utf8'), path));
  if (parsed.success) return parsed.data;
  throw new RouteProfileError('BAD_INPUT', `${path}: a JSON schema is an object`);
}

const BLOCK = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/;

function jsonOf(text: string): { value: unknown } | undefined {
  for (const candidate of [text, BLOCK.exec(text)?.[1]]) {
    if (candidate === undefined) continue;
    try {
      return { value: JSON.parse(candidate) as unknown };
    } catch {
      // Not JSON by itself: perhaps its code block is.
    }
  }
  return undefined;
}
