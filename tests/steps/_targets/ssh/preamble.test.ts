import { describe, expect, it } from 'vitest';
import { Preamble } from '../../../../steps/_targets/ssh/preamble.ts';

const hear = () => {
  const heard = { words: [] as string[], data: '' };
  const preamble = new Preamble(
    'token',
    (words) => heard.words.push(words),
    (chunk) => {
      heard.data += Buffer.from(chunk).toString();
    },
  );
  return { heard, preamble };
};

describe('what a login shell prints before the command', () => {
  it('is dropped, wherever the mark is cut', () => {
    const text = Buffer.from('motd\n\x1etoken pid 7\nout');
    for (let cut = 0; cut <= text.length; cut += 1) {
      const { heard, preamble } = hear();
      preamble.push(text.subarray(0, cut));
      preamble.push(text.subarray(cut));
      expect(heard).toEqual({ words: ['pid 7'], data: 'out' });
      expect(preamble.unmarked).toBeNull();
    }
  });

  it('is not kept whole where it never ends', () => {
    const { heard, preamble } = hear();
    for (let i = 0; i < 1_000; i += 1) preamble.push(Buffer.alloc(32 * 1024, 'x'));
    expect(preamble.unmarked?.length).toBeLessThan(128 * 1024);
    preamble.push(Buffer.from('\x1etoken\nout'));
    expect(heard).toEqual({ words: [''], data: 'out' });
  });
});
