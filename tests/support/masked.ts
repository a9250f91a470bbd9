/** A text of a test that stands for one that was masked. */
export { asMasked as masked } from '../../engine/decide/masked.ts';
