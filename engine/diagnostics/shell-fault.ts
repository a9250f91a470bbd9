/** Why a text of a step, or a word of its list, would not be what a shell makes of it. */
export type ShellFault =
  | { readonly kind: 'variable-first' }
  | { readonly kind: 'keyword'; readonly word: string }
  | { readonly kind: 'several-words' }
  | { readonly kind: 'operator'; readonly word: string }
  | { readonly kind: 'home' }
  | { readonly kind: 'variable' }
  | { readonly kind: 'pattern'; readonly program: string }
  | { readonly kind: 'braces' }
  | { readonly kind: 'plain-text'; readonly text: string }
  | { readonly kind: 'plain-env'; readonly text: string };

export const shellFault = (fault: ShellFault): string => {
  switch (fault.kind) {
    case 'variable-first':
      return 'a list must start with a program, not with a variable';
    case 'keyword':
      return `\`${fault.word}\` is a shell keyword, not a program`;
    case 'several-words':
      return 'each item of a list is one word, and this one would be the name of the program';
    case 'operator':
      return `the program receives \`${fault.word}\` as an argument`;
    case 'home':
      return '`~` is not expanded to the home folder in a list';
    case 'variable':
      return 'variables and commands in a list are not expanded';
    case 'pattern':
      return `\`${fault.program}\` takes file names: in a list, patterns are not expanded`;
    case 'braces':
      return 'braces are not expanded in a list';
    case 'plain-text':
      return `\`${fault.text}\` is used as plain text`;
    case 'plain-env':
      return `\`${fault.text}\` in \`env\` is used as plain text`;
  }
};
