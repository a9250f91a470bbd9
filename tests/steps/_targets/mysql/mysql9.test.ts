import { onServer } from '../../../support/other-server.ts';

await onServer('mysql9', () => import('./process-list.test.ts'));
