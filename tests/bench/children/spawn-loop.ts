/** The least that running commands one after another costs: `node spawn-loop.js COUNT`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

for (let left = Number(process.argv[2]); left > 0; left--) {
  const child = spawn('true', [], { stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child, 'close');
}
