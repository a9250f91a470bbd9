export { withOutcomes } from '../../steps/testing/outcomes.ts';
