import { entry } from './entry.ts';

/** RB687-RB692: `runbook fmt` and `runbook init`. */
export const authoring = {
  RB687: entry<{ file: string }>({
    exit: 2,
    message: ({ file }) => `${file} cannot be formatted: a key is written as "? key", or is not one line`,
    remedy: () => 'Write "key: value"',
  }),
  RB688: entry<{ file: string }>({
    exit: 2,
    message: ({ file }) => `${file} would not say the same once formatted; it was not changed`,
    remedy: () => 'This is a bug of runbook: please report it, with the file',
  }),
  RB689: entry<{ files: readonly string[] }>({
    exit: 2,
    message: ({ files }) => `Nothing was written, because these exist already: ${files.join(', ')}`,
    remedy: () => 'Use another folder or name, or move them away',
  }),
  RB690: entry<{ options: readonly string[] }>({
    exit: 2,
    message: ({ options }) => `There is no terminal to ask on, and no value for ${options.join(', ')}`,
    remedy: () => 'Give these options, or --yes for the defaults',
  }),
  RB691: entry<object>({
    exit: 2,
    message: () => 'Cancelled: nothing was written',
    remedy: () => null,
  }),
  RB692: entry<{ flag: string; given: string; why: string }>({
    exit: 2,
    message: ({ flag, given, why }) => `${flag} "${given}": ${why}`,
    remedy: ({ flag }) => `Correct ${flag}; see: runbook init --help`,
  }),
  RB369: entry<{ given: string }>({
    exit: 2,
    message: ({ given }) =>
      given === ''
        ? '`steps new` needs a path, such as ./types/dns-record'
        : `No step type can have the name of ${given}`,
    remedy: () => 'Use small letters, digits and dashes; `types/dns-record` becomes the type dns.record',
  }),
} as const;
