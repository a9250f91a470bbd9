/** Which program a list runs in the end: some programs run what follows their own words. */

interface Wrapper {
  /** Letters of the options that take the next word. */
  readonly takes: string;
  /** Its own words before the program. */
  readonly operands?: number;
}

const WRAPPERS: { readonly [name: string]: Wrapper } = {
  sudo: { takes: 'ughCpRrTtUD' },
  doas: { takes: 'uC' },
  runuser: { takes: 'ugG' },
  env: { takes: 'uC' },
  nice: { takes: 'n' },
  ionice: { takes: 'cn' },
  nohup: { takes: '' },
  timeout: { takes: 'ks', operands: 1 },
  time: { takes: 'fo' },
  setsid: { takes: '' },
  stdbuf: { takes: 'ioe' },
  flock: { takes: 'wE', operands: 1 },
  chroot: { takes: '', operands: 1 },
  taskset: { takes: '', operands: 1 },
  xargs: { takes: 'aEILnPsd' },
  command: { takes: '' },
  exec: { takes: 'a' },
  builtin: { takes: '' },
};
const LONG =
  /^--(?:user|group|host|prompt|chroot|chdir|close-from|unset|adjustment|class|classdata|signal|kill-after|input|output|error|timeout|wait|conflict-exit-code|max-args|max-procs|arg-file|delimiter)$/;

export const nameOf = (program: string): string => program.replace(/^.*\//, '');

/** `-nu`: the value of `u` is the next word; `-uroot` has it with it. */
const takesNext = (option: string, takes: string): boolean => {
  if (option.startsWith('--')) return LONG.test(option);
  const at = [...option].findIndex((letter) => takes.includes(letter));
  return at > 0 && at === option.length - 1;
};

/** '' where it is not written out. */
export const runBy = (words: readonly (string | null)[]): string => {
  const at = programAt(words);
  return at === null ? '' : nameOf(words[at] ?? '');
};

/** Which word names the program; null: it is not written out. */
export const programAt = (words: readonly (string | null)[]): number | null => {
  let wrapper: Wrapper | undefined;
  let operands = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    // `command -v rm` only asks where it is.
    if (words[i - 1] === 'command' && /^-[pvV]*[vV]/.test(word)) return i - 1;
    if (wrapper && /^-./.test(word)) {
      if (takesNext(word, wrapper.takes)) i++;
    } else if (wrapper && operands > 0) operands--;
    else if (!wrapper || !/^[A-Za-z_]\w*=/.test(word)) {
      if (word.includes('${{') || word === '') return null;
      const name = nameOf(word);
      wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
      if (!wrapper) return i;
      operands = wrapper.operands ?? 0;
    }
  }
  return null;
};
