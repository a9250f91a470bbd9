/** What Node itself holds in memory: prints {peak}, in bytes. */
import { peakMemory } from '../peak-memory.ts';

process.stdout.write(JSON.stringify({ peak: peakMemory() }));
