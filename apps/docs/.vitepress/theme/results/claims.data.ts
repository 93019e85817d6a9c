import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from '@routeprofile/schema';

const PATH = 'examples/design-space/claims.json';

const interval = { difference: z.number(), low: z.number(), high: z.number() };
const claimSchema = z.object({
  id: z.string(),
  paper: z.enum(['v1', 'v2']),
  claim: z.string(),
  reading: z.string(),
  cells: z.array(z.string()).min(1),
  routers: z.array(z.string()).min(1),
  verdict: z.string(),
  scenarios: z
    .array(
      z.object({
        setting: z.enum(['standard', 'newllm']),
        labels: z.enum(['published', 'regraded']),
        rows: z.number().int().min(1),
        ...interval,
        routers: z.array(z.object({ router: z.string(), ...interval })),
        comparisons: z.number().int(),
        above: z.number().int(),
        below: z.number().int(),
      }),
    )
    .min(1),
});

/** A claim of the paper, what it was held against, and what came out, scenario by scenario. */
export type Claim = z.infer<typeof claimSchema>;

declare const data: Claim[];
export { data };

export default {
  watch: [`../../../../../${PATH}`],
  load(): Claim[] {
    const text = readFileSync(fileURLToPath(new URL(`../../../../../${PATH}`, import.meta.url)), 'utf8');
    return z.array(claimSchema).min(1).parse(JSON.parse(text));
  },
};
