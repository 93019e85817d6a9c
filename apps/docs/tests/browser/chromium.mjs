import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe'];

/** The browser to drive: CHROMIUM_PATH, else Debian's, else the first on PATH. */
function findChromium({ CHROMIUM_PATH, PATH = '' } = process.env) {
  if (CHROMIUM_PATH) {
    if (existsSync(CHROMIUM_PATH)) return CHROMIUM_PATH;
    throw new Error(`CHROMIUM_PATH is ${CHROMIUM_PATH}, where there is no file: set it to the program of Chromium.`);
  }
  const folders = PATH.split(delimiter).filter(Boolean);
  const found = ['/usr/bin/chromium', ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))].find(
    (path) => existsSync(path),
  );
  if (!found)
    throw new Error(
      'There is no Chromium: install it (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to the program of Chromium or Chrome.',
    );
  return found;
}

/** A browser that asks nothing of its own, and for which no name but this machine's exists. */
export const openChromium = async () =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--disable-background-networking',
      '--disable-component-update',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
