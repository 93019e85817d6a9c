import { z } from 'zod';

/** One option of a strategy, for help, listings and documentation. */
export interface OptionInfo {
  name: string;
  /** What it accepts, in words: `whole number from 0 to 64`, `sym, right, left or none`. */
  accepts: string;
  /** What it is when it is not given; absent where nothing is assumed or the strategy decides by its input. */
  default?: unknown;
}

/** The parts of a JSON Schema that are read here. */
const nodeSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  get anyOf() {
    return z.array(nodeSchema).optional();
  },
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
});
type JsonSchemaNode = z.infer<typeof nodeSchema>;

/**
 * The options of a schema in its order, with what each accepts and its default, read from the schema itself, so that a
 * listing cannot say anything else. Defaults are what parsing `{}` gives, so that those which a schema works out from
 * other options are there too; a schema that refuses `{}` shows the defaults that it states.
 *
 * @param options a zod object, refined or not; any other schema has no options to list
 */
export function optionInfos(options: z.ZodType): OptionInfo[] {
  const { properties = {} } = nodeSchema.parse(z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }));
  const filled = options.safeParse({});
  const defaults: Record<string, unknown> =
    filled.success && typeof filled.data === 'object' && filled.data !== null ? { ...filled.data } : {};
  return Object.entries(properties).map(([name, node]) => {
    const value = Object.hasOwn(defaults, name) ? defaults[name] : node.default;
    return { name, accepts: accepts(node), ...(value !== undefined && { default: value }) };
  });
}

function accepts(node: JsonSchemaNode): string {
  if (node.anyOf) return alternatives(node.anyOf.map(accepts));
  if (node.const !== undefined) return typeof node.const === 'string' ? node.const : JSON.stringify(node.const);
  if (node.enum) return alternatives(node.enum.map(String));
  if (Array.isArray(node.type)) return alternatives(node.type.map((type) => accepts({ ...node, type })));
  switch (node.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${range(node)}`;
    case 'number':
      return `number${range(node)}`;
    case 'string':
      return 'text';
    case 'array':
      return 'list';
    case 'object':
      return 'object';
    case 'null':
      return 'null';
    default:
      return 'any value';
  }
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchemaNode): string {
  const top = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum !== undefined && top !== undefined) return ` from ${minimum} to ${top}`;
  const low =
    minimum !== undefined ? `at least ${minimum}` : exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`;
  const high = top !== undefined ? `at most ${top}` : exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`;
  const limits = [low, high].filter((limit) => typeof limit === 'string');
  return limits.length > 0 ? `, ${limits.join(', ')}` : '';
}

function alternatives(words: readonly string[]): string {
  const distinct = [...new Set(words)];
  return distinct.length < 2 ? distinct.join('') : `${distinct.slice(0, -1).join(', ')} or ${distinct.at(-1)!}`;
}
