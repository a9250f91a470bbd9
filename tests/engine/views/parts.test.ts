import { describe, expect, test } from 'vitest';
import { converse } from '../../../engine/views/dialogue.ts';
import { flow } from '../../../engine/views/frame.ts';
import { createMeter } from '../../../engine/views/meter.ts';
import { progressLine } from '../../../engine/views/progress-line.ts';
import { fitLines, wrap } from '../../../engine/views/screen.ts';
import type { Question } from '../../../engine/views/view.ts';
import { amount, clean, offset, span } from '../../../engine/words/format.ts';
import { masked } from '../../support/masked.ts';

describe('how times and amounts read', () => {
  test.each([
    [430, '430ms'],
    [8_240, '8.2s'],
    [72_400, '1m 12s'],
    [3_600_000, '1h'],
    [5_430_000, '1h 30m'],
    [-72_000, '1m 12s'],
  ])('a span of %i ms is %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  test.each([
    [0, 'T0'],
    [-400, 'T0'],
    [-1_800_000, 'T-30m'],
    [5_400_000, 'T+1h30m'],
    [-1_785_000, 'T-29m45s'],
  ])('%i ms from T0 is %s', (ms, text) => {
    expect(offset(ms)).toBe(text);
  });

  test('bytes have prefixes, the rest has separators', () => {
    expect(amount(12_300_000, 'bytes')).toBe('12.3 MB');
    expect(amount(1204.4, 'rows')).toBe('1,204 rows');
  });

  test('control characters of a foreign text do nothing', () => {
    expect(clean('a\u001b[31mb\u0007\u0085c\td\n')).toBe('abc\td\n');
  });
});

describe('meter', () => {
  test('measures over the last quarter of a minute, so that a stall shows', () => {
    const meter = createMeter({ done: 0, total: 1000, unit: 'rows' }, 0);
    for (let s = 1; s <= 5; s++) meter.observe({ done: s * 100, total: 1000, unit: 'rows' }, s * 1000);
    expect(meter.read(5000)).toMatchObject({ fraction: 0.5, perSecond: 100, leftMs: 5000 });
    meter.observe({ done: 500, total: 1000, unit: 'rows' }, 25_000);
    expect(meter.read(26_000).perSecond).toBe(0);
    expect(meter.read(26_000).leftMs).toBeNull();
  });

  test('says no rate before it knows one, and no fraction without a total', () => {
    const meter = createMeter({ done: 7, unit: 'rows' }, 0);
    expect(progressLine(meter.read(10))).toBe('7 rows');
    meter.observe({ done: 27, unit: 'rows' }, 2000);
    expect(progressLine(meter.read(2000))).toBe('27 rows  10 rows/s');
  });
});

describe('a terminal that is too small', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `step ${i}`);

  test.each([0, 1, 19, 38, 39])('keeps step %i in sight and counts what is not', (active) => {
    const shown = fitLines(lines, 10, active);
    expect(shown.length).toBeLessThanOrEqual(10);
    expect(shown).toContain(`step ${active}`);
    const hidden =
      shown
        .join('\n')
        .match(/\d+(?= lines?)/g)
        ?.map(Number) ?? [];
    const kept = shown.filter((line) => line.startsWith('step')).length;
    expect(kept + hidden.reduce((a, b) => a + b, 0)).toBe(40);
  });

  test.each([
    [2, 30],
    [38, 4],
    [20, 21],
  ])('with step %i in sight, the pinned line %i is, too', (active, pinned) => {
    const shown = fitLines(lines, 10, active, pinned);
    expect(shown.length).toBeLessThanOrEqual(10);
    expect(shown).toContain(`step ${active}`);
    expect(shown).toContain(`step ${pinned}`);
    const hidden = shown.flatMap((line) => line.match(/\d+(?= lines?)/)?.map(Number) ?? []);
    const kept = shown.filter((line) => line.startsWith('step')).length;
    expect(kept + hidden.reduce((a, b) => a + b, 0)).toBe(40);
  });

  test('where there are rows for nothing else, the step and the pinned line are in sight', () => {
    expect(fitLines(lines, 3, 4, 30)).toEqual(['step 4', 'step 30', '  ... 38 lines not shown']);
    expect(fitLines(lines, 5, 30, 4)).toEqual(['step 4', 'step 30', '  ... 38 lines not shown']);
  });

  test('a long text breaks at its words and loses none; one that fits keeps its columns', () => {
    const cause = `  exit 1: relation "users" already exists (${'x'.repeat(50)})`;
    expect(wrap(cause, 40).every((line) => line.length <= 40 && line.startsWith('  '))).toBe(true);
    expect(wrap(cause, 40).join('').replaceAll(' ', '')).toBe(cause.replaceAll(' ', ''));
    expect(wrap('  retry      run it again', 40)).toEqual(['  retry      run it again']);
  });

  test('a list that fits is left alone', () => {
    expect(fitLines(lines, 40, 3)).toEqual(lines);
  });

  test('a status line breaks at its parts and loses none', () => {
    const text = 'now 22:00:00 T-30m · T0 22:30:00 · on time · hard stop 23:00:00 in 1h';
    expect(flow(text, 40).every((line) => line.length < 40)).toBe(true);
    expect(flow(text, 40).join(' ')).toContain('hard stop 23:00:00 in 1h');
  });
});

