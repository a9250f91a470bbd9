/**
 * Secrets that are ordinary text as well. Masking replaces every occurrence, so a path in an output may become another
 * one, and a step that reads it fails. Reported before the run, while the value can still be changed.
 */
import { type Diagnostic, DiagnosticError, diagnose } from '../diagnostic.ts';
import { isSecretMarker } from '../expr/markers.ts';
import type { Json, Plan } from '../plan.ts';
import { createMasking, type Masking } from './masking.ts';

/** A shorter value is found in text that has nothing to do with it. */
const longEnough = 6;

const commonWords: ReadonlySet<string> = new Set(
  `true false null none undefined yes no on off ok done failed success succeeded error unknown default changeme
  admin administrator root test tests user users guest public private password passwd secret secrets token key
  localhost local production staging development rehearsal runbook rollback restart deploy deployed current release
  main master mysql postgres postgresql nginx redis supabase database server service backup welcome letmein qwerty
  123456 1234567 12345678 123456789 1234567890`.split(/\s+/),
);

/** Places that are listed; the rest is counted. */
const shownPlaces = 3;

interface Text {
  readonly place: string;
  readonly text: string;
}

/** Nothing that a step would print: derived text, hashes, where the secrets come from. */
const passedOver: ReadonlySet<string> = new Set(['secrets', 'entries', 'preview', 'digest', 'forwardFix']);

function* textsIn(value: Json, place: string): Generator<Text> {
  if (value === null || typeof value === 'boolean' || isSecretMarker(value)) return;
  if (typeof value !== 'object') {
    yield { place, text: String(value) };
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (passedOver.has(key)) continue;
    const below = place === '' ? key : `${place}.${key}`;
    if (!Array.isArray(value)) yield { place: below, text: key };
    // The values of `files` are hashes.
    if (place !== 'files') yield* textsIn(inner as Json, below);
  }
}

const holds = (masking: Masking, text: string): boolean => masking.text(text) !== text;

/** Places in the plan that contain the text of a secret. */
const placesOf = (
  plan: Plan,
  secrets: ReadonlyMap<string, string>,
  all: Masking,
): ReadonlyMap<string, readonly string[]> => {
  const each = [...secrets].map(([name, value]) => [name, createMasking(new Map([[name, value]]))] as const);
  const places = new Map<string, Set<string>>();
  for (const { place, text } of textsIn(plan as unknown as Json, '')) {
    if (!holds(all, text)) continue;
    for (const [name, masking] of each) {
      if (!holds(masking, text)) continue;
      // A step's id may be the very text.
      places.set(name, (places.get(name) ?? new Set()).add(all.text(place)));
    }
  }
  return new Map([...places].map(([name, found]) => [name, [...found]]));
};

/** RB528 and RB529; no value is in them. */
export const weakSecrets = (plan: Plan, secrets: ReadonlyMap<string, string>): readonly Diagnostic[] => {
  if (secrets.size === 0) return [];
  const all = createMasking(secrets);
  const places = placesOf(plan, secrets, all);
  return [...secrets].flatMap(([name, value]) => {
    const why =
      value.length < longEnough
        ? `has only ${value.length} characters`
        : commonWords.has(value.trim().toLowerCase()) && 'is a common word';
    const found = places.get(name) ?? [];
    const more = found.length - shownPlaces;
    return [
      ...(why ? [diagnose('RB528', { name, why })] : []),
      ...(found.length > 0 ? [diagnose('RB529', { name, places: found.slice(0, shownPlaces), more })] : []),
    ];
  });
};

/** Throws RB530 for each `--var` with a secret in it: its value is stored unmasked. */
export const refuseSecretVars = (
  vars: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, string>,
): void => {
  const problems = Object.entries(vars).flatMap(([name, text]) =>
    [...secrets]
      .filter((secret) => holds(createMasking(new Map([secret])), text))
      .map(([secret]) => diagnose('RB530', { name, secret })),
  );
  if (problems.length > 0) throw new DiagnosticError(problems);
};
