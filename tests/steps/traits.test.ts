/** What a type says of an input points at places that the input has, for each of its examples. */
import { expect, test } from 'vitest';
import { registry } from '../../steps/index.ts';

const withTraits = [...registry.steps.values()].filter(({ traits }) => traits !== undefined);

const valueAt = (input: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (at as { [key: string | number]: unknown } | undefined)?.[key], input);

test.each(withTraits.map((type) => [type.type, type] as const))(
  '%s',
  (_, { input, examples, traits, effects }) => {
    for (const example of examples) {
      const parsed = input.parse(example.with);
      const { commands = [], writes = [], claims = [], unproven, unprobed } = traits?.(parsed) ?? {};
      for (const { run, path } of commands) expect(valueAt(parsed, path)).toEqual(run);
      for (const { text, path } of writes) {
        const written = String(valueAt(parsed, path));
        // Told as it is sent, with its {{names}} filled in.
        if (!written.includes('{{')) expect(written).toBe(text);
      }
      for (const path of claims) expect(valueAt(parsed, path)).toBeTypeOf('boolean');
      // Only a write has to be proven and probed.
      if (unproven || unprobed) expect(effects(parsed)).toBe('write');
    }
  },
);
