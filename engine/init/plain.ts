/** A text of a person as YAML: quoted where it could be a number, a boolean or the end of what it stands in. */
export const plain = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9 ._-]*$/.test(text) && !/^(true|false|null|y|n|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
