// Walks through the app as a user's browser would and removes what it wrote. Either release can be asked.
// Env: BASE_URL, EMAIL, PASSWORD; SMOKE_TOKEN to pass the maintenance page; SMOKE_TIMEOUT_MS an answer (10000).
// stdout: one JSON object { ok, rows: { <row>: { ok, ms, problem? } } }. Exit 1 when a row failed, 2 when it could not begin.
import { openBrowser } from './smoke/browser.mjs';
import { walk } from './smoke/walk.mjs';

const required = ['BASE_URL', 'EMAIL', 'PASSWORD'];
const missing = required.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`smoke: set ${missing.join(', ')}`);
  process.exit(2);
}

const { BASE_URL, EMAIL, PASSWORD, SMOKE_TOKEN, SMOKE_TIMEOUT_MS } = process.env;
const browser = openBrowser(BASE_URL, { token: SMOKE_TOKEN, timeoutMs: Number(SMOKE_TIMEOUT_MS ?? 10_000) });
const rows = {};
for (const [name, visit] of walk(browser, { email: EMAIL, password: PASSWORD })) {
  const before = performance.now();
  const problem = await visit().then(
    () => null,
    (error) => error.message,
  );
  const ms = Math.round(performance.now() - before);
  rows[name] = problem === null ? { ok: true, ms } : { ok: false, ms, problem };
  console.error(`smoke: ${name} ${problem === null ? `ok in ${ms} ms` : `FAILED: ${problem}`}`);
}

const broken = Object.entries(rows).filter(([, row]) => !row.ok);
const ok = broken.length === 0;
// The last line is what an operator gets to read of a failed step: it names what broke, not what came last.
if (!ok) {
  const [[name, { problem }]] = broken;
  console.error(`smoke: ${broken.length} of ${Object.keys(rows).length} FAILED, first ${name}: ${problem}`);
}
console.log(JSON.stringify({ ok, rows }));
process.exitCode = ok ? 0 : 1;
