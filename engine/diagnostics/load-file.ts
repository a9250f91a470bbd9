import { entry } from './entry.ts';

/** RB1xx: the file and its YAML. */
export const loadFile = {
  RB101: entry<{ path: string }>({
    exit: 2,
    message: ({ path }) => `There is no file ${path}`,
    remedy: () => 'Check the path; it is relative to the current directory',
  }),
  RB102: entry<{ path: string; why: string }>({
    exit: 2,
    message: ({ path, why }) => `Cannot read ${path}: ${why}`,
    remedy: () => 'Name a regular file that you may read',
  }),
  RB103: entry<{ path: string; bytes: number; limit: number }>({
    exit: 2,
    message: ({ path, bytes, limit }) => `${path} has ${bytes} bytes; the limit is ${limit}`,
    remedy: () => 'Move long texts and scripts into separate files, and give their paths in the steps',
  }),
  RB104: entry<{ path: string; why: string }>({
    exit: 2,
    message: ({ path, why }) => `${path} is not plain UTF-8: ${why}`,
    remedy: () => 'Save it as UTF-8 without a byte order mark',
  }),
  RB105: entry<{ path: string }>({
    exit: 2,
    message: ({ path }) => `${path} is empty`,
    remedy: () => 'Start with a copy of a small runbook from runbooks/teaching/',
  }),
  RB106: entry<object>({
    exit: 2,
    message: () => 'A second YAML document starts here',
    remedy: () => 'Keep one document in each file: remove the "---" or split the file',
  }),
  RB107: entry<{ why: string; slip: 'expression' | 'quotes' | null }>({
    exit: 2,
    message: ({ why }) => `Not valid YAML: ${why}`,
    remedy: ({ slip }) => {
      if (slip === 'quotes') return "The inner quote ends the text: inside double quotes write steps['x']";
      if (slip === 'expression') return 'Inside { } and [ ] an expression needs quotes: "${{ ... }}"';
      return 'Fix the syntax at the mark';
    },
  }),
  RB108: entry<object>({
    exit: 2,
    message: () => 'A tab is used as indentation',
    remedy: () => 'Indent with spaces',
  }),
  RB109: entry<{ key: string; firstLine: number }>({
    exit: 2,
    message: ({ key, firstLine }) => `The key "${key}" is there twice; the first is on line ${firstLine}`,
    remedy: () => 'Keep one of the two',
  }),
  RB110: entry<{ what: string }>({
    exit: 2,
    message: ({ what }) => `YAML ${what} are not allowed: a reviewer has to see each value where it is used`,
    remedy: () => 'Write it out, or use `vars` and `defaults` for repeated values',
  }),
  RB111: entry<{ tag: string }>({
    exit: 2,
    message: ({ tag }) => `The YAML tag "${tag}" is not allowed`,
    remedy: () => 'Remove the tag; quote the value to make it text',
  }),
  RB112: entry<{ why: string }>({
    exit: 2,
    message: ({ why }) => `A key must be plain text: ${why}`,
    remedy: () => 'Quote the key, or give it another name',
  }),
  RB113: entry<{ number: string }>({
    exit: 2,
    message: ({ number }) => `The number ${number} cannot be stored exactly`,
    remedy: () => 'Quote it to keep it as text',
  }),
  RB115: entry<{ written: string; read: string }>({
    exit: 2,
    message: ({ written, read }) => `The number ${written} is read as ${read}`,
    remedy: ({ written, read }) => `To keep the text, quote it: "${written}". For the number, write ${read}`,
  }),
  RB114: entry<{ limit: number }>({
    exit: 2,
    message: ({ limit }) => `Nested deeper than ${limit} levels`,
    remedy: () => 'Use fewer levels',
  }),
} as const;