describe('the conversation', () => {
  const gate: Question = {
    kind: 'gate',
    step: 'go-no-go',
    round: 1,
    prompt: 'Go live?',
    approvers: [{ id: 'lead', name: 'Lead' }],
    missing: 1,
    deadline: null,
  };
  const hold: Question = {
    kind: 'hold',
    hold: 'hold-1',
    step: 'dump',
    message: masked('exit 2'),
    choices: ['retry', 'skip', 'roll-back', 'stop'],
  };
  /** null ends the conversation, as a deadline or an answer from elsewhere does. */
  const talk = (question: Question, ...typed: (string | null)[]) => {
    const rest = [...typed];
    seen = [];
    const ask = async (lines: readonly string[]) => {
      seen.push(lines.join('\n'));
      return rest.shift() ?? null;
    };
    return converse(question, ask, {
      explain: (choice) => `would ${choice}`,
      remedy: null,
      facts: ['log: /r/logs/dump.log'],
    });
  };
  let seen: string[] = [];

  test.each([['y'], [''], ['yes'], ['g'], ['GO!']])('"%s" is no go', async (word) => {
    expect(await talk(gate, 'lead', word, null)).toBeNull();
  });

  test('only an approver can answer', async () => {
    expect(await talk(gate, 'ops', 'me', null)).toBeNull();
  });

  test('a go and a no-go need a reason', async () => {
    expect(await talk(gate, 'lead', 'go', '', 'lead', 'go', '  ', 'lead', 'go', 'counts match')).toEqual({
      kind: 'gate',
      verdict: 'go',
      as: 'lead',
      reason: 'counts match',
    });
    expect(await talk(gate, 'lead', 'no-go', 'login fails')).toMatchObject({ verdict: 'no_go' });
    expect(await talk(gate, 'lead', 'go', null)).toBeNull();
  });

  test('an empty line at the reason returns to the choices, with a message', async () => {
    expect(await talk(hold, 'skip', '', 'retry', 'disk is free')).toMatchObject({ choice: 'retry' });
    expect(seen[1]).toContain('an empty line cancels');
    expect(seen[2]).toContain('Cancelled: nothing was recorded\nWhat now?');
  });

  test('a hold says its cause once, where the log is, and what each choice would do', async () => {
    await talk({ ...hold, message: masked('dump: exit 2') }, null);
    expect(seen[0]).toBe(
      [
        'HELD at dump: exit 2',
        'log: /r/logs/dump.log',
        'What now? Type one of:',
        '  retry      would retry',
        '  skip       would skip',
        '  roll-back  would roll-back',
        '  stop       would stop',
      ].join('\n'),
    );
  });

  test('a hold takes only the choices it offers; stopping needs no reason', async () => {
    expect(await talk(hold, 'done', 'retry', 'disk is free')).toEqual({
      kind: 'hold',
      choice: 'retry',
      reason: 'disk is free',
    });
    expect(await talk(hold, 'stop')).toMatchObject({ choice: 'stop' });
    expect(await talk(hold, '', null)).toBeNull();
  });
});
