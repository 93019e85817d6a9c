import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageVersions } from '@routeprofile/pipeline';
import { z } from '@routeprofile/schema';

const NAME = '@routeprofile/cli';

const manifestPath = (): string => createRequire(import.meta.url).resolve(`${NAME}/package.json`);

/** The version of this package. */
export const ownVersion = (): string =>
  z.looseObject({ version: z.string() }).parse(JSON.parse(readFileSync(manifestPath(), 'utf8'))).version;

/** This package and those that it runs with, by name. */
export const installedVersions = (): Record<string, string> => ({ [NAME]: ownVersion(), ...packageVersions() });

/** A built entry of this package, also when this runs from source. */
export const entryFile = (entry: string): string => join(dirname(manifestPath()), 'dist', `${entry}.js`);
