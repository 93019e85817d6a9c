import { RouteProfileError } from './errors.js';

/**
 * The error for optional packages that are asked for and cannot be loaded.
 * @param packages as `npm install` takes them, with or without a version: `pg-boss@10`
 * @param use what they are for, as in `which --queue needs`
 */
export function notInstalled(packages: readonly string[], use: string, cause: unknown): RouteProfileError {
  const names = packages.map((name) => name.replace(/(.)@[^@/]*$/, '$1')).join(' and ');
  const [noun, verb, them] = packages.length === 1 ? ['package', 'is', 'it'] : ['packages', 'are', 'them'];
  const all = packages.join(' ');
  return new RouteProfileError('UNSUPPORTED', `the ${noun} ${names}, ${use}, ${verb} not installed`, {
    // `npx` keeps a command that is not installed in a folder of its own, and what is installed elsewhere is not found from there.
    hint: `Install ${them} beside RouteProfile: npm install ${all}. Where \`npx @routeprofile/cli\` runs without having been installed: npm install @routeprofile/cli ${all}.`,
    cause,
  });
}
