import {
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

function packArray({ shape, data }: NamedArray): { shape: number[]; data: string } {
  const view = new DataView(new ArrayBuffer(data.length * 4));
  data.forEach((value, i) => view.setFloat32(i * 4, value, true));
  let bytes = '';
  for (let i = 0; i < view.byteLength; i++) bytes += String.fromCharCode(view.getUint8(i));
  return { shape: [...shape], data: btoa(bytes) };
}

/** @throws RouteProfileError CORRUPT_FILE */
function unpackArray(name: string, { shape, data }: { shape: number[]; data: string }): NamedArray {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const length = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== length * 4)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `the packed router is damaged: ${name} has ${bytes.length} bytes, not ${length * 4}`,
      {
        hint: 'Pack the router again.',
      },
    );
  const view = new DataView(bytes.buffer);
  return { shape, data: Float32Array.from({ length }, (_, i) => view.getFloat32(i * 4, true)) };
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
