// Runtime settings. The file wins over the environment: pm2 remembers that of the shell which first started the app.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

Object.assign(process.env, parseEnv(readFileSync('.env', 'utf8')));

export const release = { version: BUILD_VERSION, commit: BUILD_COMMIT };

/** The address that users type, baked at build. */
export const appUrl = process.env.NEXT_PUBLIC_APP_URL;
