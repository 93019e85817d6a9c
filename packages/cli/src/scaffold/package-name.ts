import { builtinModules } from 'node:module';
import { z } from '@routeprofile/schema';

const LONGEST = 214;
/** What npm refuses, or what Node means something else by. */
const TAKEN = new Set(['node_modules', 'favicon.ico', ...builtinModules]);

/** A name that npm takes for a new package, with or without a scope. */
export const packageNameSchema = z
  .string()
  .max(LONGEST, `a package name has at most ${LONGEST} letters`)
  .regex(
    /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/,
    'a package name may hold only small letters, digits, - and ., such as my-router or @me/my-router',
  )
  .refine((name) => !TAKEN.has(name), 'this name is reserved by npm or Node');

/** `@me/my-router` → `my-router`: where the package is written. */
export const folderOf = (name: string): string => name.slice(name.indexOf('/') + 1);
