import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import { type Decoded, decodeLine, encodeLine, type Head, START } from '../../../engine/journal/codec.ts';
import { masked } from '../../support/masked.ts';
import { fc } from '../../support/property.ts';
import { rolledBack, succeeded } from './every-event.ts';

const encodeAll = (events: readonly Event[]) => {
  let head: Head = START;
  return events.map((event, i) => {
    const encoded = encodeLine(event, 1000 + i, head);
    head = encoded.head;
    return encoded;
  });
};

const decodeAll = (lines: readonly string[]): Decoded[] => {
  let head: Head = START;
  return lines.map((line) => {
    const decoded = decodeLine(Buffer.from(line.slice(0, -1)), head);
    if ('head' in decoded) head = decoded.head;
    return decoded;
  });
};

const [created] = succeeded as [Event];
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));
const anyText = fc.string({ unit: 'binary' });
const plain = { noNullPrototype: true } as const;
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom(...succeeded.slice(1), ...rolledBack.slice(1)),
  fc.record(
    {
      type: fc.constant('act-started' as const),
      act: fc.constantFrom('a/do/0' as const, 'b-2/undo-verify/13' as const, 'part/loop[s1]/x/do/0' as const),
      attempt: fc.integer({ min: 1 }),
      input: fc.dictionary(anyText, json, plain),
      digest: anyText,
      before: json,
    },
    plain,
  ),
  fc.record(
    {
      type: fc.constant('act-finished' as const),
      act: fc.constant('a/do/0' as const),
      attempt: fc.integer({ min: 1 }),
      result: fc.constant('done' as const),
      effect: fc.constantFrom('none', 'some', 'unknown'),
      output: json,
    },
    plain,
  ),
  fc.record(
    {
      type: fc.constant('step-settled' as const),
      step: fc.string({ minLength: 1 }),
      state: fc.constant('failed' as const),
      reason: anyText.map(masked),
    },
    plain,
  ),
);

describe('a line', () => {
  test('is laid out for a person: number, instant and type first, the chain last', () => {
    const [line] = encodeAll([{ ...created, measuredUndoMs: {} } as Event]);
    expect(line?.line).toMatchInlineSnapshot(`
      "{"v":1,"seq":1,"at":1000,"type":"run-created","runId":"20261122-2210-trading-journal-x7kd","runbook":"trading-journal","planDigest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","environment":null,"engine":"0.1.0","user":"operator","measuredUndoMs":{},"prev":"0000000000000000000000000000000000000000000000000000000000000000","hash":"708c310e1c0aa85880cf6add00a5e68749292eda0414607e918537104f6183df"}
      "
    `);
  });

  test('can be checked without this engine: the hash is that of the bytes before it', () => {
    const { line = '' } = encodeAll(succeeded)[5] ?? {};
    const [, content = '', hash] = /^(.*),"hash":"([0-9a-f]{64})"\}\n$/s.exec(line) ?? [];
    expect(createHash('sha256').update(content).digest('hex')).toBe(hash);
  });

  test('of any event reads back as it was written (fast-check prints seed and path on failure)', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        const encoded = encodeAll([created, ...events]);
        const decoded = decodeAll(encoded.map(({ line }) => line));
        expect(decoded).toStrictEqual(encoded.map(({ event, head }) => ({ event, head })));
        expect(encoded.map(({ event: { seq, at, ...event } }) => event)).toStrictEqual([created, ...events]);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps a lone surrogate and a member named __proto__', () => {
    const output = JSON.parse('{"__proto__":{"a":1},"half":"\\ud83d"}');
    const finished: Event = { ...(succeeded[16] as Extract<Event, { result: 'done' }>), output };
    const [, read] = decodeAll(encodeAll([created, finished]).map(({ line }) => line));
    expect(JSON.stringify(read)).toContain('{"__proto__":{"a":1},"half":"\\ud83d"}');
  });

  test('numbers and dates the event itself, whatever the caller passes along', () => {
    const recorded = { ...created, seq: 99, at: 5 };
    expect(encodeLine(recorded, 1000, START).event).toMatchObject({ seq: 1, at: 1000 });
  });
});

describe('an event that could not be read back never reaches the disk', () => {
  const bad: Record<string, unknown> = {
    'an unknown type': { type: 'step-exploded', step: 'a' },
    'a missing member': { type: 'act-probed', act: 'a/do/0', attempt: 1, state: 'done' },
    'an output of undefined': { ...succeeded[16], output: undefined },
    'a member too many': { type: 'rollback-settled', why: 'x' },
    'no act id': { type: 'line-crossed', act: 'open-doors' },
    'a run id that leads elsewhere': { ...created, runId: '../../..' },
    'an instant that is no number': { type: 'timer-set', timer: 't', until: Number.NaN },
  };
  test.each(Object.entries(bad))('%s', (_, event) => {
    expect(() => encodeLine(event as Event, 1, START)).toThrow(/^engine bug: a .* could not be read back/);
  });
});
