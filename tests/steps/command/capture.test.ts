import { expect, test } from 'vitest';
import { captured, listen } from '../../../steps/command/capture.ts';
import { command } from '../../../steps/command/step.ts';

const secret = 'one-long-secret-word';
const listening = () => {
  const said: string[] = [];
  const mask = (text: string) => text.replaceAll(secret, '***');
  const heard = listen({ log: (chunk, stream) => void said.push(`${stream}: ${chunk}`), mask });
  return { said, heard };
};

test.each(['lines', 'json'])('a %s of which the end was not copied is no data', (capture) => {
  const { heard } = listening();
  heard.onStdout(Buffer.from('[1]\n'));
  const input = command.input.parse({ run: 'x', capture });
  expect(captured(input, 0, heard.printed())).toHaveProperty('output');
  expect(captured(input, 0, heard.printed(true))).toMatchObject({
    problem: `its output could not be copied to its end, which ${capture} needs`,
    remedy: expect.any(String),
  });
});

test('the reason shows no part of a secret that was cut off with the beginning of the output', () => {
  const line = `error: ${secret} is wrong\n`;
  for (let cut = 0; cut < line.length; cut += 1) {
    const { heard } = listening();
    // So that exactly the last 64 KiB begin inside of the line.
    const after = `error: the last one\n`.padStart(64 * 1024 - (line.length - cut), 'x\n');
    heard.onStderr(Buffer.from(line.slice(0, cut)));
    heard.onStderr(Buffer.from(line.slice(cut)));
    heard.onStderr(Buffer.from(after));
    const reason = heard.printed().reason();
    expect(reason.replaceAll('***', '')).not.toMatch(/secret|word is/);
    expect(reason).toContain('error: the last one');
  }
});

test('what is no JSON is told with the reason, not with the last line', () => {
  const { heard } = listening();
  heard.onStdout(Buffer.from('oops\n'));
  heard.onStderr(Buffer.from('error: no access\nsee the manual\n'));
  const input = command.input.parse({ run: 'x', capture: 'json' });
  expect(captured(input, 0, heard.printed())).toMatchObject({ problem: /is not JSON: error: no access$/ });
});

test('a gap is told as a note, with its size', () => {
  const { said, heard } = listening();
  heard.onGap({ stream: 'stderr', bytes: 3_200_000, before: Buffer.from('lead') });
  expect(said).toEqual(['note: [3.2 MB of stderr were not copied]\n', 'stderr: lead']);
});
