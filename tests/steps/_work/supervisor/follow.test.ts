/** An outcome is what was recorded: how far its output was copied changes nothing of it. */
import { describe, expect, it } from 'vitest';
import type { Gap } from '../../../../steps/_work/output-limits.ts';
import { ConnectionLost } from '../../../../steps/_work/shell.ts';
import { followBy, type Peek } from '../../../../steps/_work/supervisor/follow.ts';
import type { JobState } from '../../../../steps/_work/supervisor/supervisor.ts';

const MB = 1e6;
const exited: JobState = { state: 'exited', exitCode: 3, tookMs: 600 };
const none = { bytes: new Uint8Array(), size: 0 };

/** Work that has printed `text` to stdout; `state` is asked at each look. */
const printed =
  (text: string | Buffer, state: () => JobState, chunk = 256 * 1024): Peek =>
  async (from) => {
    const bytes = Buffer.from(text.slice(from, from + chunk));
    return { job: state(), out: { bytes, size: text.length }, err: none, at: 'vps:/state/job' };
  };

const follower = (signal?: AbortSignal) => {
  const got = { out: '', gaps: [] as Gap[] };
  return {
    got,
    ...(signal && { signal }),
    onStdout: (bytes: Uint8Array) => {
      got.out += Buffer.from(bytes).toString('latin1');
    },
    onStderr: () => undefined,
    onGap: (gap: Gap) => got.gaps.push(gap),
  };
};

const numbered = (bytes: number): string =>
  Array.from({ length: Math.ceil(bytes / 10) }, (_, i) => `${String(i).padStart(9, '0')}\n`).join('');

describe('following the output of supervised work', () => {
  it('copies all of what is not too much', async () => {
    const text = numbered(3 * MB);
    const sink = follower();
    expect(
      await followBy(
        printed(text, () => exited),
        sink,
      ),
    ).toEqual(exited);
    expect(sink.got.out === text && sink.got.gaps.length === 0).toBe(true);
  });

  it('leaves out what it is too far behind with, says how much, and copies the end', async () => {
    const text = Buffer.from(numbered(MB).repeat(150));
    const sink = follower();
    const ending = await followBy(
      printed(text, () => exited),
      sink,
    );
    const missing = text.length - sink.got.out.length;
    expect(ending).toEqual({ ...exited, uncopied: { bytes: missing, at: 'vps:/state/job', end: false } });
    expect(missing).toBeGreaterThan(140 * MB);
    const tail = 1024 * 1024;
    expect(sink.got.out.slice(-tail) === text.subarray(-tail).toString()).toBe(true);
    expect(sink.got.gaps).toEqual([
      { stream: 'stdout', bytes: missing, before: text.subarray(-tail - 16 * 1024, -tail) },
    ]);
  });

  it('tells how it ended, although its time is up while its output is still being copied', async () => {
    const control = new AbortController();
    const text = numbered(3 * MB);
    const sink = follower(control.signal);
    const peek = printed(text, () => exited, 1024);
    let looks = 0;
    const slow: Peek = (...from) => {
      looks += 1;
      if (looks === 3) control.abort('timeout');
      return peek(...from);
    };
    const ending = await followBy(slow, sink);
    expect(ending).toMatchObject({ ...exited, uncopied: { end: false } });
    expect(text.endsWith(sink.got.out.slice(-90_000))).toBe(true);
  });

  it('looks once more when its time is up: it may have ended meanwhile', async () => {
    const control = new AbortController();
    let ended = false;
    const peek = printed('all\n', () => (ended ? exited : { state: 'alive' }));
    const sink = follower(control.signal);
    const looking: Peek = async (...from) => {
      const found = await peek(...from);
      ended = true;
      control.abort('timeout');
      return found;
    };
    expect(await followBy(looking, sink)).toEqual(exited);
  });

  it.each(['timeout', 'detach', 'stop'])('is given up by %s while the work is alive', async (reason) => {
    const control = new AbortController();
    const alive = printed('all\n', () => ({ state: 'alive' }));
    const sink = follower(control.signal);
    const following = followBy(alive, sink);
    setImmediate(() => control.abort(reason));
    await expect(following).rejects.toBe(reason);
  });

  it('lets a time limit fire, however much there is to copy', async () => {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort('timeout'), 10);
    let size = 0;
    const endless: Peek = async () => {
      size += 1024;
      const out = { bytes: new Uint8Array(1024), size: size + 1024 };
      return { job: { state: 'alive' }, out, err: none, at: 'local:/state/job' };
    };
    await expect(followBy(endless, follower(control.signal))).rejects.toBe('timeout');
    clearTimeout(timer);
  });

  it('does not lose the recorded end with the connection', async () => {
    const control = new AbortController();
    let looks = 0;
    const peek = printed(numbered(MB), () => exited);
    const cut: Peek = async (...from) => {
      looks += 1;
      if (looks === 1) return peek(...from);
      control.abort('timeout');
      throw new ConnectionLost('the connection was lost');
    };
    const ending = await followBy(cut, follower(control.signal));
    expect(ending).toMatchObject({ ...exited, uncopied: { at: 'vps:/state/job', end: true } });
  }, 20_000);
});
