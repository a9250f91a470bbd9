export { asTheEngine } from '../../steps/testing/as-the-engine.ts';
