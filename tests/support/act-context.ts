export {
  type ActWorld,
  actContext,
  type TestContext,
  withoutPatience,
} from '../../steps/testing/act-context.ts';
