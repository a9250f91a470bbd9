import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bootstrap, bootstrapLine, exports } from '../../../steps/_work/posix-shell.ts';
import { fc } from '../../support/property.ts';

const shells = ['dash', 'bash', 'busybox'].filter((name) => spawnSync('which', [name]).status === 0);
const call = (name: string): [string, ...string[]] => (name === 'busybox' ? ['busybox', 'sh'] : [name]);

describe.each(shells)('a script over the stdin of %s', (name) => {
  const [file, ...first] = call(name);
  const run = (input: string) => execFileSync(file, [...first, '-c', bootstrap], { input, encoding: 'utf8' });
  const word = fc.string({ unit: fc.constantFrom(...'ab \'"$`\\\n\t!*?;&|<>#~é日\u{1f511}\r') });

  it('gets its arguments and environment as they were, and leaves stdin alone', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), word, word, (args, value, stdin) => {
        const script = `${exports({ VALUE: value })}for a in "$@"; do printf '%s\\036' "$a"; done; printf '%s\\036' "$VALUE"; cat`;
        expect(run(bootstrapLine(script, args) + stdin).split('\x1e')).toEqual([...args, value, stdin]);
      }),
      { numRuns: 60 },
    );
  });

  it('does not run a line that was cut', () => {
    const line = bootstrapLine('echo ran');
    expect(run(line)).toBe('ran\n');
    expect(spawnSync(file, [...first, '-c', bootstrap], { input: line.slice(0, -1) }).stdout.toString()).toBe(
      '',
    );
  });
});

it('refuses what no environment can hold', () => {
  expect(() => exports({ 'A B': 'x' })).toThrow('"A B"');
  expect(() => exports({ A: 'x\0' })).toThrow('NUL');
});
