import {
  parsePart,
  RouteProfileError,
  routerManifestSchema,
  z,
  type Router,
  type RouterArtifact,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';

const prefix = (index: number): string => `member${index}:`;

/** Routers in the artifact of the router made of them: manifests for its state, weights under a prefix each. */
export function packMembers(members: readonly RouterArtifact[]): {
  manifests: RouterArtifact['manifest'][];
  weights: RouterArtifact['weights'];
} {
  const weights = members.flatMap((member, i) =>
    Object.entries(member.weights).map(([name, array]) => [prefix(i) + name, array] as const),
  );
  return { manifests: members.map(({ manifest }) => structuredClone(manifest)), weights: Object.fromEntries(weights) };
}

/** The arrays of one member, by the names that it gave them. */
export const weightsOfMember = (index: number, weights: RouterArtifact['weights']): RouterArtifact['weights'] =>
  Object.fromEntries(
    Object.entries(weights).flatMap(([key, array]) =>
      key.startsWith(prefix(index)) ? [[key.slice(prefix(index).length), array] as const] : [],
    ),
  );

/** Part of the state that holds the members. */
export const packedMembers = z.array(routerManifestSchema).min(1);

/** A router inside another, and what made it. */
export interface Inner {
  strategy: RouterStrategy;
  artifact: RouterArtifact;
}

/**
 * The artifacts that `packMembers` put away.
 * @param strategies that may have made them
 * @throws RouteProfileError CORRUPT_FILE
 */
export function unpackMembers(
  name: string,
  manifests: unknown,
  { weights, manifest }: RouterArtifact,
  strategies: readonly RouterStrategy[],
): Inner[] {
  return parsePart(name, 'state', packedMembers, manifests).map(({ profile, ...rest }, i) => {
    const strategy = strategies.find((entry) => entry.name === rest.strategy);
    if (!strategy || rest.models.join('\n') !== manifest.models.join('\n'))
      throw new RouteProfileError(
        'CORRUPT_FILE',
        strategy
          ? `${name}: router.json: the models of ${strategy.name} are not those of the router`
          : `${name}: router.json: there is no member '${rest.strategy}'`,
        { hint: 'Train the router again; its files are damaged, or of another version.' },
      );
    return {
      strategy,
      artifact: {
        manifest: { ...rest, ...(profile !== undefined && { profile }) },
        weights: weightsOfMember(i, weights),
      },
    };
  });
}

/**
 * Every one joined by the new models.
 * @throws RouteProfileError UNSUPPORTED naming those that no model can join
 */
export async function extendMembers(
  name: string,
  members: readonly Inner[],
  joining: Parameters<NonNullable<RouterStrategy['extend']>>[1],
  ctx: RunContext,
): Promise<{ router: Router; artifact: RouterArtifact }[]> {
  const closed = members.filter(({ strategy }) => !strategy.extend).map(({ strategy }) => strategy.name);
  if (closed.length > 0)
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${name}: ${closed.join(', ')} cannot take in a new model without training`,
      {
        hint: 'Train the router again with the new model, or without these members.',
      },
    );
  const out: { router: Router; artifact: RouterArtifact }[] = [];
  for (const { strategy, artifact } of members) {
    const router = await strategy.extend!(artifact, joining, ctx);
    out.push({ router, artifact: await router.save() });
  }
  return out;
}
