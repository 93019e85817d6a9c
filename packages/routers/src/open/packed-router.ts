import {
  float32Of,
  float32Text,
  issueText,
  RouteProfileError,
  routerManifestSchema,
  z,
  type NamedArray,
  type RouterArtifact,
} from '@routeprofile/schema';

/** A saved router as one JSON document, for places without files: weights are base64 of little-endian float32. */
const packedSchema = z.object({
  format: z.literal('routeprofile-router-1'),
  manifest: routerManifestSchema,
  weights: z.record(z.string(), z.object({ shape: z.array(z.number().int().min(0)), data: z.base64() })),
});
/** A saved router as JSON; see `packRouter`. */
export type PackedRouter = z.infer<typeof packedSchema>;

const packArray = ({ shape, data }: NamedArray): { shape: number[]; data: string } => ({
  shape: [...shape],
  data: float32Text(data),
});

/** @throws RouteProfileError CORRUPT_FILE */
function unpackArray(name: string, { shape, data }: { shape: number[]; data: string }): NamedArray {
  const bytes = atob(data);
  const length = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== length * 4)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `the packed router is damaged: ${name} has ${bytes.length} bytes, not ${length * 4}`,
      {
        hint: 'Pack the router again.',
      },
    );
  return { shape, data: float32Of(bytes) };
}

/**
 * A saved router as one JSON document, to be shipped to a browser or a worker runtime: `JSON.stringify` it, and read it there with
 * `unpackRouter`. The weights keep every bit.
 */
export const packRouter = ({ manifest, weights }: RouterArtifact): PackedRouter => ({
  format: 'routeprofile-router-1',
  manifest,
  weights: Object.fromEntries(Object.entries(weights).map(([name, array]) => [name, packArray(array)])),
});

/**
 * What `packRouter` packed.
 * @param value the parsed JSON
 * @throws RouteProfileError CORRUPT_FILE for anything else
 */
export function unpackRouter(value: unknown): RouterArtifact {
  const parsed = packedSchema.safeParse(value);
  if (!parsed.success)
    throw new RouteProfileError('CORRUPT_FILE', `this is not a packed router: ${issueText(parsed.error.issues[0]!)}`, {
      hint: 'Give the parsed JSON that packRouter made.',
    });
  const { manifest, weights } = parsed.data;
  return {
    manifest,
    weights: Object.fromEntries(Object.entries(weights).map(([name, array]) => [name, unpackArray(name, array)])),
  };
}
