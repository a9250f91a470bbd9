/** Why a file that a runbook names is not read. */
export type ReadFault =
  | { readonly kind: 'missing' }
  | { readonly kind: 'too-long'; readonly limit: number }
  /** In the words of the system, or of whoever reads instead of it. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export const readFault = (fault: ReadFault): string => {
  switch (fault.kind) {
    case 'missing':
      return 'there is no such file';
    case 'too-long':
      return `it has more than ${fault.limit} bytes`;
    case 'unreadable':
      return fault.reason;
  }
};
