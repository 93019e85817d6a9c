// Loaded before a page's scripts where the page installs nothing: what does not resolve from the page's folder
// resolves from the docs site, whose packages are this repository's.
import { register } from 'node:module';

register('./workspace-resolve.mjs', import.meta.url);
