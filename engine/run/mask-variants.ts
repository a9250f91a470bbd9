/** The forms in which a secret turns up in the output of tools that quote, encode or log it. */

/** A stretch of base64 shorter than this would also match text that has nothing to do with the secret. */
const shortestEncoded = 8;

/** The part of the base64 text that the secret alone determines, for each way it can fall on the 3-byte groups. */
const base64Stretches = (bytes: Buffer): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });

/** `base64` and `openssl base64` break their lines there: a long secret never stands in one piece. */
const encodedColumns = [76, 64];

const brokenIntoLines = (encoded: string): readonly string[] =>
  encodedColumns
    .filter((columns) => encoded.length > columns)
    .flatMap((columns) => encoded.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []);

const urlEncoded = (text: string): readonly string[] => {
  const percent = encodeURIComponent(text.toWellFormed());
  // encodeURIComponent leaves these; form encoding and other languages' encoders do not.
  const strict = percent.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [percent, strict].flatMap((form) => {
    const plus = form.replaceAll('%20', '+');
    const lower = (f: string) => f.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
    return [form, plus, lower(form), lower(plus)];
  });
};

const encodings = (text: string): readonly string[] => {
  const bytes = Buffer.from(text, 'utf8');
  const stretches = base64Stretches(bytes);
  const base64 = [...stretches, ...brokenIntoLines(stretches[0] ?? '')];
  const base64url = base64.map((s) => s.replaceAll('+', '-').replaceAll('/', '_'));
  const hex = bytes.toString('hex');
  return [...base64, ...base64url, hex, hex.toUpperCase()].filter((s) => s.length >= shortestEncoded);
};

const quoted = (text: string): readonly string[] => {
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replace(/["$`\\]/g, '\\$&'),
    text.replace(/[^\w@%+=:,./-]/g, '\\$&'),
    json,
    json.replaceAll('/', '\\/'),
  ];
};

/** All forms to look for, the secret itself among them; the lines of one with several, too. */
export const maskVariants = (secret: string): ReadonlySet<string> => {
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= shortestEncoded);
  const texts = lines.length > 1 ? [secret, secret.trim(), ...lines] : [secret, secret.trim()];
  const found = texts.flatMap((text) => [text, ...urlEncoded(text), ...encodings(text), ...quoted(text)]);
  return new Set(found.filter((form) => form !== ''));
};
