/** JSON pointers (RFC 6901). */

export const pointerPart = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

export const pointerKeys = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
