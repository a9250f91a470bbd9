/** `npm run build`: everything that the package has beside its pages. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle } from './bundle.ts';
import { writeContractTypes } from './contract-types.ts';

/** Given by the test of the package, which must not replace what is in use. */
const dist = process.argv[2] ?? new URL('../dist', import.meta.url).pathname;

await makeBundle(dist);
writeContractTypes(dist);
const schema = execFileSync(process.execPath, [join(dist, 'runbook.js'), 'schema']);
writeFileSync(join(dist, 'runbook.schema.json'), schema);
