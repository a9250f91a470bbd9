// Prints what importing the arguments loads, and for whom: packages and node's own modules, one a line.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    if (!specifier.startsWith('.') && !specifier.startsWith('file:')) console.log(specifier);
    if (resolved.url.endsWith('/acts.ts') || resolved.url.endsWith('/open.ts')) console.log(resolved.url);
    return resolved;
  },
});
for (const url of process.argv.slice(2)) await import(url);
