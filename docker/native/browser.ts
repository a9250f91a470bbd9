/**
 * A Chromium for the browser test: the machine's own, or Debian's, unpacked beside the lab's servers. What it
 * gives goes to playwright-core as it is: chromium.launch(await provideBrowser(openLabRoot())).
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { providePackages } from './debs.ts';
import { LabError } from './lab-error.ts';

const packages = ['chromium', 'fonts-dejavu-core'];

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** It shall talk to the lab and to nobody else; as root, as in a container, it has no sandbox. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A container's /dev/shm holds 64 MB, and a page that needs more ends in a crash.
  '--disable-dev-shm-usage',
];

export interface Browser {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

/** On first use some 120 MB of download and 400 MB of disk; later calls find it in `root`. Throws LabError. */
export const provideBrowser = async (root: string): Promise<Browser> => {
  const installed = onPath();
  if (installed) return { executablePath: installed, args, env: ownEnv(root) };
  const { bin, prefix, env } = await providePackages(root, packages).catch((error: unknown) => {
    throw new LabError(
      'There is no Chromium on PATH, and Debian has none to unpack here',
      `Install Chromium or Chrome so that one of ${names.join(', ')} is on PATH`,
      { cause: error },
    );
  });
  // Libraries of PulseAudio lie in a folder of their own, which the packaged loader path would name.
  const nested = env.LD_LIBRARY_PATH.split(':').flatMap((dir) => [dir, join(dir, 'pulseaudio')]);
  return {
    executablePath: bin('usr/lib/chromium/chromium'),
    args,
    env: {
      ...ownEnv(root),
      LD_LIBRARY_PATH: nested.filter(existsSync).join(':'),
      FONTCONFIG_FILE: fontsOf(prefix),
    },
  };
};

/** Of one that is installed: it may be a script that starts the program from another place. */
const onPath = (): string | null =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)))
    .find((path) => existsSync(path)) ?? null;

/** What it remembers lies beside the lab, not in the user's home. */
const ownEnv = (root: string): Record<string, string> => {
  const given = Object.entries(process.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const]));
  const home = join(root, 'browser-home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return { ...Object.fromEntries(given), HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
};

/** Only the unpacked font: a page looks the same on every machine, also on one that has none. */
const fontsOf = (prefix: string): string => {
  const file = join(prefix, 'fonts.conf');
  const cache = join(prefix, 'fontcache');
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  writeFileSync(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>${join(prefix, 'usr/share/fonts')}</dir><cachedir>${cache}</cachedir></fontconfig>
`,
  );
  return file;
};
